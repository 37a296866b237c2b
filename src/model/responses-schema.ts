// What the Responses API sends, as far as we read it. A model server may send anything: what does not fit is
// malformed, fields and events that we do not know are left out.
import {z} from 'zod';

const textSchema = z.object({text: z.string()});

const reasoningSchema = z.object({
	type: z.literal('reasoning'),
	id: z.string(),
	summary: z.array(z.object({type: z.literal('summary_text'), text: z.string()})).default([]),
	content: z.array(z.object({type: z.literal('reasoning_text'), text: z.string()})).optional(),
	encrypted_content: z.string().nullish(),
});
export type OwnReasoning = z.infer<typeof reasoningSchema>;

/** A reasoning item that we carry along, with the server that can read it. */
export const carriedSchema = z.object({from: z.string(), item: reasoningSchema});

const messageSchema = z.object({
	type: z.literal('message'),
	phase: z.enum(['commentary', 'final_answer']).nullish().catch(undefined),
	content: z.array(
		z.union([
			textSchema.extend({type: z.literal('output_text')}),
			z.object({type: z.literal('refusal'), refusal: z.string()}),
			z.object({type: z.string()}),
		]),
	),
});

const callSchema = z.object({
	type: z.literal('function_call'),
	call_id: z.string().min(1),
	name: z.string().min(1),
	arguments: z.string(),
});

export type WireMessage = z.infer<typeof messageSchema>;

const knownItemSchema = z.discriminatedUnion('type', [messageSchema, callSchema, reasoningSchema]);
/** Items of tools that we do not offer. */
const otherItemSchema = z
	.object({type: z.string()})
	.refine(({type}) => !['message', 'function_call', 'reasoning'].includes(type))
	.transform(() => ({type: 'other' as const}));
const itemSchema = z.union([knownItemSchema, otherItemSchema]);
export type OutputItem = z.infer<typeof itemSchema>;

const usageSchema = z.object({
	input_tokens: z.number(),
	output_tokens: z.number(),
	input_tokens_details: z.object({cached_tokens: z.number().nullish()}).nullish(),
});

export type WireUsage = z.infer<typeof usageSchema>;

const errorSchema = z.object({
	code: z.string().nullish(),
	type: z.string().nullish(),
	message: z.string().optional(),
});

const completedSchema = z.object({
	output: z.array(itemSchema).nullish(),
	usage: usageSchema.nullish().catch(undefined),
});
export type CompletedResponse = z.infer<typeof completedSchema>;

const deltaSchema = <Type extends string>(type: Type) => z.object({type: z.literal(type), delta: z.string()});

const eventSchemas = {
	'response.output_text.delta': deltaSchema('response.output_text.delta'),
	'response.reasoning_summary_text.delta': deltaSchema('response.reasoning_summary_text.delta'),
	'response.reasoning_text.delta': deltaSchema('response.reasoning_text.delta'),
	'response.reasoning_summary_part.added': z.object({
		type: z.literal('response.reasoning_summary_part.added'),
		summary_index: z.number().default(0),
	}),
	'response.output_item.added': z.object({
		type: z.literal('response.output_item.added'),
		item: z.object({type: z.string()}),
	}),
	'response.output_item.done': z.object({
		type: z.literal('response.output_item.done'),
		output_index: z.number(),
		item: itemSchema,
	}),
	'response.completed': z.object({type: z.literal('response.completed'), response: completedSchema}),
	'response.incomplete': z.object({
		type: z.literal('response.incomplete'),
		response: z.object({incomplete_details: z.object({reason: z.string().optional()}).nullish()}),
	}),
	'response.failed': z.object({
		type: z.literal('response.failed'),
		response: z.object({error: errorSchema.nullish()}),
	}),
	error: errorSchema.extend({type: z.literal('error'), error: errorSchema.nullish()}),
};
export type KnownEvent = z.infer<(typeof eventSchemas)[keyof typeof eventSchemas]>;

/** `eventName` is the SSE event's, for servers whose data has no type. */
export const parseEvent = (eventName: string | null, data: unknown): KnownEvent | 'unknown' | 'malformed' => {
	if (typeof data !== 'object' || data === null) return 'malformed';
	// An error of a gateway in front of the server has often no type.
	const fallback = 'error' in data && data.error ? 'error' : eventName;
	const type = 'type' in data && typeof data.type === 'string' ? data.type : fallback;
	if (type === null || !Object.hasOwn(eventSchemas, type)) return type === null ? 'malformed' : 'unknown';
	const schema = eventSchemas[type as keyof typeof eventSchemas]; // Just looked up.
	const parsed = schema.safeParse({...data, type});
	return parsed.success ? parsed.data : 'malformed';
};
