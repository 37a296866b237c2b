// Whether the foreground program of a terminal waits for input: what the kernel says it is blocked in, and
// on what. Linux only; elsewhere, and for processes that may not be looked at, the answer is `unreadable`.
import {closeSync, openSync, readSync} from 'node:fs';
import {listForeground} from './foreground.js';
import {listTasks, readDescriptor, readProc} from './processes.js';

export type InputWait =
	/** Blocked in read() on the tty. */
	| {kind: 'reads'; isSingleThreaded: boolean}
	/**
	 * In poll, select or epoll on a set that holds the tty. `isIdle`: nothing else in the foreground runs.
	 * `isForMore`: an event loop that waits for a time or a socket as well.
	 */
	| {kind: 'polls'; isIdle: boolean; isForMore: boolean}
	/** On the CPU, or wants to be. */
	| {kind: 'runs'}
	/** Waits for something else: a child, the network, a time. */
	| {kind: 'busy'}
	| {kind: 'unreadable'};

/** `device` is the slave's path. The leader itself does not count. */
export const readInputWait = (leader: number, device: string): InputWait => {
	const waits = listForeground(leader)?.map(pid => readProcessWait(pid, device));
	if (!waits) return {kind: 'unreadable'};
	const find = (kind: InputWait['kind']) => waits.find(wait => wait.kind === kind);
	const runs = find('runs');
	const polls = waits.find(wait => wait.kind === 'polls');
	if (polls) return find('reads') ?? {...polls, isIdle: polls.isIdle && !runs};
	return find('reads') ?? runs ?? find('unreadable') ?? {kind: 'busy'};
};

const readProcessWait = (pid: number, device: string): InputWait => {
	const calls = numbers[process.arch];
	// Other threads of an interpreter may read the terminal; a look at the first few is enough.
	const tasks = firstTasks(pid);
	const texts = tasks.map(task => readProc(`${pid}/task/${task}/syscall`));
	if (!calls || texts[0] === undefined) return {kind: 'unreadable'};
	const isTty = (fd: number) => {
		const target = readDescriptor(pid, fd);
		return target === device || target === '/dev/tty';
	};
	const kinds = texts.map(text => classify(pid, parseCall(text), calls, isTty));
	if (kinds.includes('reads')) return {kind: 'reads', isSingleThreaded: tasks.length === 1};
	if (kinds.includes('polls')) {
		const isForMore = texts.some(text => waitsForMore(pid, parseCall(text), calls));
		return {kind: 'polls', isIdle: !kinds.includes('runs'), isForMore};
	}
	return {kind: kinds.includes('runs') ? 'runs' : 'busy'};
};

/** Only event loops tell: a time limit of poll or select is how a screen is kept up to date. */
const waitsForMore = (pid: number, call: Call | undefined, calls: CallNumbers): boolean => {
	if (!call || !calls.epoll.includes(call.number)) return false;
	const [set = 0n, , , timeout = 0n] = call.arguments;
	const isTimed = call.number === calls.epoll.at(-1) ? timeout !== 0n : BigInt.asIntN(32, timeout) >= 0n;
	return isTimed || readEpollSet(pid, Number(set)).some(fd => readDescriptor(pid, fd)?.startsWith('socket:'));
};

// A JVM or Node has dozens of threads; the one that reads the terminal is among the first.
const maxTasks = 16;

const firstTasks = (pid: number): number[] => {
	const count = Number(/^Threads:\s*(\d+)/m.exec(readProc(`${pid}/status`) ?? '')?.[1] ?? 1);
	if (count <= 1) return [pid];
	return listTasks(pid).slice(0, maxTasks);
};

type Call = {number: number; arguments: bigint[]};

/** `0 0x0 0x7f… …`; `running` while it is none. */
const parseCall = (text: string | undefined): Call | undefined => {
	const fields = text?.trim().split(' ') ?? [];
	const number = Number.parseInt(fields[0] ?? '', 10);
	if (Number.isNaN(number) || number < 0) return;
	return {number, arguments: fields.slice(1, 7).map(BigInt)};
};

const classify = (
	pid: number,
	call: Call | undefined,
	calls: CallNumbers,
	isTty: (fd: number) => boolean,
): 'reads' | 'polls' | 'runs' | 'busy' => {
	if (!call) return 'runs';
	const first = call.arguments[0] ?? 0n;
	const second = call.arguments[1] ?? 0n;
	if (calls.read.includes(call.number)) return isTty(Number(first)) ? 'reads' : 'busy';
	const watched = calls.poll.includes(call.number)
		? readPollSet(pid, first, Number(second))
		: calls.select.includes(call.number)
			? readSelectSet(pid, Number(first), second)
			: calls.epoll.includes(call.number)
				? readEpollSet(pid, Number(first))
				: [];
	return watched.some(isTty) ? 'polls' : 'busy';
};

/** `struct pollfd {int fd; short events, revents}`. */
const readPollSet = (pid: number, address: bigint, count: number): number[] => {
	const set = readMemory(pid, address, Math.min(count, 64) * 8);
	return Array.from({length: set.length / 8}, (_, index) => index * 8)
		.filter(offset => (set.readInt16LE(offset + 4) & pollIn) !== 0)
		.map(offset => set.readInt32LE(offset));
};

const pollIn = 1;

/** A bit for each descriptor to be read. */
const readSelectSet = (pid: number, count: number, address: bigint): number[] => {
	if (address === 0n) return [];
	const set = readMemory(pid, address, Math.ceil(Math.min(count, 1024) / 8));
	return Array.from({length: Math.min(count, set.length * 8)}, (_, fd) => fd).filter(
		fd => ((set[fd >> 3] ?? 0) & (1 << (fd & 7))) !== 0,
	);
};

const readEpollSet = (pid: number, fd: number): number[] =>
	[...(readProc(`${pid}/fdinfo/${fd}`) ?? '').matchAll(/^tfd:\s*(\d+)/gm)].map(match => Number(match[1]));

const readMemory = (pid: number, address: bigint, length: number): Buffer => {
	const empty = Buffer.alloc(0);
	try {
		const fd = openSync(`/proc/${pid}/mem`, 'r');
		try {
			const buffer = Buffer.alloc(length);
			return readSync(fd, buffer, 0, length, address) === length ? buffer : empty;
		} finally {
			closeSync(fd);
		}
	} catch {
		return empty; // ended, or not ours to look at
	}
};

type CallNumbers = Record<'read' | 'poll' | 'select' | 'epoll', readonly number[]>;

/**
 * System call numbers: read readv pread64; poll ppoll; select pselect6; epoll_wait epoll_pwait epoll_pwait2. The
 * last one's timeout is a pointer, the others' are milliseconds, -1 for none.
 */
const numbers: Partial<Record<NodeJS.Architecture, CallNumbers>> = {
	x64: {read: [0, 19, 17], poll: [7, 271], select: [23, 270], epoll: [232, 281, 441]},
	arm64: {read: [63, 65, 67], poll: [73], select: [72], epoll: [22, 441]},
};
