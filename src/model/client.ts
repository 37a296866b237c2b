// A model behind the openai SDK, as a stream of events that never throws. Retries are ours, since the SDK's are
// silent and can't be cancelled.

import {inspect} from 'node:util';
import {faultOf, runAttempt, type Sdk, type Timeouts} from './attempt.js';
import {chatFormat} from './chat.js';
import {abortedFailure, isAddressRight, type Peer} from './failures.js';
import type {Model, ModelEvent, ModelFailure, ModelRequest} from './model.js';
import {responsesFormat} from './responses.js';
import {type RetryPolicy, sleep, withRetries} from './retry.js';
import {createTakenImages} from './taken-images.js';
import {createUnavailableModel} from './unavailable.js';

export type ModelOptions = {
	model: string;
	/** Its name for people: "openai", "ollama". Default: the host of the base URL. */
	provider?: string;
	/** Empty for servers that want none. */
	apiKey: string;
	/** Where the key comes from, for the words of a refusal. Default OPENAI_API_KEY. */
	envKey?: string;
	/** Default: the OpenAI API. */
	baseURL?: string;
	/** Where that address is set, for the words of a failure. Default OPENAI_BASE_URL. */
	addressKey?: string;
	wireApi: 'responses' | 'chat';
	fetch?: typeof fetch;
	timeouts?: Partial<Timeouts>;
	retry?: Partial<RetryPolicy>;
};

export const defaultBaseURL = 'https://api.openai.com/v1';

const defaultTimeouts: Timeouts = {
	headersMs: 60_000,
	idleMs: 60_000, // any byte counts: servers send comments while a model thinks
	totalMs: 30 * 60_000, // an attempt; comments alone would keep it for ever
};

const listMs = 10_000;

export const createModel = (options: ModelOptions): Model => {
	const format = options.wireApi === 'chat' ? chatFormat : responsesFormat;
	const peer = toPeer(options);
	if (!URL.canParse(peer.baseURL)) {
		return createUnavailableModel(options.model, {
			code: 'not-configured',
			message: `${peer.addressKey} is not an address: ${peer.baseURL}. It looks like http://localhost:11434/v1.`,
		});
	}
	const policy = {random: Math.random, sleep, ...options.retry};
	const timeouts = {...defaultTimeouts, ...options.timeouts};
	// What this server has refused: older models know no encrypted reasoning, some servers no parallel calls.
	const refused = new Set<string>();
	const sendImages = createTakenImages(peer);
	let sdk: Promise<Sdk> | undefined;

	const getSdk = () => {
		sdk ??= connect(options, peer);
		return sdk;
	};
	const stream = (request: ModelRequest, signal: AbortSignal) => {
		const attempt = () => {
			const images = sendImages(request.messages);
			const body = () => format.toBody({...request, messages: images.messages()}, peer);
			return runAttempt({connect: getSdk, format, body, images, refused, peer, timeouts, signal});
		};
		return guarded(withRetries(attempt, policy, signal), options.apiKey);
	};

	return {
		name: options.model,
		stream: (request, signal) => untilAborted(stream(request, signal), signal),
	};
};

/** The names of a server's models. Never throws. */
export const listModels = async (
	options: Omit<ModelOptions, 'model' | 'wireApi'>,
	signal: AbortSignal,
): Promise<{kind: 'listed'; names: string[]} | {kind: 'failed'; failure: ModelFailure}> => {
	const peer = toPeer({...options, model: ''});
	try {
		const {client} = await connect(options, peer);
		const limit = AbortSignal.any([signal, AbortSignal.timeout(listMs)]);
		const page = await client.models.list({signal: limit});
		if (Array.isArray(page.data)) return {kind: 'listed', names: page.data.map(({id}) => id)};
		const message = `${peer.baseURL}/models is no list of models. ${isAddressRight(peer)}`;
		return {kind: 'failed', failure: {code: 'not-a-stream', message}};
	} catch (error) {
		if (signal.aborted) return {kind: 'failed', failure: abortedFailure};
		return {kind: 'failed', failure: redact(faultOf(error, false, peer).failure, options.apiKey)};
	}
};

/** The SDK costs 150 ms to load: not before the first request. */
const connect = async (options: Omit<ModelOptions, 'model' | 'wireApi'>, peer: Peer): Promise<Sdk> => {
	const [{OpenAI}, {Stream}] = await Promise.all([import('openai'), import('openai/core/streaming')]);
	const silent = () => {};
	const client = new OpenAI({
		apiKey: options.apiKey || 'none', // the SDK wants one even where the server does not
		adminAPIKey: null,
		baseURL: peer.baseURL,
		maxRetries: 0,
		timeout: defaultTimeouts.totalMs, // ours are shorter
		logLevel: 'off',
		logger: {error: silent, warn: silent, info: silent, debug: silent},
		fetchOptions: {redirect: 'manual'}, // neither key nor conversation goes anywhere else
		...(options.fetch && {fetch: options.fetch}),
	});
	return {client, Stream};
};

/** Ends with `failed: aborted` as soon as the signal aborts, whatever the source is waiting for. */
async function* untilAborted(
	source: AsyncGenerator<ModelEvent>,
	signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
	let onAbort = () => {};
	const aborted = new Promise<'aborted'>(resolve => {
		onAbort = () => resolve('aborted');
	});
	signal.addEventListener('abort', onAbort, {once: true});
	if (signal.aborted) onAbort();
	try {
		while (true) {
			const next = await Promise.race([aborted, source.next()]);
			if (next === 'aborted') return yield {type: 'failed', failure: abortedFailure};
			if (next.done) return;
			yield next.value;
		}
	} finally {
		signal.removeEventListener('abort', onAbort);
		// Not awaited: it may hang where the source hangs.
		source.return(undefined).catch(() => {});
	}
}

/** The one place where a bug in here becomes a failure, and where the key is taken out of a server's words. */
async function* guarded(source: AsyncGenerator<ModelEvent>, apiKey: string): AsyncGenerator<ModelEvent> {
	try {
		for await (const event of source) {
			if (event.type === 'failed') yield {type: 'failed', failure: redact(event.failure, apiKey)};
			else if (event.type === 'retry.scheduled') yield {...event, reason: hide(event.reason, apiKey)};
			else if (event.type === 'images.refused') yield {...event, message: hide(event.message, apiKey)};
			else yield event;
		}
	} catch (cause) {
		yield {
			type: 'failed',
			failure: {code: 'invalid-request', message: 'The request could not be made.', cause},
		};
	}
}

const redact = ({code, message, cause}: ModelFailure, apiKey: string): ModelFailure => {
	const isSafe = cause !== undefined && hide(inspect(cause), apiKey) === inspect(cause);
	return {code, message: hide(message, apiKey), ...(isSafe && {cause})};
};

/** Also of a key that was pasted with a line break, which is why it was refused. */
const hide = (words: string, apiKey: string): string =>
	apiKey
		.split(/\s+/)
		.filter(piece => piece.length >= 8) // shorter ones are dummies such as "ollama"
		.reduce((hidden, piece) => hidden.replaceAll(piece, '[key]'), words);

const toPeer = (options: Omit<ModelOptions, 'wireApi'> & {wireApi?: ModelOptions['wireApi']}): Peer => {
	const baseURL = options.baseURL ?? defaultBaseURL;
	const hostname = URL.canParse(baseURL) ? new URL(baseURL).host : baseURL;
	return {
		baseURL,
		model: options.model,
		provider: options.provider ?? (options.baseURL === undefined ? 'OpenAI' : hostname),
		envKey: options.envKey ?? 'OPENAI_API_KEY',
		addressKey: options.addressKey ?? 'OPENAI_BASE_URL',
		api: options.wireApi === 'chat' ? 'Chat Completions API' : 'Responses API',
	};
};
