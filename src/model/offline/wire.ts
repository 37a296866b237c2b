// An answer as the Responses API streams it: server-sent events with items, parts and deltas. Pure.

export type Part =
	/** `isFinal`: no call follows. */
	{kind: 'text'; text: string; isFinal: boolean} | {kind: 'call'; callId: string; name: string; args: object};

/** The encoded events of one answer in order. */
export function* answerEvents(parts: readonly Part[], model: string): Generator<string> {
	let sequence = 0;
	const event = (type: string, fields: object) =>
		`event: ${type}\ndata: ${JSON.stringify({type, sequence_number: sequence++, ...fields})}\n\n`;
	const response = {
		id: 'resp_offline',
		object: 'response',
		created_at: 0,
		model,
		error: null,
		incomplete_details: null,
		usage: null, // nobody counts tokens here
	};
	yield event('response.created', {response: {...response, status: 'in_progress', output: []}});
	const output: object[] = [];
	for (const [index, part] of parts.entries()) {
		const drafts = part.kind === 'text' ? textDrafts(part, index) : callDrafts(part, index);
		for (const {type, ...fields} of drafts) {
			if (type === 'response.output_item.done' && fields.item) output.push(fields.item);
			yield event(type, {output_index: index, ...fields});
		}
	}
	yield event('response.completed', {response: {...response, status: 'completed', output}});
}

type Draft = {type: string; item?: object; [field: string]: unknown};

function* textDrafts({text, isFinal}: Extract<Part, {kind: 'text'}>, index: number): Generator<Draft> {
	const id = `msg_${index}`;
	const at = {item_id: id, content_index: 0};
	const phase = isFinal ? 'final_answer' : 'commentary';
	const item = {id, type: 'message', role: 'assistant', phase};
	const content = (words: string) => ({type: 'output_text', annotations: [], logprobs: [], text: words});
	yield {type: 'response.output_item.added', item: {...item, status: 'in_progress', content: []}};
	yield {type: 'response.content_part.added', ...at, part: content('')};
	for (const delta of text.split(/(?<=\n)/))
		yield {type: 'response.output_text.delta', ...at, delta, logprobs: []};
	yield {type: 'response.output_text.done', ...at, text, logprobs: []};
	yield {type: 'response.content_part.done', ...at, part: content(text)};
	yield {type: 'response.output_item.done', item: {...item, status: 'completed', content: [content(text)]}};
}

function* callDrafts({callId, name, args}: Extract<Part, {kind: 'call'}>, index: number): Generator<Draft> {
	const id = `fc_${index}`;
	const written = JSON.stringify(args);
	const item = {id, type: 'function_call', call_id: callId, name};
	yield {type: 'response.output_item.added', item: {...item, status: 'in_progress', arguments: ''}};
	yield {type: 'response.function_call_arguments.delta', item_id: id, delta: written};
	yield {type: 'response.function_call_arguments.done', item_id: id, name, arguments: written};
	yield {type: 'response.output_item.done', item: {...item, status: 'completed', arguments: written}};
}
