// Faults of the disk, made by the kernel: no space for a process, no space in a file system, nothing writable.
import {execFileSync, spawnSync} from 'node:child_process';
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/** Takes the fault away. */
type Mend = () => void;

/** No file of these processes can grow any more, as if a quota were used up. Needs no rights. */
export const refuseSpace = (pids: readonly number[]): Mend => {
	const limit = (bytes: string) => {
		for (const pid of pids) execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
	};
	limit('0');
	return () => limit('unlimited');
};

export type SmallDisk = {
	/** Until nothing more goes on it. */
	fill(): Mend;
	/** Before anything on it is open. */
	makeReadOnly(): void;
	makeWritable(): void;
	unmount(): void;
};

/** Makes a folder a file system of its own; undefined where this user may not mount. */
export const mountSmallDisk = (folder: string): SmallDisk | undefined => {
	const mount = (...args: string[]) => spawnSync('mount', args).status === 0;
	if (!mount('-t', 'tmpfs', '-o', 'size=16m,mode=700', 'tmpfs', folder)) return undefined;
	return {
		fill() {
			const filler = join(folder, 'filler');
			for (let size = 1 << 20; size >= 1; size >>= 1) append(filler, size);
			return () => rmSync(filler);
		},
		makeReadOnly() {
			if (!mount('-o', 'remount,ro', folder)) throw new Error(`${folder} cannot be made read-only`);
		},
		makeWritable() {
			if (!mount('-o', 'remount,rw', folder)) throw new Error(`${folder} cannot be made writable`);
		},
		unmount: () => execFileSync('umount', ['--lazy', folder]),
	};
};

const append = (file: string, size: number) => {
	const block = Buffer.alloc(size);
	for (;;) {
		try {
			writeFileSync(file, block, {flag: 'a'});
		} catch {
			// Full for blocks of this size.
			return;
		}
	}
};
