// Whether a model of a local server can call tools: tandem is of little use with one that can't.
import {z} from 'zod';
import {createModel, type ModelOptions} from './client.js';

export type ToolSupport =
	| {kind: 'yes'}
	/** `reason`: for people. */
	| {kind: 'no' | 'unknown'; reason: string};

/** What the server says of the model, else what the model does when it is asked to call a tool. Never throws. */
export const checkTools = async (options: ModelOptions, signal: AbortSignal): Promise<ToolSupport> =>
	(await capabilityOf(options, signal)) ?? tryTool(options, signal);

const capabilitiesSchema = z.object({capabilities: z.array(z.string())});

const sayMs = 2_000;

/** Ollama says it; undefined: this server does not. */
const capabilityOf = async (
	{baseURL, model}: ModelOptions,
	signal: AbortSignal,
): Promise<ToolSupport | undefined> => {
	try {
		const response = await fetch(new URL('/api/show', baseURL), {
			method: 'POST',
			headers: {'content-type': 'application/json'},
			body: JSON.stringify({model}),
			signal: AbortSignal.any([signal, AbortSignal.timeout(sayMs)]),
			redirect: 'error',
		});
		const said = response.ok ? capabilitiesSchema.safeParse(await response.json()) : undefined;
		if (!said?.success) return undefined;
		return said.data.capabilities.includes('tools')
			? {kind: 'yes'}
			: {kind: 'no', reason: 'its server says so'};
	} catch {
		return undefined; // The model itself can still be asked.
	}
};

const tool = {
	name: 'ready',
	description: 'Says that you are ready.',
	parameters: {type: 'object', properties: {}},
};

const tryTool = async (options: ModelOptions, signal: AbortSignal): Promise<ToolSupport> => {
	const request = {
		instructions: 'Call the tool "ready" once. Write nothing.',
		messages: [{role: 'user' as const, text: 'Call the tool "ready" now.'}],
		tools: [tool],
	};
	for await (const event of createModel(options).stream(request, signal)) {
		if (event.type === 'done') {
			return event.items.some(item => item.kind === 'call' && item.name === tool.name)
				? {kind: 'yes'}
				: {kind: 'no', reason: 'asked to call one, it answered in words'};
		}
		if (event.type !== 'failed') continue;
		const {code, message} = event.failure;
		return code === 'no-tools'
			? {kind: 'no', reason: 'its server says so'}
			: {kind: 'unknown', reason: message};
	}
	return {kind: 'unknown', reason: 'it did not answer'};
};
