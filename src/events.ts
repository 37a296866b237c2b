// Everything that can happen in a session. State, the model's context and the session log are folds of it.
// Durable kinds (`isDurable`) are written before anybody acts on them; the others are only shown.
import type {ApprovalSubject} from './agent/tool.js';
import type {FeatureKey} from './features.js';
import type {Exit, Position, TerminalInfo} from './host/protocol.js';
import type {Conversation} from './state.js';

/** The conversation in tandem's own words; the model clients translate at the edge. */
export type Message =
	| {role: 'user'; text: string}
	| {role: 'assistant'; items: AssistantItem[]}
	| {role: 'tool'; callId: string; output: string; images?: readonly Image[]};

/** `data` is Base64. */
export type Image = {name: string; mediaType: string; data: string};

export type AssistantItem =
	/** `phase`: what some models call the text; they want it back as it was. */
	| {kind: 'text'; text: string; phase?: 'commentary' | 'final_answer'}
	/** `item` is the provider's own, carried along unread (encrypted reasoning). */
	| {kind: 'reasoning'; summary: string; item?: unknown}
	/** `arguments` as the model wrote them, valid JSON or not. */
	| {kind: 'call'; callId: string; name: string; arguments: string};

export type Usage = {inputTokens: number; outputTokens: number; cachedTokens?: number};

/** What the transcript shows of a call beside its name and arguments. */
export type CallDisplay = {
	terminalId?: number;
	terminalName?: string;
	/** Last output lines. */
	tail?: string[];
	/** "listening on http://localhost:5173", "exit 1". */
	outcome?: string;
	/** A unified diff. */
	diff?: string;
	added?: number;
	removed?: number;
};

/** A fact of a terminal that the model knows. */
export type Told = {
	terminalId: number;
	what: 'ended' | 'listening' | 'user-typed' | 'user-stopped' | 'user-started';
	/** Of `listening`: on which ports. */
	ports?: number[];
	/** Of `user-typed`: how often they had come to type. */
	visits?: number;
};

/** How a shell line ended. `unknown`: nobody saw it. */
export type ShellEnd =
	| {kind: 'exited'; exit: Exit}
	/** It never ran; `message` is for people. */
	| {kind: 'refused'; message: string}
	| {kind: 'lost'}
	| {kind: 'unknown'};

/** `isForSession`: this very command need not be asked about again. */
export type ApprovalAnswer =
	| {kind: 'allowed'; isForSession?: true}
	| {kind: 'denied'; word?: string}
	| {kind: 'cancelled'};

export type ApprovalMode = 'ask' | 'auto-edit' | 'full';

export type TurnEnd =
	| {kind: 'done'}
	| {kind: 'interrupted'}
	| {kind: 'failed'; code: string; message: string};

export type Event =
	// Durable: the conversation.
	| {
			type: 'session.started';
			sessionId: string;
			workspace: string;
			model: string;
			tandem: string;
			/** The tour of `tandem demo`. */
			isTour?: true;
			at: number;
	  }
	/** `notices`: what happened to terminals since the model last heard, told with this message. */
	| {type: 'message.sent'; messageId: string; text: string; notices: string[]; told: Told[]; at: number}
	| {type: 'turn.started'; turnId: string; at: number}
	| {type: 'answer.finished'; turnId: string; items: AssistantItem[]; usage?: Usage; at: number}
	| {type: 'approval.answered'; callId: string; answer: ApprovalAnswer; at: number}
	| {type: 'call.started'; callId: string; name: string; at: number}
	| {
			type: 'call.finished';
			callId: string;
			name: string;
			output: string;
			isError: boolean;
			/** The turn was interrupted before the call could answer. */
			isInterrupted?: boolean;
			/** What the model sees beside the output. */
			images?: readonly Image[];
			display?: CallDisplay;
			positions: Record<string, Position>;
			told: Told[];
			at: number;
	  }
	/**
	 * `running`: the terminals that still run; `waitedFor`: the one whose call was cut off; `unfinishedText`: what
	 * had streamed of an answer that never finished. All for the transcript, none goes to the model.
	 */
	| {
			type: 'turn.ended';
			turnId: string;
			end: TurnEnd;
			running?: {id: number; name: string}[];
			waitedFor?: number;
			unfinishedText?: string;
			at: number;
	  }
	/** A shell line: what a person typed after `!`. On record before it runs; the model hears of its terminal. */
	| {type: 'shell.sent'; shellId: string; cmd: string; at: number}
	| {type: 'shell.started'; shellId: string; terminalId: number; terminalName: string; at: number}
	/** `tail`: its last output lines; `earlierLines`: how many the log has above them. */
	| {type: 'shell.ended'; shellId: string; end: ShellEnd; tail: string[]; earlierLines: number; at: number}
	// Shown only.
	| {type: 'answer.text'; text: string}
	| {type: 'answer.reasoning'; text: string}
	/** A retry takes back what the failed attempt had streamed. */
	| {type: 'answer.discarded'}
	| {type: 'retry.scheduled'; attempt: number; of: number; until: number; reason: string}
	| {type: 'retry.started'}
	| {type: 'call.progressed'; callId: string; display: CallDisplay}
	/** `outcome`: "running", "listening on http://localhost:5173". */
	| {type: 'shell.progressed'; shellId: string; tail: string[]; outcome: string}
	| {type: 'approval.asked'; approval: Approval}
	| {type: 'inquiry.asked'; inquiry: Inquiry}
	| {type: 'inquiry.closed'; callId: string}
	| {type: 'message.queued'; messageId: string; text: string}
	| {type: 'message.unqueued'; messageId: string}
	| {type: 'terminal.changed'; terminal: TerminalInfo}
	| {type: 'terminal.forgotten'; id: number}
	| {type: 'host.connected'; terminals: TerminalInfo[]; limits?: string}
	| {type: 'host.lost'; reason: string}
	| {type: 'notice.shown'; text: string; tone: 'info' | 'warning' | 'error'}
	| {type: 'banner.changed'; text: string | undefined}
	| {type: 'folder.trusted'}
	/** Not trusted, for this run. */
	| {type: 'folder.distrusted'}
	| {type: 'model.changed'; model: ModelStatus}
	/** The servers whose models can be chosen, all of them. */
	| {type: 'models.changed'; sources: readonly ModelSource[]}
	/** The sessions that can be gone on with. */
	| {type: 'sessions.listed'; sessions: readonly SessionChoice[]}
	| {type: 'mode.changed'; mode: ApprovalMode}
	| {type: 'features.changed'; features: Record<FeatureKey, boolean>}
	/** Another conversation in this window: what its log says, or nothing yet; then its `session.started` follows. */
	| {type: 'session.replaced'; sessionId: string; conversation?: Conversation}
	| UiEvent;

/** What is open, focused and selected. Never written. */
export type UiEvent =
	| {type: 'overlay.opened'; overlay: Overlay}
	| {type: 'overlay.closed'}
	/** Of one terminal; with a query it begins with that search. */
	| {type: 'log.opened'; terminalId: number; query: string}
	| {type: 'panel.changed'; panel: 'hidden' | 'collapsed' | 'open'; isFocused: boolean}
	| {type: 'panel.selected'; terminalId: number}
	| {type: 'terminal.opened'; terminalId: number}
	| {type: 'terminal.closed'}
	/** The person is inside: every key goes to the program. */
	| {type: 'terminal.entered'; terminalId: number}
	/** Inside of a terminal that has ended, or that somebody else drives now: keys go nowhere. */
	| {type: 'terminal.displaced'}
	/** What was on its way to it when that happened has come. */
	| {type: 'terminal.settled'}
	/** Outside again; the terminal stays open. */
	| {type: 'terminal.left'}
	/** The key that is tandem's even inside was pressed: the next one is tandem's too. */
	| {type: 'prefix.changed'; isOn: boolean}
	| {type: 'view.changed'; isFullScreen: boolean}
	/** Where it now stands: rows from the end, 0 follows. The view has clamped it to what there is. */
	| {type: 'transcript.scrolled'; rows: number}
	| {type: 'composer.replaced'; text: string}
	| {type: 'quit.armed'; until: number}
	| {type: 'quit.disarmed'};

export type Overlay =
	| 'ps'
	| 'switch'
	| 'experimental'
	| 'model'
	| 'help'
	| 'quit'
	| 'keep'
	| 'trust'
	| 'status'
	| 'logs'
	| 'approvals'
	| 'resume';

export type Approval = {
	callId: string;
	toolName: string;
	subject: ApprovalSubject;
	/** Enter is armed 150 ms after this. */
	askedAt: number;
};

/** What the model asks the person. */
export type Inquiry = {
	callId: string;
	question: string;
	/** Answers to choose from; the person's own words are always one. */
	choices: readonly string[];
	/** Where the person is asked to type. */
	terminal?: {id: number; name: string};
};

export type InquiryAnswer =
	| {kind: 'answered'; text: string}
	/** The person closed it. */
	| {kind: 'dismissed'}
	/** Whoever asked does not need the answer any more. */
	| {kind: 'withdrawn'};

/** A session in the list of those that can be gone on with. Times are milliseconds since 1970. */
export type SessionChoice = {
	id: string;
	/** Its workspace. */
	folder: string;
	/** The beginning of the first message, on one line. */
	firstWords: string;
	changedAt: number;
	/** The process that has it open, if one has. */
	openIn: number | undefined;
};

/** A server whose models can be chosen, and what it has said. */
export type ModelSource = {
	/** The provider's name: what is stored. */
	provider: string;
	/** Its base URL; of the built-in one what it is. */
	address: string;
	/** `found`: it answers on this machine, and nobody has set it up. */
	origin: 'configuration' | 'environment' | 'found' | 'built-in';
	models: readonly string[];
	state: {kind: 'asking'} | {kind: 'listed'} | {kind: 'failed'; message: string};
};

export type ModelStatus =
	| {kind: 'ready'; name: string; provider: string}
	/** The built-in assistant answers, which is no language model; `hint` says how to get one. */
	| {kind: 'offline'; name: string; hint: string}
	/** What is missing and how to give it. */
	| {kind: 'missing'; hint: string};

const durable = {
	'session.started': true,
	'message.sent': true,
	'turn.started': true,
	'answer.finished': true,
	'approval.answered': true,
	'call.started': true,
	'call.finished': true,
	'turn.ended': true,
	'shell.sent': true,
	'shell.started': true,
	'shell.ended': true,
} as const;

export type DurableEvent = Extract<Event, {type: keyof typeof durable}>;

/** Whether an event must be in the session log before anybody acts on it. */
export const isDurable = (event: Event): event is DurableEvent => Object.hasOwn(durable, event.type);
