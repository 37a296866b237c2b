// What the tests of the model have in common: a server, a model that talks to it, a stream read to its end.
import {onTestFinished} from 'vitest';
import {createModel, type ModelOptions} from '../../src/model/client.js';
import type {Model, ModelEvent, ModelRequest} from '../../src/model/model.js';
import {type Script, startModelServer} from '../support/model-server.js';

/** A server with a script and a model that asks it; retries do not wait. */
export const startModel = async (script: Script, options: Partial<ModelOptions> = {}) => {
	const server = await startModelServer(script);
	onTestFinished(server.close);
	const model = createModel({
		model: 'test-model',
		apiKey: 'sk-secret-key-123456',
		baseURL: server.url,
		wireApi: 'responses',
		retry: {sleep: async () => {}, random: () => 0.5},
		...options,
	});
	return {server, model};
};

export const request = (change: Partial<ModelRequest> = {}): ModelRequest => ({
	instructions: 'Be brief.',
	messages: [{role: 'user', text: 'hello'}],
	tools: [],
	...change,
});

export const collect = async (
	model: Model,
	change: Partial<ModelRequest> = {},
	signal = new AbortController().signal,
): Promise<ModelEvent[]> => {
	const events: ModelEvent[] = [];
	for await (const event of model.stream(request(change), signal)) events.push(event);
	return events;
};

export const streamedText = (events: readonly ModelEvent[]): string =>
	events.map(event => (event.type === 'text.delta' ? event.text : '')).join('');

export const failureOf = (events: readonly ModelEvent[]) => {
	const last = events.at(-1);
	return last?.type === 'failed' ? last.failure : undefined;
};

export const itemsOf = (events: readonly ModelEvent[]) => {
	const last = events.at(-1);
	return last?.type === 'done' ? last.items : undefined;
};
