// A turn as the app runs it, without a screen: the real model client against a scripted server, the real fold.
import {z} from 'zod';
import {runTurn, type TurnInput} from '../../src/agent/loop.js';
import type {Tool} from '../../src/agent/tool.js';
import {type Event, isDurable, type TurnEnd} from '../../src/events.js';
import {initialState, reduce} from '../../src/state.js';
import {startModel} from '../model/setup.js';
import type {Script} from '../support/model-server.js';

export const startTurns = async (script: Script, tools: readonly Tool[] = [echo]) => {
	const {server, model} = await startModel(script);
	const events: Event[] = [];
	const bugs: unknown[] = [];
	const listeners = new Set<() => void>();
	let state = initialState('/workspace', 'session');
	let turns = 0;

	const emit = async (event: Event) => {
		// A log takes a moment: an act that does not wait for it would show.
		if (isDurable(event)) await new Promise(resolve => setImmediate(resolve));
		events.push(event);
		state = reduce(state, event);
		for (const listener of listeners) listener();
	};

	const run = (change: Partial<TurnInput> = {}, text: string | undefined = 'go'): Promise<TurnEnd> => {
		const queue = text === undefined ? [] : [{messageId: `m${turns}`, text}];
		return runTurn({
			turnId: `t${++turns}`,
			model,
			instructions: 'Be brief.',
			tools,
			messages: () => state.messages,
			emit,
			signal: new AbortController().signal,
			takeQueued: () => queue.splice(0),
			approve: async () => ({kind: 'allowed'}),
			notices: async () => ({notices: [], told: []}),
			context: {
				cwd: '/workspace',
				workspace: '/workspace',
				sessionId: 'session',
				patchFolder: '/nowhere',
				env: {},
				position: () => undefined,
			},
			onBug: error => bugs.push(error),
			...change,
		});
	};

	return {
		server,
		run,
		emit,
		events,
		bugs,
		state: () => state,
		/** Resolves with the first event that fits, past or to come. */
		seen: (fits: (event: Event) => boolean): Promise<Event> =>
			new Promise(resolve => {
				const look = () => {
					const found = events.find(fits);
					if (!found) return;
					listeners.delete(look);
					resolve(found);
				};
				listeners.add(look);
				look();
			}),
		/** What the model was told as the answer of a call. */
		outputOf: (callId: string): string | undefined =>
			state.messages.flatMap(message =>
				message.role === 'tool' && message.callId === callId ? [message.output] : [],
			)[0],
	};
};

export const defineTool = <Schema extends z.ZodType>(tool: Tool<Schema>): Tool<Schema> => tool;

export const echo = defineTool({
	name: 'echo',
	description: 'Says it again.',
	schema: z.strictObject({text: z.string(), times: z.number().optional()}),
	run: async ({text}) => ({output: text}),
});
