// The events of a streamed answer in the form of the Responses API, made from a few parts.

export type Part =
	| {kind: 'text'; chunks: (string | Promise<unknown>)[]; phase?: 'commentary' | 'final_answer'}
	| {kind: 'call'; callId: string; name: string; arguments: string}
	| {kind: 'reasoning'; summary: string; encrypted: string | null}
	| {kind: 'refusal'; text: string}
	/** Nothing is sent until it is settled. */
	| {kind: 'wait'; until: Promise<unknown>};

type StreamEvent = {type: string; sequence_number: number; [field: string]: unknown};

/** An item of a request's input or of an answer's output. */
export type WireItem = {type?: string; [field: string]: unknown};

type Draft = {type: string; [field: string]: unknown};

export type Ending =
	| {kind: 'completed'}
	| {kind: 'incomplete'; reason: string}
	| {kind: 'failed'; code: string; message: string}
	| {kind: 'error'; code: string; message: string};

/** The answer as server-sent events. */
export async function* responsesBlocks(parts: readonly Part[], ending: Ending, model: string) {
	for await (const event of streamEvents(parts, ending, model)) {
		yield `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
	}
}

/** All events of one answer in order, from `response.created` on. */
async function* streamEvents(
	parts: readonly Part[],
	ending: Ending,
	model: string,
): AsyncGenerator<StreamEvent> {
	let sequence = 0;
	const numbered = (draft: Draft): StreamEvent => ({...draft, sequence_number: sequence++});
	const output: WireItem[] = [];
	const response = {
		id: 'resp_test',
		object: 'response',
		created_at: 1_700_000_000,
		status: 'in_progress',
		error: null,
		incomplete_details: null,
		model,
		output: [],
		usage: null,
	};

	yield numbered({type: 'response.created', response});
	yield numbered({type: 'response.in_progress', response});
	for (const part of parts) {
		if (part.kind === 'wait') {
			await part.until;
			continue;
		}
		for await (const draft of itemEvents(part, output.length)) {
			if (draft.type === 'response.output_item.done') output.push(draft.item as WireItem);
			yield numbered(draft);
		}
	}
	yield numbered(endEvent(ending, {...response, output}));
}

export const usage = {
	input_tokens: 120,
	input_tokens_details: {cached_tokens: 100},
	output_tokens: 12,
	output_tokens_details: {reasoning_tokens: 0},
	total_tokens: 132,
};

const endEvent = (ending: Ending, response: Record<string, unknown>): Draft => {
	switch (ending.kind) {
		case 'completed':
			return {type: 'response.completed', response: {...response, status: 'completed', usage}};
		case 'incomplete':
			return {
				type: 'response.incomplete',
				response: {
					...response,
					status: 'incomplete',
					incomplete_details: {reason: ending.reason},
					usage,
				},
			};
		case 'failed':
			return {
				type: 'response.failed',
				response: {
					...response,
					status: 'failed',
					error: {code: ending.code, message: ending.message},
				},
			};
		case 'error':
			return {type: 'error', code: ending.code, message: ending.message, param: null};
	}
};

const itemEvents = (part: Exclude<Part, {kind: 'wait'}>, index: number) => {
	switch (part.kind) {
		case 'text':
			return messageEvents(part, index);
		case 'call':
			return callEvents(part, index);
		case 'reasoning':
			return reasoningEvents(part, index);
		case 'refusal':
			return refusalEvents(part, index);
	}
};

async function* messageEvents(part: Extract<Part, {kind: 'text'}>, output_index: number) {
	const item_id = `msg_${output_index}`;
	const at = {item_id, output_index, content_index: 0};
	const base = {
		id: item_id,
		type: 'message',
		role: 'assistant',
		...(part.phase && {phase: part.phase}),
	};
	const content = (text: string) => ({type: 'output_text', annotations: [], logprobs: [], text});
	yield added(output_index, {...base, status: 'in_progress', content: []});
	yield {type: 'response.content_part.added', ...at, part: content('')};
	let text = '';
	for (const chunk of part.chunks) {
		if (typeof chunk !== 'string') {
			await chunk;
			continue;
		}
		text += chunk;
		yield {type: 'response.output_text.delta', ...at, delta: chunk, logprobs: []};
	}
	yield {type: 'response.output_text.done', ...at, text, logprobs: []};
	yield {type: 'response.content_part.done', ...at, part: content(text)};
	yield done(output_index, {...base, status: 'completed', content: [content(text)]});
}

async function* refusalEvents(part: Extract<Part, {kind: 'refusal'}>, output_index: number) {
	const item_id = `msg_${output_index}`;
	const at = {item_id, output_index, content_index: 0};
	const base = {id: item_id, type: 'message', role: 'assistant'};
	const content = {type: 'refusal', refusal: part.text};
	yield added(output_index, {...base, status: 'in_progress', content: []});
	yield {type: 'response.content_part.added', ...at, part: {type: 'refusal', refusal: ''}};
	yield {type: 'response.refusal.delta', ...at, delta: part.text};
	yield {type: 'response.refusal.done', ...at, refusal: part.text};
	yield {type: 'response.content_part.done', ...at, part: content};
	yield done(output_index, {...base, status: 'completed', content: [content]});
}

async function* callEvents(part: Extract<Part, {kind: 'call'}>, output_index: number) {
	const item_id = `fc_${output_index}`;
	const base = {id: item_id, type: 'function_call', call_id: part.callId, name: part.name};
	yield added(output_index, {...base, status: 'in_progress', arguments: ''});
	const half = Math.ceil(part.arguments.length / 2);
	for (const delta of [part.arguments.slice(0, half), part.arguments.slice(half)]) {
		yield {type: 'response.function_call_arguments.delta', item_id, output_index, delta};
	}
	yield {
		type: 'response.function_call_arguments.done',
		item_id,
		output_index,
		name: part.name,
		arguments: part.arguments,
	};
	yield done(output_index, {...base, status: 'completed', arguments: part.arguments});
}

async function* reasoningEvents(part: Extract<Part, {kind: 'reasoning'}>, output_index: number) {
	const item_id = `rs_${output_index}`;
	const at = {item_id, output_index, summary_index: 0};
	const base = {id: item_id, type: 'reasoning'};
	const summary = {type: 'summary_text', text: part.summary};
	yield added(output_index, {...base, summary: [], encrypted_content: part.encrypted && 'gAAAA-unfinished'});
	yield {type: 'response.reasoning_summary_part.added', ...at, part: {type: 'summary_text', text: ''}};
	yield {type: 'response.reasoning_summary_text.delta', ...at, delta: part.summary};
	yield {type: 'response.reasoning_summary_text.done', ...at, text: part.summary};
	yield {type: 'response.reasoning_summary_part.done', ...at, part: summary};
	yield done(output_index, {...base, summary: [summary], encrypted_content: part.encrypted});
}

const added = (output_index: number, item: WireItem): Draft => ({
	type: 'response.output_item.added',
	output_index,
	item,
});

const done = (output_index: number, item: WireItem): Draft => ({
	type: 'response.output_item.done',
	output_index,
	item,
});
