// What holds for a streamed answer in both wire formats.
import {describe, expect, test} from 'vitest';
import type {ModelOptions} from '../../src/model/client.js';
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
	type Script,
	stallAfter,
	status,
	stream,
	text,
} from '../support/model-server.js';
import {collect, failureOf, itemsOf, startModel, streamedText} from './setup.js';

const never = new AbortController().signal;

/** Four deltas of text, so that a fault can fall between them. */
const half = text('half', {chunks: 4});

describe.each(['responses', 'chat'] as const)('%s', wireApi => {
	const start = (script: Script, options: Partial<ModelOptions> = {}) =>
		startModel(script, {wireApi, ...options});

	test('an answer streams its text and ends with its items and usage', async () => {
		const {model} = await start([[reasoning('I greet.'), text('Hello you')]]);

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

	test('a connection serves more than one request', async () => {
		const {model, server} = await start(() => text('ok'));
		// The stream's end may reach us a moment after its end event: the very next request can be too early.
		for (let requests = 0; requests < 20; requests++) await collect(model);
		expect(server.connections()).toBeLessThan(20);
	});

	test.each<[string, Parameters<typeof stream>[1]]>([
		['split at every byte', {wire: {isBytewise: true}}],
		['with CRLF', {wire: {eol: '\r\n'}}],
		['with comments in between', {wire: {hasComments: true}}],
	])('an answer %s is the same answer', async (_, wire) => {
		const {model} = await start([stream([text('Grüße 🙂'), call('f', {a: 'ß'}, 'c1')], wire)]);

		const events = await collect(model);

		expect(streamedText(events)).toBe('Grüße 🙂');
		expect(itemsOf(events)).toEqual([
			{kind: 'text', text: 'Grüße 🙂'},
			{kind: 'call', callId: 'c1', name: 'f', arguments: '{"a":"ß"}'},
		]);
	});

	test.each<[string, Reply]>([
		['a reset before headers', reset()],
		['a reset in the middle', resetAfter(5, half)],
		['a cut without the end event', cutAfter(8, half, call('f', {}))],
		['a malformed event', malformedAfter(5, half)],
		['a 500', apiError(500, {message: 'The server had an error.'})],
		['an overloaded 529', status(529, 'overloaded')],
		[
			'a failed response',
			stream(text('half'), {ending: {kind: 'failed', code: 'server_error', message: 'oh'}}),
		],
		['an error event', stream(text('half'), {ending: {kind: 'error', code: 'server_error', message: 'oh'}})],
	])('after %s the request is made again and only the second answer counts', async (_, fault) => {
		const {model, server} = await start([fault, text('whole')]);

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
		const {model, server} = await start(() => apiError(500, {message: 'down\nfor today'}));

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
		[
			'a wrong key',
			apiError(401, {message: 'Incorrect API key provided.'}),
			'unauthorized',
			/OPENAI_API_KEY/,
		],
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
		[
			'a redirect',
			status(307, '', {location: 'https://elsewhere.example/v1'}),
			'invalid-request',
			/elsewhere/,
		],
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
		const {model, server} = await start([reply, text('must not be asked for')]);

		const failure = failureOf(await collect(model));

		expect(failure).toMatchObject({code, message: expect.stringMatching(words)});
		expect(failure?.message).not.toContain('\n');
		expect(server.requests.length).toBe(1);
	});

	test('Retry-After is obeyed', async () => {
		const waits: number[] = [];
		const {model} = await start(
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

	test.each([
		['headers do not come', noHeaders(), {headersMs: 400}],
		['nothing comes any more', stallAfter(4, half), {idleMs: 400}],
	])('when %s the attempt ends in time and its socket is closed', async (_, fault, timeouts) => {
		const {model, server} = await start([fault, text('whole')], {timeouts});
		const events = await collect(model);
		expect(await (await server.nextRequest()).closed).toBe('dropped');
		expect(events.find(({type}) => type === 'retry.scheduled')).toBeDefined();
		expect(itemsOf(events)).toEqual([{kind: 'text', text: 'whole'}]);
	});

	test('comments are signs of life until the total time is over', async () => {
		const {model} = await start([commentsAfter(4, half)], {
			timeouts: {idleMs: 200, totalMs: 800},
		});
		const events = await collect(model);
		expect(events.some(({type}) => type === 'retry.scheduled')).toBe(false);
		expect(failureOf(events)).toMatchObject({
			code: 'stalled',
			message: expect.stringMatching(/not complete/),
		});
	});

	test.each<[string, Reply]>([
		['waiting for headers', noHeaders()],
		['streaming', stallAfter(5, text('some words here', {chunks: 8}))],
	])('an abort while %s ends the stream at once and closes the socket', async (_, reply) => {
		const {model, server} = await start([reply]);
		const abort = new AbortController();
		const events = collect(model, {}, abort.signal);
		const asked = await server.nextRequest();

		const before = performance.now();
		abort.abort();
		expect(failureOf(await events)?.code).toBe('aborted');
		expect(await asked.closed).toBe('dropped');
		expect(performance.now() - before).toBeLessThan(10 * 300);
	});

	test('an abort in the back-off ends it at once', async () => {
		const {model, server} = await start([apiError(429, {message: 'wait'}, {'retry-after': '50'})], {
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
		expect(performance.now() - before.at).toBeLessThan(10 * 300);
		expect(types).toEqual(['retry.scheduled', 'failed']);
		expect(server.requests.length).toBe(1);
	});

	test('an abort while connecting ends it at once', async () => {
		const abort = new AbortController();
		const hangingFetch: typeof fetch = () => new Promise(() => {}); // ignores even its signal
		const {model} = await start([], {fetch: hangingFetch});
		const events = collect(model, {}, abort.signal);
		const before = performance.now();
		abort.abort();
		expect(failureOf(await events)?.code).toBe('aborted');
		expect(performance.now() - before).toBeLessThan(10 * 300);
	});

	test('an aborted signal makes no request', async () => {
		const {model, server} = await start([text('no')]);
		expect(failureOf(await collect(model, {}, AbortSignal.abort()))?.code).toBe('aborted');
		expect(server.requests.length).toBe(0);
	});

	test('an abort at any point of an answer leaves nothing behind', async () => {
		const {model, server} = await start(({index}) =>
			index % 2 === 0
				? stallAfter(index % 14, reasoning('hm'), text('words and words', {chunks: 15}), call('f', {}))
				: text('fine'),
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
		const {model, server} = await start([stallAfter(6, text('some words', {chunks: 10}))]);
		for await (const event of model.stream({instructions: '', messages: [], tools: []}, never)) {
			if (event.type === 'text.delta') break;
		}
		expect(await (await server.nextRequest()).closed).toBe('dropped');
	});

	test('lone surrogates do not break the request, control characters are kept', async () => {
		const {model, server} = await start([text('ok')]);
		await collect(model, {messages: [{role: 'user', text: 'a\ud800b\u001b[31m'}]});
		expect(server.requests[0]?.body.input[0]?.content).toBe('a\ufffdb\u001b[31m');
	});
});
