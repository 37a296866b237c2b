// The built-in offline assistant: no language model, but a `fetch` for the real SDK that answers a handful of
// requests in the streaming form of the Responses API. No port, no network; client, loop and tools are the usual.
import {createModel} from './client.js';
import {type Model, offlineName} from './model.js';
import {readConversation} from './offline/conversation.js';
import {replyTo} from './offline/reply.js';
import {answerEvents} from './offline/wire.js';

/** `hint`: how to get a real model. */
export const createOfflineModel = (hint: string): Model =>
	createModel({
		model: offlineName,
		provider: offlineName,
		apiKey: '',
		baseURL: 'http://offline.invalid/v1', // A name that no network knows: nothing could go out by mistake.
		wireApi: 'responses',
		fetch: createOfflineFetch(hint),
	});

/** Answers `POST …/responses` with `stream`; everything else is an error in the API's form. */
export const createOfflineFetch =
	(hint: string): typeof fetch =>
	async (input, init) => {
		init?.signal?.throwIfAborted();
		const {pathname} = new URL(input instanceof Request ? input.url : input);
		if (!pathname.endsWith('/responses')) return refusal(404, `There is no ${pathname} here.`);
		const conversation = readConversation(init?.body);
		if (!conversation) return refusal(400, 'This is no request with a conversation in it.');
		const events = answerEvents(replyTo(conversation, hint), offlineName);
		const stream = ReadableStream.from(events).pipeThrough(new TextEncoderStream());
		return new Response(stream, {headers: {'content-type': 'text/event-stream; charset=utf-8'}});
	};

const refusal = (status: number, message: string): Response =>
	Response.json({error: {type: 'invalid_request_error', code: null, param: null, message}}, {status});
