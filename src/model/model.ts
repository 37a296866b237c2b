// What the agent loop knows of a language model: a stream of events that never throws.
import type {AssistantItem, Message, Usage} from '../events.js';

/** The built-in assistant, which is no model. */
export const offlineName = 'offline assistant';

export type Model = {
	/** Shown in the header and written to the session log. */
	name: string;
	/** Ends with exactly one `done` or `failed`, whatever happens; an abort ends it at once with `failed`. */
	stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
};

export type ModelRequest = {
	instructions: string;
	messages: readonly Message[];
	tools: readonly ToolSpec[];
};

/** A tool as the model sees it. */
export type ToolSpec = {name: string; description: string; parameters: Record<string, unknown>};

export type ModelEvent =
	| {type: 'text.delta'; text: string}
	| {type: 'reasoning.delta'; text: string}
	/**
	 * Nothing of this attempt counts: what it streamed is taken back before the next one. `attempt`: the number of
	 * the next one, from 2.
	 */
	| {type: 'retry.scheduled'; attempt: number; of: number; delayMs: number; reason: string}
	| {type: 'retry.started'}
	/** Images are left out from now on, told once: these, or all of this model's. One line for the person. */
	| {type: 'images.refused'; message: string}
	| {type: 'done'; items: AssistantItem[]; usage: Usage | undefined}
	| {type: 'failed'; failure: ModelFailure};

export type ModelFailure = {
	code:
		| 'aborted'
		| 'not-configured'
		/** The model can't call any. */
		| 'no-tools'
		| 'unauthorized'
		| 'quota'
		| 'rate-limited'
		| 'context-overflow'
		| 'invalid-request'
		| 'server-error'
		| 'unreachable'
		| 'incomplete'
		| 'stalled'
		| 'not-a-stream'
		| 'refused';
	/** One line for the person, with the next step. */
	message: string;
	cause?: unknown;
};
