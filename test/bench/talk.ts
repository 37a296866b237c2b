// The model's side of the benchmark, spoken line by line: every request is held open until it is answered, and
// the time between the end of an answer and the next request is what an agent took for the call in between.
import {type RecordedRequest, type Reply, startModelServer, text} from '../support/model-server.js';

export type Talk = {
	readonly url: string;
	/** The open request, now or when it comes. */
	request(): Promise<RecordedRequest>;
	/** Answers the open request; resolves with the next one and the milliseconds until it was here. */
	reply(reply: Reply): Promise<{ms: number; request: RecordedRequest}>;
	/** Answers the open request, and waits for nothing more than that it is sent. */
	answer(reply: Reply): Promise<void>;
	/** Model requests of the conversation so far. */
	count(): number;
	/** Forgets what an agent has left open. */
	reset(): void;
	close(): Promise<void>;
};

type Open = {request: RecordedRequest; at: number; answer(reply: Reply): void};

export const startTalk = async (): Promise<Talk> => {
	let open: Open | undefined;
	let arrived = Promise.withResolvers<void>();
	let count = 0;
	const server = await startModelServer(request => {
		// Codex asks for a title of the conversation beside it, with other tools.
		if (!request.body.tools?.some(({name}) => name === 'exec_command')) return text('{"title":"Benchmark"}');
		count++;
		return new Promise<Reply>(answer => {
			open = {request, at: performance.now(), answer};
			arrived.resolve();
		});
	});

	const next = async (): Promise<Open> => {
		while (!open) await withDeadline(arrived.promise);
		return open;
	};
	const answer = async (reply: Reply): Promise<number> => {
		const {request, answer} = await next();
		open = undefined;
		arrived = Promise.withResolvers();
		answer(reply);
		await request.closed;
		return performance.now();
	};

	return {
		url: server.url,
		request: async () => (await next()).request,
		async reply(reply) {
			const answeredAt = await answer(reply);
			const {request, at} = await next();
			return {ms: at - answeredAt, request};
		},
		async answer(reply) {
			await answer(reply);
		},
		count: () => count,
		reset() {
			open = undefined;
			arrived = Promise.withResolvers();
			count = 0;
		},
		close: server.close,
	};
};

// Above the longest that any call is asked to take.
const deadlineMs = 120_000;

const withDeadline = async (arrival: Promise<void>): Promise<void> => {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`No model request within ${deadlineMs} ms.`)), deadlineMs);
	});
	try {
		await Promise.race([arrival, late]);
	} finally {
		clearTimeout(timer);
	}
};
