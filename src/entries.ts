// The conversation as a fold of its events: the model's messages, the transcript's entries, the turn.
// What is durable here depends on durable events alone, so that a resumed session equals the one lived through.
// Knows nothing of terminals beyond their ids, nor of what is open on screen. Pure, given `inCopies`; a log that is
// read has nobody yet who looks at what it becomes, and `fold.ts` changes that in place.
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

/** How the parts of a conversation are changed: in copies, or in place. */
export type Edit = {
	/** The entries and messages before these places are past changing. */
	from: {entries: number; messages: number};
	/** How many entries there are since the last turn ended: for ids, which tell the parts of a turn apart. */
	entriesOfTurn(entries: readonly Entry[]): number;
	change<Value extends object>(value: Value, change: Partial<Value>): Value;
	append<Value>(list: readonly Value[], values: readonly Value[]): readonly Value[];
	replace<Value>(list: readonly Value[], index: number, value: Value): readonly Value[];
	insert<Value>(list: readonly Value[], index: number, value: Value): readonly Value[];
};

const inCopies: Edit = {
	from: {entries: 0, messages: 0},
	entriesOfTurn: entries =>
		entries
			.slice(entries.findLastIndex(({kind}) => kind === 'turn-end') + 1)
			// Notices are on no record.
			.filter(({kind}) => kind !== 'notice').length,
	change: (value, change) => ({...value, ...change}),
	append: (list, values) => (values.length > 0 ? [...list, ...values] : list),
	replace: (list, index, value) => list.with(index, value),
	insert: (list, index, value) => list.toSpliced(index, 0, value),
};

/** Shell lines are apart: they begin and end whatever a turn does. */
export type SpokenEvent = Exclude<DurableEvent, {shellId: string}>;

export const reduceConversation = (state: State, event: DurableEvent): State => {
	if ('shellId' in event) return reduceShell(state, event);
	const changed = {...state};
	changeConversation(changed, event, inCopies);
	if ('positions' in event) changed.positions = {...changed.positions, ...event.positions};
	if ('told' in event) changed.told = withTold(changed.told, event.told);
	return changed;
};

/** What an event changes, but for what the model then knows of terminals. The state is the caller's own. */
export const changeConversation = (state: State, event: SpokenEvent, edit: Edit) => {
	switch (event.type) {
		case 'session.started':
			state.session = {
				id: event.sessionId,
				workspace: event.workspace,
				isTour: event.isTour === true,
			};
			return;
		case 'message.sent':
			return sendMessage(state, event, edit);
		case 'turn.started':
			settle(state, 'unknown', edit);
			state.turn = {
				id: event.turnId,
				startedAt: event.at,
				phase: {kind: 'thinking'},
				text: '',
				reasoning: '',
			};
			return;
		case 'answer.finished':
			return finishAnswer(state, event, edit);
		case 'approval.answered':
			return answerApproval(state, event, edit);
		case 'call.started':
			return changeCall(state, event, edit, call =>
				unlessAnswered(call, {status: 'running', startedAt: event.at}),
			);
		case 'call.finished':
			return finishCall(state, event, edit);
		case 'turn.ended':
			return endTurn(state, event, edit);
	}
};

export const reduceTurn = (state: State, event: TurnEvent): State => {
	if (event.type === 'call.progressed') {
		const changed = {...state};
		changeCall(changed, event, inCopies, call =>
			unlessAnswered(call, {display: {...call.display, ...event.display}}),
		);
		return changed;
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

const sendMessage = (state: State, event: Extract<Event, {type: 'message.sent'}>, edit: Edit) => {
	const {messageId: id, text, notices} = event;
	settle(state, 'unknown', edit);
	state.messages = edit.append(state.messages, [{role: 'user', text: messageText(text, notices)}]);
	state.entries = edit.append(state.entries, [{kind: 'user', id, text, notices}]);
	state.queue = state.queue.filter(({messageId}) => messageId !== id);
	if (state.ui.scroll !== 0) state.ui = {...state.ui, scroll: 0};
};

const finishAnswer = (state: State, event: Extract<Event, {type: 'answer.finished'}>, edit: Edit) => {
	const {items, turnId, usage} = event;
	settle(state, 'unknown', edit);
	const id = `${turnId}.${edit.entriesOfTurn(state.entries)}`;
	const [entries, callIds]: [Entry[], string[]] = [[], []];
	for (const [index, item] of items.entries()) {
		const entry = itemEntry(item, `${id}.${index}`);
		if (entry) entries.push(entry);
		if (item.kind === 'call') callIds.push(item.callId);
	}
	// An answer without anything in it is no valid message of the next request.
	if (items.length > 0) state.messages = edit.append(state.messages, [{role: 'assistant', items}]);
	state.entries = edit.append(state.entries, entries);
	if (usage) state.usage = usage;
	if (!state.turn) return;
	const phase: Turn['phase'] = callIds.length > 0 ? {kind: 'calling', callIds} : thinking;
	state.turn = edit.change(state.turn, {phase, text: '', reasoning: ''});
};

const itemEntry = (item: AssistantItem, id: string): Entry | undefined => {
	switch (item.kind) {
		case 'text':
			return item.text.trim() === '' ? undefined : {kind: 'text', id, text: item.text};
		case 'reasoning':
			return item.summary.trim() === '' ? undefined : {kind: 'reasoning', id, text: item.summary};
		case 'call': {
			const {callId, name} = item;
			return {kind: 'call', id, callId, name, arguments: item.arguments, status: 'requested', display: {}};
		}
	}
};

const answerApproval = (state: State, event: Extract<Event, {type: 'approval.answered'}>, edit: Edit) => {
	const {kind} = event.answer;
	state.approvals = state.approvals.filter(({callId}) => callId !== event.callId);
	if (kind === 'allowed') return;
	const status = kind === 'denied' ? 'denied' : 'interrupted';
	changeCall(state, event, edit, () => ({status}));
};

const finishCall = (state: State, event: Extract<Event, {type: 'call.finished'}>, edit: Edit) => {
	const {callId, output, images, display = {}, at: endedAt} = event;
	changeCall(state, event, edit, call => ({
		status: finishedStatus(call, event),
		display,
		output,
		endedAt,
	}));
	addOutput(state, {callId, output, ...(images && {images})}, edit);
	if (state.turn?.phase.kind !== 'calling') return;
	const callIds = state.turn.phase.callIds.filter(each => each !== callId);
	state.turn = edit.change(state.turn, {phase: callIds.length > 0 ? {kind: 'calling', callIds} : thinking});
};

const finishedStatus = (
	call: CallEntry,
	event: Extract<Event, {type: 'call.finished'}>,
): CallEntry['status'] => {
	if (event.isInterrupted) return 'interrupted';
	if (call.status === 'denied') return 'denied';
	return event.isError ? 'failed' : 'done';
};

type TurnEnded = Extract<Event, {type: 'turn.ended'}>;

const endTurn = (state: State, event: TurnEnded, edit: Edit) => {
	const {turnId, end} = event;
	const id = `${turnId}.end`;
	const isSame = (entry: Entry) => entry.kind === 'turn-end' && entry.id === id;
	if (findLast(state.entries, edit.from.entries, isSame) !== undefined) return;
	const waitedFor = event.waitedFor ?? cutOffTerminal(state, turnId, edit);
	const running = event.running ?? state.terminals.filter(({state}) => state.kind === 'running');
	settle(state, end.kind === 'interrupted' ? 'interrupted' : 'unknown', edit);
	state.entries = edit.append(state.entries, [
		...cutText(state.turn, event),
		{
			kind: 'turn-end',
			id,
			end,
			running: running.map(({id, name}) => ({id, name})),
			...(waitedFor !== undefined && {waitedFor}),
		},
	]);
	state.approvals = [];
	state.turn = undefined;
};

/** What had streamed of an answer that never finished is not taken from the reader's eyes. */
const cutText = (turn: Turn | undefined, {turnId, unfinishedText}: TurnEnded): Entry[] => {
	if (unfinishedText !== undefined) return [{kind: 'text', id: `${turnId}.cut`, text: unfinishedText}];
	const streamed = turn?.text ?? '';
	return streamed.trim() === '' ? [] : [{kind: 'text', id: `${turnId}.streamed`, text: streamed}];
};

/** The terminal of this turn's call that was running, or cut off, when the turn ended. */
const cutOffTerminal = ({entries}: State, turnId: string, {from}: Edit): number | undefined => {
	const index = findLast(
		entries,
		from.entries,
		entry =>
			entry.kind === 'call' &&
			(entry.status === 'running' || (entry.status === 'interrupted' && entry.startedAt !== undefined)) &&
			entry.display.terminalId !== undefined &&
			entry.id.startsWith(`${turnId}.`),
	);
	const call = index === undefined ? undefined : entries[index];
	return call?.kind === 'call' ? call.display.terminalId : undefined;
};

/**
 * Gives every call of the last answer that has none an output, so that the next request is valid. Only the last
 * answer can have such calls: whatever follows an answer settles it first.
 */
const settle = (state: State, started: 'interrupted' | 'unknown', edit: Edit) => {
	const index = findLast(state.messages, edit.from.messages, ({role}) => role === 'assistant');
	const answer = index === undefined ? undefined : state.messages[index];
	if (index === undefined || answer?.role !== 'assistant') return;
	for (const item of answer.items) {
		if (item.kind !== 'call') continue;
		const isOutput = (message: Message) => message.role === 'tool' && message.callId === item.callId;
		if (findLast(state.messages, index + 1, isOutput) === undefined) settleCall(state, item, started, edit);
	}
};

const settleCall = (
	state: State,
	call: {callId: string; name: string},
	started: 'interrupted' | 'unknown',
	edit: Edit,
) => {
	const {callId} = call;
	const index = callIndex(state.entries, callId, edit);
	const entry = index === undefined ? undefined : state.entries[index];
	const hasStarted = entry?.kind === 'call' && entry.startedAt !== undefined;
	const output = hasStarted ? cutOff[started] : notRun;
	changeCall(state, call, edit, ({status}) => ({
		output,
		status: hasStarted ? started : status === 'denied' ? 'denied' : 'interrupted',
	}));
	addOutput(state, {callId, output}, edit);
};

const notRun = 'Not run: the turn ended before this call started.';
const cutOff = {
	interrupted:
		'Interrupted by the user before it answered. What it started may still run: look with list_terminals.',
	unknown:
		'Outcome unknown: the turn broke off while this call ran. It may have run, in whole or in part: check before you repeat it.',
};

/** Changes the newest call of that id: servers of chat completions number calls anew in every answer. */
const changeCall = (
	state: State,
	{callId, name = ''}: {callId: string; name?: string},
	edit: Edit,
	changeOf: (call: CallEntry) => Partial<CallEntry> | undefined,
) => {
	const index = callIndex(state.entries, callId, edit);
	const call = index === undefined ? undefined : state.entries[index];
	if (index !== undefined && call?.kind === 'call') {
		const change = changeOf(call);
		if (change) state.entries = edit.replace(state.entries, index, edit.change(call, change));
		return;
	}
	// The line that requested it is damaged: it is shown all the same. A nameless event says too little for that.
	if (name === '') return;
	const id = `${state.turn?.id ?? 'call'}.${edit.entriesOfTurn(state.entries)}.${callId}`;
	const found: CallEntry = {kind: 'call', id, callId, name, arguments: '', status: 'requested', display: {}};
	state.entries = edit.append(state.entries, [edit.change(found, changeOf(found) ?? {})]);
};

/** What comes late must not bring a finished call back to life. */
const unlessAnswered = (call: CallEntry, change: Partial<CallEntry>): Partial<CallEntry> | undefined =>
	call.output === undefined ? change : undefined;

const callIndex = (entries: readonly Entry[], callId: string, {from}: Edit): number | undefined =>
	findLast(entries, from.entries, entry => entry.kind === 'call' && entry.callId === callId);

/** Puts a call's output behind its answer, among the other outputs; a second output replaces the first. */
const addOutput = (state: State, answered: Omit<Extract<Message, {role: 'tool'}>, 'role'>, edit: Edit) => {
	const {callId} = answered;
	const {messages} = state;
	const answer = findLast(
		messages,
		edit.from.messages,
		message =>
			message.role === 'assistant' &&
			message.items.some(item => item.kind === 'call' && item.callId === callId),
	);
	// An output whose answer is lost would make the next request invalid.
	if (answer === undefined) return;
	const message: Message = {role: 'tool', ...answered};
	for (let index = answer + 1; ; index++) {
		const existing = messages[index];
		if (existing?.role !== 'tool') {
			state.messages = edit.insert(messages, index, message);
			return;
		}
		if (existing.callId === callId) {
			state.messages = edit.replace(messages, index, message);
			return;
		}
	}
};

/** The index of the last value that matches, not looked for before `from`. */
const findLast = <Value>(
	list: readonly Value[],
	from: number,
	matches: (value: Value) => boolean,
): number | undefined => {
	for (let index = list.length - 1; index >= from; index--) {
		const value = list[index];
		if (value !== undefined && matches(value)) return index;
	}
	return undefined;
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
