// Keeps the host's file descriptors from its terminals' children. node-pty 1.2.0-beta.15 marks them
// close-on-exec only up to the first unused number above 15, and PTY masters are not marked by themselves:
// with one hole in the table every master behind it is inherited, to be read and typed into by strangers. Not
// needed where the leader closes what it inherits (leader.ts): numbers grow while starts overlap.
import {closeSync, openSync, readdirSync} from 'node:fs';

export type DescriptorGuard = {
	/**
	 * Runs a fork while every number below the new descriptor is in use. The new one must be the highest: the
	 * child closes its own copy before it looks for the others.
	 */
	whileDense<T extends {fd: number}>(fork: () => T): T;
	/** To be told when such a descriptor was closed. */
	release(fd: number): void;
	/** Descriptors held only to fill holes. */
	readonly fillerCount: number;
	dispose(): void;
};

// What we were started with may sit anywhere; filling up to a freak number would cost more than it saves.
const highestFloor = 512;

export const createDescriptorGuard = (isNeeded = process.platform === 'linux'): DescriptorGuard => {
	const floor = isNeeded ? highestInherited() : 0;
	const guarded = new Set<number>();
	let fillers: number[] = [];

	const top = () => Math.max(floor, ...guarded);

	/** Opens fillers until the next free number is above all that must not be inherited. */
	const fill = () => {
		for (const highest = top(); ; ) {
			const fd = openSync('/dev/null', 'r');
			if (fd > highest) return closeSync(fd);
			fillers.push(fd);
		}
	};

	const trim = (above: number) => {
		for (const fd of fillers) if (fd > above) closeSync(fd);
		fillers = fillers.filter(fd => fd <= above);
	};

	return {
		whileDense(fork) {
			if (!isNeeded) return fork();
			fill();
			const forked = fork();
			guarded.add(forked.fd);
			return forked;
		},
		release(fd) {
			guarded.delete(fd);
			trim(top());
		},
		get fillerCount() {
			return fillers.length;
		},
		dispose: () => trim(0),
	};
};

const highestInherited = () =>
	Math.max(
		...readdirSync('/proc/self/fd')
			.map(Number)
			.filter(fd => fd <= highestFloor),
	);
