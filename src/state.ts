// The whole of what the window shows, and how an event changes it. Pure.
import {reduceConversation, reduceTurn} from './entries.js';
import {
	type Approval,
	type ApprovalMode,
	type CallDisplay,
	type Event,
	type Inquiry,
	isDurable,
	type Message,
	type ModelSource,
	type ModelStatus,
	type Overlay,
	type SessionChoice,
	type ShellEnd,
	type Told,
	type TurnEnd,
	type UiEvent,
	type Usage,
} from './events.js';
import {defaultFeatures, type FeatureKey} from './features.js';
import type {Position, TerminalInfo} from './host/protocol.js';
import {reduceShell} from './shell-entries.js';
import {outOfSight, withTerminals} from './terminals.js';
import {listed} from './text/listed.js';

export type State = {
	/** `isTour`: the tour of `tandem demo`. */
	session: {id: string; workspace: string; isTour: boolean};
	model: ModelStatus;
	/** What can be chosen in its place; empty until somebody asked. */
	modelSources: readonly ModelSource[];
	/** What `/resume` lists; undefined until it is read. */
	sessions: readonly SessionChoice[] | undefined;
	mode: ApprovalMode;
	/** Undefined until the person has answered. */
	isTrusted: boolean | undefined;
	features: Record<FeatureKey, boolean>;

	/** The model's context. */
	messages: readonly Message[];
	/** The transcript. A finished entry keeps its reference for ever. */
	entries: readonly Entry[];
	turn: Turn | undefined;
	/** Typed during a turn, sent with its next model request. */
	queue: readonly {messageId: string; text: string}[];
	approvals: readonly Approval[];
	/** What the model asked and nobody has answered yet. */
	inquiries: readonly Inquiry[];
	usage: Usage | undefined;
	/** What the model has read of each terminal, and which facts it knows. */
	positions: Readonly<Record<number, Position>>;
	told: readonly Told[];

	/** `limits`: of another major version; its terminals can only be listed and stopped. */
	host: {kind: 'connecting'} | {kind: 'connected'; limits?: string} | {kind: 'lost'; reason: string};
	/** Running first, then ended; each by id. The panel's rows. */
	terminals: readonly TerminalInfo[];
	/** One line that stays until it is no longer true: "not being saved: disk full". */
	banner: string | undefined;
	ui: Ui;
};

export type Ui = {
	overlay: Overlay | undefined;
	/** `/ps` was open and closed in this window: the tour shows it once. */
	hasSeenPs: boolean;
	/** Whose log `/logs` shows, and what was searched first. */
	log: {terminalId: number; query: string} | undefined;
	panel: 'hidden' | 'collapsed' | 'open';
	isPanelFocused: boolean;
	selectedTerminal: number | undefined;
	/** Terminals that ended while the person looked elsewhere, until they look. */
	unseen: readonly number[];
	/** Shown in place of the transcript. */
	openTerminal: number | undefined;
	/** The person is inside the open terminal; `displaced`: it has ended or is somebody else's, keys go nowhere. */
	inside: 'driving' | 'displaced' | undefined;
	/** Displaced for so long that a key is meant for tandem. */
	isSettled: boolean;
	/** The newest notice since the open terminal was opened, entered or left: it may hide the transcript. */
	said: {text: string} | undefined;
	/** Ctrl+] was pressed: the next key is tandem's. */
	isPrefixed: boolean;
	/** The open terminal has the whole window. */
	isFullScreen: boolean;
	/** Rows scrolled up from the end; 0 follows. */
	scroll: number;
	/** A text to put into the composer, with a number that grows so that the same text can come twice. */
	composerText: {text: string; serial: number};
	/** Until when a second Ctrl+C quits, milliseconds since 1970. */
	quitArmedUntil: number | undefined;
};

export type Turn = {
	id: string;
	startedAt: number;
	phase:
		| {kind: 'thinking'}
		| {kind: 'answering'}
		| {kind: 'calling'; callIds: readonly string[]}
		| {kind: 'retrying'; attempt: number; of: number; until: number; reason: string};
	/** What has streamed of the unfinished answer. */
	text: string;
	reasoning: string;
};

export type Entry =
	| {kind: 'user'; id: string; text: string; notices: readonly string[]}
	| {kind: 'text'; id: string; text: string}
	| {kind: 'reasoning'; id: string; text: string}
	| CallEntry
	| ShellEntry
	| {
			kind: 'turn-end';
			id: string;
			end: TurnEnd;
			running: readonly {id: number; name: string}[];
			waitedFor?: number;
	  }
	| {kind: 'notice'; id: string; text: string; tone: 'info' | 'warning' | 'error'};

export type CallEntry = {
	kind: 'call';
	id: string;
	callId: string;
	name: string;
	/** As the model wrote them. */
	arguments: string;
	/** `unknown`: cut off by a crash, nobody knows whether it ran. */
	status: 'requested' | 'running' | 'done' | 'failed' | 'denied' | 'interrupted' | 'unknown';
	display: CallDisplay;
	/** The whole answer, once there is one. */
	output?: string;
	startedAt?: number;
	endedAt?: number;
};

/** A command of the person's, in a terminal of theirs. */
export type ShellEntry = {
	kind: 'shell';
	id: string;
	cmd: string;
	/** Absent until it has one. */
	terminal?: {id: number; name: string};
	/** Last output lines. */
	tail: readonly string[];
	/** How many the log has above them; told at the end. */
	earlierLines: number;
	/** How it is, while it runs. */
	outcome?: string;
	end?: ShellEnd;
	sentAt: number;
	endedAt?: number;
};

const emptyConversation = {
	messages: [],
	entries: [],
	turn: undefined,
	queue: [],
	approvals: [],
	inquiries: [],
	usage: undefined,
	positions: {},
	told: [],
} as const satisfies Partial<State>;

/** What is durable of a session, and nothing else. */
export type Conversation = Pick<State, keyof typeof emptyConversation> & {
	/** Unless the line that names it is damaged. */
	session: State['session'] | undefined;
};

export const conversationOf = ({
	session,
	messages,
	entries,
	turn,
	queue,
	approvals,
	inquiries,
	usage,
	positions,
	told,
}: State): Conversation => ({
	session: session.id === '' ? undefined : session,
	messages,
	entries,
	turn,
	queue,
	approvals,
	inquiries,
	usage,
	positions,
	told,
});

const outside = {
	inside: undefined,
	isSettled: false,
	isPrefixed: false,
	said: undefined,
} as const satisfies Partial<Ui>;

export const initialState = (workspace: string, sessionId: string, isTour = false): State => ({
	session: {id: sessionId, workspace, isTour},
	model: {kind: 'missing', hint: ''},
	modelSources: [],
	sessions: undefined,
	mode: 'ask',
	isTrusted: undefined,
	features: defaultFeatures(),
	...emptyConversation,
	host: {kind: 'connecting'},
	terminals: [],
	banner: undefined,
	ui: {
		overlay: undefined,
		hasSeenPs: false,
		log: undefined,
		panel: 'open',
		isPanelFocused: false,
		selectedTerminal: undefined,
		unseen: [],
		openTerminal: undefined,
		...outside,
		isFullScreen: false,
		scroll: 0,
		composerText: {text: '', serial: 0},
		quitArmedUntil: undefined,
	},
});

/** The state after an event. Values are whole, so a late or repeated event is harmless. */
export const reduce = (state: State, event: Event): State => {
	if (isDurable(event)) return reduceConversation(state, event);
	switch (event.type) {
		case 'answer.text':
		case 'answer.reasoning':
		case 'answer.discarded':
		case 'retry.scheduled':
		case 'retry.started':
		case 'call.progressed':
			return reduceTurn(state, event);
		case 'shell.progressed':
			return reduceShell(state, event);
		case 'approval.asked':
			return {...state, approvals: replaced(state.approvals, event.approval, 'callId')};
		case 'inquiry.asked':
			return {...state, inquiries: replaced(state.inquiries, event.inquiry, 'callId')};
		case 'inquiry.closed':
			return {...state, inquiries: state.inquiries.filter(({callId}) => callId !== event.callId)};
		case 'message.queued': {
			const {messageId, text} = event;
			return {...state, queue: replaced(state.queue, {messageId, text}, 'messageId')};
		}
		case 'message.unqueued':
			return {...state, queue: state.queue.filter(({messageId}) => messageId !== event.messageId)};
		case 'terminal.changed':
			return withTerminals(state, replaced(state.terminals, event.terminal, 'id'));
		case 'terminal.forgotten':
			return withTerminals(
				state,
				state.terminals.filter(({id}) => id !== event.id),
			);
		case 'host.connected': {
			const {terminals, limits} = event;
			const host = {kind: 'connected' as const, ...(limits !== undefined && {limits})};
			return {...withTerminals(state, terminals), host};
		}
		case 'host.lost':
			return {
				...withTerminals(state, state.terminals.map(outOfSight)),
				host: {kind: 'lost', reason: event.reason},
			};
		case 'notice.shown': {
			const {text, tone} = event;
			const id = `notice.${state.entries.length}`;
			const ui = state.ui.openTerminal === undefined ? state.ui : {...state.ui, said: {text}};
			return {...state, entries: [...state.entries, {kind: 'notice', id, text, tone}], ui};
		}
		case 'banner.changed':
			return {...state, banner: event.text};
		case 'folder.trusted':
			return {...state, isTrusted: true};
		case 'folder.distrusted':
			return {...state, isTrusted: false};
		case 'model.changed':
			return {...state, model: event.model};
		case 'models.changed':
			return {...state, modelSources: event.sources};
		case 'mode.changed':
			return {...state, mode: event.mode};
		case 'features.changed':
			return {...state, features: event.features};
		case 'sessions.listed':
			return {...state, sessions: event.sessions};
		case 'session.replaced':
			return {
				...state,
				...(event.conversation ?? emptyConversation),
				session: {
					...(event.conversation?.session ?? {...state.session, isTour: false}),
					id: event.sessionId,
				},
				ui: {...state.ui, scroll: 0},
				// It was about the file of the session before.
				banner: undefined,
			};
		default:
			return {...state, ui: reduceUi(state.ui, event)};
	}
};

const reduceUi = (ui: Ui, event: UiEvent): Ui => {
	switch (event.type) {
		case 'overlay.opened':
			return {...ui, overlay: event.overlay};
		case 'overlay.closed':
			return {...ui, overlay: undefined, hasSeenPs: ui.hasSeenPs || ui.overlay === 'ps'};
		case 'log.opened':
			return {
				...ui,
				...lookedAt(ui, event.terminalId),
				overlay: 'logs',
				log: {terminalId: event.terminalId, query: event.query},
			};
		case 'panel.changed':
			return {...ui, panel: event.panel, isPanelFocused: event.isFocused && event.panel !== 'hidden'};
		case 'panel.selected':
			return {...ui, selectedTerminal: event.terminalId};
		case 'terminal.opened':
			return {
				...ui,
				...outside,
				...lookedAt(ui, event.terminalId),
				openTerminal: event.terminalId,
				selectedTerminal: event.terminalId,
				scroll: 0,
			};
		case 'terminal.closed':
			return {...ui, ...outside, isFullScreen: false, openTerminal: undefined, scroll: 0};
		case 'terminal.entered':
			return {
				...ui,
				overlay: undefined,
				isPanelFocused: false,
				openTerminal: event.terminalId,
				selectedTerminal: event.terminalId,
				inside: 'driving',
				isSettled: false,
				isPrefixed: false,
				said: undefined,
			};
		case 'terminal.displaced':
			return {...ui, inside: ui.inside && 'displaced', isSettled: false};
		case 'terminal.settled':
			return {...ui, isSettled: ui.inside === 'displaced'};
		case 'terminal.left':
			return {...ui, ...outside, isFullScreen: false};
		case 'prefix.changed':
			return {...ui, isPrefixed: event.isOn, said: undefined};
		case 'view.changed':
			return {...ui, isFullScreen: event.isFullScreen && ui.openTerminal !== undefined};
		case 'transcript.scrolled':
			return {...ui, scroll: Math.max(0, event.rows)};
		case 'composer.replaced':
			return {...ui, composerText: {text: event.text, serial: ui.composerText.serial + 1}};
		case 'quit.armed':
			return {...ui, quitArmedUntil: event.until};
		case 'quit.disarmed':
			return {...ui, quitArmedUntil: undefined};
	}
};

const lookedAt = ({unseen}: Ui, id: number): Pick<Ui, 'unseen'> => ({
	unseen: unseen.includes(id) ? unseen.filter(each => each !== id) : unseen,
});

/** Puts a value in the place of the one with the same key, or at the end. */
const replaced = <Value, Key extends keyof Value>(
	values: readonly Value[],
	value: Value,
	key: Key,
): Value[] => {
	const index = values.findIndex(old => old[key] === value[key]);
	return index < 0 ? [...values, value] : values.with(index, value);
};

/** By id or name; a running terminal before an ended one of the same name. */
export const findTerminal = (state: State, which: string): TerminalInfo | undefined =>
	state.terminals.find(({id}) => String(id) === which) ?? state.terminals.find(({name}) => name === which);

/** "dev (1), tests (2)". */
export const terminalNames = (terminals: readonly TerminalInfo[]): string =>
	listed(terminals.map(({id, name}) => `${name} (${id})`));

/** The end of a message to a person who named none of them. */
export const whichTerminals = (state: State): string =>
	state.terminals.length === 0 ? 'There are no terminals.' : `There are: ${terminalNames(state.terminals)}.`;

export const isRunning = (terminal: TerminalInfo): boolean => terminal.state.kind === 'running';

/** In the panel's order; a new array each time, so not for a store's snapshot. */
export const runningTerminals = (state: State): TerminalInfo[] => state.terminals.filter(isRunning);

export const runningCount = (state: State): number =>
	state.terminals.reduce((count, terminal) => count + Number(isRunning(terminal)), 0);

/** The terminal in the n-th row of the panel, from 1. */
export const terminalInRow = (state: State, row: number): TerminalInfo | undefined =>
	state.terminals[row - 1];

/** The row after (1) or before (-1) the open terminal, else the selected one, round the ends. */
export const neighbourTerminal = (state: State, step: 1 | -1): TerminalInfo | undefined => {
	const from = state.ui.openTerminal ?? state.ui.selectedTerminal;
	const index = state.terminals.findIndex(({id}) => id === from);
	// From nowhere, the step goes to the first or the last.
	const next = index < 0 ? (step === 1 ? 0 : -1) : (index + step) % state.terminals.length;
	return state.terminals.at(next);
};

/** The one the person is asked about now. */
export const currentApproval = (state: State): Approval | undefined => state.approvals[0];

/** What the model asks now. */
export const currentInquiry = (state: State): Inquiry | undefined => state.inquiries[0];
