// One turn: asks the model, runs the calls of its answer, asks again, until it has nothing more to call. A
// function from messages, tools and a signal to events; it knows no screen, and every way out is a TurnEnd.
import type {AssistantItem, Message, TurnEnd, Usage} from '../events.js';
import type {Model, ModelFailure, ToolSpec} from '../model/model.js';
import {orAborted} from './abort.js';
import {toToolSpec} from './arguments.js';
import {type Call, type CallInput, type CallOutcome, collectNews, runCall, skipCall} from './run-call.js';

export type TurnInput = CallInput & {
	turnId: string;
	model: Model;
	instructions: string;
	/** The conversation as it is now: what `emit` has taken is in it. */
	messages(): readonly Message[];
	/** Hands over what the person has typed meanwhile; what is not taken stays queued. */
	takeQueued(): readonly QueuedMessage[];
	/** For the end of an interrupted turn. */
	runningTerminals?(): {id: number; name: string}[];
};

export type QueuedMessage = {messageId: string; text: string};

// What a disk gets to write the end of an interrupted turn; within the 300 ms of a cancel.
const graceMs = 100;

/** Resolves with how the turn ended, which `turn.ended` has told already. Never rejects. */
export const runTurn = async (input: TurnInput): Promise<TurnEnd> => {
	const {turnId, emit, onBug} = input;
	let last: Ending;
	try {
		await orAborted(emit({type: 'turn.started', turnId, at: now(input)}), input.signal);
		last = await takeSteps(input);
	} catch (error) {
		onBug(error);
		last = {end: faultEnd(error)};
	}
	const running = input.runningTerminals?.();
	try {
		const ended = emit({type: 'turn.ended', turnId, ...last, ...(running && {running}), at: now(input)});
		await orAborted(ended, input.signal, graceMs);
	} catch (error) {
		onBug(error);
	}
	return last.end;
};

type Ending = {end: TurnEnd; unfinishedText?: string; waitedFor?: number};

const interrupted: Ending = {end: {kind: 'interrupted'}};

const takeSteps = async (input: TurnInput): Promise<Ending> => {
	const specs = input.tools.map(toToolSpec);
	const mistakes = countMistakes();
	// What is not sent stays in the queue.
	if (input.signal.aborted) return interrupted;
	let queued = input.takeQueued();
	while (true) {
		await sendQueued(queued, input);
		if (input.signal.aborted) return interrupted;
		const answer = await ask(specs, input);
		if (answer.kind === 'failed') return failedEnding(answer, input.signal);

		const calls = await recordAnswer(answer, input);
		const ending = await runCalls(calls, input, mistakes);
		if (ending) return ending;
		if (input.signal.aborted) return calls.length > 0 ? interrupted : {end: {kind: 'done'}};
		queued = input.takeQueued();
		if (calls.length === 0 && queued.length === 0) return {end: {kind: 'done'}};
	}
};

/** What was typed meanwhile is said before the next request, with the news on the first. */
const sendQueued = async (queued: readonly QueuedMessage[], input: TurnInput): Promise<void> => {
	for (const {messageId, text} of queued) {
		const {notices, told} = await collectNews(input);
		await orAborted(
			input.emit({type: 'message.sent', messageId, text, notices, told, at: now(input)}),
			input.signal,
		);
	}
};

type Answer =
	| {kind: 'answered'; items: AssistantItem[]; usage: Usage | undefined}
	/** `text`: what had streamed. */
	| {kind: 'failed'; failure: ModelFailure; text: string};

/** One request to the model, shown as it streams. */
const ask = async (specs: readonly ToolSpec[], input: TurnInput): Promise<Answer> => {
	const {model, instructions, signal} = input;
	const show = (event: Parameters<typeof input.emit>[0]) => void input.emit(event).catch(input.onBug);
	let text = '';
	for await (const event of model.stream({instructions, messages: input.messages(), tools: specs}, signal)) {
		switch (event.type) {
			case 'text.delta':
				text += event.text;
				show({type: 'answer.text', text: event.text});
				break;
			case 'reasoning.delta':
				show({type: 'answer.reasoning', text: event.text});
				break;
			case 'retry.scheduled': {
				const {attempt, of, reason} = event;
				text = '';
				show({type: 'answer.discarded'});
				show({type: 'retry.scheduled', attempt, of, until: now(input) + event.delayMs, reason});
				break;
			}
			case 'retry.started':
				show({type: 'retry.started'});
				break;
			case 'images.refused':
				show({type: 'notice.shown', text: event.message, tone: 'warning'});
				break;
			case 'done':
				return {kind: 'answered', items: event.items, usage: event.usage};
			case 'failed':
				return {kind: 'failed', failure: event.failure, text};
		}
	}
	const failure = {code: 'incomplete' as const, message: 'The model stopped without an end.'};
	return {kind: 'failed', failure, text};
};

/** Puts a finished answer on record; the calls to run. */
const recordAnswer = async (
	{items, usage}: Extract<Answer, {kind: 'answered'}>,
	input: TurnInput,
): Promise<Call[]> => {
	const {turnId, emit, signal} = input;
	const {unique, repeated} = withUniqueCalls(items, input.messages());
	await orAborted(
		emit({type: 'answer.finished', turnId, items: unique, ...(usage && {usage}), at: now(input)}),
		signal,
	);
	const notice = (text: string) => emit({type: 'notice.shown', text, tone: 'warning'});
	if (repeated > 0) await notice(`The model asked for the same call ${repeated + 1} times: it runs once.`);
	if (!unique.some(({kind}) => kind !== 'reasoning')) await notice('The model answered with nothing.');
	return unique.filter(item => item.kind === 'call');
};

/** Runs the calls in order; only what merely waits holds up none of those after it. */
const runCalls = async (
	calls: readonly Call[],
	input: TurnInput,
	mistakes: ReturnType<typeof countMistakes>,
): Promise<Ending | undefined> => {
	let ending: Ending | undefined;
	const cut = new AbortController();
	const take = (outcome: CallOutcome) => {
		if (ending) return;
		if (outcome.kind === 'interrupted') {
			ending = {...interrupted, ...(outcome.terminalId !== undefined && {waitedFor: outcome.terminalId})};
			return;
		}
		const message = mistakes.note(outcome);
		if (!message) return;
		ending = {end: {kind: 'failed', code: 'broken-calls', message}};
		cut.abort();
	};

	const aside: Promise<void>[] = [];
	const shared = {...input, inTurn: createTurnstile()};
	for (const call of calls) {
		if (ending) {
			await skipCall(call, input);
		} else if (input.tools.some(({name, onlyWaits}) => name === call.name && onlyWaits)) {
			const signal = AbortSignal.any([input.signal, cut.signal]);
			aside.push(runCall(call, {...shared, signal}).then(take));
		} else {
			take(await runCall(call, shared));
		}
	}
	await Promise.all(aside);
	return ending;
};

/** Runs acts one after the other, however they come. */
const createTurnstile = () => {
	let last: Promise<unknown> = Promise.resolve();
	return <Value>(act: () => Promise<Value>): Promise<Value> => {
		const next = last.then(act, act);
		last = next.catch(() => {}); // Whoever asked for it is told.
		return next;
	};
};

const maxMistakes = 3; // in a row: a model that repeats itself does not find out by itself

/** `note` returns what to tell the person once the same mistake was made too often. */
const countMistakes = () => {
	let fault: string | undefined;
	let count = 0;
	return {
		note(outcome: CallOutcome): string | undefined {
			if (outcome.kind !== 'broken') {
				fault = undefined;
				count = 0;
				return undefined;
			}
			count = outcome.fault === fault ? count + 1 : 1;
			fault = outcome.fault;
			if (count < maxMistakes) return undefined;
			return `The model made the same mistake ${count} times in a row (${fault}). Tell it how to go on, or choose another model.`;
		},
	};
};

/**
 * A call id twice in one answer is one call; one that an earlier answer had gets a new id, since some servers
 * number calls anew in each answer and the conversation would no longer say which output is whose.
 */
const withUniqueCalls = (items: readonly AssistantItem[], messages: readonly Message[]) => {
	const used = new Set(
		messages.flatMap(message =>
			message.role === 'assistant'
				? message.items.flatMap(item => (item.kind === 'call' ? [item.callId] : []))
				: [],
		),
	);
	const inAnswer = new Set<string>();
	const unique = items.flatMap((item): AssistantItem[] => {
		if (item.kind !== 'call') return [item];
		if (inAnswer.has(item.callId)) return [];
		inAnswer.add(item.callId);
		const callId = unusedId(item.callId, used);
		used.add(callId);
		return [{...item, callId}];
	});
	return {unique, repeated: items.length - unique.length};
};

const unusedId = (id: string, used: ReadonlySet<string>): string => {
	let unused = id;
	for (let serial = 2; used.has(unused); serial++) unused = `${id}-${serial}`;
	return unused;
};

const failedEnding = ({failure, text}: Extract<Answer, {kind: 'failed'}>, signal: AbortSignal): Ending => {
	const unfinished = text ? {unfinishedText: text} : {};
	if (signal.aborted || failure.code === 'aborted') return {...interrupted, ...unfinished};
	return {end: {kind: 'failed', code: failure.code, message: failure.message}, ...unfinished};
};

const faultEnd = (error: unknown): TurnEnd => ({
	kind: 'failed',
	code: 'fault',
	message: `The turn ended by a fault of tandem's own: ${error instanceof Error ? error.message : String(error)}. Send the message again; the diagnostics file has the details.`,
});

const now = ({context}: TurnInput): number => (context.now ?? Date.now)();
