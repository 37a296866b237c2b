// One request to a model server through the openai SDK and its answer, within time limits. The SDK builds the
// request and reads server-sent events; deadlines and completeness are ours, since its own are missing.
import {setImmediate as nextTurn} from 'node:timers/promises';
import type {APIError, OpenAI} from 'openai';
import type {AssistantItem} from '../events.js';
import {
	endlessFault,
	type Fault,
	faultOfConnection,
	faultOfStatus,
	type ImageRefusal,
	incompleteFault,
	malformedFault,
	notAStreamFault,
	oversizeFault,
	type Peer,
	stalledFault,
	toImageRefusal,
	unsendableFault,
} from './failures.js';
import {mayRefuseImages} from './images.js';
import type {AttemptEvent} from './retry.js';
import type {OutgoingImages} from './taken-images.js';
import type {AnswerStep, RequestBody, WireFormat} from './wire.js';

export type Timeouts = {headersMs: number; idleMs: number; totalMs: number};

export type Sdk = {client: OpenAI; Stream: typeof import('openai/core/streaming').Stream};

export type Attempt = {
	connect(): Promise<Sdk>;
	format: WireFormat;
	/** With the images that are not left out by now. */
	body(): RequestBody;
	images: Pick<OutgoingImages, 'refuse' | 'take'>;
	/** Optional fields that this server has refused; grows. */
	refused: Set<string>;
	peer: Peer;
	timeouts: Timeouts;
	signal: AbortSignal;
};

// Of one answer: four times the longest that models write, and what can still be shown without a stop.
const maxCharacters = 2_000_000;
const maxBytes = 256_000_000; // each few characters come in an event of hundreds of bytes, and all once more at the end
const drainMs = 1_000; // servers end the stream right after its end event
const closingMs = 1_000; // what comes after a complete answer is sent with it

/** Ends with `done` or `broken`, whatever happens; returning early or an abort closes the connection. */
export async function* runAttempt(attempt: Attempt): AsyncGenerator<AttemptEvent> {
	const {peer, signal} = attempt;
	const reader = attempt.format.createReader(peer);
	const bounded = createBound(peer);
	const controller = new AbortController();
	const deadlines = watch(controller, attempt.timeouts, peer);
	const abort = () => controller.abort();
	signal.addEventListener('abort', abort, {once: true});
	if (signal.aborted) abort();
	let hasHeaders = false;
	let isFinished = false;
	try {
		const sdk = await attempt.connect();
		const response = await send(sdk.client, attempt, controller.signal);
		hasHeaders = true;
		deadlines.headersCame();
		const withoutImages = attempt.images.take();
		if (withoutImages !== undefined) yield {type: 'images.refused', message: withoutImages};
		const contentType = response.headers.get('content-type') ?? '';
		if (/html|json/.test(contentType)) {
			yield {type: 'broken', fault: notAStreamFault(contentType, peer)};
			return;
		}
		const counted = countBytes(response, deadlines.bytesCame);
		const stream = sdk.Stream.fromSSEResponse<SseItem>(counted, controller, sdk.client, true, 'events');
		const events = stream[Symbol.asyncIterator]();
		const breathe = createBreather();
		for (let next = await events.next(); !next.done; next = await events.next()) {
			await breathe();
			for (const step of reader.read(next.value.event, next.value.data).map(bounded)) {
				if (step.kind === 'closing') deadlines.answerCame();
				else yield toEvent(step);
				if (step.kind === 'broken') return;
				if (step.kind !== 'finished') continue;
				isFinished = true;
				void drain(events, controller);
				return;
			}
		}
		yield toEvent(
			bounded(reader.end() ?? {kind: 'broken', fault: deadlines.fault() ?? incompleteFault(peer)}),
		);
	} catch (error) {
		// What breaks after a complete answer harms nobody.
		yield toEvent(
			bounded(reader.end() ?? {kind: 'broken', fault: deadlines.fault() ?? faultOf(error, hasHeaders, peer)}),
		);
	} finally {
		signal.removeEventListener('abort', abort);
		deadlines.stop();
		if (!isFinished) controller.abort();
	}
}

const toEvent = (step: Exclude<AnswerStep, {kind: 'closing'}>): AttemptEvent => {
	switch (step.kind) {
		case 'text':
			return {type: 'text.delta', text: step.delta};
		case 'reasoning':
			return {type: 'reasoning.delta', text: step.delta};
		case 'finished':
			return {type: 'done', items: step.items, usage: step.usage};
		case 'broken':
			return {type: 'broken', fault: step.fault};
	}
};

/** Lets no more of an answer through than there may be; what a provider carries along does not count. */
const createBound = (peer: Peer) => {
	let streamed = 0;
	return <Step extends AnswerStep>(step: Step): Step | Extract<AnswerStep, {kind: 'broken'}> => {
		if (step.kind === 'text' || step.kind === 'reasoning') streamed += step.delta.length;
		const size =
			step.kind === 'finished' ? step.items.reduce((sum, item) => sum + sizeOf(item), 0) : streamed;
		if (size <= maxCharacters) return step;
		return {kind: 'broken', fault: oversizeFault(maxCharacters / 1_000_000, peer)};
	};
};

const sizeOf = (item: AssistantItem): number => {
	if (item.kind === 'call') return item.arguments.length;
	return item.kind === 'text' ? item.text.length : item.summary.length;
};

type SseItem = {event: string | null; data: unknown};

/** Sends the request without what this server has refused before, and once more without what it refuses now. */
const send = async (client: OpenAI, attempt: Attempt, signal: AbortSignal): Promise<Response> => {
	const {format, body, images, refused, peer} = attempt;
	const accepted = Object.fromEntries(Object.entries(body()).filter(([field]) => !refused.has(field)));
	try {
		return await format.send(client, accepted, signal);
	} catch (error) {
		const field = refusedField(error, format.optionalFields);
		if (field !== undefined && !refused.has(field)) {
			refused.add(field);
			return send(client, attempt, signal);
		}
		const refusal = imageRefusalOf(error, peer);
		if (!refusal || !images.refuse(refusal)) throw error;
		return send(client, attempt, signal);
	}
};

/** Undefined: it is about something else. */
const imageRefusalOf = (error: unknown, peer: Peer): ImageRefusal | undefined => {
	if (!isApiError(error) || faultOf(error, false, peer).failure.code === 'context-overflow') return undefined;
	return mayRefuseImages(error.status, error.message, peer.model)
		? toImageRefusal(error.status, apiMessage(error.error))
		: undefined;
};

/** The field that a server does not know: by name, or in its words where the name is no word of every day. */
const refusedField = (error: unknown, optional: readonly string[]): string | undefined => {
	if (!isApiError(error) || (error.status !== 400 && error.status !== 422)) return undefined;
	const {message, param} = error;
	return optional.find(
		field => param?.split(/[.[]/)[0] === field || (field.includes('_') && message.includes(field)),
	);
};

/** Aborts an attempt that takes too long, and knows why it did. */
const watch = (controller: AbortController, {headersMs, idleMs, totalMs}: Timeouts, peer: Peer) => {
	let fault: Fault | undefined;
	let bytes = 0;
	const cut = (reason: Fault) => {
		fault ??= reason;
		controller.abort();
	};
	const total = setTimeout(() => cut(endlessFault(Math.round(totalMs / 60_000), peer)), totalMs);
	const seconds = (ms: number) => Math.round(ms / 1000);
	const headers = setTimeout(() => cut(stalledFault('headers', seconds(headersMs), peer)), headersMs);
	let idle: NodeJS.Timeout | undefined;
	let closing: NodeJS.Timeout | undefined;

	return {
		headersCame() {
			clearTimeout(headers);
			idle = setTimeout(() => cut(stalledFault('bytes', seconds(idleMs), peer)), idleMs);
		},
		bytesCame(count: number) {
			idle?.refresh();
			bytes += count;
			if (bytes > maxBytes) cut(oversizeFault(maxBytes / 1_000_000, peer));
		},
		answerCame() {
			closing ??= setTimeout(() => controller.abort(), closingMs);
		},
		fault: () => fault,
		stop() {
			for (const timer of [total, headers, idle, closing]) clearTimeout(timer);
		},
	};
};

const maxBusyMs = 8; // half a frame

/** Lets keys and timers through: a burst of events would else be read to its end in one go. */
const createBreather = () => {
	let rested = performance.now();
	return async () => {
		if (performance.now() - rested < maxBusyMs) return;
		await nextTurn();
		rested = performance.now();
	};
};

/** The same response, telling of every byte: the SDK swallows comments, which are signs of life. */
const countBytes = (response: Response, onBytes: (count: number) => void): Response => {
	const counter = new TransformStream<Uint8Array, Uint8Array>({
		transform(chunk, controller) {
			onBytes(chunk.length);
			controller.enqueue(chunk);
		},
	});
	return new Response(response.body?.pipeThrough(counter) ?? null, {headers: response.headers});
};

/** Reads a finished stream to its end, so that its connection serves the next request. */
const drain = async (events: AsyncIterator<SseItem>, controller: AbortController) => {
	const timer = setTimeout(() => controller.abort(), drainMs);
	timer.unref();
	try {
		while (!(await events.next()).done);
	} catch {
		// The answer is complete: what breaks after it harms nobody.
	} finally {
		clearTimeout(timer);
	}
};

export const faultOf = (error: unknown, hasHeaders: boolean, peer: Peer): Fault => {
	if (isApiError(error)) {
		const {code, type, status} = error;
		const message = apiMessage(error.error);
		return faultOfStatus(status, {code, type, message}, error.headers ?? new Headers(), peer);
	}
	if (error instanceof SyntaxError) return malformedFault(peer, error);
	// Its connection errors are API errors without a status; anything else never left this process.
	const isSent = hasHeaders || (error instanceof Error && 'status' in error);
	return isSent ? faultOfConnection(error, hasHeaders, peer) : unsendableFault(peer, error);
};

/** An answer with a status; the SDK's connection errors have none. Its classes are not loaded here. */
const isApiError = (error: unknown): error is APIError & {status: number} =>
	error instanceof Error && 'status' in error && typeof error.status === 'number';

/** The server's own words, of the `error` of its body. */
const apiMessage = (body: unknown): string | undefined => {
	if (typeof body === 'string' && body !== '') return body;
	const words = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
	return typeof words === 'string' && words !== '' ? words : undefined;
};
