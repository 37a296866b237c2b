// Whether the foreground program of a terminal waits for input: what the kernel says it is blocked in, and
// on what. Linux only; elsewhere, and for processes that may not be looked at, the answer is `unreadable`.
import {closeSync, openSync, readSync} from 'node:fs';
import {listDetached, listForeground} from './foreground.js';
import {listTasks, readDescriptor, readProc} from './processes.js';

export type InputWait =
	/** Blocked in read() on the tty, or in a wait for it alone that only input ends. */
	| {kind: 'reads'; isSingleThreaded: boolean}
	/**
	 * In poll, select or epoll on a set that holds the tty. `isIdle`: nothing else in the foreground runs.
	 * `isForMore`: it waits for more than keys, and may print what it was asked for.
	 */
	| {kind: 'polls'; isIdle: boolean; isForMore: boolean}
	/** On the CPU, or wants to be. */
	| {kind: 'runs'}
	/** Waits for something else: a child, the network, a time. */
	| {kind: 'busy'}
	| {kind: 'unreadable'};

/** `device` is the slave's path. The leader itself does not count. */
export const readInputWait = (leader: number, device: string): InputWait => {
	const foreground = listForeground(leader);
	if (!foreground) return {kind: 'unreadable'};
	const read = (pid: number) => readProcessWait(pid, device);
	const wait = judge(foreground.map(read));
	return wait.kind === 'busy' ? judge(listDetached(foreground).map(read)) : wait;
};

/** What they do together. */
const judge = (waits: readonly InputWait[]): InputWait => {
	const find = (kind: InputWait['kind']) => waits.find(wait => wait.kind === kind);
	const runs = find('runs');
	const polls = waits.find(wait => wait.kind === 'polls');
	if (polls) return find('reads') ?? {...polls, isIdle: polls.isIdle && !runs};
	return find('reads') ?? runs ?? find('unreadable') ?? {kind: 'busy'};
};

/**
 * How often the foreground's processes were given a processor: as often as before an input, they have not taken
 * it. Undefined where the kernel does not say.
 */
export const countTurns = (leader: number): number | undefined => {
	const foreground = listForeground(leader);
	if (!foreground) return;
	const pids = [...foreground, ...listDetached(foreground)];
	const tasks = pids.flatMap(pid => firstTasks(pid).map(task => `${pid}/task/${task}`));
	const counts = tasks.map(task => Number(readProc(`${task}/schedstat`)?.split(' ')[2]));
	const total = counts.reduce((sum, count) => sum + count, 0);
	return Number.isNaN(total) ? undefined : total;
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
	if (calls.read.includes(call.number)) return isTty(Number(call.arguments[0])) ? 'reads' : 'busy';
	const {input, others, isEndless} = readWatch(pid, call, calls);
	if (!input.some(isTty)) return 'busy';
	// Nothing but the terminal can wake it: as good as a read.
	return isEndless && others.length === 0 && input.every(isTty) ? 'reads' : 'polls';
};

/**
 * Not for keys alone: for what comes over a socket, or from a terminal of its own (ssh, script). Event loops
 * also tell by a time limit that something is to come; that of poll or select is how a screen is kept fresh.
 */
const waitsForMore = (pid: number, call: Call | undefined, calls: CallNumbers): boolean => {
	if (!call) return false;
	const {input, others, isEndless} = readWatch(pid, call, calls);
	if (calls.epoll.includes(call.number) && !isEndless) return true;
	return [...input, ...others].some(fd => /^socket:|\/ptmx$/.test(readDescriptor(pid, fd) ?? ''));
};

/** The descriptors that a call waits for, and whether it has no time limit. */
type Watch = {input: number[]; others: number[]; isEndless: boolean};

const readWatch = (pid: number, call: Call, calls: CallNumbers): Watch => {
	const [first = 0n, second = 0n, third = 0n, fourth = 0n, fifth = 0n] = call.arguments;
	const isEndless = (limit: bigint) =>
		calls.limitedByPointer.includes(call.number) ? limit === 0n : BigInt.asIntN(32, limit) < 0n;
	if (calls.poll.includes(call.number)) {
		return {...readPollSet(pid, first, Number(second)), isEndless: isEndless(third)};
	}
	if (calls.select.includes(call.number)) {
		const read = (set: bigint) => readSelectSet(pid, Number(first), set);
		return {input: read(second), others: [third, fourth].flatMap(read), isEndless: isEndless(fifth)};
	}
	if (calls.epoll.includes(call.number)) {
		return {input: readEpollSet(pid, Number(first)), others: [], isEndless: isEndless(fourth)};
	}
	return {input: [], others: [], isEndless: false};
};

/** `struct pollfd {int fd; short events, revents}`. */
const readPollSet = (pid: number, address: bigint, count: number): Pick<Watch, 'input' | 'others'> => {
	const set = readMemory(pid, address, Math.min(count, 64) * 8);
	const isInput = (offset: number) => (set.readInt16LE(offset + 4) & pollIn) !== 0;
	const offsets = Array.from({length: set.length / 8}, (_, index) => index * 8);
	const descriptors = (chosen: number[]) =>
		chosen.map(offset => set.readInt32LE(offset)).filter(fd => fd >= 0);
	return {
		input: descriptors(offsets.filter(isInput)),
		others: descriptors(offsets.filter(offset => !isInput(offset))),
	};
};

const pollIn = 1;

/** A bit for each descriptor. */
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

type CallNumbers = Record<'read' | 'poll' | 'select' | 'epoll' | 'limitedByPointer', readonly number[]>;

/**
 * System call numbers: read readv pread64; poll ppoll; select pselect6; epoll_wait epoll_pwait epoll_pwait2. A
 * time limit is in milliseconds, -1 for none, or behind a pointer, 0 for none.
 */
const numbers: Partial<Record<NodeJS.Architecture, CallNumbers>> = {
	x64: {
		read: [0, 19, 17],
		poll: [7, 271],
		select: [23, 270],
		epoll: [232, 281, 441],
		limitedByPointer: [271, 23, 270, 441],
	},
	arm64: {read: [63, 65, 67], poll: [73], select: [72], epoll: [22, 441], limitedByPointer: [73, 72, 441]},
};
