// Faults of the disk, made by the kernel: no space for a process, no space in a file system, nothing writable, and
// system calls that fail as if it were so.
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {until} from './until.js';

/** Takes the fault away. */
export type Mend = () => void | Promise<void>;

/** No file of these processes can grow any more, as if a quota were used up. Needs no rights. */
export const refuseSpace = (pids: readonly number[]): Mend => {
	const limit = (bytes: string) => {
		for (const pid of pids) execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
	};
	limit('0');
	return () => limit('unlimited');
};

/** Whether processes may be traced here. */
export const canTrace = (): boolean => spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

const changing = ['write', 'pwrite64', 'writev', 'pwritev', 'ftruncate', 'fdatasync', 'fsync'];

/** Whatever these processes change of these files, open ones too, fails with this error. */
export const failChanges = async (
	error: 'EDQUOT' | 'EROFS',
	{pids, files}: {pids: readonly number[]; files: readonly string[]},
): Promise<Mend> => {
	const strace = spawn(
		'strace',
		[
			'--follow-forks',
			'--output=/dev/null',
			`--inject=${changing}:error=${error}`,
			...pids.map(pid => `--attach=${pid}`),
			...files.map(file => `--trace-path=${file}`),
		],
		{stdio: 'ignore'},
	);
	await until(() => pids.every(isTraced), 'every thread to be traced');
	return async () => {
		const ended = once(strace, 'exit');
		strace.kill('SIGINT');
		await ended;
	};
};

const isTraced = (pid: number): boolean =>
	readdirSync(`/proc/${pid}/task`).every(thread =>
		/^TracerPid:\t[1-9]/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')),
	);

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
