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

/** Reads the line, without its line feed, that stands between two places. */
export const readLine = (bytes: Buffer, start = 0, end = bytes.length): ReadLine => {
	const tail = end - tailLength;
	const written = tail < start ? undefined : checksumAt(bytes, tail);
	if (written === undefined) return {kind: 'damaged', reason: 'it is no whole record'};
	if (written !== crc32(bytes.subarray(start, tail)))
		return {kind: 'damaged', reason: 'its checksum is wrong'};
	return readUsual(bytes, start, tail) ?? readRecord(bytes.toString('utf8', start, end));
};

/** What the end of a record at that place says; undefined: none stands there. */
const checksumAt = (bytes: Buffer, tail: number): number | undefined => {
	const digits = tail + beforeChecksum.length;
	if (!standsAt(bytes, tail, beforeChecksum) || !standsAt(bytes, digits + 8, afterChecksum)) return undefined;
	let value = 0;
	for (let at = digits; at < digits + 8; at++) {
		const byte = bytes[at] ?? 0;
		if (!isDigit(byte) && !(byte >= 0x61 && byte <= 0x66)) return undefined;
		value = value * 16 + (isDigit(byte) ? byte - 0x30 : byte - 0x61 + 10);
	}
	return value;
};

const standsAt = (bytes: Buffer, start: number, expected: Buffer): boolean => {
	for (let index = 0; index < expected.length; index++)
		if (bytes[start + index] !== expected[index]) return false;
	return true;
};

const tailOf = (body: Buffer) => `,"crc":"${crc32(body).toString(16).padStart(8, '0')}"}`;

const [beforeChecksum, afterChecksum] = [Buffer.from(',"crc":"'), Buffer.from('"}')];
const tailLength = ',"crc":"00000000"}'.length;

/**
 * A record as `writeLine` writes it, without a parser for what stands around its event: that would be half of the
 * work, the checksum above all, a text like no other. Undefined: it is written otherwise.
 */
const readUsual = (bytes: Buffer, start: number, tail: number): ReadLine | undefined => {
	if (!standsAt(bytes, start, beforeSeq)) return undefined;
	const digits = start + beforeSeq.length;
	let [at, seq] = [digits, 0];
	for (let byte = bytes[at]; byte !== undefined && isDigit(byte); byte = bytes[++at])
		seq = seq * 10 + byte - 0x30;
	const isNumber = seq > 0 && Number.isSafeInteger(seq) && bytes[digits] !== 0x30;
	if (!isNumber || !standsAt(bytes, at, beforeEvent)) return undefined;
	const event = parseJson(bytes.toString('utf8', at + beforeEvent.length, tail));
	return typed(event) === undefined ? readEvent(seq, event as {type: string}) : undefined; // As its shape says.
};

const [beforeSeq, beforeEvent] = [Buffer.from(`{"v":${formatVersion},"seq":`), Buffer.from(',"event":')];

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

const readRecord = (line: string): ReadLine => {
	const found = parseJson(line);
	if (recordShape(found) !== undefined) return {kind: 'damaged', reason: 'it is no record of a session'};
	const {v: version, seq, event} = found as {v: number; seq: number; event: {type: string}}; // As its shape says.
	return version > formatVersion ? {kind: 'foreign', seq, version, type: event.type} : readEvent(seq, event);
};

const readEvent = (seq: number, event: {type: string}): ReadLine => {
	const {type} = event;
	const wrong = eventShape(event);
	if (wrong === undefined) return {kind: 'event', seq, event: event as DurableEvent};
	if (wrong === 'type') return {kind: 'foreign', seq, version: formatVersion, type};
	return {kind: 'damaged', reason: `its ${type} has a wrong "${wrong}"`};
};

const parseJson = (line: string): unknown => {
	try {
		return JSON.parse(line);
	} catch {
		// A checksum that fits a text which is no JSON: not ours, said as damage by the shape.
		return undefined;
	}
};

const typed = object<{type: string}>({type: text});

const recordShape = object<{v: number; seq: number; event: {type: string}}>({
	v: integer,
	seq: integer,
	event: typed,
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

const eventShape = tagged<DurableEvent, 'type'>('type', {
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
});
