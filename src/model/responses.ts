// The conversation as items of the Responses API, and its streamed answer in our words. Pure.
import type {ResponseCreateParamsStreaming} from 'openai/resources/responses/responses';
import type {AssistantItem, Message, Usage} from '../events.js';
import {cutAnswerFault, faultOfStreamError, malformedFault, type Peer, refusalFault} from './failures.js';
import {dataUrl} from './images.js';
import type {ModelRequest, ToolSpec} from './model.js';
import {harmlessName, unknownOutcome, wellFormed} from './outgoing.js';
import {
	type CompletedResponse,
	carriedSchema,
	type OutputItem,
	type OwnReasoning,
	parseEvent,
	type WireMessage,
	type WireUsage,
} from './responses-schema.js';
import type {AnswerReader, AnswerStep, WireFormat} from './wire.js';

export const responsesFormat: WireFormat = {
	toBody: (request, peer) => toRequestBody(request, peer),
	optionalFields: ['include', 'parallel_tool_calls'],
	send: (client, body, signal) =>
		// Made by `toRequestBody`; only optional fields are left out.
		client.responses.create(body as unknown as ResponseCreateParamsStreaming, {signal}).asResponse(),
	createReader: peer => createAnswerReader(peer),
};

/** The body of a request: stateless, the whole conversation each time. Always valid UTF-8. */
const toRequestBody = ({instructions, messages, tools}: ModelRequest, peer: Peer) =>
	wellFormed({
		model: peer.model,
		instructions,
		input: toInput(messages, peer),
		tools: tools.map(toTool),
		parallel_tool_calls: true,
		store: false,
		include: ['reasoning.encrypted_content' as const],
		stream: true as const,
	});

/** The conversation as input items. A call without an answer gets one that says so: the API refuses it else. */
export const toInput = (messages: readonly Message[], peer: Peer) => {
	const answered = new Set(messages.flatMap(message => (message.role === 'tool' ? [message.callId] : [])));
	const called = new Set<string>();
	const toItems = (message: Message): InputItem[] => {
		switch (message.role) {
			case 'user':
				return [{type: 'message', role: 'user', content: message.text}];
			case 'tool':
				// At most one answer a call, and none without its call.
				return called.delete(message.callId)
					? [{type: 'function_call_output', call_id: message.callId, output: toOutput(message)}]
					: [];
			case 'assistant':
				return message.items.flatMap((item, index) => {
					if (item.kind !== 'call') return toItem(item, message.items.slice(index + 1), peer);
					if (answered.has(item.callId)) called.add(item.callId);
					return answered.has(item.callId) ? toCall(item) : [...toCall(item), withoutResult(item.callId)];
				});
		}
	};
	return messages.flatMap(toItems);
};

/** Folds the events of one streamed answer. */
export const createAnswerReader = (peer: Peer): AnswerReader => {
	const items = new Map<number, AssistantItem[]>();
	let refused: string | undefined;
	let separator = '';
	let hasText = false;

	const collect = (item: OutputItem, index: number) => {
		if (item.type === 'message') refused = refusalOf(item) ?? refused;
		items.set(index, fromItem(item, peer));
	};

	const finish = (response: CompletedResponse): AnswerStep => {
		// Some servers send no output_item.done, some an empty output at the end.
		if (items.size === 0) response.output?.forEach(collect);
		if (refused !== undefined) return {kind: 'broken', fault: refusalFault(refused)};
		const ordered = [...items].sort(([a], [b]) => a - b).flatMap(([, ofItem]) => ofItem);
		return {kind: 'finished', items: ordered, usage: toUsage(response.usage)};
	};

	return {
		read(eventName, data): AnswerStep[] {
			const parsed = parseEvent(eventName, data);
			if (parsed === 'unknown') return [];
			if (parsed === 'malformed') return [{kind: 'broken', fault: malformedFault(peer)}];
			switch (parsed.type) {
				case 'response.output_text.delta': {
					const delta = separator + parsed.delta;
					separator = '';
					hasText = true;
					return [{kind: 'text', delta}];
				}
				case 'response.reasoning_summary_text.delta':
				case 'response.reasoning_text.delta':
					return [{kind: 'reasoning', delta: parsed.delta}];
				case 'response.reasoning_summary_part.added':
					return parsed.summary_index > 0 ? [{kind: 'reasoning', delta: '\n\n'}] : [];
				case 'response.output_item.added':
					// Two texts of one answer are two paragraphs.
					if (parsed.item.type === 'message' && hasText) separator = '\n\n';
					return [];
				case 'response.output_item.done':
					collect(parsed.item, parsed.output_index);
					return [];
				case 'response.completed':
					return [finish(parsed.response)];
				case 'response.incomplete':
					return [{kind: 'broken', fault: cutAnswerFault(parsed.response.incomplete_details?.reason, peer)}];
				case 'response.failed':
					return [{kind: 'broken', fault: faultOfStreamError(parsed.response.error ?? {}, peer)}];
				case 'error':
					return [{kind: 'broken', fault: faultOfStreamError(parsed.error ?? parsed, peer)}];
			}
		},
		// Only `response.completed` ends an answer.
		end: () => undefined,
	};
};

// Out.

type InputItem =
	| {type: 'message'; role: 'user' | 'assistant'; content: string; phase?: 'commentary' | 'final_answer'}
	| {type: 'function_call'; call_id: string; name: string; arguments: string}
	| {type: 'function_call_output'; call_id: string; output: string | OutputPart[]}
	| OwnReasoning;

const toItem = (
	item: Exclude<AssistantItem, {kind: 'call'}>,
	following: readonly AssistantItem[],
	peer: Peer,
): InputItem[] => {
	if (item.kind === 'reasoning') {
		// The API refuses a thought that led to nothing.
		const hasOutcome = following.some(({kind}) => kind !== 'reasoning');
		return hasOutcome ? ownReasoning(item.item, peer) : [];
	}
	const {text, phase} = item;
	return text ? [{type: 'message', role: 'assistant', content: text, ...(phase && {phase})}] : [];
};

type OutputPart =
	| {type: 'input_text'; text: string}
	| {type: 'input_image'; image_url: string; detail: 'auto'};

const toOutput = ({output, images = []}: Extract<Message, {role: 'tool'}>): string | OutputPart[] =>
	images.length === 0
		? output
		: [
				{type: 'input_text', text: output},
				...images.map(image => ({
					type: 'input_image' as const,
					image_url: dataUrl(image),
					detail: 'auto' as const,
				})),
			];

const toCall = ({callId, name, arguments: args}: Extract<AssistantItem, {kind: 'call'}>): InputItem[] => [
	{type: 'function_call', call_id: callId, name: harmlessName(name), arguments: args},
];

const withoutResult = (callId: string): InputItem => ({
	type: 'function_call_output',
	call_id: callId,
	output: unknownOutcome,
});

const toTool = ({name, description, parameters}: ToolSpec) => ({
	type: 'function' as const,
	name,
	description,
	parameters,
	strict: false,
});

/** Encrypted reasoning can be read only where it was made: after a change of provider it stays at home. */
const ownReasoning = (carried: unknown, peer: Peer): InputItem[] => {
	const parsed = carriedSchema.safeParse(carried);
	if (!parsed.success || parsed.data.from !== peer.baseURL) return [];
	const {item} = parsed.data;
	// Without its content the server would look for it in its store, where it is not.
	return item.encrypted_content || item.content?.length ? [item] : [];
};

// In.

const fromItem = (item: OutputItem, peer: Peer): AssistantItem[] => {
	switch (item.type) {
		case 'message': {
			const text = item.content.map(part => ('text' in part ? part.text : '')).join('');
			return text ? [{kind: 'text', text, ...(item.phase && {phase: item.phase})}] : [];
		}
		case 'function_call':
			return [{kind: 'call', callId: item.call_id, name: item.name, arguments: item.arguments}];
		case 'reasoning': {
			const parts = item.summary.length > 0 ? item.summary : (item.content ?? []);
			const summary = parts.map(({text}) => text).join('\n\n');
			return [{kind: 'reasoning', summary, item: {from: peer.baseURL, item}}];
		}
		case 'other':
			return [];
	}
};

const refusalOf = ({content}: WireMessage): string | undefined =>
	content.flatMap(part => ('refusal' in part ? [part.refusal] : []))[0];

const toUsage = (usage: WireUsage | null | undefined): Usage | undefined =>
	usage
		? {
				inputTokens: usage.input_tokens,
				outputTokens: usage.output_tokens,
				...(usage.input_tokens_details?.cached_tokens != null && {
					cachedTokens: usage.input_tokens_details.cached_tokens,
				}),
			}
		: undefined;
