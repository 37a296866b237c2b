// The conversation as messages of Chat Completions, and a streamed answer in our words. Pure.
import type {ChatCompletionCreateParamsStreaming} from 'openai/resources/chat/completions';
import {z} from 'zod';
import type {AssistantItem, Image, Message, Usage} from '../events.js';
import {createCallCollector} from './chat-calls.js';
import {type ChatUsage, type Delta, parseChunk} from './chat-schema.js';
import {
	cutAnswerFault,
	type Fault,
	faultOfStatus,
	faultOfStreamError,
	malformedFault,
	type Peer,
	refusalFault,
} from './failures.js';
import {dataUrl} from './images.js';
import type {ModelRequest, ToolSpec} from './model.js';
import {harmlessName, unknownOutcome, wellFormed} from './outgoing.js';
import {createThinkingSplitter} from './thinking.js';
import type {AnswerReader, AnswerStep, WireFormat} from './wire.js';

export const chatFormat: WireFormat = {
	toBody: (request, peer) => toRequestBody(request, peer),
	optionalFields: ['stream_options', 'parallel_tool_calls'],
	send: (client, body, signal) =>
		// Made by `toRequestBody`; only optional fields are left out.
		client.chat.completions
			.create(body as unknown as ChatCompletionCreateParamsStreaming, {signal})
			.asResponse(),
	createReader: peer => createAnswerReader(peer),
};

/** The body of a request: the whole conversation each time. Always valid UTF-8. */
const toRequestBody = ({instructions, messages, tools}: ModelRequest, peer: Peer) =>
	wellFormed({
		model: peer.model,
		messages: [{role: 'system', content: instructions}, ...toMessages(messages, peer)],
		// An empty list of tools is refused.
		...(tools.length > 0 && {tools: tools.map(toTool), parallel_tool_calls: true}),
		stream: true,
		stream_options: {include_usage: true},
	});

/** Every call is followed at once by its answer, or by one that says there is none: the APIs refuse anything else. */
export const toMessages = (messages: readonly Message[], peer: Peer): WireMessage[] => {
	const outputs = new Map<string, Extract<Message, {role: 'tool'}>>();
	for (const message of messages) {
		if (message.role !== 'tool' || outputs.has(message.callId)) continue;
		outputs.set(message.callId, message);
	}
	const lastQuestion = messages.findLastIndex(({role}) => role === 'user');
	return messages.flatMap((message, index): WireMessage[] => {
		if (message.role === 'user') return [{role: 'user', content: message.text}];
		if (message.role === 'tool') return [];
		const calls = message.items.filter(item => item.kind === 'call');
		const answers = calls.map(({callId}) => ({
			role: 'tool' as const,
			tool_call_id: callId,
			content: outputs.get(callId)?.output ?? unknownOutcome,
		}));
		const images = calls.flatMap(({callId}) => outputs.get(callId)?.images ?? []);
		return [...toAssistant(message.items, index > lastQuestion, peer), ...answers, ...toImages(images)];
	});
};

/** Folds the chunks of one streamed answer. `finish_reason` is what ends it: without one nothing of it counts. */
export const createAnswerReader = (peer: Peer): AnswerReader => {
	const calls = createCallCollector();
	const thinking = createThinkingSplitter();
	let text = '';
	let thoughts = '';
	let field: ReasoningField | undefined;
	let refusal = '';
	let usage: Usage | undefined;
	let isComplete = false;

	const keep = (step: {kind: 'text' | 'reasoning'; delta: string}) => {
		if (step.kind === 'text') text += step.delta;
		else thoughts += step.delta;
		return step;
	};

	const readDelta = (delta: Delta): AnswerStep[] => {
		refusal += delta.refusal ?? '';
		for (const call of delta.tool_calls ?? []) calls.add(call);
		const said = reasoningFields.find(name => delta[name]);
		field ??= said;
		return [
			...(said ? [keep({kind: 'reasoning', delta: delta[said] ?? ''})] : []),
			...thinking.add(delta.content ?? '').map(keep),
		];
	};

	const finish = (): Extract<AnswerStep, {kind: 'finished' | 'broken'}> => {
		if (refusal !== '') return {kind: 'broken', fault: refusalFault(refusal)};
		const item = field && {from: peer.baseURL, field, text: thoughts};
		const items: AssistantItem[] = [
			...(thoughts ? [{kind: 'reasoning' as const, summary: thoughts.trim(), ...(item && {item})}] : []),
			...(text ? [{kind: 'text' as const, text}] : []),
			...calls.calls(),
		];
		return {kind: 'finished', items, usage};
	};

	return {
		read(eventName, data): AnswerStep[] {
			const parsed = parseChunk(eventName, data);
			if (parsed === 'unknown') return [];
			if (parsed === 'malformed') return [{kind: 'broken', fault: malformedFault(peer)}];
			if (parsed.kind === 'error') return [{kind: 'broken', fault: faultOfError(parsed.error, peer)}];
			usage = toUsage(parsed.chunk.usage) ?? usage;
			const choice = parsed.chunk.choices?.find(({index}) => index === 0);
			const steps = choice?.delta ? readDelta(choice.delta) : [];
			const reason = choice?.finish_reason;
			if (reason) {
				if (!wholeEnds.includes(reason))
					return [...steps, {kind: 'broken', fault: cutAnswerFault(reason, peer)}];
				isComplete = true;
				steps.push(...thinking.end().map(keep), {kind: 'closing'});
			}
			// Usage follows the end, where it comes at all.
			return isComplete && usage ? [...steps, finish()] : steps;
		},
		end: () => (isComplete ? finish() : undefined),
	};
};

// Out.

type WireMessage =
	| {role: 'system' | 'user'; content: string}
	| {role: 'user'; content: ImagePart[]}
	| {
			role: 'assistant';
			content: string | null;
			tool_calls?: {id: string; type: 'function'; function: {name: string; arguments: string}}[];
			reasoning?: string;
			reasoning_content?: string;
	  }
	| {role: 'tool'; tool_call_id: string; content: string};

type ImagePart = {type: 'text'; text: string} | {type: 'image_url'; image_url: {url: string}};

/** A tool's answer is text only: what it shows follows all of them, as if the person had sent it. */
const toImages = (images: readonly Image[]): WireMessage[] =>
	images.length === 0
		? []
		: [
				{
					role: 'user',
					content: images.flatMap((image): ImagePart[] => [
						{type: 'text', text: `The image ${image.name} that the tool has read:`},
						{type: 'image_url', image_url: {url: dataUrl(image)}},
					]),
				},
			];

const toAssistant = (items: readonly AssistantItem[], isOfThisTurn: boolean, peer: Peer): WireMessage[] => {
	const text = items.flatMap(item => (item.kind === 'text' ? [item.text] : [])).join('\n\n');
	const calls = items.flatMap(item => (item.kind === 'call' ? [toCall(item)] : []));
	if (text === '' && calls.length === 0) return [];
	// Models that think between calls want their thoughts of this turn back; those of earlier turns they refuse.
	const thoughts = isOfThisTurn && calls.length > 0 ? ownReasoning(items, peer) : {};
	return [
		{
			role: 'assistant',
			content: text || null,
			...thoughts,
			...(calls.length > 0 && {tool_calls: calls}),
		},
	];
};

const toCall = ({callId, name, arguments: args}: Extract<AssistantItem, {kind: 'call'}>) => ({
	id: callId,
	type: 'function' as const,
	function: {name: harmlessName(name), arguments: objectText(args)},
});

/** Local servers read the arguments of earlier calls, and refuse the conversation for ever if they are no object. */
const objectText = (args: string): string => {
	try {
		const value: unknown = JSON.parse(args);
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? args : '{}';
	} catch {
		return '{}'; // What the model wrote stands in the answer to the call.
	}
};

const toTool = ({name, description, parameters}: ToolSpec) => ({
	type: 'function' as const,
	function: {name, description, parameters},
});

const reasoningFields = ['reasoning_content', 'reasoning'] as const;
type ReasoningField = (typeof reasoningFields)[number];

const carriedSchema = z.object({from: z.string(), field: z.enum(reasoningFields), text: z.string()});

/** Thoughts go back in the field they came in, and only to the server that sent them. */
const ownReasoning = (items: readonly AssistantItem[], peer: Peer): {[Field in ReasoningField]?: string} => {
	for (const item of items) {
		const carried = item.kind === 'reasoning' ? carriedSchema.safeParse(item.item) : undefined;
		if (carried?.success && carried.data.from === peer.baseURL) {
			return {[carried.data.field]: carried.data.text};
		}
	}
	return {};
};

// In.

/** What servers call the end of a whole answer; TGI and some gateways have words of their own. */
const wholeEnds: readonly string[] = [
	'stop',
	'tool_calls',
	'function_call',
	'end_turn',
	'stop_sequence',
	'eos_token',
];

/** Local servers put the status into the error's code. */
const faultOfError = (error: Parameters<typeof faultOfStreamError>[0], peer: Peer): Fault => {
	const status = /^[45]\d\d$/.test(error.code ?? '') ? Number(error.code) : undefined;
	return status === undefined
		? faultOfStreamError(error, peer)
		: faultOfStatus(status, error, new Headers(), peer);
};

const toUsage = (usage: ChatUsage | null | undefined): Usage | undefined =>
	usage
		? {
				inputTokens: usage.prompt_tokens,
				outputTokens: usage.completion_tokens,
				...(usage.prompt_tokens_details?.cached_tokens != null && {
					cachedTokens: usage.prompt_tokens_details.cached_tokens,
				}),
			}
		: undefined;
