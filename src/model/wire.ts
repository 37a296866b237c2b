// What a wire format is: how a request is made of a conversation and how its streamed answer is read. The attempt
// knows no more of one than this.
import type {OpenAI} from 'openai';
import type {AssistantItem, Usage} from '../events.js';
import type {Fault, Peer} from './failures.js';
import type {ModelRequest} from './model.js';

export type RequestBody = Readonly<Record<string, unknown>>;

export type WireFormat = {
	toBody(request: ModelRequest, peer: Peer): RequestBody;
	/** Fields that some servers refuse and that an answer does not depend on. */
	optionalFields: readonly string[];
	send(client: OpenAI, body: RequestBody, signal: AbortSignal): Promise<Response>;
	/** Folds the events of one streamed answer. */
	createReader(peer: Peer): AnswerReader;
};

export type AnswerReader = {
	/** `eventName` is the SSE event's; what an event means, in order. */
	read(eventName: string | null, data: unknown): AnswerStep[];
	/** The stream is over: finished if the answer is complete, else undefined. */
	end(): Extract<AnswerStep, {kind: 'finished' | 'broken'}> | undefined;
};

export type AnswerStep =
	| {kind: 'text' | 'reasoning'; delta: string}
	/** The answer is complete; what may still come is worth a short wait. */
	| {kind: 'closing'}
	| {kind: 'finished'; items: AssistantItem[]; usage: Usage | undefined}
	| {kind: 'broken'; fault: Fault};
