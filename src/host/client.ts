// A Host over the socket: the same interface as the pool, in another process. It survives the loss of the host:
// what was asked is answered with a refusal, and the next request, or at first the client itself, looks for it.
import type {WorkspacePaths} from '../paths.js';
import {type Calls, hostLost} from './calls.js';
import {createHeartbeat, type Heartbeat} from './heartbeat.js';
import type {Host, HostEvent, Refusal, WaitOutcome} from './host.js';
import type {MethodName, Params, Result, WireEvent} from './messages.js';
import type {Snapshot, TerminalInfo} from './protocol.js';
import {type HostSpawn, reachHost} from './reach.js';

export type ClientOptions = {
	paths: WorkspacePaths;
	uid: number;
	/** Version of the program. */
	tandem: string;
	/** What kind of client: `window`, `ps`, `mcp`. */
	client: string;
	/** How to start a host. Without it, only a running one is found. */
	spawn?: HostSpawn;
	startDeadlineMs?: number;
	/** Milliseconds between two signs of life; a host is told as lost after twice that. */
	heartbeatMs?: number;
};

export type HostClient = Host & {
	/** Finds or starts the host. The other requests do that too; this one says how it went. */
	connect(): Promise<{kind: 'connected'; terminals: TerminalInfo[]; limits?: string} | Refusal>;
};

/** Finds or starts the host of a workspace. */
export const connectHost = async (
	options: ClientOptions,
): Promise<{kind: 'connected'; host: HostClient; terminals: TerminalInfo[]} | Refusal> => {
	const host = createHostClient(options);
	const outcome = await host.connect();
	return outcome.kind === 'connected' ? {...outcome, host} : outcome;
};

// A host that dies at once again is not started for ever; the next request tries anew.
const maxRestarts = 3;
const restartWindowMs = 60_000;

/** Does nothing until it is asked for something. */
export const createHostClient = (options: ClientOptions): HostClient => {
	const listeners = new Set<(event: HostEvent) => void>();
	const watches = createWatches();
	const known = new Map<number, TerminalInfo>();
	const restarts: number[] = [];
	let calls: Calls | undefined;
	/** Why the host can be asked for little. */
	let limits: string | undefined;
	let reaching: Promise<Calls | Refusal> | undefined;
	let heartbeat: Heartbeat | undefined;
	const closing = new AbortController();
	let isClosed = false;

	const emit = (event: HostEvent) => {
		for (const listener of [...listeners]) listener(event);
	};

	const reach = async (): Promise<Calls | Refusal> => {
		const outcome = await reachHost({
			...options,
			signal: closing.signal,
			onEvent: receive,
			onSign: () => heartbeat?.beat(),
			onClosed: lose,
		});
		if (outcome.kind === 'refused') return outcome;
		if (isClosed) {
			outcome.calls.close();
			return closed;
		}
		({calls, limits} = outcome);
		startHeartbeat(calls);
		welcome(outcome.welcome.terminals);
		for (const id of watches.ids()) void calls.call('watch', {id}).catch(ignoreFault);
		return calls;
	};

	const ready = (): Promise<Calls | Refusal> | Calls => {
		if (calls) return calls;
		reaching ??= reach().finally(() => {
			reaching = undefined;
		});
		return reaching;
	};

	const welcome = (terminals: TerminalInfo[]) => {
		known.clear();
		for (const terminal of terminals) known.set(terminal.id, terminal);
		emitConnected();
	};

	const emitConnected = () => emit({type: 'host.connected', ...current()});

	const current = () => ({terminals: [...known.values()], ...(limits !== undefined && {limits})});

	/** A host of another version tells nothing by itself. */
	const lookAgain = async (link: Calls) => {
		const result = await link.call('list', {});
		if (result.kind !== 'list' || calls !== link) return;
		const listed = new Set(result.terminals.map(({id}) => id));
		for (const terminal of result.terminals) receive({type: 'terminal.changed', terminal});
		for (const id of known.keys()) if (!listed.has(id)) receive({type: 'terminal.forgotten', id});
	};

	const startHeartbeat = (link: Calls) => {
		heartbeat?.stop();
		heartbeat = createHeartbeat({
			...(options.heartbeatMs !== undefined && {intervalMs: options.heartbeatMs}),
			ping: () => void (limits === undefined ? link.call('ping', {}) : lookAgain(link)).catch(ignoreFault),
			onSilent: () => emit({type: 'host.lost', reason: 'The terminal host does not answer.'}),
			onBack: emitConnected,
		});
	};

	const receive = (event: WireEvent) => {
		if (event.type === 'screen.changed') return watches.tell(event.snapshot);
		if (event.type === 'terminal.changed') known.set(event.terminal.id, event.terminal);
		else known.delete(event.id);
		emit(event);
	};

	const lose = (reason: string, isIntended: boolean) => {
		heartbeat?.stop();
		calls = undefined;
		if (isClosed) return;
		// One of another version that has no terminals any more makes room for ours.
		const isMakingRoom = isIntended && limits !== undefined;
		limits = undefined;
		if (!isMakingRoom) emit({type: 'host.lost', reason});
		if ((isMakingRoom || !isIntended) && mayRestart()) void reconnect();
	};

	const reconnect = async () => {
		const link = await ready();
		if ('kind' in link && !isClosed) emit({type: 'host.lost', reason: link.message});
	};

	const mayRestart = () => {
		const now = performance.now();
		while (restarts[0] !== undefined && now - restarts[0] > restartWindowMs) restarts.shift();
		return restarts.push(now) <= maxRestarts;
	};

	const ask = async <Name extends MethodName>(
		name: Name,
		params: Params<Name>,
		signal?: AbortSignal,
	): Promise<Result<Name> | Refusal> => {
		if (isClosed) return closed;
		// Not awaited while connected: requests leave in the order in which they are made.
		const link = calls ?? (await ready());
		if ('kind' in link) return link;
		if (signal?.aborted) return hostLost('The request was cancelled.', false);
		return link.call(name, params, signal);
	};

	return {
		async connect() {
			if (isClosed) return closed;
			const link = await ready();
			return 'kind' in link ? link : {kind: 'connected', ...current()};
		},
		async start(request) {
			const result = await ask('start', request);
			if (result.kind === 'started' && !result.ended?.isForgotten && !known.has(result.terminal.id)) {
				known.set(result.terminal.id, result.terminal);
			}
			return result;
		},
		write: (id, request) => ask('write', {id, request}),
		wait(id, request, signal) {
			return untilAborted(signal, known, id, () => ask('wait', {id, request}, signal));
		},
		read: (id, request) => ask('read', {id, request}),
		log: (id, request) => ask('log', {id, request}),
		snapshot: id => ask('snapshot', {id}),
		watch(id, listener) {
			// Its own function: the same listener may watch twice, and an undoing may be called twice.
			const own = (snapshot: Snapshot) => listener(snapshot);
			if (watches.add(id, own)) void ask('watch', {id}).catch(ignoreFault);
			return () => {
				if (watches.remove(id, own) && calls) void calls.call('unwatch', {id}).catch(ignoreFault);
			};
		},
		async stop(id, request) {
			const result = await ask('stop', {id, ...(request && {request})});
			if (limits !== undefined && result.kind === 'stopped')
				receive({type: 'terminal.changed', terminal: result.terminal});
			return result;
		},
		restart: (id, request) => ask('restart', {id, request}),
		resize: (id, request) => ask('resize', {id, request}),
		drive: (id, request) => ask('drive', {id, request}),
		rename: (id, name) => ask('rename', {id, name}),
		forget: id => ask('forget', {id}),
		async list() {
			const result = await ask('list', {});
			return result.kind === 'list' ? result.terminals : [...known.values()].map(asUnknown);
		},
		subscribe(listener) {
			const own = (event: HostEvent) => listener(event);
			listeners.add(own);
			return () => listeners.delete(own);
		},
		async close() {
			isClosed = true;
			closing.abort();
			heartbeat?.stop();
			calls?.close();
			calls = undefined;
			listeners.clear();
		},
	};
};

const closed = hostLost('This client is closed.', false);

// A host that fails at a ping or a watch has said so in its diagnostics; the screen shows what is known.
const ignoreFault = () => {};

/** The state of what ran is not known without the host; what had ended has ended. */
const asUnknown = (terminal: TerminalInfo): TerminalInfo =>
	terminal.state.kind === 'running' ? {...terminal, state: {kind: 'unknown'}} : terminal;

/** An abort ends a wait at once, whether the host answers or not. */
const untilAborted = (
	signal: AbortSignal | undefined,
	known: ReadonlyMap<number, TerminalInfo>,
	id: number,
	wait: () => Promise<WaitOutcome | Refusal>,
): Promise<WaitOutcome | Refusal> => {
	const aborted = (): WaitOutcome | Refusal => {
		const terminal = known.get(id);
		return terminal ? {kind: 'waited', reason: {kind: 'aborted'}, terminal} : neverHeardOf(id);
	};
	if (signal?.aborted) return Promise.resolve(aborted());
	return new Promise((resolve, reject) => {
		const onAbort = () => resolve(aborted());
		signal?.addEventListener('abort', onAbort, {once: true});
		wait()
			.then(resolve, reject)
			.finally(() => signal?.removeEventListener('abort', onAbort));
	});
};

const neverHeardOf = (id: number): Refusal => ({
	kind: 'refused',
	code: 'unknown-terminal',
	message: `No terminal ${id} is known. List the terminals for their ids.`,
});

/** Who looks at which terminal; the host is asked once a terminal, however many look. */
const createWatches = () => {
	const watched = new Map<number, {listeners: ((snapshot: Snapshot) => void)[]; last?: Snapshot}>();
	return {
		ids: () => watched.keys(),
		/** True for the first listener of a terminal. */
		add(id: number, listener: (snapshot: Snapshot) => void): boolean {
			const entry = watched.get(id);
			if (!entry) {
				watched.set(id, {listeners: [listener]});
				return true;
			}
			entry.listeners.push(listener);
			const {last} = entry;
			// Later, so that a listener can undo its watch in its first call.
			if (last) queueMicrotask(() => entry.listeners.includes(listener) && listener(last));
			return false;
		},
		/** True for the last one. */
		remove(id: number, listener: (snapshot: Snapshot) => void): boolean {
			const entry = watched.get(id);
			const index = entry?.listeners.indexOf(listener) ?? -1;
			if (!entry || index === -1) return false;
			entry.listeners.splice(index, 1);
			if (entry.listeners.length > 0) return false;
			return watched.delete(id);
		},
		tell(snapshot: Snapshot) {
			const entry = watched.get(snapshot.id);
			if (!entry) return;
			entry.last = snapshot;
			for (const listener of [...entry.listeners]) listener(snapshot);
		},
	};
};
