// One terminal: a leader on a PTY (or a pipe), the emulator and the journal of what it prints, and the rules by
// which it ends. It knows the kernel and the clock; nothing of other terminals, clients or sockets.
import {randomBytes} from 'node:crypto';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {buildEnvironment, isShellName} from './environment.js';
import {createFamily, type Family} from './family.js';
import type {Refusal, StartRequest, TerminalInput} from './host.js';
import {type InputWait, readInputWait} from './input-wait.js';
import {createJournal, type Journal} from './journal.js';
import {encodeInput} from './keys.js';
import leaderScript from './leader.sh';
import type {LogSource} from './log.js';
import {openPipe, type PipeReader} from './pipe.js';
import type {Listener} from './ports.js';
import {
	describeProcess,
	type Identity,
	listChildren,
	listProcesses,
	listProcessesSince,
	type Process,
	readProc,
	readProcess,
	signalProcess,
} from './processes.js';
import type {Exit, Snapshot, TerminalInfo, TerminalState} from './protocol.js';
import {clampSize, type OpenPty, type Pty} from './pty.js';
import {createScreen} from './screen.js';
import {createSentinelFilter, signalName} from './sentinel.js';

export type Terminal = {
	readonly id: number;
	readonly leader: Identity;
	readonly mark: string;
	readonly family: Family;
	/** The slave's path; a pipe has none that a command could use. */
	readonly device: string;
	/** The request, for all that a record or a restart needs. */
	readonly request: StartRequest;
	info(): TerminalInfo;
	snapshot(): Snapshot;
	source(): LogSource;
	/** As of a past terminal: the source is only meant within the call. */
	readFrom<T>(use: (source: LogSource) => T): T;
	readonly startedAt: number;
	/** Resolves when the leader has started the command: what is typed or signalled before does not reach it. */
	whenStarted(): Promise<void>;
	screen(): {rows: string[]; cursor: {textBefore: string}; isAlternate: boolean; revision: number};
	/** Milliseconds since 1970 of the last output in the grid and the last input; undefined if there was none. */
	readonly lastOutputAt: number | undefined;
	readonly lastInput: {at: number; revision: number} | undefined;
	/** The command's shell ended and all that came before is in the grid. */
	readonly hasExited: boolean;
	readonly isEnded: boolean;
	inputWait(): InputWait;
	readonly listeners: readonly Listener[];
	setListeners(listeners: readonly Listener[], isNews: boolean): void;
	write(
		input: TerminalInput,
		readModes: (device: string) => Promise<string | undefined>,
	): Promise<{kind: 'written'} | Refusal>;
	resize(size: {cols: number; rows: number}): void;
	rename(name: string): void;
	recordStop(by: 'model' | 'user'): void;
	/** Ends the leader: with it the tty is gone, and the terminal ends when nothing is left of it. */
	endLeader(): void;
	/** Looks now whether what was left behind still lives. */
	checkLeftovers(): void;
	onChange(listener: (change: Change) => void): () => void;
};

/** `output`: new text is in the grid. `state`: something that must be told at once. */
export type Change = 'output' | 'state';

export type TerminalOptions = {
	id: number;
	name: string;
	request: StartRequest;
	/** Exists; journal and record are written there. */
	folder: string;
	runtimeFolder: string;
	shell: string;
	openPty: OpenPty;
	/** The fifo of a command without a terminal. */
	fifo?: string;
	/** Absolute path of setsid(1), where there is one. */
	setsid?: string | undefined;
	now(): number;
};

// The emulator may be so far behind before reading pauses: memory stays bounded, the program waits.
const pauseAtBytes = 1_048_576;
const resumeAtBytes = 262_144;
// More than anybody pastes; a program that never reads must not fill the host's memory.
const maxQueuedBytes = 2_097_152;
// The kernel's line editor drops what a line holds above this, without a word (N_TTY_BUF_SIZE - 1).
const maxCanonicalLine = 4095;
const leftoverCheckMs = 500;
const leftoverScanEvery = 20;
// A round through all pids takes longer than this, so whoever came later has a higher number.
const pidRoundMs = 2_000;

/** Throws if there is no free PTY, process or disk. */
export const createTerminal = (options: TerminalOptions): Terminal => {
	const {id, request, now} = options;
	const mark = randomBytes(16).toString('hex');
	const token = randomBytes(16).toString('hex').toUpperCase();
	const note = join(options.runtimeFolder, `note-${mark.slice(0, 16)}`);
	const size = clampSize(request);
	const listeners = new Set<(change: Change) => void>();
	const journal: Journal = createJournal(options.folder, now);
	const filter = createSentinelFilter(token);
	const screen = createScreen({
		...size,
		isPipe: !request.tty,
		onLine: text => journal.appendLine(text, now()),
		// Not an input of a person or the model: it does not count as such.
		onReply: bytes => pty?.write(bytes),
		programName: () => foregroundName(pty?.pid),
		now,
	});

	let name = options.name;
	let state: TerminalState = {kind: 'running'};
	let leftovers: Process[] = [];
	let openListeners: readonly Listener[] = [];
	let stoppedBy: 'model' | 'user' | undefined;
	let isWaitingForInput = false;
	let lastOutputAt: number | undefined;
	let lastInput: {at: number; revision: number} | undefined;
	let unparsedBytes = 0;
	let isPaused = false;
	let exit: Exit | undefined;
	let leaderExit: Exit | undefined;
	let isDrained = false;
	let isLeaderEnding = false;
	let leftoverTimer: NodeJS.Timeout | undefined;
	let settleTimer: NodeJS.Timeout | undefined;
	let final: {snapshot: Snapshot; lastLines: string[]; undeliveredBytes: number} | undefined;
	const startedAt = now();

	const notify = (change: Change) => {
		for (const listener of listeners) listener(change);
	};
	const reader = (): {pause(): void; resume(): void} | undefined => pipe ?? pty;

	const onParsed = (length: number) => {
		unparsedBytes -= length;
		if (isPaused && unparsedBytes < resumeAtBytes) {
			isPaused = false;
			reader()?.resume();
		}
		lastOutputAt = now();
		isWaitingForInput = false;
		watchForInputWait();
		notify('output');
		// While something is left over its output changes nothing: the timer looks after it.
		if (unparsedBytes === 0 && (!leftoverTimer || leaderExit)) advance();
	};

	const take = (bytes: Uint8Array) => {
		if (bytes.length === 0) return;
		journal.appendBytes(bytes);
		unparsedBytes += bytes.length;
		if (!isPaused && unparsedBytes > pauseAtBytes) {
			isPaused = true;
			reader()?.pause();
		}
		screen.write(bytes, () => onParsed(bytes.length));
	};

	const onData = (bytes: Uint8Array) => {
		const found = filter.push(bytes);
		take(found.bytes);
		if (!found.exit) return;
		exit ??= found.exit;
		advance();
	};

	const onDrained = () => {
		isDrained = true;
		take(filter.flush());
		advance();
	};

	const onLeaderExit = ({code, signal}: {code: number; signal: number}) => {
		leaderExit = signal > 0 ? {signal: signalName(signal) ?? `SIG${signal}`} : {code};
		// Without a leader nobody says how the command ended: the leader's own end must do.
		if (!pipe) return advance();
		if (pipe.settle() === 'held') family.selectHolders(listProcesses());
		pty.close();
		advance();
	};

	/** Goes on towards the end as far as what is known allows; every event that may allow more calls it. */
	const advance = () => {
		if (state.kind === 'ended' || unparsedBytes > 0) return;
		const shellExit = exit ?? (leaderExit && (isDrained || pipe) ? leaderExit : undefined);
		if (!shellExit) return;
		const members = findMembers();
		if (members.length > 0) return keepRunning(shellExit, members);
		if (!leaderExit) return endLeader();
		if (isDrained) publishEnd(shellExit);
		// A pipe that somebody holds whom we cannot see: the end comes with the last holder.
		else if (pipe) keepRunning(shellExit, []);
	};

	const findMembers = () =>
		family.select(now() - startedAt < pidRoundMs ? listProcessesSince(leader.pid) : listProcesses());

	const keepRunning = (shellExit: Exit, members: Process[]) => {
		const isNews =
			state.kind !== 'running' ||
			!state.shellExit ||
			members.map(({pid}) => pid).join() !== leftovers.map(({pid}) => pid).join();
		leftovers = members;
		state = {kind: 'running', shellExit};
		if (isNews) notify('state');
		let checks = 0;
		leftoverTimer ??= setInterval(() => {
			// What is left over may start others: now and then a look at all processes.
			if (!family.hasSurvivors() || ++checks % leftoverScanEvery === 0) advance();
		}, leftoverCheckMs);
	};

	const endLeader = () => {
		if (leaderExit || isLeaderEnding) return;
		isLeaderEnding = true;
		// Our own child and not waited for: the number cannot be another's.
		signalProcess(leader, 'SIGKILL');
	};

	const publishEnd = (shellExit: Exit) => {
		clearInterval(leftoverTimer);
		clearTimeout(settleTimer);
		leftovers = [];
		openListeners = [];
		isWaitingForInput = false;
		const lastLines = screen.lastLines(3);
		const snapshot: Snapshot = {kind: 'snapshot', id, ...screen.snapshot()};
		screen.finish();
		journal.flush();
		journal.close();
		final = {snapshot, lastLines, undeliveredBytes: pty.queuedBytes};
		screen.dispose();
		rmSync(note, {force: true});
		state = {kind: 'ended', exit: shellExit, at: now()};
		notify('state');
	};

	/** One look after the output has gone quiet, so that lists can show who waits; waits look for themselves. */
	const watchForInputWait = () => {
		if (!request.tty || settleTimer) return;
		settleTimer = setTimeout(() => {
			settleTimer = undefined;
			if (final || !lastOutputAt) return;
			if (now() - lastOutputAt < settleMs) return watchForInputWait();
			const {kind} = readInputWait(leader.pid, pty.device);
			const waits = kind === 'reads' || (kind === 'polls' && screen.cursor().textBefore.trim() !== '');
			if (waits === isWaitingForInput) return;
			isWaitingForInput = waits;
			notify('output');
		}, settleMs);
	};

	const lineCount = () => journal.lineCount + (final ? 0 : screen.liveLines().length);

	const openStreams = (): {pty: Pty; pipe?: PipeReader} => {
		const opened = options.fifo ? openPipe(options.fifo, {data: onData, drained: onDrained}) : undefined;
		try {
			const command = buildCommand(options);
			const pty = options.openPty({
				file: '/bin/sh',
				args: ['-c', compactScript, 'tandem', note, options.fifo ?? '', ...command.words],
				env: {...buildEnvironment(command.env, {...request, mark}), TANDEM_LEADER: token},
				cwd: request.cwd,
				...size,
				onData: opened ? () => {} : onData,
				onDrained: opened ? () => {} : onDrained,
				onExit: onLeaderExit,
				onWritten: () => notify('output'),
			});
			return opened ? {pty, pipe: opened} : {pty};
		} catch (error) {
			opened?.close();
			journal.close();
			screen.dispose();
			throw error;
		}
	};

	const {pty, pipe} = openStreams();
	const leader: Identity = {pid: pty.pid, startTime: readProcess(pty.pid)?.startTime ?? 0};
	const family = createFamily({
		leader,
		mark,
		streams: () => (pipe ? (isDrained ? [] : [options.fifo ?? '']) : pty.isOpen ? [pty.device] : []),
	});

	let started: Promise<void> | undefined;
	const whenStarted = () => {
		started ??= pollUntil(
			() => final !== undefined || exit !== undefined || hasCommand(leader.pid),
			startWithinMs,
		);
		return started;
	};

	const source = (): LogSource => ({journal, liveLines: final ? [] : screen.liveLines(), now: now()});

	return {
		id,
		leader,
		startedAt,
		mark,
		family,
		device: pty.device,
		request,
		get lastOutputAt() {
			return lastOutputAt;
		},
		get lastInput() {
			return lastInput;
		},
		get hasExited() {
			return state.kind === 'ended' || (state.kind === 'running' && state.shellExit !== undefined);
		},
		get isEnded() {
			return state.kind === 'ended';
		},
		get listeners() {
			return openListeners;
		},
		info: () => ({
			id,
			name,
			cmd: request.cmd,
			cwd: request.cwd,
			tty: request.tty,
			...size,
			state,
			leftovers: leftovers.map(describeProcess),
			ports: openListeners.map(({port, pid, url}) => ({port, pid, url})),
			isWaitingForInput,
			isAlternateScreen: final ? false : screen.isAlternateScreen,
			title: screen.title,
			startedAt,
			startedBy: request.startedBy,
			...(request.session !== undefined && {session: request.session}),
			...(stoppedBy && {stoppedBy}),
			driver: 'model',
			lastLines: final ? final.lastLines : screen.lastLines(3),
			lineCount: lineCount(),
			undeliveredBytes: final ? final.undeliveredBytes : pty.queuedBytes,
			revision: final ? final.snapshot.revision : screen.revision,
		}),
		snapshot: () => final?.snapshot ?? {kind: 'snapshot', id, ...screen.snapshot()},
		source,
		readFrom: use => use(source()),
		whenStarted,
		screen: () => {
			const {lines, isAlternateScreen, revision} = final?.snapshot ?? screen.snapshot();
			return {
				rows: lines.map(row => row.map(run => run.text).join('')),
				cursor: final ? {textBefore: ''} : screen.cursor(),
				isAlternate: isAlternateScreen,
				revision,
			};
		},
		inputWait: () => (request.tty && !final ? readInputWait(leader.pid, pty.device) : {kind: 'busy'}),
		setListeners(next, isNews) {
			openListeners = next;
			if (isNews) notify('state');
		},
		async write(input, readModes) {
			const refusal = (code: Refusal['code'], message: string): Refusal => ({kind: 'refused', code, message});
			if (final || isLeaderEnding)
				return refusal('ended', `Terminal ${id} (${name}) has ended; nothing was typed.`);
			if (!request.tty) {
				await whenStarted();
				return interrupt(input);
			}
			const encoded = encodeInput(input, screen.modes());
			if (encoded.kind === 'refused') return encoded;
			const {bytes} = encoded;
			if (pty.queuedBytes + bytes.length > maxQueuedBytes) {
				const message = `The program in terminal ${id} (${name}) does not read: ${pty.queuedBytes} bytes wait already. Nothing was typed. Look at its screen, or stop it.`;
				return refusal('input-full', message);
			}
			const longest = longestLine(bytes);
			if (longest > maxCanonicalLine && /(^| )icanon( |;)/.test((await readModes(pty.device)) ?? '')) {
				const message = `A line of ${longest} bytes is too long: the terminal's line editor keeps ${maxCanonicalLine} and drops the rest. Nothing was typed. Write the text into a file and let the command read that.`;
				return refusal('line-too-long', message);
			}
			await whenStarted();
			lastInput = {at: now(), revision: screen.revision};
			isWaitingForInput = false;
			pty.write(bytes);
			notify('output');
			return {kind: 'written'};
		},
		resize(next) {
			Object.assign(size, clampSize(next));
			if (final) return;
			pty.resize(size.cols, size.rows);
			screen.resize(size.cols, size.rows);
			notify('output');
		},
		rename(next) {
			name = next;
			notify('state');
		},
		recordStop(by) {
			stoppedBy = by;
		},
		endLeader,
		checkLeftovers: advance,
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};

	/** Without a terminal there is one thing to type: Ctrl+C is SIGINT to the command's group. */
	function interrupt(input: TerminalInput): {kind: 'written'} | Refusal {
		const typed =
			(input.chars ?? '') + (input.keys ?? []).map(key => (key === 'C-c' ? '\x03' : key)).join('');
		if (typed !== '\x03') {
			const message = `Terminal ${id} (${name}) has no stdin: it was started with tty false. Start it again with tty true to type into it; C-c interrupts it.`;
			return {kind: 'refused', code: 'no-stdin', message};
		}
		const command = family.select(listProcesses()).find(({parent}) => parent === leader.pid);
		lastInput = {at: now(), revision: screen.revision};
		if (command) signalGroup(command, leader);
		return {kind: 'written'};
	}
};

// On a busy machine; usually it takes 3 ms.
const startWithinMs = 1_000;

/** A child of the leader is a program of its own; until then it is a copy of the leader. */
const hasCommand = (leader: number): boolean => {
	const children = listChildren(leader);
	if (!children) return true;
	const own = readProc(`${leader}/cmdline`);
	return children.some(child => readProc(`${child}/cmdline`) !== own);
};

const pollUntil = async (claim: () => boolean, withinMs: number) => {
	const deadline = performance.now() + withinMs;
	while (!claim() && performance.now() < deadline) await new Promise(resolve => setTimeout(resolve, 2));
};

// After so long without output a look at the foreground program is worth its cost.
const settleMs = 500;

/** A script on a command line shows in ps: without its comments it is bearable. */
const compactScript = leaderScript.replaceAll(/^#.*\n/gm, '');

/** The words that the leader runs, and the environment that reaches them through it. */
const buildCommand = ({request, shell, setsid}: TerminalOptions) => {
	const entries = Object.entries(request.env);
	const odd = entries.filter(([name]) => !isShellName(name));
	const env = Object.fromEntries(entries.filter(([name]) => isShellName(name)));
	const detached = !request.tty && setsid ? [setsid] : [];
	const passed = odd.length > 0 ? ['/usr/bin/env', ...odd.map(([name, value]) => `${name}=${value}`)] : [];
	return {env, words: [...detached, ...passed, shell, '-c', request.cmd]};
};

const signalGroup = (command: Process, leader: Identity) => {
	// Where there is no setsid the command shares the leader's group, and the leader bears it.
	const group = command.group === command.pid ? command.pid : leader.pid;
	try {
		process.kill(-group, 'SIGINT');
	} catch {
		// It ended in this very moment.
	}
};

const longestLine = (bytes: Uint8Array): number => {
	let longest = 0;
	let start = 0;
	if (bytes.length <= maxCanonicalLine) return bytes.length;
	for (let end = 0; end <= bytes.length; end++) {
		if (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) continue;
		longest = Math.max(longest, end - start);
		start = end + 1;
	}
	return longest;
};

const foregroundName = (leader: number | undefined): string => {
	const group = leader === undefined ? undefined : readProcess(leader)?.foregroundGroup;
	return (group !== undefined && group > 0 && readProcess(group)?.name) || 'program';
};
