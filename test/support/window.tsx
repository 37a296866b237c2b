// The whole window over the real store, with actions that change it as the app would and write down what they
// were asked.

import {commands} from '../../commands/index.js';
import {App} from '../../components/App.js';
import type {Files} from '../../components/completing.js';
import type {InputEvent} from '../../components/key-router.js';
import {createScreens} from '../../components/screens.js';
import type {Actions} from '../../src/actions.js';
import {emptyBuffer, type TextBuffer} from '../../src/editor/buffer.js';
import type {Event} from '../../src/events.js';
import type {Snapshot, TerminalInfo} from '../../src/host/protocol.js';
import type {Key} from '../../src/keymap.js';
import {initialState, neighbourTerminal, type State, terminalInRow} from '../../src/state.js';
import {createStore} from '../../src/store.js';
import {renderScreen} from './screen.js';

export type Window = Awaited<ReturnType<typeof openWindow>>;

type Options = {
	columns?: number;
	rows?: number;
	state?: Partial<State>;
	events?: readonly Event[];
	/** Every terminal's, whatever its id. */
	snapshot?: Snapshot;
	/** How long a terminal's screen is waited for. */
	patienceMs?: number;
	/** Log lines, by number from 1. */
	log?: readonly string[];
	/** What was typed before the window was there. */
	typed?: TextBuffer;
	files?: Files;
	sent?(): readonly string[];
};

/** A time that stands, so that ages and clocks can be told. */
export const noon = 1_800_000_000_000;

export const openWindow = async ({
	columns = 80,
	rows = 24,
	state = {},
	events = [],
	snapshot,
	patienceMs,
	log = [],
	typed = emptyBuffer,
	files,
	sent,
}: Options = {}) => {
	const store = createStore({
		...initialState('/home/ada/my-app', 's1'),
		isTrusted: true,
		host: {kind: 'connected'},
		...readyModel,
		...state,
	});
	for (const event of events) store.dispatch(event, true);
	const calls: [string, ...unknown[]][] = [];
	let time = noon;
	let listener: (event: InputEvent) => void = () => {};
	const watchers = new Map<(snapshot: Snapshot) => void, number>();
	const emit = (event: Event) => store.dispatch(event, true);

	const open = (terminal: TerminalInfo | undefined) => {
		if (terminal) emit({type: 'terminal.opened', terminalId: terminal.id});
	};
	const effects: Partial<Actions> = {
		takeQueued() {
			const last = store.get().queue.at(-1);
			if (last) emit({type: 'message.unqueued', messageId: last.messageId});
			return last?.text;
		},
		answerApproval: (callId, answer) => emit({type: 'approval.answered', callId, answer, at: time}),
		answerInquiry: callId => emit({type: 'inquiry.closed', callId}),
		answerTrust: () => emit({type: 'overlay.closed'}),
		openOverlay: overlay => emit({type: 'overlay.opened', overlay}),
		closeOverlay: () => emit({type: 'overlay.closed'}),
		togglePanel() {
			const {isPanelFocused} = store.get().ui;
			emit({type: 'panel.changed', panel: isPanelFocused ? 'hidden' : 'open', isFocused: !isPanelFocused});
		},
		hidePanel: () => emit({type: 'panel.changed', panel: 'hidden', isFocused: false}),
		openLog: (terminalId, query) => emit({type: 'log.opened', terminalId, query}),
		surroundings: () => ({
			version: '0.1.0',
			cwd: '/home/ada/my-app/web',
			configFile: '/home/ada/.config/tandem/config.toml',
			stateFolder: '/home/ada/.local/state/tandem',
			sessionFile: '/home/ada/.local/state/tandem/s1.jsonl',
			withheld: ['OPENAI_API_KEY'],
		}),
		focusComposer: () => emit({type: 'panel.changed', panel: store.get().ui.panel, isFocused: false}),
		selectTerminal: terminalId => emit({type: 'panel.selected', terminalId}),
		openTerminal: terminalId => emit({type: 'terminal.opened', terminalId}),
		openRow: row => open(terminalInRow(store.get(), row)),
		openNeighbour: step => open(neighbourTerminal(store.get(), step)),
		closeTerminal: () => emit({type: 'terminal.closed'}),
		takeOver: terminalId => emit({type: 'terminal.entered', terminalId}),
		giveBack: () => emit({type: 'terminal.left'}),
		leaveTerminal: () => emit({type: store.get().ui.inside ? 'terminal.left' : 'terminal.closed'}),
		setPrefix: isOn => emit({type: 'prefix.changed', isOn}),
		toggleFullScreen: () => emit({type: 'view.changed', isFullScreen: !store.get().ui.isFullScreen}),
		scrollTranscript: scrolled => emit({type: 'transcript.scrolled', rows: scrolled}),
		notice: (text, tone = 'info') => emit({type: 'notice.shown', text, tone}),
		pressQuit: () => emit({type: 'quit.armed', until: time + 2_000}),
		watchTerminal(id, watch) {
			watchers.set(watch, id);
			if (snapshot) watch({...snapshot, id});
			return () => watchers.delete(watch);
		},
		searchLog: async (id, pattern, [from, to]) => {
			const expression = new RegExp(pattern.replace('(?i)', ''), pattern.startsWith('(?i)') ? 'i' : '');
			const numbered = log.map((text, index) => ({number: index + 1, text, at: noon}));
			const terminal = store.get().terminals.find(each => each.id === id);
			if (!terminal) return {kind: 'refused', code: 'unknown-terminal', message: `No terminal ${id}.`};
			const lines = numbered.slice(from - 1, to).filter(({text}) => expression.test(text));
			return {kind: 'log', lines, total: log.length, matches: lines.length, terminal};
		},
		readLog: async (id, lines) => {
			const [from, to] = 'last' in lines ? [log.length - lines.last + 1, log.length] : lines;
			const terminal = store.get().terminals.find(each => each.id === id);
			if (!terminal) return {kind: 'refused', code: 'unknown-terminal', message: `No terminal ${id}.`};
			return {
				kind: 'log',
				lines: log.slice(from - 1, to).map((text, index) => ({number: from + index, text, at: noon})),
				total: log.length,
				terminal,
			};
		},
	};
	const actions = new Proxy({} as Actions, {
		get:
			(_target, name: string) =>
			(...args: unknown[]) => {
				if (!['watchTerminal', 'readLog', 'placeView', 'searchLog', 'surroundings'].includes(name))
					calls.push([name, ...args]);
				// The names and arguments are those of Actions: the compiler held their callers to it.
				return (effects as Record<string, ((...given: unknown[]) => unknown) | undefined>)[name]?.(...args);
			},
	});

	const screen = await renderScreen(
		<App
			store={store}
			actions={actions}
			screens={createScreens(store, actions.watchTerminal, patienceMs)}
			commands={commands}
			subscribeKeys={subscriber => {
				listener = subscriber;
				return () => {
					listener = () => {};
				};
			}}
			now={() => time}
			typed={typed}
			{...(files && {files})}
			{...(sent && {sent})}
		/>,
		{columns, rows},
	);

	return {
		...screen,
		store,
		calls,
		/** The calls of one action. */
		callsOf: (name: string) => calls.filter(([called]) => called === name).map(([, ...args]) => args),
		emit,
		show: (next: Snapshot) => {
			for (const [watch, id] of watchers) if (id === next.id) watch(next);
		},
		isWatched: () => watchers.size > 0,
		/** Chords: "ctrl+t", "escape", "y", "shift+tab". */
		press: async (...chords: string[]) => {
			for (const chord of chords) listener({kind: 'key', ...keyOf(chord)});
			await screen.lines();
		},
		type: async (text: string) => {
			for (const character of text)
				listener({kind: 'key', ...keyOf(character === ' ' ? 'space' : character)});
			await screen.lines();
		},
		paste: async (text: string) => {
			listener({kind: 'paste', text});
			await screen.lines();
		},
		/** Of the left button, at a cell of the window. */
		mouse: async (action: 'press' | 'move' | 'release', column: number, row: number) => {
			const modifiers = {shift: false, alt: false, ctrl: false};
			listener({kind: 'mouse', action, button: 'left', column, row, ...modifiers});
			await screen.lines();
		},
		wheel: async (action: 'wheel-up' | 'wheel-down') => {
			listener({
				kind: 'mouse',
				action,
				button: 'none',
				column: 0,
				row: 3,
				shift: false,
				alt: false,
				ctrl: false,
			});
			await screen.lines();
		},
		pass: (ms: number) => {
			time += ms;
		},
	};
};

const readyModel = {model: {kind: 'ready', name: 'gpt-5.2', provider: 'openai'}} as const;

const keyOf = (chord: string): Key => {
	const parts = chord.length === 1 ? [chord] : chord.split('+');
	const name = parts.at(-1) ?? '';
	const [ctrl, alt, shift] = ['ctrl', 'alt', 'shift'].map(modifier => parts.slice(0, -1).includes(modifier));
	const types = name === 'space' ? ' ' : name.length === 1 && !ctrl && !alt ? name : '';
	return {
		name: name.toLowerCase(),
		ctrl: ctrl ?? false,
		alt: alt ?? false,
		shift: shift ?? false,
		text: types,
	};
};

/** A running terminal, changed as wanted. */
export const terminal = (id: number, name: string, change: Partial<TerminalInfo> = {}): TerminalInfo => ({
	id,
	name,
	cmd: `npm run ${name}`,
	cwd: '/home/ada/my-app',
	tty: true,
	cols: 120,
	rows: 40,
	state: {kind: 'running'},
	leftovers: [],
	ports: [],
	isWaitingForInput: false,
	isAlternateScreen: false,
	title: '',
	startedAt: noon - 12 * 60_000,
	startedBy: 'model',
	driver: 'model',
	lastLines: [],
	lineCount: 0,
	undeliveredBytes: 0,
	revision: 1,
	...change,
});

export const snapshotOf = (
	id: number,
	lines: readonly string[],
	change: Partial<Snapshot> = {},
): Snapshot => ({
	kind: 'snapshot',
	id,
	revision: 1,
	cols: 120,
	rows: 40,
	lines: lines.map(text => (text === '' ? [] : [{text, style: {}}])),
	cursor: {row: Math.max(0, lines.length - 1), column: lines.at(-1)?.length ?? 0, isVisible: true},
	isAlternateScreen: false,
	title: '',
	...change,
});
