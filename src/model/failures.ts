// What can go wrong between us and a model server, put into our own codes with the next step for the person.
// It knows statuses, codes and headers, not the SDK that carried them.
import type {ModelFailure} from './model.js';
import {parseRetryAfter} from './retry.js';

/** Why one attempt failed, and whether another one may help. */
export type Fault = {
	failure: ModelFailure;
	isRetryable: boolean;
	/** What the server asked for, in milliseconds. */
	retryAfterMs?: number;
};

/** Whom we talk to, for the words of a failure. */
export type Peer = {
	/** "openai", "ollama", … */
	provider: string;
	baseURL: string;
	model: string;
	/** The environment variable that the key comes from. */
	envKey: string;
	/** Where the address is set: "OPENAI_BASE_URL", or a key of the configuration. */
	addressKey: string;
	/** "Responses API", "Chat Completions API". */
	api: string;
};

/** The `error` object of the API; local servers fill only some of it. */
export type ApiError = {
	code?: string | null | undefined;
	type?: string | null | undefined;
	message?: string | undefined;
};

/** An answer with a status other than 2xx. */
export const faultOfStatus = (status: number, error: ApiError, headers: Headers, peer: Peer): Fault => {
	const said = error.message ? `: ${oneLine(error.message)}` : '';
	const known = faultOfCode(error, peer);
	if (known) return withRetryAfter(known, headers);

	if (status === 401 || status === 403) {
		return fatal(
			'unauthorized',
			`${peer.provider} refused the key (${status})${said} Check ${peer.envKey}, then start tandem again.`,
		);
	}
	if (status === 402) return quotaFault(peer, said);
	if (status === 404) return notFoundFault(error, peer, said);
	if (status === 407) {
		return fatal('unreachable', `A proxy on the way to ${host(peer)} wants to be logged in to (407).`);
	}
	if (status === 413) return overflowFault();
	if (status === 429) {
		return withRetryAfter(
			retryable('rate-limited', `${peer.provider} is limiting requests (429)${said}`),
			headers,
		);
	}
	if (status >= 300 && status < 400) {
		const target = headers.get('location') ?? 'another address';
		return fatal(
			'invalid-request',
			`${host(peer)} redirects to ${oneLine(target)}: set that address as ${peer.addressKey}.`,
		);
	}
	if (status === 408 || status === 409 || status === 425 || (status >= 500 && status !== 501)) {
		return withRetryAfter(
			retryable('server-error', `${host(peer)} had an error (${status})${said}`),
			headers,
		);
	}
	return fatal('invalid-request', `${host(peer)} refused the request (${status})${said}`);
};

/** An error told within a stream: `response.failed`, or an `error` event. */
export const faultOfStreamError = (error: ApiError, peer: Peer): Fault => {
	const known = faultOfCode(error, peer);
	if (known) return known;
	const said = error.message ? `: ${oneLine(error.message)}` : '';
	if (error.code?.startsWith('invalid_') || error.type === 'invalid_request_error') {
		return fatal('invalid-request', `${host(peer)} refused the request${said}`);
	}
	return retryable('server-error', `${host(peer)} broke off the answer${said}`);
};

/** A connection that could not be made, or broke. `hasHeaders`: the answer had begun. */
export const faultOfConnection = (error: unknown, hasHeaders: boolean, peer: Peer): Fault => {
	const code = errorCode(error);
	const named = code ? ` (${code})` : '';
	if (code && /CERT|SIGNED|SIGNATURE|ERR_TLS|ERR_SSL/.test(code)) {
		return fatal(
			'unreachable',
			`The certificate of ${host(peer)} is not trusted${named}. If it is your own, name it in NODE_EXTRA_CA_CERTS.`,
			error,
		);
	}
	if (hasHeaders) {
		return retryable('incomplete', `The connection to ${host(peer)} broke during the answer${named}.`, error);
	}
	return retryable(
		'unreachable',
		`${host(peer)} can't be reached${named}. Is the server running and the address right?`,
		error,
	);
};

/** The request could not even be made, for a header that is none, say. None of the error's words: they may hold the key. */
export const unsendableFault = (peer: Peer, cause: unknown): Fault =>
	fatal(
		'invalid-request',
		`The request could not be made. Is ${peer.envKey} one line of plain characters?`,
		cause,
	);

export const stalledFault = (what: 'headers' | 'bytes', seconds: number, peer: Peer): Fault =>
	retryable(
		'stalled',
		what === 'headers'
			? `${host(peer)} did not answer within ${seconds} s.`
			: `${host(peer)} sent nothing for ${seconds} s in the middle of an answer.`,
	);

export const endlessFault = (minutes: number, peer: Peer): Fault =>
	fatal('stalled', `The answer of ${host(peer)} was not complete after ${minutes} minutes.`);

export const oversizeFault = (megabytes: number, peer: Peer): Fault =>
	fatal(
		'incomplete',
		`The answer of ${host(peer)} was larger than ${megabytes} MB. Ask for a smaller step at a time.`,
	);

/** The stream ended without its end event: nothing of it counts. */
export const incompleteFault = (peer: Peer): Fault =>
	retryable('incomplete', `The answer of ${host(peer)} ended before it was complete.`);

export const malformedFault = (peer: Peer, cause?: unknown): Fault =>
	retryable('incomplete', `${host(peer)} sent something that is not an event of the ${peer.api}.`, cause);

export const notAStreamFault = (contentType: string, peer: Peer): Fault =>
	fatal(
		'not-a-stream',
		`${peer.baseURL} answered with ${oneLine(contentType)} in place of an event stream. ${isAddressRight(peer)}`,
	);

export const cutAnswerFault = (reason: string | undefined, peer: Peer): Fault => {
	if (reason === 'content_filter') {
		return fatal('refused', `A content filter of ${peer.provider} stopped the answer.`);
	}
	if (reason === 'length') {
		return fatal(
			'incomplete',
			"The answer was cut off: the model's output limit or its context is full. Ask for a smaller step at a time, or start anew with /new.",
		);
	}
	if (reason === 'max_output_tokens') {
		return fatal(
			'incomplete',
			"The answer was cut off at the model's output limit. Ask for a smaller step at a time.",
		);
	}
	return retryable(
		'incomplete',
		`${peer.provider} cut the answer off${reason ? ` (${oneLine(reason)})` : ''}.`,
	);
};

export const refusalFault = (words: string): Fault =>
	fatal('refused', `The model refused: ${oneLine(words) || 'it gave no reason.'}`);

/** What a server said to a request with images; `words` in one line. */
export type ImageRefusal = {status: number; words: string | undefined};

export const toImageRefusal = (status: number, words: string | undefined): ImageRefusal => ({
	status,
	words: words && oneLine(words),
});

/** For the person: nobody should wonder why the model sees nothing. */
export const describeImageRefusal = (names: readonly string[], refusal: ImageRefusal, peer: Peer): string =>
	`${peer.model} is not shown ${names.join(', ')}: ${refusedBy(refusal, peer)}`;

export const describeNoImages = (refusal: ImageRefusal, peer: Peer): string =>
	`${peer.model} is sent no images from now on (choose another with /model): ${refusedBy(refusal, peer)}`;

const refusedBy = ({status, words}: ImageRefusal, peer: Peer): string =>
	`${host(peer)} refused what was sent (${status})${words ? `: ${words}` : '.'}`;

export const abortedFailure: ModelFailure = {code: 'aborted', message: 'Interrupted.'};

const faultOfCode = ({code, type, message = ''}: ApiError, peer: Peer): Fault | undefined => {
	const said = message ? `: ${oneLine(message)}` : '';
	for (const name of [code, type]) {
		switch (name) {
			case 'context_length_exceeded':
			case 'exceed_context_size_error': // llama.cpp
				return overflowFault();
			case 'insufficient_quota':
			case 'billing_hard_limit_reached':
			case 'usage_limit_reached':
				return quotaFault(peer, said);
			case 'rate_limit_exceeded':
				return retryable('rate-limited', `${peer.provider} is limiting requests${said}`);
			case 'invalid_prompt':
			case 'content_policy_violation':
				return fatal('refused', `${peer.provider} refused the conversation${said}`);
		}
	}
	// vLLM and LM Studio give no code for it.
	if (/maximum context length|context length of only/i.test(message)) return overflowFault();
	// Ollama, llama.cpp and vLLM, each in its own words, none with a code.
	if (/does not support tools|tools param requires|tool choice requires/i.test(message)) {
		return fatal(
			'no-tools',
			`${peer.model} can't call tools${said} tandem works by tools: choose another model with /model.`,
		);
	}
	return undefined;
};

const notFoundFault = (error: ApiError, peer: Peer, said: string): Fault =>
	error.code === 'model_not_found' || error.message?.includes(peer.model)
		? fatal(
				'invalid-request',
				`${peer.provider} has no model ${peer.model} for you${said} Choose another with /model.`,
			)
		: fatal(
				'invalid-request',
				`There is no ${peer.api} at ${peer.baseURL} (404)${said} ${isAddressRight(peer)}`,
			);

/** For an address that answers with something else. */
export const isAddressRight = ({addressKey}: Pick<Peer, 'addressKey'>): string =>
	`Is ${addressKey} right? It usually ends in /v1.`;

const quotaFault = (peer: Peer, said: string): Fault =>
	fatal('quota', `No quota is left at ${peer.provider}${said} Check your plan and billing there.`);

const overflowFault = (): Fault =>
	fatal(
		'context-overflow',
		"The conversation is longer than the model's context. Start a new one with /new.",
	);

const withRetryAfter = (fault: Fault, headers: Headers): Fault => {
	const retryAfterMs = fault.isRetryable ? parseRetryAfter(headers, Date.now()) : undefined;
	return retryAfterMs === undefined ? fault : {...fault, retryAfterMs};
};

const fatal = (code: ModelFailure['code'], message: string, cause?: unknown): Fault => ({
	failure: {code, message, ...(cause !== undefined && {cause})},
	isRetryable: false,
});

const retryable = (code: ModelFailure['code'], message: string, cause?: unknown): Fault => ({
	...fatal(code, message, cause),
	isRetryable: true,
});

const host = ({baseURL}: Peer): string => (URL.canParse(baseURL) ? new URL(baseURL).host : baseURL);

const maxSaid = 300; // characters of a server's own words: a line or three on screen

/** A server's words as one bounded line. */
const oneLine = (words: string): string => {
	const line = words.replace(/\s+/g, ' ').trim();
	return line.length > maxSaid ? `${line.slice(0, maxSaid)}…` : line;
};

/** The first system or TLS code down the chain of causes. */
const errorCode = (error: unknown): string | undefined => {
	for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
		if ('code' in at && typeof at.code === 'string') return at.code;
	}
	return undefined;
};
