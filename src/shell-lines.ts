// Runs what a person typed after `!` in a terminal of theirs, and keeps its entry true until it has ended. It needs
// no model and knows no turn: interrupting one touches nothing here.
import type {Event, ShellEnd} from './events.js';
import type {Host, HostEvent} from './host/host.js';
import type {TerminalInfo} from './host/protocol.js';
import type {Store} from './store.js';
import {sanitiseLine} from './text/sanitise.js';
import {describeOutcome} from './tools/display.js';

export type ShellLines = ReturnType<typeof createShellLines>;

// What stays in the transcript of a command that ended: less than a low screen. The log has all of it.
const mostLines = 12;
const mostCharacters = 500;

/** Rows of the screen that are not the command's: edges of its entry; the window's frame. */
const frame = {columns: 6, rows: 6};

export const createShellLines = (parts: {
	store: Store;
	host: Host;
	emit(event: Event): Promise<void>;
	/** Writes the session's first line, if that is still to be done. */
	startSession(): Promise<void>;
	cwd: string;
	sessionId(): string;
	environment(): Promise<Record<string, string>>;
	/** The window's. */
	size(): {columns: number; rows: number};
	newId(): string;
	onBug(error: unknown): void;
}) => {
	const {store, host, emit} = parts;
	/** Lines whose end is still to come, by their terminals, and what was last shown of them. */
	const open = new Map<number, {shellId: string; shown: string}>();
	const pending = new Set<Promise<void>>();

	const shells = () => store.get().entries.filter(entry => entry.kind === 'shell');

	/** In the background, but `settled` waits for it. */
	const perform = (act: Promise<void>) => {
		const guarded = act.catch(parts.onBug).finally(() => pending.delete(guarded));
		pending.add(guarded);
	};

	/** A new session has begun meanwhile: its log is another's. */
	const isGone = (shellId: string) =>
		store.get().entries.findLastIndex(({kind, id}) => kind === 'shell' && id === shellId) < 0;

	let lastStart: Promise<unknown> = Promise.resolve();
	/** Lines start in the order in which they were typed: the first of a session has its log to make before. */
	const inOrder = <T>(act: () => Promise<T>): Promise<T> => {
		const done = lastStart.then(act);
		lastStart = done.catch(() => {}); // Its line is told.
		return done;
	};

	const start = async (shellId: string, cmd: string) => {
		await parts.startSession();
		await emit({type: 'shell.sent', shellId, cmd, at: Date.now()});
		const {columns, rows} = parts.size();
		return host.start({
			cmd,
			cwd: parts.cwd,
			tty: true,
			env: await parts.environment(),
			cols: Math.max(20, columns - frame.columns),
			rows: Math.max(5, rows - frame.rows),
			startedBy: 'user',
			session: parts.sessionId(),
		});
	};

	const run = async (cmd: string) => {
		const shellId = parts.newId();
		const started = await inOrder(() => start(shellId, cmd));
		if (isGone(shellId)) return;
		if (started.kind === 'refused') {
			return end(shellId, {kind: 'refused', message: started.message});
		}
		const {id: terminalId, name: terminalName} = started.terminal;
		open.set(terminalId, {shellId, shown: ''});
		await emit({type: 'shell.started', shellId, terminalId, terminalName, at: Date.now()});
		// What it did before its terminal's number was known here.
		update(store.get().terminals.find(({id}) => id === terminalId) ?? started.terminal);
	};

	const update = (terminal: TerminalInfo) => {
		const line = open.get(terminal.id);
		if (!line) return;
		const {shellId} = line;
		const {state} = terminal;
		if (state.kind === 'ended' || state.kind === 'lost') {
			open.delete(terminal.id);
			return perform(finish(shellId, terminal));
		}
		// Rows torn from a full screen say nothing, and would move with each repaint.
		const tail = terminal.isAlternateScreen ? [] : terminal.lastLines.map(sanitiseLine);
		const outcome = terminal.isAlternateScreen ? 'running on its full screen' : describeOutcome(terminal);
		const shown = JSON.stringify([tail, outcome]);
		if (shown === line.shown) return;
		line.shown = shown;
		perform(emit({type: 'shell.progressed', shellId, tail, outcome}));
	};

	const finish = async (shellId: string, terminal: TerminalInfo) => {
		const {state} = terminal;
		const how: ShellEnd = state.kind === 'ended' ? {kind: 'exited', exit: state.exit} : {kind: 'lost'};
		const page = await host.log(terminal.id, {
			lines: {last: mostLines},
			maxChars: mostLines * mostCharacters,
		});
		if (page.kind === 'refused') return end(shellId, how, terminal.lastLines);
		const lines = page.lines.slice(0, page.lines.findLastIndex(({text}) => text.trim() !== '') + 1);
		const earlier = lines[0] === undefined ? 0 : lines[0].number - 1;
		return end(
			shellId,
			how,
			lines.map(({text}) => text),
			earlier,
		);
	};

	const end = async (shellId: string, how: ShellEnd, tail: readonly string[] = [], earlierLines = 0) => {
		if (isGone(shellId)) return;
		const lines = tail.map(text => sanitiseLine(text.slice(0, mostCharacters)));
		await emit({type: 'shell.ended', shellId, end: how, tail: lines, earlierLines, at: Date.now()});
	};

	const lose = (id: number) => {
		const line = open.get(id);
		open.delete(id);
		if (line) perform(end(line.shellId, {kind: 'unknown'}));
	};

	const follow = (event: HostEvent) => {
		if (event.type === 'terminal.changed') return update(event.terminal);
		if (event.type === 'terminal.forgotten') return lose(event.id);
		if (event.type !== 'host.connected') return;
		for (const terminal of event.terminals) update(terminal);
		const known = new Set(event.terminals.map(({id}) => id));
		for (const id of [...open.keys()]) if (!known.has(id)) lose(id);
	};

	return {
		/** A resumed session: what was cut off between its line and its terminal has no end that anybody saw. */
		resume() {
			for (const {id, terminal, end: known} of shells()) {
				if (known) continue;
				if (terminal) open.set(terminal.id, {shellId: id, shown: ''});
				else perform(end(id, {kind: 'unknown'}));
			}
			const {terminals, host} = store.get();
			if (host.kind === 'connected') follow({type: 'host.connected', terminals: [...terminals]});
		},
		/** Starts a command; it goes on whatever becomes of the conversation. */
		run: (cmd: string) => perform(run(cmd)),
		/** What the host tells: their last lines and their ends. */
		follow,
		/** The session is another one from now on. */
		forget: () => open.clear(),
		/** Resolves when everything that was under way is on record. */
		async settled() {
			while (pending.size > 0) await Promise.all(pending);
		},
	};
};
