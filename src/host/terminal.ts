// One terminal: a leader on a PTY (or a pipe), the emulator and the journal of what it prints, and the rules by
// which it ends. It knows the kernel and the clock; nothing of other terminals, clients or sockets.
import {randomBytes} from 'node:crypto';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {createContainedScreen} from './contained-screen.js';
import {createDriver} from './driver.js';
import {createEnding} from './ending.js';
import {createFamily, type Family} from './family.js';
import {foregroundName} from './foreground.js';
import {createGather} from './gather.js';
import type {DriveRequest, Refusal, StartRequest, TerminalInput} from './host.js';
import {countTurns, type InputWait, readInputWait} from './input-wait.js';
import {createJournal} from './journal.js';
import {createLastOutput, isEntered} from './last-output.js';
import {interruptCommand, waitForCommand} from './leader.js';
import type {Leaders} from './leaders.js';
import {createLiveTimes} from './live-times.js';
import type {LogSource} from './log.js';
import {openPipe} from './pipe.js';
import type {Listener} from './ports.js';
import {describeProcess, type Identity, listProcesses, type Process, readProcess} from './processes.js';
import type {Exit, Snapshot, TerminalInfo, TerminalState, Usage} from './protocol.js';
import {clampSize} from './pty.js';
import type {ScreenOptions} from './screen.js';
import {createSentinelFilter, signalName} from './sentinel.js';
import type {Turns} from './turns.js';
import {encodeTyping, hidesTyping, isInterrupt} from './typing.js';
import {createUsageMeter} from './usage.js';

export type Terminal = {
	readonly id: number;
	readonly name: string;
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
	readonly printedBytes: number;
	/** Resolves when the leader has started the command: what is typed or signalled before does not reach it. */
	whenStarted(): Promise<void>;
	screen(): {
		rows: string[];
		cursor: {isAfterText: boolean; isVisible: boolean};
		isAlternate: boolean;
		revision: number;
	};
	/** By `performance.now`, as all of which a time that has passed is told: the clock may be set back. */
	readonly beganAt: number;
	/** The same of the last output in the grid; undefined if there was none. */
	readonly lastOutputAt: number | undefined;
	readonly lastInput: LastInput | undefined;
	/** The command's shell ended and all that came before is in the grid. */
	readonly hasExited: boolean;
	/** A wait has been answered with that: the next one waits for the end of what was left behind. */
	readonly isExitTold: boolean;
	recordExitTold(): void;
	readonly isEnded: boolean;
	inputWait(): InputWait;
	/** How often the foreground's processes were given a processor, as far as that is known. */
	turns(): number | undefined;
	readonly listeners: readonly Listener[];
	setListeners(listeners: readonly Listener[], isNews: boolean): void;
	/** Looks at what its processes use; true if that has changed. */
	measure(): boolean;
	write(
		input: TerminalInput,
		readModes: (device: string) => Promise<string | undefined>,
	): Promise<{kind: 'written'} | Refusal>;
	resize(size: {cols: number; rows: number}): void;
	/** A person takes it over or gives it back; the program is told that it got or lost the focus. */
	drive(request: DriveRequest): void;
	rename(name: string): void;
	recordStop(by: 'model' | 'user'): void;
	/** Ends the leader: with it the tty is gone, and the terminal ends when nothing is left of it. */
	endLeader(): void;
	/** Looks now whether what was left behind still lives. */
	checkLeftovers(): void;
	onChange(listener: (change: Change) => void): () => void;
};

/** When it was, by `performance.now`, and how the screen stood. */
export type LastInput = {
	at: number;
	revision: number;
	isCursorVisible: boolean;
	wasAfterText: boolean;
	turns: number | undefined;
};

/** `output`: new text is in the grid. `usage`: what its processes use. `state`: something that must be told at once. */
export type Change = 'output' | 'usage' | 'state';

export type TerminalOptions = {
	id: number;
	name: string;
	request: StartRequest;
	/** Exists; journal and record are written there. */
	folder: string;
	/** Which terminal it takes the place of. */
	restartOf?: TerminalInfo['restartOf'];
	runtimeFolder: string;
	shell: string;
	openLeader: Leaders['open'];
	/** The fifo of a command without a terminal. */
	fifo?: string;
	/** `stty -a` of a device. */
	readModes(device: string): Promise<string | undefined>;
	/** What failed and is survived: for the diagnostics. */
	onError(error: unknown): void;
	/** Those of all terminals. */
	turns: Turns;
	now(): number;
};

// The emulator may be so far behind before reading pauses: memory stays bounded, the program waits.
const pauseAtBytes = 1_048_576;
const resumeAtBytes = 262_144;
const ctrlC = 0x03;
// After so long without output a look at the foreground program is worth its cost.
const settleMs = 500;

/** Throws if there is no free PTY, process or disk. */
export const createTerminal = (options: TerminalOptions): Terminal => {
	const {id, request, now} = options;
	const mark = randomBytes(16).toString('hex');
	const token = randomBytes(16).toString('hex').toUpperCase();
	const note = join(options.runtimeFolder, `note-${mark.slice(0, 16)}`);
	const size = clampSize(request);
	const listeners = new Set<(change: Change) => void>();
	const journal = createJournal(options.folder, now, () => notify('state'));
	const filter = createSentinelFilter(token, () => wasInterrupted);
	const timeOfTurn = createTurnClock(now);
	const lastOutput = createLastOutput();

	let name = options.name;
	let state: TerminalState = {kind: 'running'};
	let isExitTold = false;
	let leftovers: Process[] = [];
	let openListeners: readonly Listener[] = [];
	const driver = createDriver(
		() => `${id} (${name})`,
		() => request,
	);
	let stoppedBy: 'model' | 'user' | undefined;
	let isWaitingForInput = false;
	let asksSecret = false;
	let usage: Usage | undefined;
	let lastOutputAt: number | undefined;
	/** The same by the clock. */
	let printedAt: number | undefined;
	let lastInput: LastInput | undefined;
	let wasInterrupted = false;
	let printedBytes = 0;
	let unparsedBytes = 0;
	let isPaused = false;
	let isDrained = false;
	let settleTimer: NodeJS.Timeout | undefined;
	let final: {snapshot: Snapshot; lastLines: string[]; undeliveredBytes: number} | undefined;
	const startedAt = now();
	const beganAt = performance.now();

	const notify = (change: Change) => {
		for (const listener of listeners) listener(change);
	};
	const reader = (): {pause(): void; resume(): void} => pipe ?? pty;

	const onParsed = (length: number) => {
		unparsedBytes -= length;
		if (isPaused && unparsedBytes < resumeAtBytes) {
			isPaused = false;
			reader().resume();
		}
		lastOutputAt = performance.now();
		printedAt = now();
		isWaitingForInput = false;
		asksSecret = false;
		watchForInputWait();
		notify('output');
		if (unparsedBytes === 0) ending.parsed();
	};

	const gather = createGather((bytes, done) => {
		journal.appendBytes(bytes, () =>
			screen.write(bytes, () => {
				done();
				onParsed(bytes.length);
			}),
		);
	});
	const take = (bytes: Uint8Array) => {
		if (bytes.length === 0) return;
		unparsedBytes += bytes.length;
		printedBytes += bytes.length;
		if (!isPaused && unparsedBytes > pauseAtBytes) {
			isPaused = true;
			reader().pause();
		}
		gather.push(bytes);
	};

	const onData = (bytes: Uint8Array) => {
		if (final) return;
		const found = filter.push(bytes);
		take(found.bytes);
		if (!found.exit) return;
		gather.flush();
		ending.commandEnded(found.exit, found.isAlone === true);
	};

	const onDrained = () => {
		if (final) return;
		isDrained = true;
		take(filter.flush());
		gather.flush();
		ending.drained();
	};

	const onLeaderExit = ({code, signal}: {code: number; signal: number}) => {
		if (pipe) {
			if (pipe.settle() === 'held') family.selectHolders(listProcesses());
			pty.close();
		}
		ending.leaderEnded(signal > 0 ? {signal: signalName(signal) ?? `SIG${signal}`} : {code});
	};

	const onLeftovers = (shellExit: Exit, members: Process[]) => {
		const pids = (processes: Process[]) => processes.map(({pid}) => pid).join();
		const isNews = pids(members) !== pids(leftovers) || !('shellExit' in state);
		leftovers = members;
		state = {kind: 'running', shellExit};
		if (isNews) notify('state');
	};

	const publishEnd = (shellExit: Exit) => {
		clearTimeout(settleTimer);
		leftovers = [];
		openListeners = [];
		driver.end();
		isWaitingForInput = false;
		asksSecret = false;
		usage = undefined;
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
			if (final) return;
			const quietSince = Math.max(beganAt, lastOutputAt ?? 0, lastInput?.at ?? 0);
			if (performance.now() - quietSince < settleMs) return watchForInputWait();
			void lookForInputWait();
		}, settleMs);
	};

	const lookForInputWait = async () => {
		const since = lastActivity();
		const {kind} = readInputWait(leader.pid, pty.device);
		const mayRead = kind !== 'runs' && kind !== 'busy';
		const isHidden = mayRead && hidesTyping(await options.readModes(pty.device));
		if (final || lastActivity() !== since) return;
		const waits = kind === 'reads' || isHidden || (kind === 'polls' && screen.cursor().isAfterText);
		if (waits === isWaitingForInput && isHidden === asksSecret) return;
		isWaitingForInput = waits;
		asksSecret = isHidden;
		notify('output');
	};

	/** Changes with every output and input. */
	const lastActivity = () => `${lastOutputAt} ${screen.revision} ${lastInput?.at}`;

	const liveTimes = createLiveTimes(() => printedAt ?? startedAt);
	const live = (): Pick<LogSource, 'liveLines' | 'liveTimes'> => {
		const liveLines = final ? [] : screen.liveLines();
		return {liveLines, liveTimes: liveTimes.of(liveLines, journal.lineCount + 1)};
	};
	const lineCount = () => journal.lineCount + live().liveLines.length;

	const openStreams = () => {
		const {fifo} = options;
		const pipe = fifo === undefined ? undefined : openPipe(fifo, {data: onData, drained: onDrained});
		try {
			const {pty, since} = options.openLeader({
				...{...options, mark, token, note},
				...size,
				// The leader's tty carries nothing where the command has a pipe.
				onData: pipe ? () => {} : onData,
				onDrained: pipe ? () => {} : onDrained,
				onExit: onLeaderExit,
				onWritten: () => notify('output'),
			});
			return {pty, pipe, since};
		} catch (error) {
			pipe?.close();
			journal.close();
			throw error;
		}
	};

	const {pty, pipe, since} = openStreams();
	// The command begins while this is made; what it prints is read in a later turn.
	const screenOptions: ScreenOptions = {
		...size,
		isPipe: !request.tty,
		onLine: text => journal.appendLine(text, timeOfTurn()),
		onPlainLines: (bytes, contents) => journal.appendPlainLines(bytes, contents, timeOfTurn()),
		// Not an input of a person or the model: it does not count as such.
		onReply: bytes => pty.write(bytes),
		onMark: ({line, ...mark}) => lastOutput.mark({...mark, line: journal.lineCount + line + 1}),
		programName: () => foregroundName(pty.pid),
		turns: options.turns,
		now,
	};
	const screen = createContainedScreen(screenOptions, error => {
		options.onError(
			new Error(`The screen of terminal ${id} failed; it goes on with an empty one.`, {cause: error}),
		);
		// Who paints the whole screen paints it anew when its size seems to have changed.
		pty.resize(size.cols, size.rows + 1);
		pty.resize(size.cols, size.rows);
	});
	const leader: Identity = {pid: pty.pid, startTime: readProcess(pty.pid)?.startTime ?? 0};
	const meter = createUsageMeter(leader.pid, () => performance.now());
	const openStream = () => (pipe ? !isDrained && options.fifo : pty.isOpen && pty.device);
	const family = createFamily({leader, mark, streams: () => [openStream() || []].flat()});
	const ending = createEnding({
		leader,
		leaderSince: since,
		family,
		isPipe: pipe !== undefined,
		isParsing: () => unparsedBytes > 0,
		onLeftovers,
		onEnd: publishEnd,
	});

	watchForInputWait();

	let started: Promise<void> | undefined;
	const whenStarted = () => {
		started ??= waitForCommand(leader.pid, () => ending.isCommandOver);
		return started;
	};

	const refuseEnded = (): Refusal => ({
		kind: 'refused',
		code: 'ended',
		message: `Terminal ${id} (${name}) has ended; nothing was typed. Start the command again to go on.`,
	});

	// A long text is looked at before it is sent: what is typed after it must not overtake it.
	let lastWrite: Promise<unknown> = Promise.resolve();
	const write: Terminal['write'] = (input, readModes) => {
		const written = lastWrite.then(() => type(input, readModes));
		lastWrite = written.catch(() => {}); // Its caller is told; the next one types all the same.
		return written;
	};

	const type: Terminal['write'] = async (input, readModes) => {
		if (ending.isEnding) return refuseEnded();
		const refusal = driver.refuse(input.by);
		if (refusal) return refusal;
		if (!request.tty && !isInterrupt(input)) {
			const message = `Terminal ${id} (${name}) has no stdin: it was started with tty false. Start it again with tty true to type into it; C-c interrupts it.`;
			return {kind: 'refused', code: 'no-stdin', message};
		}
		const label = `${id} (${name})`;
		const encoded = await encodeTyping(input, {label, pty, screen, readModes});
		if (encoded.kind === 'refused') return encoded;
		if (encoded.bytes.length === 0) return {kind: 'written'};
		await whenStarted();
		// It may have ended in the meantime.
		if (ending.isEnding) return refuseEnded();
		driver.recordInput(input.by);
		if (isEntered(encoded.bytes) && !screen.isAlternateScreen) {
			lastOutput.enter(journal.lineCount + screen.cursorLine() + 1);
		}
		const cursor = screen.cursor();
		lastInput = {
			at: performance.now(),
			revision: screen.revision,
			isCursorVisible: cursor.isVisible,
			wasAfterText: cursor.isAfterText,
			turns: request.tty ? countTurns(leader.pid) : undefined,
		};
		wasInterrupted ||= encoded.bytes.includes(ctrlC);
		isWaitingForInput = false;
		asksSecret = false;
		watchForInputWait();
		if (request.tty) pty.write(encoded.bytes);
		else interruptCommand(leader, family);
		notify('output');
		return {kind: 'written'};
	};

	const source = (): LogSource => ({journal, ...live(), now: now()});

	const resize = (next: {cols: number; rows: number}) => {
		Object.assign(size, clampSize(next));
		if (final) return;
		pty.resize(size.cols, size.rows);
		screen.resize(size.cols, size.rows);
		notify('output');
	};

	return {
		id,
		get name() {
			return name;
		},
		leader,
		startedAt,
		get printedBytes() {
			return printedBytes;
		},
		mark,
		family,
		device: pty.device,
		request,
		beganAt,
		get lastOutputAt() {
			return lastOutputAt;
		},
		get lastInput() {
			return lastInput;
		},
		get hasExited() {
			return state.kind === 'ended' || (state.kind === 'running' && state.shellExit !== undefined);
		},
		get isExitTold() {
			return isExitTold;
		},
		recordExitTold() {
			isExitTold = true;
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
			...(asksSecret && {asksSecret}),
			...(usage && {usage}),
			isAlternateScreen: final ? false : screen.isAlternateScreen,
			title: screen.title,
			startedAt,
			startedBy: request.startedBy,
			...(request.session !== undefined && {session: request.session}),
			...(options.restartOf && {restartOf: options.restartOf}),
			...(stoppedBy && {stoppedBy}),
			...driver.info(),
			lastLines: final ? final.lastLines : screen.lastLines(3),
			lineCount: lineCount(),
			...lastOutput.info(),
			...(journal.writeError && {logError: journal.writeError.message}),
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
				cursor: final ? {isAfterText: false, isVisible: false} : screen.cursor(),
				isAlternate: isAlternateScreen,
				revision,
			};
		},
		inputWait: () => (request.tty && !final ? readInputWait(leader.pid, pty.device) : {kind: 'busy'}),
		turns: () => (request.tty && !final ? countTurns(leader.pid) : undefined),
		setListeners(next, isNews) {
			openListeners = next;
			if (isNews) notify('state');
		},
		measure() {
			const next = final ? undefined : meter.look();
			if (next?.cpu === usage?.cpu && next?.memory === usage?.memory) return false;
			usage = next;
			notify('usage');
			return true;
		},
		write,
		resize,
		drive(next) {
			const before = driver.info().driver;
			const wanted = driver.change(next);
			const after = driver.info().driver;
			if (before !== after && !final && screen.modes().focusEvents) {
				pty.write(Buffer.from(after === 'user' ? '\x1b[I' : '\x1b[O'));
			}
			if (wanted) resize(wanted);
			notify('state');
		},
		rename(next) {
			name = next;
			notify('state');
		},
		recordStop(by) {
			stoppedBy = by;
		},
		endLeader: ending.endLeader,
		checkLeftovers: ending.check,
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
};

/** Asks the clock once for all that happens in one go: a flood is a million lines a second. */
const createTurnClock = (now: () => number) => {
	let time: number | undefined;
	return () => {
		if (time === undefined) {
			time = now();
			queueMicrotask(() => {
				time = undefined;
			});
		}
		return time;
	};
};
