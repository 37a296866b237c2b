// A streamed answer in the form of Chat Completions, made from the same parts as one of the Responses API; and a
// request's messages as items of the Responses API, so that one script can read both.
import {type Ending, type Part, usage, type WireItem} from './responses-wire.js';

/** The answer as server-sent events, from the first chunk to `[DONE]`. */
export async function* chatBlocks(
	parts: readonly Part[],
	ending: Ending,
	model: string,
): AsyncGenerator<string> {
	const chunk = (choices: unknown[], more = {}) =>
		block({
			id: 'chatcmpl-test',
			object: 'chat.completion.chunk',
			created: 1_700_000_000,
			model,
			choices,
			usage: null,
			...more,
		});
	const delta = (fields: Record<string, unknown>) =>
		chunk([{index: 0, delta: fields, logprobs: null, finish_reason: null}]);

	yield delta({role: 'assistant', content: ''});
	let calls = 0;
	for (const part of parts) {
		if (part.kind === 'wait') await part.until;
		else {
			for await (const fields of deltasOf(part, calls)) yield delta(fields);
		}
		if (part.kind === 'call') calls++;
	}
	if (ending.kind === 'failed' || ending.kind === 'error') {
		return yield block({error: {code: ending.code, message: ending.message, type: null, param: null}});
	}
	yield chunk([{index: 0, delta: {}, finish_reason: reasonOf(ending, calls)}]);
	yield chunk([], {
		usage: {
			prompt_tokens: usage.input_tokens,
			completion_tokens: usage.output_tokens,
			total_tokens: usage.total_tokens,
			prompt_tokens_details: usage.input_tokens_details,
		},
	});
	yield 'data: [DONE]\n\n';
}

/** The instructions and the conversation of a request. */
export const inputOf = ({messages}: Record<string, unknown>): {instructions: string; input: WireItem[]} => {
	const [system, ...rest] = messages as Message[]; // The API takes nothing else.
	return {
		instructions: String(system?.content ?? ''),
		input: rest.flatMap((message): WireItem[] => {
			if (message.role === 'tool') {
				return [{type: 'function_call_output', call_id: message.tool_call_id, output: message.content}];
			}
			const {role, content, tool_calls = []} = message;
			return [
				...(content === null ? [] : [{type: 'message', role, content}]),
				...tool_calls.map(call => ({type: 'function_call', call_id: call.id, ...call.function})),
			];
		}),
	};
};

type Message = {
	role: string;
	content: string | null;
	tool_call_id?: string;
	tool_calls?: {id: string; function: {name: string; arguments: string}}[];
};

const block = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;

const reasonOf = (ending: Extract<Ending, {kind: 'completed' | 'incomplete'}>, calls: number): string => {
	if (ending.kind === 'completed') return calls > 0 ? 'tool_calls' : 'stop';
	return ending.reason === 'max_output_tokens' ? 'length' : ending.reason;
};

async function* deltasOf(
	part: Exclude<Part, {kind: 'wait'}>,
	index: number,
): AsyncGenerator<Record<string, unknown>> {
	switch (part.kind) {
		case 'text':
			for (const piece of part.chunks) {
				if (typeof piece === 'string') yield {content: piece};
				else await piece;
			}
			return;
		case 'reasoning':
			return yield {reasoning_content: part.summary};
		case 'refusal':
			return yield {refusal: part.text};
		case 'call': {
			const half = Math.ceil(part.arguments.length / 2);
			const call = {index, id: part.callId, type: 'function', function: {name: part.name, arguments: ''}};
			yield {tool_calls: [call]};
			for (const piece of [part.arguments.slice(0, half), part.arguments.slice(half)]) {
				yield {tool_calls: [{index, function: {arguments: piece}}]};
			}
		}
	}
}
