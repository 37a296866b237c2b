// A scripted model server that speaks the streaming wire formats of the Responses API and of Chat Completions on
// a local port, and fails in every way that real ones do: the same script serves both. It records what it was asked and knows nothing of tandem. Plain node can run
// it, see run-model-server.ts.
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {chatBlocks, inputOf} from './chat-wire.js';
import {type Ending, type Part, responsesBlocks, type WireItem} from './responses-wire.js';

export type Reply = Part | Part[] | Fault | StreamReply | RawReply;

/** A reply for each request in order, or a function that is asked for each. */
export type Script = readonly Reply[] | ((request: RecordedRequest) => Reply | Promise<Reply>);

export type StreamReply = {
	kind: 'stream';
	parts: Part[];
	/** How the stream ends; default `response.completed`. */
	ending?: StreamEnding;
	/** What goes wrong once so many events were sent. */
	fault?: {after: number; what: 'reset' | 'cut' | 'stall' | 'malformed' | 'comments'};
	wire?: {eol?: '\n' | '\r\n'; isBytewise?: boolean; hasComments?: boolean};
};

export type StreamEnding = Ending;

/** Server-sent events just as they are, then the end. */
export type RawReply = {kind: 'raw'; blocks: string[]};

export type Fault =
	| {kind: 'no-headers'}
	| {kind: 'reset'}
	| {kind: 'status'; status: number; headers: Record<string, string>; body: string};

export type RecordedRequest = {
	/** From 0, model requests only. */
	index: number;
	headers: IncomingMessage['headers'];
	/** The conversation stands in `input` as items of the Responses API, whatever the wire format. */
	body: RequestBody;
	/** The body as it came. */
	sent: Record<string, unknown>;
	/** The connection's or the reply's end: `finished` when all was sent, `dropped` when the client left early. */
	closed: Promise<'finished' | 'dropped'>;
};

export type RequestBody = {
	model: string;
	instructions?: string;
	input: WireItem[];
	tools?: {type: string; name: string}[];
	[field: string]: unknown;
};

export type ModelServer = Awaited<ReturnType<typeof startModelServer>>;

/** Listens on 127.0.0.1; `url` is what belongs into OPENAI_BASE_URL. */
export const startModelServer = async (
	script: Script = [],
	{
		port = 0,
		models = ['test-model'],
		capabilities,
		listing,
	}: {
		port?: number;
		models?: string[];
		/** What the server says that a model can do, as Ollama does; without it, it says nothing. */
		capabilities?: Record<string, string[]>;
		/** The list of models comes when this is settled. */
		listing?: Promise<unknown>;
	} = {},
) => {
	const requests: RecordedRequest[] = [];
	const visits: {path: string; headers: IncomingMessage['headers']}[] = [];
	const waiting: ((request: RecordedRequest) => void)[] = [];
	const queue: Reply[] = typeof script === 'function' ? [] : [...script];
	let taken = 0;

	const replyTo = async (request: RecordedRequest): Promise<Reply> => {
		const complaint = findDanglingCall(request.body.input);
		if (complaint) return apiError(400, {type: 'invalid_request_error', param: 'input', message: complaint});
		if (typeof script === 'function') return script(request);
		return queue.shift() ?? apiError(400, {type: 'invalid_request_error', message: 'The script is over.'});
	};

	const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
		const text = await readBody(incoming);
		const path = new URL(incoming.url ?? '/', 'http://localhost').pathname;
		visits.push({path, headers: incoming.headers});
		if (path === '/v1/models') {
			await listing;
			return send(response, 200, modelList(models));
		}
		if (path === '/api/show' && capabilities) {
			return send(response, 200, {capabilities: capabilities[JSON.parse(text).model] ?? []});
		}
		const format = formats[path];
		if (!format) return send(response, 404, {error: {message: `No ${path} here.`}});

		const sent = JSON.parse(text);
		const request: RecordedRequest = {
			index: requests.length,
			headers: incoming.headers,
			body: format.bodyOf(sent),
			sent,
			closed: new Promise(resolve => {
				response.once('close', () => resolve(response.writableFinished ? 'finished' : 'dropped'));
			}),
		};
		requests.push(request);
		waiting.shift()?.(request);
		await perform(await replyTo(request), response, parts => format.blocks(parts, request.body.model));
	};

	const server = createServer((incoming, response) => {
		response.on('error', () => {}); // The client may leave at any moment; `closed` tells it.
		serve(incoming, response).catch(error => {
			if (!response.headersSent) send(response, 500, {error: {message: String(error)}});
			else response.destroy();
		});
	});
	let connections = 0;
	server.on('connection', () => connections++);
	await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
	const address = server.address() as AddressInfo; // It listens on TCP.

	const close = () =>
		new Promise<void>(resolve => {
			server.close(() => resolve());
			server.closeAllConnections();
		});

	return {
		url: `http://127.0.0.1:${address.port}/v1`,
		requests: requests as readonly RecordedRequest[],
		/** Everything that was asked, lists of models included. */
		visits: visits as readonly (typeof visits)[number][],
		/** The next request that no earlier call of this was given, now or when it comes. */
		nextRequest: (): Promise<RecordedRequest> => {
			const request = requests[taken++];
			return request ? Promise.resolve(request) : new Promise(resolve => waiting.push(resolve));
		},
		/** How many connections clients have made so far. */
		connections: () => connections,
		/** Adds replies to a script that is a list. */
		push: (...replies: Reply[]) => {
			queue.push(...replies);
		},
		close,
		[Symbol.asyncDispose]: close,
	};
};

// Replies.

/** An answer's text in pieces: an array's strings are one delta each, its promises are waited for in between. */
export const text = (
	content: string | (string | Promise<unknown>)[],
	{
		chunks = 3,
		delayUntil,
		phase,
	}: {chunks?: number; delayUntil?: Promise<unknown>; phase?: 'commentary' | 'final_answer'} = {},
): Part => ({
	kind: 'text',
	chunks: [
		...(delayUntil ? [delayUntil] : []),
		...(typeof content === 'string' ? split(content, chunks) : content),
	],
	...(phase && {phase}),
});

let calls = 0;

/** A tool call; `args` that are a string are sent as they are, valid JSON or not. */
export const call = (name: string, args: unknown, callId = `call_${++calls}`): Part => ({
	kind: 'call',
	callId,
	name,
	arguments: typeof args === 'string' ? args : JSON.stringify(args),
});

export const reasoning = (summary: string, encrypted: string | null = 'gAAAA-encrypted'): Part => ({
	kind: 'reasoning',
	summary,
	encrypted,
});

export const refusal = (words: string): Part => ({kind: 'refusal', text: words});

/** An answer of these parts with something special about it. */
export const stream = (parts: Part | Part[], special: Omit<StreamReply, 'kind' | 'parts'> = {}): Reply => ({
	kind: 'stream',
	parts: Array.isArray(parts) ? parts : [parts],
	...special,
});

/** The socket is reset after so many events of the answer. */
export const resetAfter = (events: number, ...parts: Part[]) =>
	stream(parts, {fault: {after: events, what: 'reset'}});
/** The reply ends well but without its last events. */
export const cutAfter = (events: number, ...parts: Part[]) =>
	stream(parts, {fault: {after: events, what: 'cut'}});
/** Nothing comes any more, the connection stays. */
export const stallAfter = (events: number, ...parts: Part[]) =>
	stream(parts, {fault: {after: events, what: 'stall'}});
/** Only comments come any more, one every 20 ms. */
export const commentsAfter = (events: number, ...parts: Part[]) =>
	stream(parts, {fault: {after: events, what: 'comments'}});
/** One event is no JSON; the rest follows as if nothing had been. */
export const malformedAfter = (events: number, ...parts: Part[]) =>
	stream(parts, {fault: {after: events, what: 'malformed'}});

export const noHeaders = (): Reply => ({kind: 'no-headers'});
/** The connection is reset before any header. */
export const reset = (): Reply => ({kind: 'reset'});
export const status = (code: number, body: unknown = '', headers: Record<string, string> = {}): Reply => ({
	kind: 'status',
	status: code,
	headers: {'content-type': typeof body === 'string' ? 'text/plain' : 'application/json', ...headers},
	body: typeof body === 'string' ? body : JSON.stringify(body),
});
export const html = (code = 200): Reply =>
	status(code, '<!doctype html><title>Welcome</title><p>A login page</p>', {'content-type': 'text/html'});
/** An error in the API's own form. */
export const apiError = (
	code: number,
	error: {message: string; type?: string; code?: string; param?: string},
	headers: Record<string, string> = {},
): Reply => status(code, {error: {type: null, code: null, param: null, ...error}}, headers);

/** Chunks of Chat Completions as a server would send them, `[DONE]` included if it is given. */
export const chunks = (...data: unknown[]): Reply => ({
	kind: 'raw',
	blocks: data.map(item => `data: ${typeof item === 'string' ? item : JSON.stringify(item)}\n\n`),
});

// The machinery.

type Format = {
	bodyOf(sent: Record<string, unknown>): RequestBody;
	/** The answer as server-sent events. */
	blocks(reply: StreamReply, model: string): AsyncIterable<string>;
};

const ending = (reply: StreamReply): Ending => reply.ending ?? {kind: 'completed'};

const formats: Record<string, Format> = {
	'/v1/responses': {
		bodyOf: sent => sent as RequestBody,
		blocks: (reply, model) => responsesBlocks(reply.parts, ending(reply), model),
	},
	'/v1/chat/completions': {
		bodyOf: sent => ({...sent, ...inputOf(sent)}) as RequestBody,
		blocks: (reply, model) => chatBlocks(reply.parts, ending(reply), model),
	},
};

const perform = async (
	reply: Reply,
	response: ServerResponse,
	blocks: (reply: StreamReply) => AsyncIterable<string>,
): Promise<void> => {
	const normal: StreamReply | Fault | RawReply = Array.isArray(reply)
		? {kind: 'stream', parts: reply}
		: isPart(reply)
			? {kind: 'stream', parts: [reply]}
			: reply;
	switch (normal.kind) {
		case 'no-headers':
			return;
		case 'reset':
			response.socket?.resetAndDestroy();
			return;
		case 'status':
			response.writeHead(normal.status, normal.headers).end(normal.body);
			return;
		case 'stream':
			return performStream(normal, response, blocks(normal));
		case 'raw':
			return performStream({kind: 'stream', parts: []}, response, normal.blocks);
	}
};

const performStream = async (
	reply: StreamReply,
	response: ServerResponse,
	blocks: AsyncIterable<string> | Iterable<string>,
) => {
	const {fault, wire = {}} = reply;
	response.writeHead(200, {
		'content-type': 'text/event-stream; charset=utf-8',
		'cache-control': 'no-cache',
		'x-request-id': 'req_test',
	});
	response.flushHeaders();
	const write = async (block: string) => {
		const bytes = Buffer.from(wire.eol === '\r\n' ? block.replaceAll('\n', '\r\n') : block);
		for (const piece of wire.isBytewise ? singleBytes(bytes) : [bytes]) {
			await new Promise<void>(resolve => {
				response.write(piece, () => resolve());
			});
		}
	};

	let sent = 0;
	for await (const block of blocks) {
		if (response.destroyed) return;
		if (fault && sent === fault.after) {
			if (fault.what !== 'malformed') return breakOff(fault.what, response);
			await write('event: response.output_text.delta\ndata: {"type":"response.output_text.del\n\n');
		}
		if (wire.hasComments) await write(': keep-alive\n\n');
		await write(block);
		sent++;
	}
	response.end();
};

const breakOff = (what: 'reset' | 'cut' | 'stall' | 'comments', response: ServerResponse) => {
	if (what === 'reset') response.socket?.resetAndDestroy();
	else if (what === 'cut') response.end();
	else if (what === 'comments') {
		const timer = setInterval(() => response.write(': keep-alive\n\n'), 20);
		response.once('close', () => clearInterval(timer));
	}
};

function* singleBytes(bytes: Buffer) {
	for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
}

/** As the real API does: every call needs its output and every output its call. */
const findDanglingCall = (input: readonly WireItem[]): string | undefined => {
	const open = new Set<unknown>();
	const answered = new Set<unknown>();
	for (const item of input) {
		if (item.type === 'function_call') open.add(item.call_id);
		if (item.type !== 'function_call_output') continue;
		if (!open.delete(item.call_id)) return `No tool call found for function call output ${item.call_id}.`;
		answered.add(item.call_id);
	}
	const [dangling] = open;
	return dangling === undefined ? undefined : `No tool output found for function call ${dangling}.`;
};

const partKinds = ['text', 'call', 'reasoning', 'refusal', 'wait'];
const isPart = (reply: Exclude<Reply, Part[]>): reply is Part => partKinds.includes(reply.kind);

const split = (content: string, pieces: number): string[] => {
	const size = Math.max(1, Math.ceil(content.length / pieces));
	return Array.from({length: Math.ceil(content.length / size)}, (_, index) =>
		content.slice(index * size, (index + 1) * size),
	);
};

const modelList = (models: readonly string[]) => ({
	object: 'list',
	data: models.map(id => ({id, object: 'model', created: 0, owned_by: 'test'})),
});

const send = (response: ServerResponse, code: number, body: unknown) => {
	response.writeHead(code, {'content-type': 'application/json'}).end(JSON.stringify(body));
};

const readBody = async (incoming: IncomingMessage): Promise<string> => {
	const chunks: Buffer[] = [];
	for await (const chunk of incoming) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
};
