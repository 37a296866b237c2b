// The whole of what the window shows, and how an event changes it. Pure.
import type {
	Approval,
	ApprovalMode,
	CallDisplay,
	Event,
	Message,
	ModelStatus,
	Overlay,
	Told,
	TurnEnd,
	Usage,
} from './events.js';
import {defaultFeatures, type FeatureKey} from './features.js';
import type {Position, TerminalInfo} from './host/protocol.js';

export type State = {
	session: {id: string; workspace: string};
	model: ModelStatus;
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
	usage: Usage | undefined;
	/** What the model has read of each terminal, and which facts it knows. */
	positions: Readonly<Record<number, Position>>;
	told: readonly Told[];

	host: {kind: 'connecting'} | {kind: 'connected'} | {kind: 'lost'; reason: string};
	/** Running first, then ended; each by id. The panel's rows. */
	terminals: readonly TerminalInfo[];
	/** One line that stays until it is no longer true: "not being saved: disk full". */
	banner: string | undefined;
	ui: {
		overlay: Overlay | undefined;
		panel: 'hidden' | 'collapsed' | 'open';
		isPanelFocused: boolean;
		selectedTerminal: number | undefined;
		/** Shown in place of the transcript. */
		openTerminal: number | undefined;
		/** Rows scrolled up from the end; 0 follows. */
		scroll: number;
		/** A text to put into the composer, with a number that grows so that the same text can come twice. */
		composerText: {text: string; serial: number};
		/** Until when a second Ctrl+C quits, milliseconds since 1970. */
		quitArmedUntil: number | undefined;
	};
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

export const initialState = (workspace: string, sessionId: string): State => ({
	session: {id: sessionId, workspace},
	model: {kind: 'missing', hint: ''},
	mode: 'ask',
	isTrusted: undefined,
	features: defaultFeatures(),
	messages: [],
	entries: [],
	turn: undefined,
	queue: [],
	approvals: [],
	usage: undefined,
	positions: {},
	told: [],
	host: {kind: 'connecting'},
	terminals: [],
	banner: undefined,
	ui: {
		overlay: undefined,
		panel: 'open',
		isPanelFocused: false,
		selectedTerminal: undefined,
		openTerminal: undefined,
		scroll: 0,
		composerText: {text: '', serial: 0},
		quitArmedUntil: undefined,
	},
});

export const reduce = (state: State, _event: Event): State => state;

/** By id or name; a running terminal before an ended one of the same name. */
export const findTerminal = (state: State, which: string): TerminalInfo | undefined =>
	state.terminals.find(({id}) => String(id) === which) ?? state.terminals.find(({name}) => name === which);

/** "dev (1), tests (2)", or "none". */
export const terminalNames = (state: State): string =>
	state.terminals.map(({id, name}) => `${name} (${id})`).join(', ') || 'none';

export const isRunning = (terminal: TerminalInfo): boolean => terminal.state.kind === 'running';
