// Chat Completions as servers really send them: the chunks here have the forms of Ollama, LM Studio, llama.cpp,
// vLLM and gateways in front of them.
import {describe, expect, test} from 'vitest';
import type {AssistantItem, Message} from '../../src/events.js';
import {createAnswerReader, toMessages} from '../../src/model/chat.js';
import type {Peer} from '../../src/model/failures.js';
import {apiError, call, chunks, reasoning, status, text} from '../support/model-server.js';
import {collect, failureOf, itemsOf, startModel, streamedText} from './setup.js';

const peer: Peer = {
	provider: 'test',
	baseURL: 'http://a.test/v1',
	model: 'm',
	envKey: 'OPENAI_API_KEY',
	addressKey: 'OPENAI_BASE_URL',
	api: 'Chat Completions API',
};

type Fields = Record<string, unknown>;
const chunk = (delta: Fields, finish_reason: string | null = null) => ({
	choices: [{index: 0, delta, finish_reason}],
});
const end = (reason = 'stop') => chunk({}, reason);
const usage = {choices: [], usage: {prompt_tokens: 9, completion_tokens: 2}};
const calls = (...tool_calls: Fields[]) => chunk({tool_calls});

const startChat = (...[script, options]: Parameters<typeof startModel>) =>
	startModel(script, {wireApi: 'chat', ...options});

/** The items of an answer that came in these chunks. */
const read = (...data: Fields[]): AssistantItem[] | undefined => {
	const reader = createAnswerReader(peer);
	const steps = [...data, end()].flatMap(item => reader.read(null, item));
	const last = steps.find(({kind}) => kind === 'finished' || kind === 'broken') ?? reader.end();
	return last?.kind === 'finished' ? last.items : undefined;
};

const wanted = (callId: string, name: string, args: string) => ({
	kind: 'call',
	callId,
	name,
	arguments: args,
});

describe('tool calls', () => {
	test('come in deltas by index, the id in the first alone', () => {
		const items = read(
			calls({index: 0, id: 'a', function: {name: 'f', arguments: ''}}),
			calls({index: 1, id: 'b', function: {name: 'g', arguments: '{"y"'}}),
			calls({index: 0, function: {arguments: '{"x":'}}),
			calls({index: 1, function: {arguments: ':2}'}}, {index: 0, function: {arguments: '1}'}}),
		);
		expect(items).toEqual([wanted('a', 'f', '{"x":1}'), wanted('b', 'g', '{"y":2}')]);
	});

	test('come whole in one chunk, all with index 0', () => {
		const items = read(
			calls({index: 0, id: 'a', function: {name: 'f', arguments: '{"x":1}'}}),
			calls({index: 0, id: 'b', function: {name: 'f', arguments: '{"x":2}'}}),
		);
		expect(items).toEqual([wanted('a', 'f', '{"x":1}'), wanted('b', 'f', '{"x":2}')]);
	});

	test('come whole without ids, with index 0 or none', () => {
		const whole = (more: Fields) => [
			{...more, function: {name: 'f', arguments: '{"x":1}'}},
			{...more, function: {name: 'f', arguments: '{"x":2}'}},
			{...more, function: {name: 'g', arguments: '{}'}},
		];
		const three = [
			wanted('call_1', 'f', '{"x":1}'),
			wanted('call_2', 'f', '{"x":2}'),
			wanted('call_3', 'g', '{}'),
		];
		expect(read(calls(...whole({})))).toEqual(three);
		expect(read(calls(...whole({index: 0, id: ''})))).toEqual(three);
	});

	test('come with id and name in every delta', () => {
		const piece = (args: string) => calls({index: 0, id: 'a', function: {name: 'f', arguments: args}});
		expect(read(piece(''), piece('{"x":'), piece('1}'))).toEqual([wanted('a', 'f', '{"x":1}')]);
	});

	test('come with a new id in every delta', () => {
		const items = read(
			calls({index: 0, id: 'a', function: {name: 'f', arguments: '{"x":'}}),
			calls({index: 0, id: 'other', function: {arguments: '1}'}}),
		);
		expect(items).toEqual([wanted('a', 'f', '{"x":1}')]);
	});

	test('have an object in place of the text of their arguments', () => {
		expect(read(calls({index: 0, id: 'a', function: {name: 'f', arguments: {x: 1}}}))).toEqual([
			wanted('a', 'f', '{"x":1}'),
		]);
	});

	test('that are broken keep what the model wrote, to be answered', () => {
		expect(read(calls({index: 0, id: 'a', function: {name: 'f', arguments: '{"x": '}}))).toEqual([
			wanted('a', 'f', '{"x": '),
		]);
	});

	test('are run by what is there, whatever the end is called', async () => {
		const whole = calls({index: 0, id: 'a', function: {name: 'f', arguments: '{}'}});
		for (const reason of ['stop', 'tool_calls', 'function_call']) {
			const {model} = await startChat([chunks(whole, end(reason), '[DONE]')]);
			expect(itemsOf(await collect(model))).toEqual([wanted('a', 'f', '{}')]);
		}
	});
});

describe('thoughts', () => {
	test.each(['reasoning_content', 'reasoning'])('come as %s, apart from the text', field => {
		const reader = createAnswerReader(peer);
		const first = reader.read(null, chunk({[field]: 'Hm. ', content: null}));
		expect(first).toEqual([{kind: 'reasoning', delta: 'Hm. '}]);
		reader.read(null, chunk({[field]: 'So.'}));
		reader.read(null, chunk({content: 'Yes.'}));
		reader.read(null, end());
		expect(reader.end()).toMatchObject({
			items: [
				{kind: 'reasoning', summary: 'Hm. So.', item: {from: peer.baseURL, field, text: 'Hm. So.'}},
				{kind: 'text', text: 'Yes.'},
			],
		});
	});

	test('in both fields at once are told once', () => {
		expect(read(chunk({reasoning: 'Hm.', reasoning_content: 'Hm.'}))).toMatchObject([{summary: 'Hm.'}]);
	});

	test('at the start of the content are none of it, split wherever', () => {
		const content = '\n<think>\nIs <b> a tag? </b>\n</think>\n\nIt <think> is.';
		for (let size = 1; size <= content.length; size++) {
			const pieces = content.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
			expect(read(...pieces.map(piece => chunk({content: piece})))).toEqual([
				{kind: 'reasoning', summary: 'Is <b> a tag? </b>'},
				{kind: 'text', text: 'It <think> is.'},
			]);
		}
	});

	test('are only at the start: a text that looks like it is text', () => {
		for (const content of ['<thin', '<', 'a <think>b</think>', '  <b>']) {
			expect(read(chunk({content}))).toEqual([{kind: 'text', text: content}]);
		}
	});

	test('go back in their own field within the turn, later and elsewhere not', async () => {
		const {model, server} = await startChat([
			[reasoning('I look.'), call('f', {}, 'c1')],
			text('a'),
			text('b'),
		]);
		const items = itemsOf(await collect(model)) ?? [];
		const turn: Message[] = [
			{role: 'user', text: 'look'},
			{role: 'assistant', items},
			{role: 'tool', callId: 'c1', output: 'seen'},
		];
		await collect(model, {messages: turn});
		await collect(model, {messages: [...turn, {role: 'user', text: 'and now?'}]});
		const sentThoughts = server.requests.map(({sent}) =>
			(sent.messages as Fields[]).map(message => message.reasoning_content).filter(Boolean),
		);
		expect(sentThoughts).toEqual([[], ['I look.'], []]);
		expect(toMessages(turn, peer)[1]).not.toHaveProperty('reasoning_content');
	});
});

describe('the request', () => {
	test('holds the conversation, the tools and the wish for usage', async () => {
		const {model, server} = await startChat([text('ok')]);
		await collect(model, {
			tools: [{name: 'f', description: 'Does.', parameters: {type: 'object', properties: {}}}],
		});
		expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-secret-key-123456');
		expect(server.requests[0]?.sent).toEqual({
			model: 'test-model',
			messages: [
				{role: 'system', content: 'Be brief.'},
				{role: 'user', content: 'hello'},
			],
			tools: [
				{
					type: 'function',
					function: {name: 'f', description: 'Does.', parameters: {type: 'object', properties: {}}},
				},
			],
			parallel_tool_calls: true,
			stream: true,
			stream_options: {include_usage: true},
		});
	});

	test('without tools names none', async () => {
		const {model, server} = await startChat([text('ok')]);
		await collect(model);
		expect(server.requests[0]?.sent).not.toHaveProperty('tools');
		expect(server.requests[0]?.sent).not.toHaveProperty('parallel_tool_calls');
	});

	test('has every answer right behind its call, and one that says so for a call without', () => {
		const items = ['c1', 'c2'].map(callId => ({kind: 'call' as const, callId, name: 'f', arguments: '{}'}));
		const messages = toMessages(
			[
				{role: 'assistant', items: [{kind: 'text', text: 'I look.'}, ...items]},
				{role: 'user', text: 'wait'},
				{role: 'tool', callId: 'c2', output: 'two'},
				{role: 'tool', callId: 'c2', output: 'two again'},
				{role: 'tool', callId: 'c9', output: 'nobody asked'},
			],
			peer,
		);
		expect(messages).toMatchObject([
			{role: 'assistant', content: 'I look.', tool_calls: [{id: 'c1'}, {id: 'c2'}]},
			{role: 'tool', tool_call_id: 'c1', content: expect.stringContaining('Nobody knows')},
			{role: 'tool', tool_call_id: 'c2', content: 'two'},
			{role: 'user', content: 'wait'},
		]);
	});

	test('has no name and no arguments that a server would refuse for ever', () => {
		const args = ['{"x": ', '[1]', '"x"', '', '{"x": 1}'];
		const items = args.map((text, index) => ({
			kind: 'call' as const,
			callId: `c${index}`,
			name: 'rm -rf /',
			arguments: text,
		}));
		const [assistant] = toMessages([{role: 'assistant', items}], peer);
		const sent = assistant?.role === 'assistant' ? assistant.tool_calls : undefined;
		expect(sent?.map(({function: part}) => part.arguments)).toEqual(['{}', '{}', '{}', '{}', '{"x": 1}']);
		expect(sent?.[0]?.function.name).toBe('rm_-rf__');
	});

	test('has no answer of thoughts alone', () => {
		expect(toMessages([{role: 'assistant', items: [{kind: 'reasoning', summary: 'hm'}]}], peer)).toEqual([]);
	});

	test.each([
		['by name', apiError(400, {message: 'Unknown parameter.', param: 'stream_options'})],
		['in words', apiError(400, {message: 'Unrecognized request argument supplied: stream_options'})],
		['as a web framework does', status(422, {detail: [{loc: ['body', 'stream_options'], msg: 'extra'}]})],
	])('leaves out from then on what the server refused %s', async (_, refusal) => {
		const {model, server} = await startChat([
			refusal,
			chunks(chunk({content: 'one'}), end(), '[DONE]'),
			text('two'),
		]);
		const events = await collect(model);
		await collect(model);
		expect(events.map(({type}) => type)).not.toContain('retry.scheduled');
		expect(events.at(-1)).toMatchObject({items: [{text: 'one'}], usage: undefined});
		expect(server.requests.map(({sent}) => 'stream_options' in sent)).toEqual([true, false, false]);
	});
});

describe('the end of an answer', () => {
	test('is its finish_reason: usage may follow, [DONE] may be missing', async () => {
		const {model} = await startChat([
			chunks(chunk({content: 'hi'}), end(), usage),
			chunks(chunk({content: 'hi'}), end(), '[DONE]'),
			chunks(chunk({content: 'hi'}), {...end(), usage: usage.usage}, '[DONE]'),
			chunks(chunk({content: 'hi'}), end()),
		]);
		const counted = {inputTokens: 9, outputTokens: 2};
		for (const expected of [counted, undefined, counted, undefined]) {
			const events = await collect(model);
			expect(events.map(({type}) => type)).toEqual(['text.delta', 'done']);
			expect(events.at(-1)).toMatchObject({items: [{text: 'hi'}], usage: expected});
		}
	});

	test.each([
		['nothing', []],
		['[DONE] alone', ['[DONE]']],
		['usage alone', [usage, '[DONE]']],
	])('is missing when %s follows the calls: the request is made again, nothing is run', async (_, rest) => {
		const torn = calls({index: 0, id: 'a', function: {name: 'f', arguments: '{"path":"/"}'}});
		const {model, server} = await startChat([chunks(torn, ...rest), text('whole')]);
		expect(itemsOf(await collect(model))).toEqual([{kind: 'text', text: 'whole'}]);
		expect(server.requests.length).toBe(2);
	});

	test('does not wait for a server that keeps the connection', async () => {
		const {model} = await startChat(
			[{kind: 'stream', parts: [text('hi', {chunks: 1})], fault: {after: 3, what: 'stall'}}],
			{timeouts: {idleMs: 60_000}},
		);
		const before = performance.now();
		expect(itemsOf(await collect(model))).toEqual([{kind: 'text', text: 'hi'}]);
		expect(performance.now() - before).toBeLessThan(10_000);
	});

	test.each([
		['length', 'incomplete', /output limit or its context is full/],
		['content_filter', 'refused', /content filter/],
	])('%s is no answer', async (reason, code, words) => {
		const {model, server} = await startChat([chunks(chunk({content: 'half'}), end(reason), '[DONE]')]);
		expect(failureOf(await collect(model))).toMatchObject({code, message: expect.stringMatching(words)});
		expect(server.requests.length).toBe(1);
	});

	test('for an unknown reason is tried again', async () => {
		const {model} = await startChat([chunks(chunk({content: 'half'}), end('abort')), text('whole')]);
		expect(itemsOf(await collect(model))).toEqual([{kind: 'text', text: 'whole'}]);
	});
});

describe('an error in the middle', () => {
	test.each<[string, Fields, string]>([
		['llama.cpp', {error: {code: 500, message: 'slot is gone', type: 'server_error'}}, 'server-error'],
		['vLLM', {error: {message: 'bad', type: 'BadRequestError', param: null, code: 400}}, 'invalid-request'],
		['Ollama', {error: {message: 'model runner has stopped', type: 'api_error'}}, 'server-error'],
		['a gateway', {error: 'upstream is gone'}, 'server-error'],
		[
			'an older vLLM',
			{object: 'error', message: 'gone', type: 'InternalServerError', code: 500},
			'server-error',
		],
		[
			'a full context',
			{error: {code: 400, message: 'too long', type: 'exceed_context_size_error'}},
			'context-overflow',
		],
	])('is told in the words of %s', async (_, error, code) => {
		const {model} = await startChat(() => chunks(chunk({content: 'half'}), error, '[DONE]'));
		const failure = failureOf(await collect(model));
		expect(failure?.code).toBe(code);
	});

	test('may be named by its event alone', async () => {
		const {model} = await startChat(() => ({
			kind: 'raw',
			blocks: ['event: error\ndata: {"message":"the model has crashed"}\n\n'],
		}));
		expect(failureOf(await collect(model))?.message).toContain('the model has crashed');
	});

	test('is tried again when it may help, and only the second answer counts', async () => {
		const {model} = await startChat([
			chunks(chunk({content: 'half'}), {error: {message: 'overloaded', code: 503}}),
			text('whole'),
		]);
		const events = await collect(model);
		expect(itemsOf(events)).toEqual([{kind: 'text', text: 'whole'}]);
		expect(streamedText(events)).toBe('halfwhole');
	});
});

test('a model without tools is told in words, by each server', async () => {
	for (const reply of [
		apiError(400, {message: 'registry.ollama.ai/library/gemma:2b does not support tools'}),
		apiError(500, {message: 'tools param requires --jinja flag'}),
		apiError(400, {message: '"auto" tool choice requires --enable-auto-tool-choice to be set'}),
	]) {
		const {model, server} = await startChat([reply, text('no')]);
		expect(failureOf(await collect(model))?.message).toMatch(/^test-model can't call tools.*\/model/);
		expect(server.requests.length).toBe(1);
	}
});

test('a server without Chat Completions is named, with where its address is set', async () => {
	const {model} = await startChat([status(404, 'page not found')]);
	expect(failureOf(await collect(model))?.message).toMatch(
		/no Chat Completions API at http.*OPENAI_BASE_URL/,
	);
});

test.each([
	['no object', 'text'],
	['null', null],
	['a delta that is no text', chunk({content: 7})],
	['a call that is none', chunk({tool_calls: 'f'})],
])('a malformed chunk (%s) breaks the answer', (_, data) => {
	expect(createAnswerReader(peer).read(null, data)).toMatchObject([
		{kind: 'broken', fault: {isRetryable: true, failure: {code: 'incomplete'}}},
	]);
});

test('chunks that we do not know, and choices beyond the first, are left out', () => {
	const reader = createAnswerReader(peer);
	expect(reader.read(null, {object: 'ping'})).toEqual([]);
	expect(reader.read(null, {choices: [{index: 1, delta: {content: 'other'}}]})).toEqual([]);
});
