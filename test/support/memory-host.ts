// A Host without programs: terminals that echo what is typed. For tests of what stands between a Host and its users.
import type {Host, HostEvent, Refusal, StopRequest} from '../../src/host/host.js';
import type {Snapshot, TerminalInfo} from '../../src/host/protocol.js';

export type MemoryHost = Host & {
	emit(event: HostEvent): void;
	/** Tells a screen of so many characters to whoever watches. */
	paint(id: number, text: string, revision: number): void;
	/** Everything that was typed, in order. */
	typed: string[];
	/** Terminals that somebody watches. */
	watched(): number[];
	/** Waits that are open. */
	waiting(): number;
	subscribers(): number;
};

export const createMemoryHost = (): MemoryHost => {
	const terminals = new Map<number, TerminalInfo>();
	const listeners = new Set<(event: HostEvent) => void>();
	const watchers = new Map<(snapshot: Snapshot) => void, number>();
	const typed: string[] = [];
	let waits = 0;
	let nextId = 1;

	const emit = (event: HostEvent) => {
		for (const listener of [...listeners]) listener(event);
	};
	const unknown = (id: number): Refusal => ({
		kind: 'refused',
		code: 'unknown-terminal',
		message: `No terminal ${id}.`,
	});
	const change = (terminal: TerminalInfo) => {
		terminals.set(terminal.id, terminal);
		emit({type: 'terminal.changed', terminal});
		return terminal;
	};
	const stop = (terminal: TerminalInfo, {by, signal = 'TERM'}: StopRequest) =>
		change({...terminal, state: {kind: 'ended', exit: {signal: `SIG${signal}`}, at: 0}, stoppedBy: by});

	return {
		typed,
		emit,
		paint(id, text, revision) {
			for (const [listener, watched] of [...watchers]) {
				if (watched === id) listener(makeSnapshot(id, text, revision));
			}
		},
		watched: () => [...watchers.values()],
		waiting: () => waits,
		subscribers: () => listeners.size,
		async start({cmd, cwd, tty, cols, rows, name = 'x', startedBy}) {
			if (cmd === 'crash') throw new Error('It crashed.');
			if (cmd === 'uncaught') throwLater();
			const terminal = makeTerminal({id: nextId++, cmd, cwd, tty, cols, rows, name, startedBy});
			return {kind: 'started', terminal: change(terminal)};
		},
		async write(id, {chars = ''}) {
			if (!terminals.has(id)) return unknown(id);
			typed.push(chars);
			return {kind: 'written'};
		},
		async wait(id, {timeoutMs}, signal) {
			const terminal = terminals.get(id);
			if (!terminal) return unknown(id);
			waits++;
			return new Promise(resolve => {
				const end = (reason: {kind: 'aborted'} | {kind: 'time-over'}) => {
					clearTimeout(timer);
					waits--;
					resolve({kind: 'waited', reason, terminal});
				};
				const timer = setTimeout(end, timeoutMs, {kind: 'time-over'});
				signal?.addEventListener('abort', () => end({kind: 'aborted'}), {once: true});
			});
		},
		async read(id, {maxChars}) {
			const terminal = terminals.get(id);
			if (!terminal) return unknown(id);
			const text = 'x'.repeat(maxChars);
			return {
				kind: 'reading',
				lines: [{number: 1, text, at: 0}],
				totalChars: maxChars,
				next: {line: 2, seen: []},
				terminal,
			};
		},
		async log(id) {
			const terminal = terminals.get(id);
			return terminal ? {kind: 'log', lines: [], total: 0, terminal} : unknown(id);
		},
		async snapshot(id) {
			return terminals.has(id) ? makeSnapshot(id, '', 0) : unknown(id);
		},
		watch(id, listener) {
			const own = (snapshot: Snapshot) => listener(snapshot);
			watchers.set(own, id);
			listener(makeSnapshot(id, 'now', 0));
			return () => watchers.delete(own);
		},
		async stop(id, request) {
			const terminal = terminals.get(id);
			if (!terminal) return unknown(id);
			return {kind: 'stopped', terminal: stop(terminal, request ?? {by: 'user'}), survivors: []};
		},
		async restart(id, {by}) {
			const old = terminals.get(id);
			if (!old) return unknown(id);
			if (old.state.kind === 'running') stop(old, {by});
			const terminal = makeTerminal({...old, id: nextId++, restartOf: {id, by}});
			return {kind: 'restarted', terminal: change(terminal)};
		},
		async resize(id) {
			return terminals.has(id) ? {kind: 'resized'} : unknown(id);
		},
		async drive(id, request) {
			const terminal = terminals.get(id);
			if (!terminal) return unknown(id);
			const {driverClient, ...rest} = terminal;
			const isOther = request.driver === 'model' && driverClient !== request.client;
			if (isOther) return {kind: 'driven', terminal};
			const driver = request.driver === 'user' ? {driverClient: request.client} : {};
			return {kind: 'driven', terminal: change({...rest, driver: request.driver, ...driver})};
		},
		async rename(id, name) {
			const terminal = terminals.get(id);
			if (!terminal) return unknown(id);
			change({...terminal, name});
			return {kind: 'renamed', name};
		},
		async forget(id) {
			if (!terminals.delete(id)) return unknown(id);
			emit({type: 'terminal.forgotten', id});
			return {kind: 'forgotten'};
		},
		async list() {
			return [...terminals.values()];
		},
		subscribe(listener) {
			const own = (event: HostEvent) => listener(event);
			listeners.add(own);
			return () => listeners.delete(own);
		},
		async close() {
			for (const terminal of terminals.values()) {
				if (terminal.state.kind === 'running') stop(terminal, {by: 'user'});
			}
		},
	};
};

const throwLater = () => {
	process.emitWarning('printed for a test');
	setImmediate(() => {
		throw new Error('Thrown for a test');
	});
};

export const makeTerminal = (some: Partial<TerminalInfo> = {}): TerminalInfo => ({
	id: 1,
	name: 'dev',
	cmd: 'npm run dev',
	cwd: '/app',
	tty: true,
	cols: 120,
	rows: 40,
	state: {kind: 'running'},
	leftovers: [],
	ports: [],
	isWaitingForInput: false,
	isAlternateScreen: false,
	title: '',
	startedAt: 1_700_000_000_000,
	startedBy: 'model',
	driver: 'model',
	lastLines: [],
	lineCount: 0,
	undeliveredBytes: 0,
	revision: 0,
	...some,
});

export const makeSnapshot = (id: number, text: string, revision: number): Snapshot => ({
	kind: 'snapshot',
	id,
	revision,
	cols: 120,
	rows: 40,
	lines: [[{text, style: {}}]],
	cursor: {row: 0, column: 0, isVisible: true},
	isAlternateScreen: false,
	title: '',
});
