// Runs one call of the model: checked, allowed, on record, run, answered. A call that was cut off is answered
// too, so that the conversation stays valid. It knows no tool and no screen.
import type {ApprovalAnswer, AssistantItem, CallDisplay, Event, Told} from '../events.js';
import type {Position} from '../host/protocol.js';
import {aborted, orAborted} from './abort.js';
import {meantCall, parseArguments} from './arguments.js';
import type {ApprovalSubject, Tool, ToolContext, ToolResult} from './tool.js';

export type Call = Extract<AssistantItem, {kind: 'call'}>;

export type CallInput = {
	tools: readonly Tool[];
	/** For a durable event it resolves when the event is on record. */
	emit(event: Event): Promise<void>;
	signal: AbortSignal;
	/** Asks whoever may allow it. Only `allowed` runs the call. */
	approve(subject: ApprovalSubject, call: {callId: string; name: string}): Promise<ApprovalAnswer>;
	/**
	 * What happened to terminals that the model does not know yet. `known` is what it reads in the same breath:
	 * the result of the call that the notices ride on, not yet in any state.
	 */
	notices(known?: KnownFacts): Promise<{notices: string[]; told: Told[]}>;
	/** The rest of a tool's context; time and randomness are the system's if absent. */
	context: Omit<ToolContext, 'callId' | 'signal' | 'progress' | 'now' | 'random'> &
		Partial<Pick<ToolContext, 'now' | 'random'>>;
	/** A fault of our own, for the diagnostics. */
	onBug(error: unknown): void;
	/** Calls that run beside each other finish one by one: each fact is told by one of them. */
	inTurn?<Value>(act: () => Promise<Value>): Promise<Value>;
};

export type KnownFacts = {told: readonly Told[]; positions: Readonly<Record<number, Position>>};

export type CallOutcome =
	| {kind: 'answered'}
	/** The model's mistake, answered and not run. `fault` is the same for the same mistake. */
	| {kind: 'broken'; fault: string; message: string}
	/** `terminalId`: what the call was waiting for. */
	| {kind: 'interrupted'; terminalId?: number};

// What a tool that honours its signal needs to say what it leaves behind; within the 300 ms of a cancel.
const graceMs = 150;

export const runCall = async (call: Call, input: CallInput): Promise<CallOutcome> => {
	const {emit, signal} = input;
	if (signal.aborted) return skipCall(call, input);
	const checked = checkCall(call, input.tools);
	if (checked.kind === 'broken') {
		await finish(call, {output: checked.message, isError: true}, input);
		return checked;
	}

	const progress = followProgress(call, input);
	const context = toContext(call, input, progress.report);
	const permission = await askPermission(call, checked, context, input);
	if (permission.kind === 'aborted' || permission.kind === 'cancelled') return skipCall(call, input);
	if (permission.kind === 'denied') {
		await finish(call, {output: deniedText(permission.word), isError: true}, input);
		return {kind: 'answered'};
	}
	if (permission.kind === 'failed') {
		await finish(call, permission.result, input);
		return {kind: 'answered'};
	}

	await orAborted(emit({type: 'call.started', callId: call.callId, name: call.name, at: now(input)}), signal);
	// Also when the event could not be written: nothing runs that is not on record.
	if (signal.aborted) return skipCall(call, input);
	const result = await orAborted(
		guard(() => checked.tool.run(checked.args, context), call, input),
		signal,
		graceMs,
	);
	progress.end();
	if (result === aborted) {
		return interrupt(call, {output: cutOffText(progress.last()), display: progress.last()}, input);
	}
	if (signal.aborted) return interrupt(call, result, input);
	await finish(call, result, input);
	return {kind: 'answered'};
};

/** Answers a call that is not to run any more. */
export const skipCall = (call: Call, input: CallInput): Promise<CallOutcome> =>
	interrupt(call, {output: 'Not run: the turn was ended before this call started.', isError: true}, input);

/** What happened to terminals beyond the known; nothing when that can't be found out now. */
export const collectNews = async (input: CallInput, known?: KnownFacts) => {
	const nothing: Awaited<ReturnType<CallInput['notices']>> = {notices: [], told: []};
	try {
		const news = await orAborted(input.notices(known), input.signal);
		return news === aborted ? nothing : news;
	} catch (error) {
		input.onBug(error);
		return nothing;
	}
};

const checkCall = (call: Call, tools: readonly Tool[]) => {
	const tool = tools.find(({name}) => name === call.name);
	if (tool) {
		const parsed = parseArguments(tool, call.arguments);
		return parsed.kind === 'valid' ? {...parsed, tool} : parsed;
	}
	const names = tools.map(({name}) => name).join(', ') || 'none';
	const meant = meantCall(call.name, call.arguments, tools);
	return {
		kind: 'broken' as const,
		fault: `no tool ${call.name}`,
		message: [
			`There is no tool ${call.name}. Nothing was run. There are: ${names}.`,
			...(meant ? [meant] : []),
		].join('\n'),
	};
};

type Permission =
	| {kind: 'aborted'}
	/** Whether to ask could not be found out. */
	| {kind: 'failed'; result: ToolResult}
	| ApprovalAnswer;

/** The answer is on record before anybody acts on it. */
const askPermission = async (
	{callId, name}: Call,
	{tool, args}: {tool: Tool; args: unknown},
	context: ToolContext,
	{emit, signal, approve, ...input}: CallInput,
): Promise<Permission> => {
	if (!tool.approval) return {kind: 'allowed'};
	let subject: ApprovalSubject | undefined | typeof aborted;
	try {
		subject = await orAborted(tool.approval(args, context), signal);
	} catch (error) {
		input.onBug(error);
		return {kind: 'failed', result: faultResult(name, error)};
	}
	if (subject === aborted) return {kind: 'aborted'};
	if (subject === undefined) return {kind: 'allowed'};

	const asked = await orAborted(approve(subject, {callId, name}), signal);
	const answer: ApprovalAnswer = asked === aborted || signal.aborted ? {kind: 'cancelled'} : asked;
	await orAborted(emit({type: 'approval.answered', callId, answer, at: now(input)}), signal);
	return signal.aborted ? {kind: 'aborted'} : answer;
};

/** A tool that throws is a fault of ours: the model is told, the turn goes on. */
const guard = async (run: () => Promise<ToolResult>, {name}: Call, {onBug}: CallInput) => {
	try {
		return await run();
	} catch (error) {
		onBug(error);
		return faultResult(name, error);
	}
};

const faultResult = (name: string, error: unknown): ToolResult => ({
	output: `${name} failed by a fault of tandem's own: ${error instanceof Error ? error.message : String(error)}. It may have done a part of its work: look before you repeat it.`,
	isError: true,
});

/** Answers the call, with what happened to terminals meanwhile. */
const finish = (call: Call, result: ToolResult, input: CallInput): Promise<void> => {
	const {inTurn = act => act()} = input;
	return inTurn(async () => {
		const {told = [], positions = {}} = result;
		const {notices, told: toldNow} = await collectNews(input, {told, positions});
		const output = withNotices(result.output, notices);
		await orAborted(
			emitFinished(call, {...result, output, told: [...told, ...toldNow]}, false, input),
			input.signal,
		);
	});
};

/** Every line is marked, so that a program's output in a notice can't pass for the tool's words. */
const withNotices = (output: string, notices: readonly string[]): string => {
	if (notices.length === 0) return output;
	const marked = notices.flatMap(notice => notice.split('\n')).map(line => `| ${line}`);
	return [output, '', 'Meanwhile, in the terminals:', ...marked].join('\n');
};

const interrupt = async (call: Call, result: ToolResult, input: CallInput): Promise<CallOutcome> => {
	// A stuck disk must not hold up a cancel; what is emitted later is written later, so the order stays.
	await orAborted(emitFinished(call, result, true, input), input.signal);
	const terminalId = result.display?.terminalId;
	return {kind: 'interrupted', ...(terminalId !== undefined && {terminalId})};
};

const emitFinished = (
	{callId, name}: Call,
	{output, isError = false, images, display, positions = {}, told = []}: ToolResult,
	isInterrupted: boolean,
	input: CallInput,
): Promise<void> =>
	input.emit({
		type: 'call.finished',
		callId,
		name,
		output,
		isError,
		...(isInterrupted && {isInterrupted}),
		...(images && {images}),
		...(display && {display}),
		positions,
		told,
		at: now(input),
	});

const cutOffText = ({terminalId, terminalName}: CallDisplay): string =>
	terminalId === undefined
		? 'Interrupted by the user before it answered. What it started may still run: look with list_terminals.'
		: `Interrupted by the user before it answered. Its process was not stopped and may still run in terminal ${terminalId}${terminalName ? ` (${terminalName})` : ''}.`;

const deniedText = (word: string | undefined): string =>
	word
		? `The user did not allow this call; it was not run. They said: ${word}`
		: 'The user did not allow this call; it was not run. Do not try it in another way: ask what they want instead.';

const toContext = (
	{callId}: Call,
	{context, signal}: CallInput,
	progress: ToolContext['progress'],
): ToolContext => ({
	now: Date.now,
	random: Math.random,
	...context,
	callId,
	signal,
	progress,
});

/** Passes a call's progress on until it has ended, and remembers the last. */
const followProgress = ({callId}: Call, {emit, onBug}: CallInput) => {
	let last: CallDisplay = {};
	let isOver = false;
	return {
		report(display: CallDisplay) {
			if (isOver) return;
			last = {...last, ...display};
			emit({type: 'call.progressed', callId, display}).catch(onBug);
		},
		last: () => last,
		end() {
			isOver = true;
		},
	};
};

const now = ({context}: Pick<CallInput, 'context'>): number => (context.now ?? Date.now)();
