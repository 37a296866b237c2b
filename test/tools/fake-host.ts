// A host of terminals without processes: a test says what each prints and when its wait ends.
import type {Host, HostEvent, Reading, StartRequest, WaitOutcome, WaitRequest} from '../../src/host/host.js';
import type {LogLine, TerminalInfo} from '../../src/host/protocol.js';

export type FakeHost = Host & {
	/** All that was asked, in order: `start npm test`, `write 1 …`. */
	asked: string[];
	starts: StartRequest[];
	waits: {id: number; request: WaitRequest; end(reason: WaitOutcome['reason']): void}[];
	/** Resolves when the n-th wait has begun, from 1. */
	waiting(count: number): Promise<FakeHost['waits'][number]>;
	add(changes?: Partial<TerminalInfo>): TerminalInfo;
	change(id: number, changes: Partial<TerminalInfo>): void;
	print(id: number, ...lines: string[]): void;
	/** Laid over the next reading. */
	reading: Partial<Reading>;
};

export const terminalOf = (changes: Partial<TerminalInfo> = {}): TerminalInfo => ({
	id: 1,
	name: 'dev',
	cmd: 'npm run dev',
	cwd: '/project',
	tty: true,
	cols: 120,
	rows: 40,
	state: {kind: 'running'},
	leftovers: [],
	ports: [],
	isWaitingForInput: false,
	isAlternateScreen: false,
	title: '',
	startedAt: 1_000,
	startedBy: 'model',
	session: 'session-1',
	driver: 'model',
	lastLines: [],
	lineCount: 0,
	undeliveredBytes: 0,
	revision: 0,
	...changes,
});

export const createFakeHost = (): FakeHost => {
	const terminals = new Map<number, TerminalInfo>();
	const logs = new Map<number, LogLine[]>();
	const listeners = new Set<(event: HostEvent) => void>();
	const watchers = new Set<() => void>();
	let nextId = 1;
	const unknown = {kind: 'refused', code: 'unknown-terminal', message: 'There is no such terminal.'} as const;

	const host: FakeHost = {
		asked: [],
		starts: [],
		waits: [],
		reading: {},
		waiting: count =>
			new Promise(resolve => {
				const look = () => {
					const wait = host.waits[count - 1];
					if (wait) resolve(wait);
					else watchers.add(look);
				};
				look();
			}),
		add(changes = {}) {
			const terminal = terminalOf({id: nextId++, ...changes});
			terminals.set(terminal.id, terminal);
			logs.set(terminal.id, []);
			return terminal;
		},
		change(id, changes) {
			const terminal = {...(terminals.get(id) ?? terminalOf()), ...changes};
			terminals.set(id, terminal);
			for (const listener of listeners) listener({type: 'terminal.changed', terminal});
		},
		print(id, ...lines) {
			const log = logs.get(id) ?? [];
			log.push(...lines.map((text, index) => ({number: log.length + index + 1, text, at: 0})));
			host.change(id, {lastLines: log.slice(-3).map(({text}) => text), lineCount: log.length});
		},
		async start(request) {
			host.asked.push(`start ${request.cmd}`);
			host.starts.push(request);
			const {cmd, cwd, tty, startedBy} = request;
			const twins = [...terminals.values()].filter(each => each.cmd === cmd && each.cwd === cwd);
			const terminal = host.add({name: request.name ?? 'auto', cmd, cwd, tty, startedBy});
			return {kind: 'started', terminal, twins: twins.map(({id, name}) => ({id, name}))};
		},
		async write(id, input) {
			host.asked.push(`write ${id} ${JSON.stringify(input)}`);
			return {kind: 'written'};
		},
		wait(id, request) {
			return new Promise(resolve => {
				host.waits.push({
					id,
					request,
					end: reason => resolve({kind: 'waited', reason, terminal: terminals.get(id) ?? terminalOf()}),
				});
				for (const look of watchers) look();
			});
		},
		async read(id, {from}) {
			const terminal = terminals.get(id);
			if (!terminal) return unknown;
			const lines = (logs.get(id) ?? []).filter(({number}) => number >= (from?.line ?? 1));
			const totalChars = lines.reduce((sum, {text}) => sum + text.length + 1, 0);
			const next = {line: (logs.get(id)?.length ?? 0) + 1, seen: []};
			return {kind: 'reading', lines, totalChars, next, terminal, ...host.reading};
		},
		async log(id, request) {
			host.asked.push(`log ${id} ${JSON.stringify(request)}`);
			const terminal = terminals.get(id);
			const lines = logs.get(id) ?? [];
			return terminal ? {kind: 'log', lines, total: lines.length, terminal} : unknown;
		},
		snapshot: async () => unknown,
		watch: () => () => {},
		async stop(id, request) {
			host.asked.push(`stop ${id} ${JSON.stringify(request ?? {})}`);
			host.change(id, {state: {kind: 'ended', exit: {signal: 'SIGTERM'}, at: 2_000}});
			const terminal = terminals.get(id);
			return terminal ? {kind: 'stopped', terminal, survivors: []} : unknown;
		},
		async restart(id, {by}) {
			host.asked.push(`restart ${id} ${by}`);
			const old = terminals.get(id);
			if (!old) return unknown;
			host.change(id, {state: {kind: 'ended', exit: {signal: 'SIGTERM'}, at: 2_000}});
			const {name, cmd, cwd} = old;
			return {kind: 'restarted', terminal: host.add({name, cmd, cwd, restartOf: {id, by}})};
		},
		resize: async () => ({kind: 'resized'}),
		async drive(id) {
			const terminal = terminals.get(id);
			return terminal ? {kind: 'driven', terminal} : unknown;
		},
		rename: async (_id, name) => ({kind: 'renamed', name}),
		async forget(id) {
			host.asked.push(`forget ${id}`);
			terminals.delete(id);
			return {kind: 'forgotten'};
		},
		list: async () => [...terminals.values()],
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		close: async () => {},
	};
	return host;
};
