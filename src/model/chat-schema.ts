// What Chat Completions send, as far as we read it: the OpenAI API's chunks and what local servers make of them.
// What does not fit is malformed, what we do not know is left out.
import {z} from 'zod';

const callDeltaSchema = z.object({
	index: z.number().nullish(),
	id: z.string().nullish(),
	function: z
		.object({
			name: z.string().nullish(),
			// Some servers send the whole object in place of its text.
			arguments: z
				.union([z.string(), z.record(z.string(), z.unknown()).transform(value => JSON.stringify(value))])
				.nullish(),
		})
		.nullish(),
});
export type CallDelta = z.infer<typeof callDeltaSchema>;

const deltaSchema = z.object({
	content: z.string().nullish(),
	refusal: z.string().nullish(),
	/** llama.cpp, LM Studio, vLLM until 0.10, DeepSeek. */
	reasoning_content: z.string().nullish(),
	/** Ollama, vLLM, OpenRouter. */
	reasoning: z.string().nullish(),
	tool_calls: z.array(callDeltaSchema).nullish(),
});
export type Delta = z.infer<typeof deltaSchema>;

const usageSchema = z.object({
	prompt_tokens: z.number(),
	completion_tokens: z.number(),
	prompt_tokens_details: z.object({cached_tokens: z.number().nullish()}).nullish(),
});
export type ChatUsage = z.infer<typeof usageSchema>;

const chunkSchema = z.object({
	choices: z
		.array(
			z.object({
				index: z.number().default(0),
				delta: deltaSchema.nullish(),
				finish_reason: z.string().nullish(),
			}),
		)
		.nullish(),
	usage: usageSchema.nullish().catch(undefined),
});
export type Chunk = z.infer<typeof chunkSchema>;

const wordsSchema = z.object({
	message: z.string().optional(),
	type: z.string().nullish(),
	// llama.cpp and vLLM put the status there.
	code: z.union([z.string(), z.number().transform(String)]).nullish(),
});
const errorSchema = z.union([z.string().transform(message => ({message})), wordsSchema]);
export type ChatError = z.infer<typeof errorSchema>;

export type KnownChunk = {kind: 'chunk'; chunk: Chunk} | {kind: 'error'; error: ChatError};

/** `eventName` is the SSE event's: some servers tell an error with it. */
export const parseChunk = (eventName: string | null, data: unknown): KnownChunk | 'unknown' | 'malformed' => {
	if (typeof data !== 'object' || data === null) return 'malformed';
	const said = 'error' in data && data.error ? data.error : undefined;
	const isError = eventName === 'error' || ('object' in data && data.object === 'error');
	if (said || isError) {
		const error = errorSchema.safeParse(said ?? data);
		return {kind: 'error', error: error.success ? error.data : {}};
	}
	if (!('choices' in data) && !('usage' in data)) return 'unknown';
	const parsed = chunkSchema.safeParse(data);
	return parsed.success ? {kind: 'chunk', chunk: parsed.data} : 'malformed';
};
