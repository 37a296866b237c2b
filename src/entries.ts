// The conversation as a fold of its events: the model's messages, the transcript's entries, the turn.
// What is durable here depends on durable events alone, so that a resumed session equals the one lived through.
// Pure; knows nothing of terminals beyond their ids, nor of what is open on screen.
import type {AssistantItem, DurableEvent, Event, Message, Told} from './events.js';
import {reduceShell} from './shell-entries.js';
import type {CallEntry, Entry, State, Turn} from './state.js';

/** What happens to a turn while it streams; never written. */
export type TurnEvent = Extract<
	Event,
	{
		type:
			| 'answer.text'
			| 'answer.reasoning'
			| 'answer.discarded'
			| 'retry.scheduled'
			| 'retry.started'
			| 'call.progressed';
	}
>;

export const reduceConversation = (state: State, event: DurableEvent): State => {
	switch (event.type) {
		case 'session.started':
			return {
				...state,
				session: {id: event.sessionId, workspace: event.workspace, isTour: event.isTour === true},
			};
		case 'message.sent':
			return sendMessage(settle(state, 'unknown'), event);
		case 'turn.started':
			return {
				...settle(state, 'unknown'),
				turn: {id: event.turnId, startedAt: event.at, phase: {kind: 'thinking'}, text: '', reasoning: ''},
			};
		case 'answer.finished':
			return finishAnswer(settle(state, 'unknown'), event);
		case 'approval.answered':
			return answerApproval(state, event);
		case 'call.started':
			return withCall(state, event, call => unlessAnswered(call, {status: 'running', startedAt: event.at}));
		case 'call.finished':
			return finishCall(state, event);
		case 'turn.ended':
			return endTurn(state, event);
		case 'shell.sent':
		case 'shell.started':
		case 'shell.ended':
			return reduceShell(state, event);
	}
};

export const reduceTurn = (state: State, event: TurnEvent): State => {
	if (event.type === 'call.progressed') {
		return withCall(state, event, call =>
			unlessAnswered(call, {display: {...call.display, ...event.display}}),
		);
	}
	if (!state.turn) return state;
	return {...state, turn: streamed(state.turn, event)};
};

/** A user message as the model reads it: what happened to terminals, then what was said. */
export const messageText = (text: string, notices: readonly string[]): string => {
	if (notices.length === 0) return text;
	// Every line of a notice is marked, so that a program's output in it can't pass for the person's words.
	const marked = notices.flatMap(notice => notice.split('\n')).map(line => `| ${line}`);
	return ['Since you last heard, in the terminals:', ...marked, ...(text ? ['', text] : [])].join('\n');
};

/**
 * What closes the turn that a log ends in: undefined when none is open. To be emitted like any turn end, so
 * that the log says it too. Calls that had started become `unknown`, the others were not run (P13).
 */
export const tornTurnEnd = (state: State, at: number): Extract<Event, {type: 'turn.ended'}> | undefined =>
	state.turn && {
		type: 'turn.ended',
		turnId: state.turn.id,
		end: {kind: 'failed', code: 'torn', message: 'tandem ended in the middle of this turn.'},
		running: [],
		at,
	};

const streamed = (turn: Turn, event: Exclude<TurnEvent, {type: 'call.progressed'}>): Turn => {
	switch (event.type) {
		case 'answer.text':
			return {...turn, phase: answering, text: turn.text + event.text};
		case 'answer.reasoning':
			return {...turn, phase: thinking, reasoning: turn.reasoning + event.text};
		case 'answer.discarded':
			return {
				...turn,
				text: '',
				reasoning: '',
				phase: turn.phase.kind === 'retrying' ? turn.phase : thinking,
			};
		case 'retry.scheduled': {
			const {attempt, of, until, reason} = event;
			return {...turn, phase: {kind: 'retrying', attempt, of, until, reason}};
		}
		case 'retry.started':
			return {...turn, phase: thinking};
	}
};

// One reference each: a delta must not look like a change of phase.
const thinking = {kind: 'thinking'} as const;
const answering = {kind: 'answering'} as const;

const sendMessage = (state: State, event: Extract<Event, {type: 'message.sent'}>): State => ({
	...state,
	messages: [...state.messages, {role: 'user', text: messageText(event.text, event.notices)}],
	entries: [...state.entries, {kind: 'user', id: event.messageId, text: event.text, notices: event.notices}],
	queue: state.queue.filter(({messageId}) => messageId !== event.messageId),
	told: withTold(state.told, event.told),
	ui: state.ui.scroll === 0 ? state.ui : {...state.ui, scroll: 0},
});

const finishAnswer = (state: State, event: Extract<Event, {type: 'answer.finished'}>): State => {
	const {items, turnId} = event;
	const callIds = items.flatMap(item => (item.kind === 'call' ? [item.callId] : []));
	const entries = items.flatMap((item, index) =>
		itemEntry(item, `${turnId}.${entriesOfTurn(state)}.${index}`),
	);
	return {
		...state,
		// An answer without anything in it is no valid message of the next request.
		messages: items.length > 0 ? [...state.messages, {role: 'assistant', items}] : state.messages,
		entries: [...state.entries, ...entries],
		usage: event.usage ?? state.usage,
		turn: state.turn && {
			...state.turn,
			phase: callIds.length > 0 ? {kind: 'calling', callIds} : thinking,
			text: '',
			reasoning: '',
		},
	};
};

/** How many there are since the last turn ended: for ids, which tell the parts of a turn apart. */
const entriesOfTurn = ({entries}: State): number =>
	entries
		.slice(entries.findLastIndex(({kind}) => kind === 'turn-end') + 1)
		// Notices are on no record.
		.filter(({kind}) => kind !== 'notice').length;

const itemEntry = (item: AssistantItem, id: string): Entry[] => {
	switch (item.kind) {
		case 'text':
			return item.text.trim() === '' ? [] : [{kind: 'text', id, text: item.text}];
		case 'reasoning':
			return item.summary.trim() === '' ? [] : [{kind: 'reasoning', id, text: item.summary}];
		case 'call': {
			const {callId, name} = item;
			return [{kind: 'call', id, callId, name, arguments: item.arguments, status: 'requested', display: {}}];
		}
	}
};

const answerApproval = (state: State, event: Extract<Event, {type: 'approval.answered'}>): State => {
	const {kind} = event.answer;
	const answered = {...state, approvals: state.approvals.filter(({callId}) => callId !== event.callId)};
	if (kind === 'allowed') return answered;
	const status = kind === 'denied' ? 'denied' : 'interrupted';
	return withCall(answered, event, call => ({...call, status}));
};

const finishCall = (state: State, event: Extract<Event, {type: 'call.finished'}>): State => {
	const {callId, output, images, at} = event;
	const called = withCall(state, event, call => ({
		...call,
		status: finishedStatus(call, event),
		display: event.display ?? {},
		output,
		endedAt: at,
	}));
	return {
		...called,
		messages: withOutput(called.messages, {callId, output, ...(images && {images})}),
		positions: {...state.positions, ...event.positions},
		told: withTold(state.told, event.told),
		turn: state.turn && withoutCall(state.turn, callId),
	};
};

const finishedStatus = (
	call: CallEntry,
	event: Extract<Event, {type: 'call.finished'}>,
): CallEntry['status'] => {
	if (event.isInterrupted) return 'interrupted';
	if (call.status === 'denied') return 'denied';
	return event.isError ? 'failed' : 'done';
};

const withoutCall = (turn: Turn, finished: string): Turn => {
	if (turn.phase.kind !== 'calling') return turn;
	const callIds = turn.phase.callIds.filter(callId => callId !== finished);
	return {...turn, phase: callIds.length > 0 ? {kind: 'calling', callIds} : thinking};
};

type TurnEnded = Extract<Event, {type: 'turn.ended'}>;

const endTurn = (state: State, event: TurnEnded): State => {
	const id = `${event.turnId}.end`;
	if (state.entries.some(entry => entry.kind === 'turn-end' && entry.id === id)) return state;
	const waitedFor = event.waitedFor ?? cutOffTerminal(state, event.turnId);
	const running = event.running ?? state.terminals.filter(({state}) => state.kind === 'running');
	const settled = settle(state, event.end.kind === 'interrupted' ? 'interrupted' : 'unknown');
	return {
		...settled,
		entries: [
			...settled.entries,
			...cutText(state.turn, event),
			{
				kind: 'turn-end',
				id,
				end: event.end,
				running: running.map(({id, name}) => ({id, name})),
				...(waitedFor !== undefined && {waitedFor}),
			},
		],
		approvals: [],
		turn: undefined,
	};
};

/** What had streamed of an answer that never finished is not taken from the reader's eyes. */
const cutText = (turn: Turn | undefined, {turnId, unfinishedText}: TurnEnded): Entry[] => {
	if (unfinishedText !== undefined) return [{kind: 'text', id: `${turnId}.cut`, text: unfinishedText}];
	const streamed = turn?.text ?? '';
	return streamed.trim() === '' ? [] : [{kind: 'text', id: `${turnId}.streamed`, text: streamed}];
};

/** The terminal of this turn's call that was running, or cut off, when the turn ended. */
const cutOffTerminal = (state: State, turnId: string): number | undefined => {
	const call = state.entries.findLast(
		entry =>
			entry.kind === 'call' &&
			entry.id.startsWith(`${turnId}.`) &&
			(entry.status === 'running' || (entry.status === 'interrupted' && entry.startedAt !== undefined)) &&
			entry.display.terminalId !== undefined,
	);
	return call?.kind === 'call' ? call.display.terminalId : undefined;
};

/**
 * Gives every call of the last answer that has none an output, so that the next request is valid. Only the last
 * answer can have such calls: whatever follows an answer settles it first.
 */
const settle = (state: State, started: 'interrupted' | 'unknown'): State => {
	const index = state.messages.findLastIndex(({role}) => role === 'assistant');
	const answer = state.messages[index];
	if (answer?.role !== 'assistant') return state;
	const answered = new Set(
		state.messages.slice(index + 1).flatMap(message => (message.role === 'tool' ? [message.callId] : [])),
	);
	return answer.items
		.filter(item => item.kind === 'call')
		.filter(({callId}) => !answered.has(callId))
		.reduce((settled, call) => settleCall(settled, call, started), state);
};

const settleCall = (
	state: State,
	{callId, name}: {callId: string; name: string},
	started: 'interrupted' | 'unknown',
): State => {
	const entry = state.entries[callIndex(state.entries, callId)];
	const hasStarted = entry?.kind === 'call' && entry.startedAt !== undefined;
	const output = hasStarted ? cutOff[started] : notRun;
	const settled = withCall(state, {callId, name}, call => ({
		...call,
		output,
		status: hasStarted ? started : call.status === 'denied' ? 'denied' : 'interrupted',
	}));
	return {...settled, messages: withOutput(settled.messages, {callId, output})};
};

const notRun = 'Not run: the turn ended before this call started.';
const cutOff = {
	interrupted:
		'Interrupted by the user before it answered. What it started may still run: look with list_terminals.',
	unknown:
		'Outcome unknown: the turn broke off while this call ran. It may have run, in whole or in part: check before you repeat it.',
};

/** Changes the newest call of that id: servers of chat completions number calls anew in every answer. */
const withCall = (
	state: State,
	{callId, name = ''}: {callId: string; name?: string},
	change: (call: CallEntry) => CallEntry,
): State => {
	const index = callIndex(state.entries, callId);
	const call = state.entries[index];
	if (call?.kind === 'call') {
		const changed = change(call);
		return changed === call ? state : {...state, entries: state.entries.with(index, changed)};
	}
	// The line that requested it is damaged: it is shown all the same. A nameless event says too little for that.
	if (name === '') return state;
	const id = `${state.turn?.id ?? 'call'}.${entriesOfTurn(state)}.${callId}`;
	const found: CallEntry = {kind: 'call', id, callId, name, arguments: '', status: 'requested', display: {}};
	return {...state, entries: [...state.entries, change(found)]};
};

/** What comes late must not bring a finished call back to life. */
const unlessAnswered = (call: CallEntry, change: Partial<CallEntry>): CallEntry =>
	call.output === undefined ? {...call, ...change} : call;

const callIndex = (entries: readonly Entry[], callId: string): number =>
	entries.findLastIndex(entry => entry.kind === 'call' && entry.callId === callId);

/** Puts a call's output behind its answer, among the other outputs; a second output replaces the first. */
const withOutput = (
	messages: readonly Message[],
	answered: Omit<Extract<Message, {role: 'tool'}>, 'role'>,
): readonly Message[] => {
	const {callId} = answered;
	const answer = messages.findLastIndex(
		message =>
			message.role === 'assistant' &&
			message.items.some(item => item.kind === 'call' && item.callId === callId),
	);
	// An output whose answer is lost would make the next request invalid.
	if (answer < 0) return messages;
	const message: Message = {role: 'tool', ...answered};
	const end = messages.findIndex(({role}, index) => index > answer && role !== 'tool');
	const after = end < 0 ? messages.length : end;
	const existing = messages.findIndex(
		(message, index) =>
			index > answer && index < after && message.role === 'tool' && message.callId === callId,
	);
	return existing < 0 ? messages.toSpliced(after, 0, message) : messages.with(existing, message);
};

/** Alike for the same fact, told twice. */
export const sameFactKey = ({terminalId, what, visits, ports}: Told): string =>
	`${terminalId} ${what} ${visits} ${ports?.join()}`;

const withTold = (known: readonly Told[], more: readonly Told[]): readonly Told[] => {
	if (more.length === 0) return known;
	const keys = new Set(known.map(sameFactKey));
	const added = more.filter(fact => !keys.has(sameFactKey(fact)));
	return added.length > 0 ? [...known, ...added] : known;
};
