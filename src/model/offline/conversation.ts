// What the offline assistant reads of a request: whose words came last, and what the tools answered.
import {z} from 'zod';

export type Conversation = {
	/** In order. An answer carries the call that it belongs to. */
	items: readonly Item[];
	toolNames: readonly string[];
};

export type Item =
	| {kind: 'user'; text: string}
	| {kind: 'said'}
	| {kind: 'called'}
	| {kind: 'answered'; name: string; args: Record<string, unknown>; output: string};

/** Undefined for a body that is no request. */
export const readConversation = (body: unknown): Conversation | undefined => {
	if (typeof body !== 'string') return undefined;
	const parsed = requestSchema.safeParse(parseJson(body));
	if (!parsed.success) return undefined;
	const {input, tools} = parsed.data;
	const calls = new Map<string, {name: string; args: Record<string, unknown>}>();
	const items = input.flatMap((item): Item[] => {
		if (item.type === 'message') {
			return [item.role === 'user' ? {kind: 'user', text: ownWords(textOf(item.content))} : {kind: 'said'}];
		}
		if (item.type === 'function_call') {
			const args = argumentsSchema.safeParse(parseJson(item.arguments));
			calls.set(item.call_id, {name: item.name, args: args.success ? args.data : {}});
			return [{kind: 'called'}];
		}
		const call = calls.get(item.call_id);
		return call ? [{kind: 'answered', ...call, output: item.output}] : [];
	});
	return {items, toolNames: tools.map(({name}) => name)};
};

const contentSchema = z.union([z.string(), z.array(z.looseObject({text: z.string().optional()}))]);

/** Of an answer with images its text is all that it reads. */
const outputSchema = contentSchema.transform(content => textOf(content));

const itemSchema = z.discriminatedUnion('type', [
	z.object({type: z.literal('message').default('message'), role: z.string(), content: contentSchema}),
	z.object({type: z.literal('function_call'), call_id: z.string(), name: z.string(), arguments: z.string()}),
	z.object({type: z.literal('function_call_output'), call_id: z.string(), output: outputSchema}),
]);

/** What it does not know, such as another model's reasoning, is passed over. */
const requestSchema = z.object({
	input: z.array(z.unknown()).transform(items =>
		items.flatMap(item => {
			const parsed = itemSchema.safeParse(item);
			return parsed.success ? [parsed.data] : [];
		}),
	),
	tools: z.array(z.looseObject({name: z.string()})).default([]),
});

const argumentsSchema = z.record(z.string(), z.unknown());

const textOf = (content: z.infer<typeof contentSchema>): string =>
	typeof content === 'string' ? content : content.map(({text = ''}) => text).join('\n');

/** The person's words without the news of terminals that tandem put before them, each line of which is marked. */
const ownWords = (text: string): string =>
	text.replace(/^[^\n]*in the terminals:\n(?:\| .*\n?)+\n?/, '').trim();

const parseJson = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		// Refused by the schema.
		return undefined;
	}
};
