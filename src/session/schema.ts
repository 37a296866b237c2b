// The session file's format: which events it holds and how a line is written. Pure; knows no files.
//
// A session file is UTF-8 text, one record a line, only ever appended to:
//
//   {"v":1,"seq":12,"event":{"type":"turn.started","turnId":"u1","at":1790000000000},"crc":"1a2b3c4d"}
//
// v      major version of the format. A reader opens a file with a higher one for reading only.
// seq    1, 2, 3, … in the file; a gap means that records are missing.
// event  a durable event (events.ts). Unknown types and unknown fields are kept in the file and ignored.
// crc    CRC-32 (as in zlib) of the line's bytes before `,"crc"`, eight hex digits; always the last field.
//
// Lines end with the byte 0A and with nothing else (U+2028 is text). The form is pinned by
// test/fixtures/session-v1.jsonl and only grows: new types and optional fields, nothing renamed.
import {crc32} from 'node:zlib';
import {z} from 'zod';
import type {AssistantItem, CallDisplay, DurableEvent, Told, Usage} from '../events.js';
import type {Position} from '../host/protocol.js';

export const formatVersion = 1;

/** What a line holds; `foreign` is whole and from a newer tandem, `damaged` is not what was written. */
export type ReadLine =
	| {kind: 'event'; seq: number; event: DurableEvent}
	| {kind: 'foreign'; seq: number; version: number; type: string}
	| {kind: 'damaged'; reason: string};

/** One line with its line feed. */
export const writeLine = (seq: number, event: DurableEvent): Buffer => {
	const body = JSON.stringify({v: formatVersion, seq, event}).slice(0, -1);
	return Buffer.from(`${body},"crc":"${checksum(Buffer.from(body))}"}\n`);
};

/** Reads a line without its line feed. */
export const readLine = (line: Buffer): ReadLine => {
	const end = line.length - tailLength;
	const tail = /^,"crc":"([0-9a-f]{8})"\}$/.exec(line.toString('latin1', Math.max(0, end)));
	if (!tail) return {kind: 'damaged', reason: 'it is no whole record'};
	if (tail[1] !== checksum(line.subarray(0, end))) {
		return {kind: 'damaged', reason: 'its checksum is wrong'};
	}
	return readRecord(line.toString());
};

const tailLength = ',"crc":"00000000"}'.length;

const checksum = (bytes: Buffer) => crc32(bytes).toString(16).padStart(8, '0');

const readRecord = (text: string): ReadLine => {
	const record = recordSchema.safeParse(parseJson(text));
	if (!record.success) return {kind: 'damaged', reason: 'it is no record of a session'};
	const {v: version, seq, event} = record.data;
	const {type} = event;
	if (version > formatVersion) return {kind: 'foreign', seq, version, type};
	if (!Object.hasOwn(eventSchemas, type)) return {kind: 'foreign', seq, version, type};
	const read = eventSchema.safeParse(event);
	if (read.success) return {kind: 'event', seq, event: read.data};
	const [issue] = read.error.issues;
	return {kind: 'damaged', reason: `its ${type} has a wrong "${issue?.path.join('.')}"`};
};

const parseJson = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		// A checksum that fits a text which is no JSON: not ours, said as damage by the schema.
		return undefined;
	}
};

const recordSchema = z.object({
	v: z.int(),
	seq: z.int().positive(),
	event: z.looseObject({type: z.string()}),
});

/** A schema that gives this type and names each of its fields: one left out would be lost when a file is read. */
type Of<Value> = z.ZodType<Value> & {shape: {[Key in keyof Value]-?: z.ZodType}};

const at = z.number();

const toldSchema = z.object({
	terminalId: z.int(),
	what: z.enum(['ended', 'listening', 'user-typed', 'user-stopped', 'user-started']),
	ports: z.array(z.int()).exactOptional(),
	visits: z.int().exactOptional(),
}) satisfies Of<Told>;

const textSchema = z.object({
	kind: z.literal('text'),
	text: z.string(),
	phase: z.enum(['commentary', 'final_answer']).exactOptional(),
}) satisfies Of<Extract<AssistantItem, {kind: 'text'}>>;

const reasoningSchema = z.object({
	kind: z.literal('reasoning'),
	summary: z.string(),
	item: z.unknown().exactOptional(),
}) satisfies Of<Extract<AssistantItem, {kind: 'reasoning'}>>;

const callSchema = z.object({
	kind: z.literal('call'),
	callId: z.string(),
	name: z.string(),
	arguments: z.string(),
}) satisfies Of<Extract<AssistantItem, {kind: 'call'}>>;

const itemSchema = z.discriminatedUnion('kind', [textSchema, reasoningSchema, callSchema]);

const usageSchema = z.object({
	inputTokens: z.number(),
	outputTokens: z.number(),
	cachedTokens: z.number().exactOptional(),
}) satisfies Of<Usage>;

const answerSchema = z.discriminatedUnion('kind', [
	z.object({kind: z.literal('allowed'), isForSession: z.literal(true).exactOptional()}),
	z.object({kind: z.literal('denied'), word: z.string().exactOptional()}),
	z.object({kind: z.literal('cancelled')}),
]);

const displaySchema = z.object({
	terminalId: z.int().exactOptional(),
	terminalName: z.string().exactOptional(),
	tail: z.array(z.string()).exactOptional(),
	outcome: z.string().exactOptional(),
	diff: z.string().exactOptional(),
	added: z.int().exactOptional(),
	removed: z.int().exactOptional(),
}) satisfies Of<CallDisplay>;

const positionSchema = z.object({line: z.int(), seen: z.array(z.string())}) satisfies Of<Position>;

const endSchema = z.discriminatedUnion('kind', [
	z.object({kind: z.literal('done')}),
	z.object({kind: z.literal('interrupted')}),
	z.object({kind: z.literal('failed'), code: z.string(), message: z.string()}),
]);

const shellEndSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('exited'),
		exit: z.union([z.object({code: z.int()}), z.object({signal: z.string()})]),
	}),
	z.object({kind: z.literal('refused'), message: z.string()}),
	z.object({kind: z.literal('lost')}),
	z.object({kind: z.literal('unknown')}),
]);

const eventSchemas = {
	'session.started': z.object({
		type: z.literal('session.started'),
		sessionId: z.string(),
		workspace: z.string(),
		model: z.string(),
		tandem: z.string(),
		isTour: z.literal(true).exactOptional(),
		at,
	}),
	'message.sent': z.object({
		type: z.literal('message.sent'),
		messageId: z.string(),
		text: z.string(),
		notices: z.array(z.string()),
		told: z.array(toldSchema),
		at,
	}),
	'turn.started': z.object({type: z.literal('turn.started'), turnId: z.string(), at}),
	'answer.finished': z.object({
		type: z.literal('answer.finished'),
		turnId: z.string(),
		items: z.array(itemSchema),
		usage: usageSchema.exactOptional(),
		at,
	}),
	'approval.answered': z.object({
		type: z.literal('approval.answered'),
		callId: z.string(),
		answer: answerSchema,
		at,
	}),
	'call.started': z.object({type: z.literal('call.started'), callId: z.string(), name: z.string(), at}),
	'call.finished': z.object({
		type: z.literal('call.finished'),
		callId: z.string(),
		name: z.string(),
		output: z.string(),
		isError: z.boolean(),
		isInterrupted: z.boolean().exactOptional(),
		display: displaySchema.exactOptional(),
		positions: z.record(z.string(), positionSchema),
		told: z.array(toldSchema),
		at,
	}),
	'turn.ended': z.object({
		type: z.literal('turn.ended'),
		turnId: z.string(),
		end: endSchema,
		running: z.array(z.object({id: z.int(), name: z.string()})).exactOptional(),
		waitedFor: z.int().exactOptional(),
		unfinishedText: z.string().exactOptional(),
		at,
	}),
	'shell.sent': z.object({type: z.literal('shell.sent'), shellId: z.string(), cmd: z.string(), at}),
	'shell.started': z.object({
		type: z.literal('shell.started'),
		shellId: z.string(),
		terminalId: z.int(),
		terminalName: z.string(),
		at,
	}),
	'shell.ended': z.object({
		type: z.literal('shell.ended'),
		shellId: z.string(),
		end: shellEndSchema,
		tail: z.array(z.string()),
		earlierLines: z.int(),
		at,
	}),
} as const satisfies {[Type in DurableEvent['type']]: Of<Extract<DurableEvent, {type: Type}>>};

const eventSchema = z.discriminatedUnion('type', [
	eventSchemas['session.started'],
	eventSchemas['message.sent'],
	eventSchemas['turn.started'],
	eventSchemas['answer.finished'],
	eventSchemas['approval.answered'],
	eventSchemas['call.started'],
	eventSchemas['call.finished'],
	eventSchemas['turn.ended'],
	eventSchemas['shell.sent'],
	eventSchemas['shell.started'],
	eventSchemas['shell.ended'],
]);
