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
import type {
	ApprovalAnswer,
	AssistantItem,
	CallDisplay,
	DurableEvent,
	Image,
	ShellEnd,
	Told,
	TurnEnd,
	Usage,
} from '../events.js';
import type {Exit, Position} from '../host/protocol.js';
import {
	anything,
	either,
	integer,
	list,
	number,
	object,
	oneOf,
	optional,
	record,
	tagged,
	text,
	truth,
} from './shape.js';

export const formatVersion = 1;

/** What a line holds; `foreign` is whole and from a newer tandem, `damaged` is not what was written. */
export type ReadLine =
	| {kind: 'event'; seq: number; event: DurableEvent}
	| {kind: 'foreign'; seq: number; version: number; type: string}
	| {kind: 'damaged'; reason: string};

/** One line with its line feed. */
export const writeLine = (seq: number, event: DurableEvent): Buffer => {
	const body = JSON.stringify({v: formatVersion, seq, event}).slice(0, -1);
	return Buffer.from(`${body}${tailOf(Buffer.from(body))}\n`);
};

/** Reads a line without its line feed. */
export const readLine = (line: Buffer): ReadLine => {
	const end = Math.max(0, line.length - tailLength);
	const tail = line.toString('latin1', end);
	if (tail === tailOf(line.subarray(0, end))) return readRecord(line.toString());
	const isWhole = /^,"crc":"[0-9a-f]{8}"\}$/.test(tail);
	return {kind: 'damaged', reason: isWhole ? 'its checksum is wrong' : 'it is no whole record'};
};

const tailOf = (body: Buffer) => `,"crc":"${checksum(body)}"}`;

const tailLength = ',"crc":"00000000"}'.length;

const checksum = (bytes: Buffer) => crc32(bytes).toString(16).padStart(8, '0');

const readRecord = (line: string): ReadLine => {
	const found = parseJson(line);
	if (recordShape(found) !== undefined) return {kind: 'damaged', reason: 'it is no record of a session'};
	const {v: version, seq, event} = found as {v: number; seq: number; event: {type: string}}; // As its shape says.
	const {type} = event;
	if (version > formatVersion || !Object.hasOwn(events, type)) return {kind: 'foreign', seq, version, type};
	const wrong = eventShape(event);
	if (wrong !== undefined) return {kind: 'damaged', reason: `its ${type} has a wrong "${wrong}"`};
	return {kind: 'event', seq, event: event as DurableEvent};
};

const parseJson = (line: string): unknown => {
	try {
		return JSON.parse(line);
	} catch {
		// A checksum that fits a text which is no JSON: not ours, said as damage by the shape.
		return undefined;
	}
};

const recordShape = object<{v: number; seq: number; event: {type: string}}>({
	v: integer,
	seq: integer,
	event: object<{type: string}>({type: text}),
});

const at = number;

const told = list(
	object<Told>({
		terminalId: integer,
		what: oneOf('ended', 'listening', 'user-typed', 'user-stopped', 'user-started'),
		ports: optional(list(integer)),
		visits: optional(integer),
	}),
);

const items = list(
	tagged<AssistantItem, 'kind'>('kind', {
		text: {text, phase: optional(oneOf('commentary', 'final_answer'))},
		reasoning: {summary: text, item: optional(anything)},
		call: {callId: text, name: text, arguments: text},
	}),
);

const usage = object<Usage>({inputTokens: number, outputTokens: number, cachedTokens: optional(number)});

const answer = tagged<ApprovalAnswer, 'kind'>('kind', {
	allowed: {isForSession: optional(oneOf(true))},
	denied: {word: optional(text)},
	cancelled: {},
});

const display = object<CallDisplay>({
	terminalId: optional(integer),
	terminalName: optional(text),
	tail: optional(list(text)),
	outcome: optional(text),
	diff: optional(text),
	added: optional(integer),
	removed: optional(integer),
});

const images = list(object<Image>({name: text, mediaType: text, data: text}));

const positions = record(object<Position>({line: integer, seen: list(text)}));

const turnEnd = tagged<TurnEnd, 'kind'>('kind', {
	done: {},
	interrupted: {},
	failed: {code: text, message: text},
});

const exit = either(
	object<Extract<Exit, {code: number}>>({code: integer}),
	object<Extract<Exit, {signal: string}>>({signal: text}),
);

const shellEnd = tagged<ShellEnd, 'kind'>('kind', {
	exited: {exit},
	refused: {message: text},
	lost: {},
	unknown: {},
});

type EventParts = Parameters<typeof tagged<DurableEvent, 'type'>>[1];

const events: EventParts = {
	'session.started': {
		sessionId: text,
		workspace: text,
		model: text,
		tandem: text,
		isTour: optional(oneOf(true)),
		at,
	},
	'message.sent': {messageId: text, text, notices: list(text), told, at},
	'turn.started': {turnId: text, at},
	'answer.finished': {turnId: text, items, usage: optional(usage), at},
	'approval.answered': {callId: text, answer, at},
	'call.started': {callId: text, name: text, at},
	'call.finished': {
		callId: text,
		name: text,
		output: text,
		isError: truth,
		isInterrupted: optional(truth),
		images: optional(images),
		display: optional(display),
		positions,
		told,
		at,
	},
	'turn.ended': {
		turnId: text,
		end: turnEnd,
		running: optional(list(object<{id: number; name: string}>({id: integer, name: text}))),
		waitedFor: optional(integer),
		unfinishedText: optional(text),
		at,
	},
	'shell.sent': {shellId: text, cmd: text, at},
	'shell.started': {shellId: text, terminalId: integer, terminalName: text, at},
	'shell.ended': {shellId: text, end: shellEnd, tail: list(text), earlierLines: integer, at},
};

const eventShape = tagged<DurableEvent, 'type'>('type', events);
