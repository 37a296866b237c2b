import {expect, test, vi} from 'vitest';
import type {Fault} from '../../src/model/failures.js';
import {nextDelay, parseRetryAfter, sleep} from '../../src/model/retry.js';

const now = Date.parse('Sun, 22 Nov 2026 12:00:00 GMT');

test.each([
	['seconds', {'retry-after': '3'}, 3000],
	['fractions of seconds', {'retry-after': '0.25'}, 250],
	['milliseconds, which win', {'retry-after-ms': '1500', 'retry-after': '9'}, 1500],
	['a date', {'retry-after': 'Sun, 22 Nov 2026 12:00:10 GMT'}, 10_000],
	['a date that is past', {'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT'}, undefined],
	['a negative number', {'retry-after': '-1'}, undefined],
	['zero', {'retry-after': '0'}, undefined],
	['garbage', {'retry-after': '5 apples'}, undefined],
	['an endless number', {'retry-after': `1${'0'.repeat(400)}`}, undefined],
	['nothing', {}, undefined],
])('Retry-After: %s', (_, headers, expected) => {
	expect(parseRetryAfter(new Headers(headers as Record<string, string>), now)).toBe(expected);
});

const fault = (change: Partial<Fault> = {}): Fault => ({
	failure: {code: 'server-error', message: 'down'},
	isRetryable: true,
	...change,
});

test('delays double from half a second, with up to a quarter more', () => {
	expect([1, 2, 3, 4].map(attempt => nextDelay(fault(), attempt, 0))).toEqual([500, 1000, 2000, 4000]);
	expect([1, 2, 3, 4].map(attempt => nextDelay(fault(), attempt, 1))).toEqual([625, 1250, 2500, 5000]);
	expect(nextDelay(fault(), 5, 0)).toBeUndefined();
});

test('a server may ask for up to a minute and for no less than half a second', () => {
	expect(nextDelay(fault({retryAfterMs: 3000}), 1, 1)).toBe(3000);
	expect(nextDelay(fault({retryAfterMs: 1}), 1, 1)).toBe(500);
	expect(nextDelay(fault({retryAfterMs: 60_001}), 1, 1)).toBeUndefined();
	expect(nextDelay(fault({isRetryable: false, retryAfterMs: 1000}), 1, 1)).toBeUndefined();
});

test('a sleep ends with its time or with the signal, and leaves no timer', async () => {
	vi.useFakeTimers();
	try {
		const ended: string[] = [];
		void sleep(1000, new AbortController().signal).then(() => ended.push('time'));
		const abort = new AbortController();
		const aborted = sleep(1000, abort.signal).then(() => ended.push('signal'));
		abort.abort();
		await aborted;
		expect(vi.getTimerCount()).toBe(1);
		await vi.advanceTimersByTimeAsync(999);
		expect(ended).toEqual(['signal']);
		await vi.advanceTimersByTimeAsync(1);
		expect(ended).toEqual(['signal', 'time']);
	} finally {
		vi.useRealTimers();
	}
});
