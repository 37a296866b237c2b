import {inspect} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';
import {createModel, listModels} from '../../src/model/client.js';
import {
	apiError,
	call,
	commentsAfter,
	cutAfter,
	html,
	malformedAfter,
	noHeaders,
	type Reply,
	reasoning,
	refusal,
	reset,
	resetAfter,
	stallAfter,
	startModelServer,
	status,
	stream,
	text,
} from '../support/model-server.js';
import {collect, failureOf, itemsOf, startModel, streamedText} from './setup.js';

const never = new AbortController().signal;

test('an answer streams its text and ends with its items and usage', async () => {
	const {model} = await startModel([[reasoning('I greet.'), text('Hello you')]]);

	const events = await collect(model);

	expect(events.filter(({type}) => type === 'reasoning.delta')).toEqual([
		{type: 'reasoning.delta', text: 'I greet.'},
	]);
	expect(streamedText(events)).toBe('Hello you');
	expect(itemsOf(events)).toMatchObject([
		{kind: 'reasoning', summary: 'I greet.'},
		{kind: 'text', text: 'Hello you'},
	]);
	expect(events.at(-1)).toMatchObject({usage: {inputTokens: 120, outputTokens: 12, cachedTokens: 100}});
});

test('the request is stateless and asks for encrypted reasoning', async () => {
	const {model, server} = await startModel([text('ok')]);

	await collect(model, {
		tools: [{name: 'exec_command', description: 'Runs.', parameters: {type: 'object', properties: {}}}],
	});

	const [{body, headers} = expect.unreachable()] = server.requests;
	expect(headers.authorization).toBe('Bearer sk-secret-key-123456');
	expect(body).toEqual({
		model: 'test-model',
		instructions: 'Be brief.',
		input: [{type: 'message', role: 'user', content: 'hello'}],
		tools: [
			{
				type: 'function',
				name: 'exec_command',
				description: 'Runs.',
				parameters: {type: 'object', properties: {}},
				strict: false,
			},
		],
		parallel_tool_calls: true,
		store: false,
		include: ['reasoning.encrypted_content'],
		stream: true,
	});
});

test('reasoning, calls and their outputs go back with the next request', async () => {
	const {model, server} = await startModel([
		[reasoning('Listing.'), text('I look.', {phase: 'commentary'}), call('exec_command', {cmd: 'ls'}, 'c1')],
		text('done'),
	]);
	const items = itemsOf(await collect(model)) ?? [];

	await collect(model, {
		messages: [
			{role: 'user', text: 'look'},
			{role: 'assistant', items},
			{role: 'tool', callId: 'c1', output: 'a.txt'},
		],
	});

	expect(server.requests[1]?.body.input).toEqual([
		{type: 'message', role: 'user', content: 'look'},
		{
			type: 'reasoning',
			id: 'rs_0',
			summary: [{type: 'summary_text', text: 'Listing.'}],
			encrypted_content: 'gAAAA-encrypted',
		},
		{type: 'message', role: 'assistant', content: 'I look.', phase: 'commentary'},
		{type: 'function_call', call_id: 'c1', name: 'exec_command', arguments: '{"cmd":"ls"}'},
		{type: 'function_call_output', call_id: 'c1', output: 'a.txt'},
	]);
});

test('a connection serves more than one request', async () => {
	const {model, server} = await startModel(() => text('ok'));
	// The stream's end may reach us a moment after its end event: the very next request can be too early.
	for (let requests = 0; requests < 20; requests++) await collect(model);
	expect(server.connections()).toBeLessThan(20);
});

test.each<[string, Parameters<typeof stream>[1]]>([
	['split at every byte', {wire: {isBytewise: true}}],
	['with CRLF', {wire: {eol: '\r\n'}}],
	['with comments in between', {wire: {hasComments: true}}],
])('an answer %s is the same answer', async (_, wire) => {
	const {model} = await startModel([stream([text('Grüße 🙂'), call('f', {a: 'ß'}, 'c1')], wire)]);

	const events = await collect(model);

	expect(streamedText(events)).toBe('Grüße 🙂');
	expect(itemsOf(events)).toEqual([
		{kind: 'text', text: 'Grüße 🙂'},
		{kind: 'call', callId: 'c1', name: 'f', arguments: '{"a":"ß"}'},
	]);
});

test.each<[string, Reply]>([
	['a reset before headers', reset()],
	['a reset in the middle', resetAfter(5, text('half'))],
	['a cut without the end event', cutAfter(8, text('half'), call('f', {}))],
	['a malformed event', malformedAfter(5, text('half'))],
	['a 500', apiError(500, {message: 'The server had an error.'})],
	['an overloaded 529', status(529, 'overloaded')],
	[
		'a failed response',
		stream(text('half'), {ending: {kind: 'failed', code: 'server_error', message: 'oh'}}),
	],
	['an error event', stream(text('half'), {ending: {kind: 'error', code: 'server_error', message: 'oh'}})],
])('after %s the request is made again and only the second answer counts', async (_, fault) => {
	const {model, server} = await startModel([fault, text('whole')]);

	const events = await collect(model);

	const types = events.map(({type}) => type);
	expect(types).toContain('retry.scheduled');
	const second = events.slice(types.indexOf('retry.started'));
	expect(streamedText(second)).toBe('whole');
	expect(itemsOf(events)).toEqual([{kind: 'text', text: 'whole'}]);
	expect(server.requests.length).toBe(2);
	expect(server.requests[1]?.body).toEqual(server.requests[0]?.body);
});

test('five attempts are the end, and the failure says so', async () => {
	const {model, server} = await startModel(() => apiError(500, {message: 'down\nfor today'}));

	const events = await collect(model);

	expect(server.requests.length).toBe(5);
	expect(events.filter(({type}) => type === 'retry.scheduled')).toMatchObject([
		{attempt: 2, of: 5},
		{attempt: 3, of: 5},
		{attempt: 4, of: 5},
		{attempt: 5, of: 5},
	]);
	expect(failureOf(events)).toMatchObject({
		code: 'server-error',
		message: expect.stringMatching(/had an error \(500\): down for today.* \(5 attempts\)/),
	});
});

test.each<[string, Reply, string, RegExp]>([
	['a wrong key', apiError(401, {message: 'Incorrect API key provided.'}), 'unauthorized', /OPENAI_API_KEY/],
	['a forbidden model', apiError(403, {message: 'Not for you.'}), 'unauthorized', /Not for you/],
	[
		'an unknown model',
		apiError(404, {message: 'No such model', code: 'model_not_found'}),
		'invalid-request',
		/test-model/,
	],
	['a wrong address', status(404, 'page not found'), 'invalid-request', /OPENAI_BASE_URL/],
	[
		'a spent quota',
		apiError(429, {
			message: 'You exceeded your quota',
			type: 'insufficient_quota',
			code: 'insufficient_quota',
		}),
		'quota',
		/billing/,
	],
	[
		'too long a conversation',
		apiError(400, {message: 'Too long.', code: 'context_length_exceeded'}),
		'context-overflow',
		/\/new/,
	],
	[
		'too long a conversation, without a code',
		apiError(400, {message: "This model's maximum context length is 4096 tokens."}),
		'context-overflow',
		/\/new/,
	],
	['a bad request', apiError(400, {message: 'Bad field.'}), 'invalid-request', /Bad field/],
	['a page', html(), 'not-a-stream', /text\/html.*OPENAI_BASE_URL/],
	['a redirect', status(307, '', {location: 'https://elsewhere.example/v1'}), 'invalid-request', /elsewhere/],
	[
		'a long Retry-After',
		apiError(429, {message: 'Slow down.'}, {'retry-after': '3600'}),
		'rate-limited',
		/60 min/,
	],
	['a refusal', refusal("I can't help with that."), 'refused', /I can't help with that/],
	[
		'a content filter',
		stream([text('half'), call('f', {})], {ending: {kind: 'incomplete', reason: 'content_filter'}}),
		'refused',
		/content filter/,
	],
	[
		'the output limit',
		stream([text('half'), call('f', {})], {ending: {kind: 'incomplete', reason: 'max_output_tokens'}}),
		'incomplete',
		/output limit/,
	],
])('%s is told at once and not tried again', async (_, reply, code, words) => {
	const {model, server} = await startModel([reply, text('must not be asked for')]);

	const failure = failureOf(await collect(model));

	expect(failure).toMatchObject({code, message: expect.stringMatching(words)});
	expect(failure?.message).not.toContain('\n');
	expect(server.requests.length).toBe(1);
});

test('a server that quotes the key does not bring it into the failure', async () => {
	const {model} = await startModel([apiError(401, {message: 'Bad key sk-secret-key-123456!'})]);
	const failure = failureOf(await collect(model));
	expect(failure?.message).toContain('Bad key [key]!');
});

test('a key that is no header is a failure that does not show it', async () => {
	const {model} = await startModel([], {apiKey: 'sk-first-line\nsk-second-line'});
	const failure = failureOf(await collect(model));
	expect(failure).toMatchObject({code: 'invalid-request', message: expect.stringMatching(/OPENAI_API_KEY/)});
	expect(inspect(failure)).not.toContain('sk-');
});

test('Retry-After is obeyed', async () => {
	const waits: number[] = [];
	const {model} = await startModel(
		[apiError(429, {message: 'Slow down.', code: 'rate_limit_exceeded'}, {'retry-after': '3'}), text('ok')],
		{
			retry: {
				sleep: async ms => {
					waits.push(ms);
				},
			},
		},
	);
	const events = await collect(model);
	expect(waits).toEqual([3000]);
	expect(events[0]).toMatchObject({type: 'retry.scheduled', delayMs: 3000, reason: expect.any(String)});
	expect(itemsOf(events)).toEqual([{kind: 'text', text: 'ok'}]);
});

test('a server that nobody runs is named', async () => {
	const server = await startModelServer();
	await server.close();
	const model = createModel({
		model: 'm',
		apiKey: '',
		baseURL: server.url,
		wireApi: 'responses',
		retry: {sleep: async () => {}},
	});
	const failure = failureOf(await collect(model));
	expect(failure?.code).toBe('unreachable');
	expect(failure?.message).toContain(new URL(server.url).host);
	expect(failure?.message).toContain('ECONNREFUSED');
});

test.each([
	['headers do not come', noHeaders(), {headersMs: 40}],
	['nothing comes any more', stallAfter(4, text('half')), {idleMs: 40}],
])('when %s the attempt ends in time and its socket is closed', async (_, fault, timeouts) => {
	const {model, server} = await startModel([fault, text('whole')], {timeouts});
	const events = await collect(model);
	expect(await (await server.nextRequest()).closed).toBe('dropped');
	expect(events.find(({type}) => type === 'retry.scheduled')).toBeDefined();
	expect(itemsOf(events)).toEqual([{kind: 'text', text: 'whole'}]);
});

test('comments are signs of life until the total time is over', async () => {
	const {model} = await startModel([commentsAfter(4, text('half'))], {
		timeouts: {idleMs: 200, totalMs: 800},
	});
	const events = await collect(model);
	expect(events.some(({type}) => type === 'retry.scheduled')).toBe(false);
	expect(failureOf(events)).toMatchObject({code: 'stalled', message: expect.stringMatching(/not complete/)});
});

test.each<[string, Reply]>([
	['waiting for headers', noHeaders()],
	['streaming', stallAfter(5, text('some words here'))],
])('an abort while %s ends the stream at once and closes the socket', async (_, reply) => {
	const {model, server} = await startModel([reply]);
	const abort = new AbortController();
	const events = collect(model, {}, abort.signal);
	const asked = await server.nextRequest();

	const before = performance.now();
	abort.abort();
	expect(failureOf(await events)?.code).toBe('aborted');
	expect(await asked.closed).toBe('dropped');
	expect(performance.now() - before).toBeLessThan(300);
});

test('an abort in the back-off ends it at once', async () => {
	const {model, server} = await startModel([apiError(429, {message: 'wait'}, {'retry-after': '50'})], {
		retry: {},
	});
	const abort = new AbortController();
	const events = model.stream(
		{instructions: '', messages: [{role: 'user', text: 'x'}], tools: []},
		abort.signal,
	);
	const types: string[] = [];
	const before = {at: 0};
	for await (const event of events) {
		types.push(event.type);
		if (event.type !== 'retry.scheduled') continue;
		before.at = performance.now();
		setImmediate(() => abort.abort());
	}
	expect(performance.now() - before.at).toBeLessThan(300);
	expect(types).toEqual(['retry.scheduled', 'failed']);
	expect(server.requests.length).toBe(1);
});

test('an abort while connecting ends it at once', async () => {
	const abort = new AbortController();
	const hangingFetch: typeof fetch = () => new Promise(() => {}); // ignores even its signal
	const {model} = await startModel([], {fetch: hangingFetch});
	const events = collect(model, {}, abort.signal);
	const before = performance.now();
	abort.abort();
	expect(failureOf(await events)?.code).toBe('aborted');
	expect(performance.now() - before).toBeLessThan(300);
});

test('an aborted signal makes no request', async () => {
	const {model, server} = await startModel([text('no')]);
	expect(failureOf(await collect(model, {}, AbortSignal.abort()))?.code).toBe('aborted');
	expect(server.requests.length).toBe(0);
});

test('an abort at any point of an answer leaves nothing behind', async () => {
	const {model, server} = await startModel(({index}) =>
		index % 2 === 0 ? stallAfter(index % 14, reasoning('hm'), text('words'), call('f', {})) : text('fine'),
	);
	for (let round = 0; round < 28; round++) {
		const abort = new AbortController();
		const events = collect(model, {}, abort.signal);
		const asked = await server.nextRequest();
		// Not at a time but after so many turns of the event loop: from headers to the middle of the answer.
		for (let turn = 0; turn < round; turn++) await new Promise(resolve => setImmediate(resolve));
		abort.abort();
		expect(failureOf(await events)?.code).toBe('aborted');
		expect(await asked.closed).toBe('dropped');

		expect(itemsOf(await collect(model))).toEqual([{kind: 'text', text: 'fine'}]);
		await server.nextRequest();
	}
});

test('leaving the stream early closes the socket', async () => {
	const {model, server} = await startModel([stallAfter(6, text('some words'))]);
	for await (const event of model.stream({instructions: '', messages: [], tools: []}, never)) {
		if (event.type === 'text.delta') break;
	}
	expect(await (await server.nextRequest()).closed).toBe('dropped');
});

test('a server that knows no encrypted reasoning is asked without it from then on', async () => {
	const {model, server} = await startModel([
		apiError(400, {message: 'Encrypted content is not supported with this model.', param: 'include'}),
		text('one'),
		text('two'),
	]);
	const events = await collect(model);
	await collect(model);
	expect(events.map(({type}) => type)).not.toContain('retry.scheduled');
	expect(server.requests.map(({body}) => 'include' in body)).toEqual([true, false, false]);
});

test('lone surrogates do not break the request, control characters are kept', async () => {
	const {model, server} = await startModel([text('ok')]);
	await collect(model, {messages: [{role: 'user', text: 'a\ud800b\u001b[31m'}]});
	expect(server.requests[0]?.body.input[0]?.content).toBe('a\ufffdb\u001b[31m');
});

test('Chat Completions say that they are not there yet', async () => {
	const model = createModel({model: 'm', apiKey: '', baseURL: 'http://127.0.0.1:1/v1', wireApi: 'chat'});
	expect(failureOf(await collect(model))).toMatchObject({
		code: 'not-available',
		message: expect.stringContaining('TANDEM_WIRE_API=responses'),
	});
});

test('an address that is none is told before anything is sent', async () => {
	const model = createModel({model: 'm', apiKey: '', baseURL: 'localhost', wireApi: 'responses'});
	expect(failureOf(await collect(model))).toMatchObject({
		code: 'not-configured',
		message: expect.stringContaining('localhost'),
	});
});

test('the models of a server are listed', async () => {
	const server = await startModelServer([], {models: ['a', 'b']});
	onTestFinished(server.close);
	expect(await listModels({apiKey: '', baseURL: server.url}, never)).toEqual({
		kind: 'listed',
		names: ['a', 'b'],
	});
	expect(await listModels({apiKey: '', baseURL: `${server.url}/nowhere`}, never)).toMatchObject({
		kind: 'failed',
		failure: {code: 'invalid-request'},
	});
	await server.close();
	expect(await listModels({apiKey: '', baseURL: server.url}, never)).toMatchObject({
		kind: 'failed',
		failure: {code: 'unreachable'},
	});
});
