// Model servers on this machine, found by asking the ports that they usually have. Never with a key: any program
// of any user may listen there, so what is found is offered with its address and never used unasked.
import {z} from 'zod';

export type LocalServer = {name: string; baseURL: string; models: string[]};

// A server on this machine answers in a few milliseconds; on one that is busy (a model is being loaded) it may
// take seconds. Nobody waits for it: each is told when it answers.
const answerMs = 5_000;
const maxBytes = 1_000_000;

/** Tells of each when it answers; all of them in the end, in the order of the names. Never throws. */
export const findLocalServers = async (
	ports: Readonly<Record<string, number>>,
	signal: AbortSignal,
	onFound: (server: LocalServer) => void = () => {},
): Promise<LocalServer[]> => {
	const limit = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
	const answers = await Promise.all(
		Object.entries(ports).map(async ([name, port]) => {
			const baseURL = `http://127.0.0.1:${port}/v1`;
			const models = await listedAt(baseURL, limit);
			if (!models) return;
			const server = {name, baseURL, models};
			onFound(server);
			return server;
		}),
	);
	return answers.filter(server => server !== undefined);
};

const listSchema = z.object({data: z.array(z.object({id: z.string().min(1)}))});

const listedAt = async (baseURL: string, signal: AbortSignal): Promise<string[] | undefined> => {
	try {
		const response = await fetch(`${baseURL}/models`, {signal, redirect: 'error'});
		const list = response.ok ? listSchema.safeParse(JSON.parse(await readBounded(response))) : undefined;
		return list?.success ? list.data.data.map(({id}) => id) : undefined;
	} catch {
		return undefined; // Nobody is there, or it is no model server.
	}
};

const readBounded = async (response: Response): Promise<string> => {
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of response.body ?? []) {
		bytes += chunk.length;
		if (bytes > maxBytes) throw new Error('The list of models is too long.');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString();
};

/** Whether an address is on this machine. */
export const isLoopback = (address: string): boolean =>
	URL.canParse(address) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(address).hostname);
