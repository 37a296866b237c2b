// How a command ended, said by the leader in the very stream of the output: whoever finds it has read every
// byte before it. Cuts it out of the bytes, also when it is split over reads.
import {constants} from 'node:os';
import type {Exit} from './protocol.js';

export type SentinelFilter = {
	/**
	 * The bytes without the sentinel. At most one call of a filter's life carries the exit. `isAlone`: nobody is left
	 * below the leader.
	 */
	push(bytes: Uint8Array): {bytes: Uint8Array; exit?: Exit; isAlone?: boolean};
	/** What was held back as a possible beginning, when no more will come. */
	flush(): Uint8Array;
};

/**
 * `token` is the terminal's own and unguessable: letters and digits. `wasInterrupted`: Ctrl+C, or what does the
 * same, was sent to the command.
 */
export const createSentinelFilter = (token: string, wasInterrupted = () => false): SentinelFilter => {
	const prefix = Buffer.from(`\x1b_${token};`);
	let held: Buffer = Buffer.alloc(0);

	return {
		push(bytes) {
			const chunk =
				held.length > 0
					? Buffer.concat([held, bytes])
					: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
			const start = chunk.indexOf(prefix);
			if (start === -1) {
				const kept = chunk.length - partLength(chunk, prefix);
				held = Buffer.from(chunk.subarray(kept));
				return {bytes: chunk.subarray(0, kept)};
			}
			const end = chunk.indexOf('\x1b\\', start + prefix.length);
			if (end === -1) {
				held = Buffer.from(chunk.subarray(start));
				return {bytes: chunk.subarray(0, start)};
			}
			held = Buffer.alloc(0);
			const status = chunk.toString('latin1', start + prefix.length, end);
			// What follows is a process that the command left behind.
			const rest = Buffer.concat([chunk.subarray(0, start), chunk.subarray(end + 2)]);
			return {bytes: rest, exit: parseStatus(status, wasInterrupted()), isAlone: status.endsWith('A')};
		},
		flush() {
			const rest = held;
			held = Buffer.alloc(0);
			return rest;
		},
	};
};

/** How many bytes at the end of the chunk may be the beginning of the prefix. */
const partLength = (chunk: Buffer, prefix: Buffer): number => {
	let start = chunk.indexOf(firstByte, Math.max(0, chunk.length - prefix.length + 1));
	for (; start !== -1; start = chunk.indexOf(firstByte, start + 1)) {
		if (chunk.subarray(start).equals(prefix.subarray(0, chunk.length - start))) return chunk.length - start;
	}
	return 0;
};

const firstByte = 0x1b; // the prefix's first byte and nowhere else in it

/**
 * `0`, `143`, or `143S` where the leader's shell has named a signal; `A` behind it if the leader is alone. Shells
 * say nothing of INT and PIPE: 130 is taken for the signal after an interrupt only, for programs and `pipefail` end
 * with these numbers by themselves.
 */
const parseStatus = (status: string, wasInterrupted: boolean): Exit => {
	const code = Number.parseInt(status, 10);
	const signal = signalName(code - 128);
	const isInterrupt = signal === 'SIGINT' && wasInterrupted;
	return signal && (status.includes('S') || isInterrupt) ? {signal} : {code};
};

/** `SIGTERM` for 15. */
export const signalName = (number: number): string | undefined =>
	Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
