// When a failed attempt is made again, and after how long. It knows neither SDK nor wire.
import {abortedFailure, type Fault} from './failures.js';
import type {ModelEvent} from './model.js';

export const maxAttempts = 5;

const firstDelayMs = 500;
const maxDelayMs = 30_000;
const jitter = 0.25; // so that many windows do not come back at the same moment
const maxRetryAfterMs = 60_000; // nobody should watch a countdown for longer

export type RetryPolicy = {
	/** 0 up to 1. */
	random(): number;
	/** Resolves after so many milliseconds, or at once when the signal aborts. */
	sleep(ms: number, signal: AbortSignal): Promise<void>;
};

/** One attempt ends with `done` or `broken`. */
export type AttemptEvent =
	| Extract<ModelEvent, {type: 'text.delta' | 'reasoning.delta' | 'images.refused' | 'done'}>
	| {type: 'broken'; fault: Fault};

/** Runs attempts until one is done or none can help; the events of a model's stream, ending with done or failed. */
export async function* withRetries(
	attempt: () => AsyncIterable<AttemptEvent>,
	{random, sleep}: RetryPolicy,
	signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
	for (let number = 1; ; number++) {
		let fault: Fault | undefined;
		for await (const event of attempt()) {
			if (event.type === 'broken') fault = event.fault;
			else yield event;
		}
		if (signal.aborted) return yield {type: 'failed', failure: abortedFailure};
		if (!fault) return;
		const delayMs = nextDelay(fault, number, random());
		if (delayMs === undefined) return yield {type: 'failed', failure: lastFailure(fault, number)};

		yield {
			type: 'retry.scheduled',
			attempt: number + 1,
			of: maxAttempts,
			delayMs,
			reason: fault.failure.message,
		};
		await sleep(delayMs, signal);
		if (signal.aborted) return yield {type: 'failed', failure: abortedFailure};
		yield {type: 'retry.started'};
	}
}

/** Milliseconds until the next attempt; undefined: there is none. `attempt` is the failed one, from 1. */
export const nextDelay = (fault: Fault, attempt: number, random: number): number | undefined => {
	if (!fault.isRetryable || attempt >= maxAttempts) return undefined;
	if (fault.retryAfterMs !== undefined) {
		return fault.retryAfterMs > maxRetryAfterMs ? undefined : Math.max(fault.retryAfterMs, firstDelayMs);
	}
	return Math.min(firstDelayMs * 2 ** (attempt - 1) * (1 + jitter * random), maxDelayMs);
};

/**
 * What a server asks for, in milliseconds from now: `retry-after-ms`, or `retry-after` in seconds or as a date.
 * Undefined when it asks for nothing sensible (not a number, negative, past).
 */
export const parseRetryAfter = (headers: Headers, now: number): number | undefined => {
	const milliseconds = positive(headers.get('retry-after-ms'));
	if (milliseconds !== undefined) return milliseconds;
	const value = headers.get('retry-after');
	const seconds = positive(value);
	if (seconds !== undefined) return seconds * 1000;
	// Date.parse takes "-1" and "5 apples" for dates; an HTTP date begins with a weekday.
	if (!value || !/^[A-Z][a-z]+, /.test(value)) return undefined;
	const ms = Date.parse(value) - now;
	return ms > 0 ? ms : undefined;
};

/** Waits so long; an abort ends it at once. */
export const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
	new Promise(resolve => {
		if (signal.aborted) return resolve();
		const finish = () => {
			clearTimeout(timer);
			signal.removeEventListener('abort', finish);
			resolve();
		};
		const timer = setTimeout(finish, ms);
		signal.addEventListener('abort', finish, {once: true});
	});

const lastFailure = ({failure, isRetryable, retryAfterMs}: Fault, attempts: number) => {
	if (!isRetryable) return failure;
	if (retryAfterMs !== undefined && retryAfterMs > maxRetryAfterMs) {
		const wait = describeWait(Math.ceil(retryAfterMs / 60_000));
		return {...failure, message: `${failure.message} It asks to wait ${wait}: send the message again then.`};
	}
	return {...failure, message: `${failure.message} (${attempts} attempts)`};
};

/** Servers ask for anything, years included. */
const describeWait = (minutes: number): string => {
	if (minutes <= 120) return `${minutes} min`;
	return minutes <= 48 * 60 ? `${Math.ceil(minutes / 60)} h` : 'more than two days';
};

const positive = (value: string | null): number | undefined => {
	if (value === null || !/^\d+(\.\d+)?$/.test(value.trim())) return undefined;
	const number = Number(value);
	return number > 0 && Number.isFinite(number) ? number : undefined;
};
