// Every fault of a model's server at every stage of an answer, in both wire formats, through the real SDK and a
// real socket: nothing of a torn answer counts, everything is told, and nothing is said twice.
import {describe, expect, test, vi} from 'vitest';
import {createModel, type ModelOptions} from '../../src/model/client.js';
import type {ModelEvent} from '../../src/model/model.js';
import {chatBlocks} from '../support/chat-wire.js';
import {
	apiError,
	call,
	cutAfter,
	malformedAfter,
	resetAfter,
	type Script,
	stallAfter,
	status,
	text,
} from '../support/model-server.js';
import {responsesBlocks} from '../support/responses-wire.js';
import {collect, failureOf, itemsOf, request, startModel, streamedText} from './setup.js';

const parts = [text('half of it', {chunks: 4}), call('exec_command', {cmd: 'rm -rf /'}, 'c1')];

const blocksOf = {
	responses: () => responsesBlocks(parts, {kind: 'completed'}, 'm'),
	chat: () => chatBlocks(parts, {kind: 'completed'}, 'm'),
};
const completing = {responses: '"type":"response.completed"', chat: '"finish_reason":"tool_calls"'};

describe.each(['responses', 'chat'] as const)('%s', wireApi => {
	const start = (script: Script, options: Partial<ModelOptions> = {}) =>
		startModel(script, {wireApi, ...options});

	const countEvents = async () => {
		const blocks: string[] = [];
		for await (const block of blocksOf[wireApi]()) blocks.push(block);
		return {all: blocks.length, whole: blocks.findIndex(block => block.includes(completing[wireApi])) + 1};
	};

	test.each([
		['a reset', resetAfter],
		['an end', cutAfter],
		['a stall', stallAfter],
		['an event that is none', malformedAfter],
	] as const)(
		'%s after any event, a complete-looking call too: only the next answer counts',
		async (_, faultAfter) => {
			const {all, whole} = await countEvents();
			expect(all).toBeGreaterThan(7);
			const failAfter = async (after: number) => {
				const {model, server} = await start([faultAfter(after, ...parts), text('whole')], {
					// A machine under load lets a good answer pause as well.
					timeouts: {idleMs: faultAfter === stallAfter ? 500 : 60_000},
				});
				const events = await collect(model);
				const retries = events.filter(({type}) => type === 'retry.scheduled');
				if (after >= whole) {
					expect(itemsOf(events), `after ${after}`).toMatchObject([
						{kind: 'text'},
						{kind: 'call', callId: 'c1'},
					]);
					expect(retries).toEqual([]);
					return;
				}
				expect(itemsOf(events), `after ${after}`).toEqual([{kind: 'text', text: 'whole'}]);
				expect(retries, `after ${after}`).toMatchObject([
					{attempt: 2, of: 5, reason: expect.stringMatching(/^(The|127)[^\n]{10,200}$/)},
				]);
				const resumed = events.slice(events.findIndex(({type}) => type === 'retry.started'));
				expect(streamedText(resumed)).toBe('whole');
				expect(server.requests).toHaveLength(2);
			};
			await Promise.all(Array.from({length: all + 1}, (_, after) => failAfter(after)));
		},
	);

	test.each([500, 502, 503, 504, 529, 408, 409])('%i is tried again', async code => {
		const {model, server} = await start([status(code, 'busy'), text('whole')]);
		const events = await collect(model);
		expect(itemsOf(events)).toEqual([{kind: 'text', text: 'whole'}]);
		expect(events[0]).toMatchObject({type: 'retry.scheduled', reason: expect.stringContaining(`(${code})`)});
		expect(server.requests).toHaveLength(2);
	});

	const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toUTCString();
	test.each<[string, () => Record<string, string>, [number, number] | RegExp]>([
		['in seconds', () => ({'retry-after': '7'}), [7_000, 7_000]],
		['in parts of a second', () => ({'retry-after': '1.5'}), [1_500, 1_500]],
		['in milliseconds', () => ({'retry-after-ms': '2500', 'retry-after': '9'}), [2_500, 2_500]],
		['as a date', () => ({'retry-after': inSeconds(20)}), [17_000, 20_000]],
		['that is past', () => ({'retry-after': inSeconds(-60)}), [500, 625]],
		['that is absent', () => ({}), [500, 625]],
		['of zero', () => ({'retry-after': '0'}), [500, 625]],
		['below zero', () => ({'retry-after': '-5'}), [500, 625]],
		['that is no time', () => ({'retry-after': 'soon'}), [500, 625]],
		['of a moment', () => ({'retry-after-ms': '1'}), [500, 500]],
		['of ten minutes', () => ({'retry-after': '600'}), /wait 10 min: send the message again/],
		['of a day', () => ({'retry-after': '86400'}), /wait 24 h: send/],
		['of a year', () => ({'retry-after': '31536000'}), /wait more than two days: send/],
		['of an age', () => ({'retry-after': '9'.repeat(300)}), /wait more than two days: send/],
		['as a date in a year', () => ({'retry-after': inSeconds(31_536_000)}), /wait more than two days: send/],
	])('429 with a Retry-After %s', async (_, headers, expected) => {
		const reply = apiError(429, {message: 'Slow down.', code: 'rate_limit_exceeded'}, headers());
		const {model, server} = await start([reply, text('ok')]);
		const [first] = await collect(model);
		if (expected instanceof RegExp) {
			expect(first).toMatchObject({
				type: 'failed',
				failure: {
					code: 'rate-limited',
					message: expect.stringMatching(expected),
				},
			});
			expect(server.requests).toHaveLength(1);
			return;
		}
		expect(first).toMatchObject({type: 'retry.scheduled', reason: expect.stringContaining('Slow down')});
		const {delayMs} = first as Extract<ModelEvent, {type: 'retry.scheduled'}>;
		expect(delayMs).toBeGreaterThanOrEqual(expected[0]);
		expect(delayMs).toBeLessThanOrEqual(expected[1]);
		expect(server.requests).toHaveLength(2);
	});

	test.each([
		['a text', text(['x'.repeat(3_000_000)])],
		['a text in many pieces', text(Array.from({length: 300}, () => 'x'.repeat(10_000)))],
		['a call', call('exec_command', {cmd: 'x'.repeat(3_000_000)})],
	])('%s of megabytes is no answer, and is not asked for again', async (_, part) => {
		const {model, server} = await start([part, text('again')]);
		const events = await collect(model);
		expect(failureOf(events)).toMatchObject({
			code: 'incomplete',
			message: expect.stringMatching(/larger than 2 MB\. Ask for a smaller step/),
		});
		expect(streamedText(events).length).toBeLessThanOrEqual(2_000_000);
		expect(server.requests).toHaveLength(1);
	});

	test('an event that never ends is cut off at a bound, and keys are heard meanwhile', async () => {
		const block = 'x'.repeat(1_000_000);
		const {model, server} = await start([
			{kind: 'raw', blocks: ['data: {"x":"', ...Array<string>(300).fill(block)]},
		]);
		// Of this thread's own work: what others of the machine do holds up any key.
		let longest = 0;
		let last = process.threadCpuUsage();
		const beat = setInterval(() => {
			const {user, system} = process.threadCpuUsage(last);
			longest = Math.max(longest, (user + system) / 1_000);
			last = process.threadCpuUsage();
		}, 5);
		const before = process.memoryUsage.rss();
		const events = await collect(model).finally(() => clearInterval(beat));
		expect(failureOf(events)?.message).toContain('larger than 256 MB');
		expect(process.memoryUsage.rss() - before).toBeLessThan(1_500_000_000);
		expect(longest).toBeLessThan(1_000);
		expect(server.requests).toHaveLength(1);
	});
});

// The clock is made up, and so is the network: a real one would go on by itself while the clock stands.
describe.each(['responses', 'chat'] as const)('the limits of time of %s', wireApi => {
	const openStream = () => {
		let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
		const body = new ReadableStream<Uint8Array>({
			start(given) {
				controller = given;
			},
		});
		const fetch = async () => new Response(body, {headers: {'content-type': 'text/event-stream'}});
		return {fetch, send: (bytes: string) => controller?.enqueue(new TextEncoder().encode(bytes))};
	};

	const withFakeClock = async (act: () => Promise<void>) => {
		vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval']});
		try {
			await act();
		} finally {
			vi.useRealTimers();
		}
	};

	const follow = (fetch: typeof globalThis.fetch) => {
		const model = createModel({
			model: 'm',
			apiKey: '',
			baseURL: 'http://models.test/v1',
			wireApi,
			fetch,
			retry: {sleep: () => new Promise(() => {})},
		});
		const events: ModelEvent[] = [];
		const abort = new AbortController();
		void (async () => {
			for await (const event of model.stream(request(), abort.signal)) events.push(event);
		})();
		return {events, abort};
	};

	/** Nothing happens for 59.9 s, and then it is tried again for this reason. */
	const expectEndAfter60s = async (fetch: typeof globalThis.fetch, reason: string, begin = () => {}) => {
		const {events, abort} = follow(fetch);
		await settle();
		begin();
		await settle();
		await vi.advanceTimersByTimeAsync(59_900);
		await settle();
		expect(events).toEqual([]);
		await vi.advanceTimersByTimeAsync(200);
		await settle();
		expect(events).toMatchObject([{type: 'retry.scheduled', reason: expect.stringContaining(reason)}]);
		abort.abort();
	};

	const settle = async () => {
		for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve));
	};

	test('60 s without a byte end an attempt, and not a second less', () =>
		withFakeClock(async () => {
			const {fetch, send} = openStream();
			await expectEndAfter60s(fetch, 'nothing for 60 s', () => send(': a sign of life\n\n'));
		}));

	test('60 s without headers end an attempt', () =>
		withFakeClock(async () => {
			const silent: typeof fetch = (_, init) =>
				new Promise((_, reject) => {
					init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
				});
			await expectEndAfter60s(silent, 'within 60 s');
		}));

	test('comments are signs of life for 30 minutes, and no longer', () =>
		withFakeClock(async () => {
			const {fetch, send} = openStream();
			const {events} = follow(fetch);
			await settle();
			for (let minutes = 0.5; minutes < 30; minutes += 0.5) {
				send(': keep-alive\n\n');
				await settle();
				await vi.advanceTimersByTimeAsync(30_000);
				expect(events, `after ${minutes} minutes`).toEqual([]);
			}
			await vi.advanceTimersByTimeAsync(30_100);
			await settle();
			expect(events).toMatchObject([
				{
					type: 'failed',
					failure: {code: 'stalled', message: expect.stringContaining('not complete after 30 minutes')},
				},
			]);
		}));
});
