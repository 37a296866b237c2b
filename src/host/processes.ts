// What the kernel says of processes: who they are, whose children, what they hold. All of /proc that the host
// reads for identities is here; where there is no /proc every list is empty and nothing is known to live.
import {readdirSync, readFileSync, readlinkSync} from 'node:fs';
import type {ProcessInfo} from './protocol.js';

export type Process = {
	pid: number;
	parent: number;
	group: number;
	session: number;
	/** The foreground group of its terminal, -1 without one. */
	foregroundGroup: number;
	/** Clock ticks since boot: with the pid, the identity. */
	startTime: number;
	/** `R`, `S`, `D`, `T`, … as ps shows it. */
	state: string;
	name: string;
};

export type Identity = {pid: number; startTime: number};

export const readProcess = (pid: number): Process | undefined => {
	const text = readProc(`${pid}/stat`);
	if (!text) return;
	// The name is in parentheses and may hold any character, parentheses included.
	const close = text.lastIndexOf(')');
	const fields = text.slice(close + 2).split(' ');
	const field = (number: number) => Number(fields[number - 3]);
	return {
		pid,
		state: fields[0] ?? '?',
		parent: field(4),
		group: field(5),
		session: field(6),
		foregroundGroup: field(8),
		startTime: field(22),
		name: text.slice(text.indexOf('(') + 1, close),
	};
};

/** All that live now; zombies are not among them. */
export const listProcesses = (): Process[] => toProcesses(listPids());

/**
 * As listProcesses, but it may leave out processes that are older than this one. Right only while fewer than
 * a whole round of pids were given out since: seconds, not minutes.
 */
export const listProcessesSince = (pid: number): Process[] => {
	const last = Number(readProc('loadavg')?.trim().split(' ').at(-1));
	// The pids went round: any number may be a new one.
	if (!(last >= pid)) return listProcesses();
	return toProcesses(listPids().filter(each => each >= pid));
};

const toProcesses = (pids: number[]): Process[] =>
	pids
		.map(readProcess)
		.filter(process => process !== undefined)
		.filter(isLive);

const isLive = ({state}: Process) => state !== 'Z' && state !== 'X';

const listPids = (): number[] => {
	try {
		return readdirSync('/proc').map(Number).filter(Number.isInteger);
	} catch {
		return []; // no /proc on this system
	}
};

export const isAlive = ({pid, startTime}: Identity): boolean => {
	const process = readProcess(pid);
	return process !== undefined && process.startTime === startTime && isLive(process);
};

/** A child of this process that has not become another program yet: it holds all that this one holds. */
export const isCopyOfUs = ({pid, parent}: Process): boolean => {
	if (parent !== process.pid) return false;
	if (readLink(`/proc/${pid}/exe`) === readLink('/proc/self/exe')) return true;
	// The kernel tells the new program's name before it closes what is not to be inherited, and sets its
	// environment after that.
	return environmentEnd(pid) === 0;
};

/** False if it is gone, or ours no longer to signal; never signals another that got the number. */
export const signalProcess = (identity: Identity, signal: NodeJS.Signals): boolean => {
	if (!isAlive(identity)) return false;
	try {
		return process.kill(identity.pid, signal);
	} catch {
		return false; // ended in between, or another user's
	}
};

/** True if the process ignores the signal of this number. */
export const ignoresSignal = (pid: number, number: number): boolean => {
	const mask = /^SigIgn:\s*([0-9a-f]+)/m.exec(readProc(`${pid}/status`) ?? '')?.[1];
	return mask !== undefined && (BigInt(`0x${mask}`) & (1n << BigInt(number - 1))) !== 0n;
};

export const describeProcess = ({pid, startTime, name}: Process): ProcessInfo => {
	const commandLine = readProc(`${pid}/cmdline`)?.replaceAll('\0', ' ').trim();
	// Kernel identity first; a command line may be megabytes.
	return {pid, startTime, command: (commandLine || name).slice(0, 300)};
};

/**
 * The text of `NAME=` in the environment that the process was started with; undefined if none or not readable.
 * Not settled: that may be wrong, for the process is just becoming another program (execve) and has none.
 */
export const readMark = (pid: number, name: string): {text: string | undefined; isSettled: boolean} => {
	const before = environmentEnd(pid);
	const environment = readProc(`${pid}/environ`);
	if (environment === undefined) return {text: undefined, isSettled: true};
	const text = `\0${environment}`.split(`\0${name}=`)[1]?.split('\0')[0];
	const isSettled = text !== undefined || (before !== 0 && before === environmentEnd(pid));
	return {text, isSettled};
};

const kernelThread = 0x00200000; // PF_KTHREAD

/** Where its environment ends: 0 while a new program has none yet, undefined for what never has one. */
const environmentEnd = (pid: number): number | undefined => {
	const text = readProc(`${pid}/stat`);
	if (!text) return;
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	if ((Number(fields[9 - 3]) & kernelThread) !== 0) return;
	return Number(fields[51 - 3]);
};

/** What the descriptor is: a path, `socket:[123]`, `pipe:[123]`. */
export const readDescriptor = (pid: number, fd: number | string): string | undefined =>
	readLink(`/proc/${pid}/fd/${fd}`);

const readLink = (path: string): string | undefined => {
	try {
		return readlinkSync(path);
	} catch {
		return; // closed, ended, or another user's
	}
};

export const listDescriptors = (pid: number): {fd: number; target: string}[] => {
	try {
		return readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
			const target = readDescriptor(pid, fd);
			return target === undefined ? [] : [{fd: Number(fd), target}];
		});
	} catch {
		return []; // ended, or another user's
	}
};

/** Inodes of the sockets that it holds. */
export const listSockets = (pid: number): string[] =>
	listDescriptors(pid).flatMap(({target}) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);

/** Threads, the main one first. */
export const listTasks = (pid: number): number[] => {
	try {
		return readdirSync(`/proc/${pid}/task`).map(Number);
	} catch {
		return []; // ended
	}
};

/** Direct children, by the kernel's own list; undefined where the kernel keeps none. */
export const listChildren = (pid: number): number[] | undefined => {
	try {
		return readdirSync(`/proc/${pid}/task`).flatMap(task =>
			readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
		);
	} catch {
		return;
	}
};

/**
 * Everything below a process. Not whole: there are more than `most`, one ended meanwhile, or the kernel keeps no
 * lists of children.
 */
export const listTree = (root: number, most: number): {pids: number[]; isWhole: boolean} => {
	const pids: number[] = [];
	let isWhole = true;
	for (let next = -1; next < pids.length && pids.length < most; next++) {
		const children = listChildren(pids[next] ?? root);
		isWhole &&= children !== undefined;
		pids.push(...(children ?? []));
	}
	return {pids, isWhole: isWhole && pids.length < most};
};

/** Changes with every boot: a pid of another boot means nothing. */
export const readBootId = (): string => readProc('sys/kernel/random/boot_id')?.trim() ?? 'unknown';

/** A file under /proc; undefined if the process is gone or does not let us. */
export const readProc = (path: string): string | undefined => {
	try {
		return readFileSync(`/proc/${path}`, 'utf8');
	} catch {
		return;
	}
};
