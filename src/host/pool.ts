// All terminals of a workspace, in this process: starts them, finds them by id, tells everybody of changes, and
// keeps a record of each on disk, so that ended ones are listed and none of a host that died is forgotten.
import {accessSync, constants, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {becomesWithin} from './becomes-within.js';
import {createBriefs} from './brief.js';
import {createCoProcess} from './coprocess.js';
import {createDescriptorGuard} from './descriptors.js';
import type {
	Host,
	HostEvent,
	LogRequest,
	Reading,
	ReadRequest,
	Refusal,
	StartRequest,
	StopRequest,
} from './host.js';
import {canAdopt} from './leader.js';
import {createLeaders} from './leaders.js';
import {readLog, readSince} from './log.js';
import {createMetering} from './metering.js';
import {cleanName, deriveName, makeUnique} from './names.js';
import {createPast, type Past} from './past.js';
import {createPortWatch, type PortOwner, socketsBelow} from './ports.js';
import {readBootId} from './processes.js';
import type {ProcessInfo, TerminalInfo} from './protocol.js';
import {createPtyOpener} from './pty.js';
import {createRecords, type Records} from './records.js';
import {createRestarts} from './restart.js';
import {checkStart} from './start-check.js';
import {stopTree} from './stop.js';
import {type Change, createTerminal, type Terminal} from './terminal.js';
import {createThrottle} from './throttle.js';
import {createTurns} from './turns.js';
import {waitOnPast, waitUntil} from './until.js';

export type PoolOptions = {
	/** The workspace's state folder, private: terminals/ID/, next-id. */
	stateFolder: string;
	/** Files that may be removed at reboot (fifos). Private. */
	runtimeFolder: string;
	now?: () => number;
	/** For diagnostics: what went wrong and was borne. */
	onError?(error: unknown): void;
};

type RestartOf = TerminalInfo['restartOf'];

const maxRunning = 64;
const maxListedEnded = 50;
const tellEveryMs = 1_000 / 30;
// What goes by faster than anybody reads: the last lines of it are told as often as they can be taken in.
const floodBytes = 32_768;
const tellFloodEveryMs = 200;
const keepEndedMs = 14 * 24 * 3_600_000;
const keepEndedBytes = 2 * 1024 ** 3;
// Hundreds of files are looked at: not for every command that ends.
const expireEveryMs = 3_600_000;
// What a start's answer sets off, the model's next request, is under way by then: no fork competes with it.
const stockAfterMs = 4;

export const createPool = async (options: PoolOptions): Promise<Host> => {
	const {stateFolder, runtimeFolder, now = Date.now, onError = () => {}} = options;
	for (const folder of [stateFolder, runtimeFolder]) mkdirSync(folder, {recursive: true, mode: 0o700});
	const coprocess = createCoProcess(runtimeFolder);
	const programs = {setsid: findProgram('setsid'), perl: findProgram('perl')};
	const guard = createDescriptorGuard(process.platform === 'linux' && !canAdopt(programs.perl));
	const leaders = createLeaders({
		openPty: createPtyOpener(guard),
		programs,
		takeFifo: coprocess.takeFifo,
	});
	const bootId = readBootId();
	const records = createRecords(stateFolder, onError);
	const live = new Map<number, Terminal>();
	const past = new Map<number, Past>();
	const subscribers = new Set<(event: HostEvent) => void>();
	const watchers = new Map<number, Set<() => void>>();
	let starting = 0;

	const context = {records, bootId, now};
	const turns = createTurns();
	for (const record of records.readAll()) past.set(record.info.id, createPast(record, context));
	let expiredAt = Number.NEGATIVE_INFINITY;

	const running = () => [...live.values()];
	// What a leader adopts does not get lost.
	const isAdopted = canAdopt(programs.perl);
	const owners = () => running().map(terminal => toPortOwner(terminal, isAdopted));
	const ports = createPortWatch({owners, now: () => performance.now()});

	const metering = createMetering({
		isWanted: () => subscribers.size > 0 && live.size > 0,
		look: () => running().filter(terminal => terminal.measure()).length > 0,
	});

	const emit = (event: HostEvent) => {
		for (const listener of subscribers) listener(event);
	};

	/** A host may live for months: what is kept is looked through again when something is added. */
	const expire = () => {
		if (now() - expiredAt < expireEveryMs) return;
		expiredAt = now();
		for (const id of findExpired(past.values(), records, now())) {
			past.delete(id);
			records.remove(id);
			emit({type: 'terminal.forgotten', id});
		}
	};
	expire();

	const save = (terminal: Terminal) => {
		const {leader, mark} = terminal;
		const record = {info: terminal.info(), leader, mark, bootId};
		if (!terminal.isEnded) {
			try {
				records.write(record);
			} catch (error) {
				onError(error); // a full disk: the terminal lives on
			}
			return;
		}
		// Most commands are forgotten with their answer.
		records.writeSoon({...record, snapshot: terminal.snapshot()});
		// Its emulator is let go; what remains to be read is on disk.
		live.delete(terminal.id);
		past.set(terminal.id, createPast(record, context, terminal.source().journal));
		restarts.keep(terminal.id, terminal.request);
		expire();
	};

	const follow = (terminal: Terminal) => {
		let toldBytes = 0;
		let isFlood = false;
		const tell = () => {
			isFlood = terminal.printedBytes - toldBytes > floodBytes;
			toldBytes = terminal.printedBytes;
			if (briefs.isHidden(terminal.id)) return;
			if (subscribers.size > 0) emit({type: 'terminal.changed', terminal: terminal.info()});
			for (const listener of watchers.get(terminal.id) ?? []) listener();
		};
		const throttle = createThrottle(tell, () =>
			isFlood && !watchers.has(terminal.id) ? tellFloodEveryMs : tellEveryMs,
		);
		terminal.onChange((change: Change) => {
			if (change === 'output') {
				ports.wake();
				metering.wake();
				return throttle.soon();
			}
			if (change === 'usage') return throttle.soon();
			save(terminal);
			throttle.atOnce();
			if (terminal.isEnded) throttle.stop();
		});
	};

	const takenNames = () => new Set(running().map(terminal => terminal.name));
	const unknown = (id: number): Refusal => {
		const known = running().map(terminal => `${terminal.id} (${terminal.name})`);
		const list = known.length > 0 ? `Running: ${known.join(', ')}.` : 'None is running.';
		return {kind: 'refused', code: 'unknown-terminal', message: `There is no terminal ${id}. ${list}`};
	};
	const find = (id: number) => live.get(id) ?? past.get(id);

	const remove = (id: number) => {
		live.delete(id);
		past.delete(id);
		restarts.forget(id);
		watchers.delete(id);
	};

	const briefs = createBriefs({
		read: (id, maxChars) => read(found(id), {maxChars}),
		forget(id) {
			remove(id);
			records.removeSoon(id);
		},
		tell: id => emit({type: 'terminal.changed', terminal: found(id).info()}),
	});
	/** Of one that is there. */
	const found = (id: number) => {
		const terminal = find(id);
		if (!terminal) throw new Error(`Terminal ${id} is gone.`);
		return terminal;
	};

	const spawn = (request: StartRequest, shell: string, fifo?: string, restartOf?: RestartOf) => {
		const name = makeUnique(cleanName(request.name ?? '') || deriveName(request.cmd), takenNames());
		const id = records.takeId();
		const folder = records.create(id);
		try {
			const terminal = createTerminal({
				id,
				name,
				request,
				folder,
				runtimeFolder,
				shell,
				openLeader: leaders.open,
				...(fifo !== undefined && {fifo}),
				...(restartOf && {restartOf}),
				readModes: coprocess.readModes,
				onError,
				turns,
				now,
			});
			live.set(id, terminal);
			briefs.hide(id);
			follow(terminal);
			save(terminal);
			ports.wake();
			metering.wake();
			return {kind: 'started' as const, terminal};
		} catch (error) {
			records.remove(id);
			onError(error);
			const reason = error instanceof Error ? error.message : String(error);
			const message = `No terminal could be made (${reason}). Stop some that run, or raise the system's limits.`;
			return {kind: 'refused' as const, code: 'no-pty' as const, message};
		}
	};

	const spawnChecked = async (request: StartRequest, restartOf?: RestartOf) => {
		const checked = checkStart(request);
		if (checked.kind === 'refused') return checked;
		if (running().length + starting >= maxRunning) return tooMany(running());
		starting++;
		try {
			const fifo = request.tty ? undefined : await coprocess.takeFifo();
			if (!request.tty && fifo === undefined) {
				const message = 'No pipe could be made for the command. Start it with tty true.';
				return {kind: 'refused' as const, code: 'no-pty' as const, message};
			}
			return spawn(request, checked.shell, fifo, restartOf);
		} catch (error) {
			onError(error);
			const reason = error instanceof Error ? error.message : String(error);
			const message = `The terminal cannot be kept on disk (${reason}). Free some space, or check ${stateFolder}.`;
			return {kind: 'refused' as const, code: 'disk' as const, message};
		} finally {
			starting--;
		}
	};

	const start = async (
		{brief, ...request}: StartRequest,
		restartOf?: RestartOf,
	): ReturnType<Host['start']> => {
		const spawned = await spawnChecked(request, restartOf);
		if (spawned.kind === 'refused') return spawned;
		const {terminal} = spawned;
		const twins = findTwins(terminal, running());
		const ended = brief && (await briefs.settle(terminal, brief.maxChars));
		if (!brief) briefs.reveal(terminal.id);
		setTimeout(() => leaders.stock().catch(onError), stockAfterMs);
		return {
			kind: 'started',
			terminal: ended?.reading.terminal ?? terminal.info(),
			...(ended && {ended}),
			...(twins.length > 0 && {twins}),
		};
	};

	const stop: Host['stop'] = async (id, request) => {
		const old = past.get(id);
		if (old) return stopPast(old, request);
		const found = live.get(id);
		if (!found) return unknown(id);
		found.recordStop(request?.by ?? 'user');
		const survivors = await stopTerminal(found, request);
		return {kind: 'stopped', terminal: found.info(), survivors};
	};

	const restarts = createRestarts({
		info: id => find(id)?.info(),
		request: id => live.get(id)?.request,
		unknown,
		stop,
		start,
		maxEnded: maxListedEnded,
	});

	const close = async () => {
		await Promise.all(running().map(each => stopTerminal(each, {by: 'user', graceMs: 1_000})));
		leaders.close();
		ports.close();
		metering.close();
		records.flush();
		await coprocess.close();
		guard.dispose();
		subscribers.clear();
		watchers.clear();
	};

	return {
		start: request => start(request),
		async write(id, input) {
			const terminal = live.get(id);
			if (terminal) return terminal.write(input, coprocess.readModes);
			return past.has(id) ? refuseEnded(past.get(id)?.info()) : unknown(id);
		},
		async wait(id, request, signal) {
			const terminal = live.get(id);
			if (terminal) return waitUntil({terminal, ports, readModes: coprocess.readModes}, request, signal);
			const old = past.get(id);
			return old ? waitOnPast(old, request) : unknown(id);
		},
		async read(id, request) {
			const found = find(id);
			return found ? read(found, request) : unknown(id);
		},
		async log(id, request) {
			const found = find(id);
			return found ? pageLog(found, request) : unknown(id);
		},
		async snapshot(id) {
			return find(id)?.snapshot() ?? unknown(id);
		},
		watch(id, listener) {
			let isOver = false;
			const look = () => {
				const snapshot = isOver ? undefined : find(id)?.snapshot();
				if (snapshot) listener(snapshot);
			};
			// Not before the caller has got the undoing.
			queueMicrotask(look);
			const all = watchers.get(id) ?? new Set();
			watchers.set(id, all.add(look));
			return () => {
				isOver = true;
				all.delete(look);
				if (all.size === 0) watchers.delete(id);
			};
		},
		stop,
		restart: restarts.restart,
		async resize(id, size) {
			const terminal = live.get(id);
			if (!terminal) return past.has(id) ? refuseEnded(past.get(id)?.info()) : unknown(id);
			terminal.resize(size);
			return {kind: 'resized'};
		},
		async drive(id, request) {
			const terminal = live.get(id);
			if (!terminal) return past.has(id) ? refuseEnded(past.get(id)?.info()) : unknown(id);
			terminal.drive(request);
			return {kind: 'driven', terminal: terminal.info()};
		},
		async rename(id, wanted) {
			const terminal = live.get(id);
			if (!terminal) return past.has(id) ? refuseEnded(past.get(id)?.info()) : unknown(id);
			const clean = cleanName(wanted);
			if (clean === '') {
				const message = `"${wanted}" is no name: it needs letters or digits.`;
				return {kind: 'refused', code: 'bad-argument', message};
			}
			const taken = takenNames();
			taken.delete(terminal.name);
			const name = makeUnique(clean, taken);
			terminal.rename(name);
			return {kind: 'renamed', name};
		},
		async forget(id) {
			const found = find(id);
			if (!found) return unknown(id);
			const info = found.info();
			if (info.state.kind === 'running' || info.leftovers.length > 0) {
				const message = `Terminal ${id} (${info.name}) still runs. Stop it first.`;
				return {kind: 'refused', code: 'still-running', message};
			}
			remove(id);
			records.remove(id);
			emit({type: 'terminal.forgotten', id});
			return {kind: 'forgotten'};
		},
		async list() {
			const infos = [...past.values(), ...live.values()]
				.map(each => each.info())
				.filter(({id}) => !briefs.isHidden(id));
			const isRunning = (info: TerminalInfo) => info.state.kind === 'running';
			const ended = infos.filter(info => !isRunning(info)).sort((a, b) => a.id - b.id);
			return [...infos.filter(isRunning), ...ended.slice(-maxListedEnded)];
		},
		subscribe(listener) {
			subscribers.add(listener);
			metering.wake();
			return () => subscribers.delete(listener);
		},
		close,
	};
};

/** Of what is over, newest first, whoever is too old or too large to keep. Survivors of a lost one keep it. */
const findExpired = (past: Iterable<Past>, records: Records, now: number): number[] => {
	let bytes = 0;
	return [...past]
		.map(each => each.info())
		.sort((a, b) => b.id - a.id)
		.filter(({id, state, leftovers}) => {
			bytes += records.size(id);
			const endedAt = state.kind === 'ended' ? state.at : records.changedAt(id);
			const isExpired = now - endedAt >= keepEndedMs || bytes > keepEndedBytes;
			return isExpired && leftovers.length === 0;
		})
		.map(({id}) => id);
};

const read = (found: Terminal | Past, {from, maxChars}: ReadRequest): Reading => {
	const terminal = found.info();
	const reading = found.readFrom(source => readSince(source, from, maxChars));
	const screen = terminal.isAlternateScreen ? {screen: found.snapshot()} : {};
	return {kind: 'reading', ...reading, ...screen, terminal} as Reading;
};

const pageLog = (found: Terminal | Past, request: LogRequest) => {
	const page = found.readFrom(source => readLog(source, request));
	return 'code' in page ? page : {kind: 'log' as const, ...page, terminal: found.info()};
};

// From the tree's end to the terminal's: the leader speaks, the stream is read to its end.
const endWithinMs = 1_000;

const stopTerminal = async (terminal: Terminal, request: StopRequest | undefined): Promise<ProcessInfo[]> => {
	const signal = `SIG${request?.signal ?? 'TERM'}` as const;
	const graceMs = request?.graceMs ?? 3_000;
	await terminal.whenStarted();
	let survivors = await stopTree({family: terminal.family, signal, graceMs});
	terminal.checkLeftovers();
	if (survivors.length > 0 || (await becomesWithin(terminal, () => terminal.isEnded, endWithinMs)))
		return survivors;
	// Its leader cannot speak (the output may be stopped by Ctrl+S), or has started the command only now.
	terminal.endLeader();
	survivors = await stopTree({family: terminal.family, signal: 'SIGKILL', graceMs: 0});
	terminal.checkLeftovers();
	await becomesWithin(terminal, () => terminal.isEnded, endWithinMs);
	return survivors;
};

const stopPast = async (
	found: Past,
	request: StopRequest | undefined,
): Promise<{kind: 'stopped'; terminal: TerminalInfo; survivors: ProcessInfo[]} | Refusal> => {
	if (found.info().leftovers.length === 0) return refuseEnded(found.info());
	const signal = `SIG${request?.signal ?? 'TERM'}` as const;
	const survivors = await stopTree({family: found.family, signal, graceMs: request?.graceMs ?? 3_000});
	return {kind: 'stopped', terminal: found.info(), survivors};
};

/** Where the same command runs in the same folder. */
const findTwins = ({id, request}: Terminal, running: readonly Terminal[]): {id: number; name: string}[] =>
	running
		.filter(each => each.id !== id && each.request.cmd === request.cmd && each.request.cwd === request.cwd)
		.map(({id, name}) => ({id, name}));

const refuseEnded = (info: TerminalInfo | undefined): Refusal => {
	const isLost = info?.state.kind === 'lost';
	// A lost one's environment went with its host: it cannot be restarted.
	const [what, how] = isLost ? ['was lost with its host', ''] : ['has ended', ', or restart it,'];
	return {
		kind: 'refused',
		code: 'ended',
		message: `Terminal ${info?.id} (${info?.name}) ${what}. Its log can still be read; start the command again${how} to go on.`,
	};
};

const tooMany = (running: readonly Terminal[]): Refusal => ({
	kind: 'refused',
	code: 'too-many',
	message: `${running.length} terminals are running, that is the most. Stop one first: ${running.map(each => `${each.id} (${each.name})`).join(', ')}.`,
});

const recentLines = 300;
const youngMs = 15_000;
const activeMs = 4_000;

const toPortOwner = (terminal: Terminal, isAdopted: boolean): PortOwner => ({
	family: terminal.family,
	get listeners() {
		return terminal.listeners;
	},
	setListeners: terminal.setListeners,
	// What gets lost from the tree may hold one.
	sockets: () => (isAdopted ? socketsBelow(terminal.leader.pid) : undefined),
	recentText: () => {
		const {journal, liveLines} = terminal.source();
		const last = journal.lines(journal.lineCount - recentLines, journal.lineCount).lines;
		return [...last.map(({text}) => text), ...liveLines].join('\n');
	},
	mayLoseProcesses: () => !isAdopted && performance.now() - terminal.beganAt < youngMs,
	isActive: () => performance.now() - Math.max(terminal.beganAt, terminal.lastOutputAt ?? 0) < activeMs,
});

const findProgram = (name: string): string | undefined =>
	['/usr/bin', '/bin', '/usr/local/bin'].map(folder => join(folder, name)).find(isExecutable);

const isExecutable = (path: string) => {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
};
