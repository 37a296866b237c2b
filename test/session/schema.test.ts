// What a line of a session's file must be: every part of every event, held against the pinned file.
import {readFileSync} from 'node:fs';
import {crc32} from 'node:zlib';
import {expect, test} from 'vitest';
import type {DurableEvent} from '../../src/events.js';
import {readLine, writeLine} from '../../src/session/schema.js';

type Json = string | number | boolean | null | Json[] | {[key: string]: Json};

const events: Json[] = readFileSync('test/fixtures/session-v1.jsonl', 'utf8')
	.trimEnd()
	.split('\n')
	.map(line => JSON.parse(line).event);

/** The paths of all parts that are no objects or lists; what a provider carries along is not looked at. */
const leaves = (value: Json, path: string[] = []): string[][] => {
	if (typeof value !== 'object' || value === null) return [path];
	return Object.entries(value).flatMap(([key, part]) =>
		key === 'item' && path.includes('items') ? [] : leaves(part, [...path, key]),
	);
};

const withPart = (value: Json, [key, ...rest]: readonly string[], part: Json): Json => {
	if (key === undefined) return part;
	if (Array.isArray(value)) return value.with(Number(key), withPart(value[Number(key)] ?? null, rest, part));
	if (typeof value !== 'object' || value === null) return part;
	return {...value, [key]: withPart(value[key] ?? null, rest, part)};
};

/** With a checksum that fits, as a faulty writer would leave it. */
const read = (event: Json) => readLine(writeLine(1, event as unknown as DurableEvent).subarray(0, -1));

test('each part of each event that is something else is found and named', () => {
	const paths = events.flatMap(event => leaves(event).map(path => ({event, path})));
	expect(paths.length).toBeGreaterThan(100);
	for (const {event, path} of paths) {
		if (path.join() === 'type') continue;
		for (const wrong of [{}, null, [[]]]) {
			const found = read(withPart(event, path, wrong));
			const where = `${JSON.stringify(event)} with ${path.join('.')} = ${JSON.stringify(wrong)}`;
			expect(found, where).toMatchObject({kind: 'damaged', reason: expect.stringContaining(' has a wrong ')});
			// An object that its kind tells apart is named by the kind, an exit by what it is not.
			if (found.kind !== 'damaged') continue;
			const named = /wrong "(.*)"/.exec(found.reason)?.[1] ?? '';
			expect(path.join('.').startsWith(named) || named.startsWith(path.slice(0, -1).join('.')), where).toBe(
				true,
			);
		}
	}
});

test('what has no type is no record, an unknown type is a newer one, unknown fields are no damage', () => {
	expect(read({at: 1})).toEqual({kind: 'damaged', reason: 'it is no record of a session'});
	expect(read({type: 'plan.changed'})).toMatchObject({kind: 'foreign', type: 'plan.changed'});
	expect(read({type: 'toString'})).toMatchObject({kind: 'foreign'});
	for (const event of events)
		expect(read({...(event as object), colour: 'red'})).toMatchObject({kind: 'event'});
});

test('text that is no JSON and has the right checksum is damage too', () => {
	const line = writeLine(1, undefined as unknown as DurableEvent);
	expect(readLine(line.subarray(0, -1))).toMatchObject({kind: 'damaged'});
});

const event = '{"type":"turn.started","turnId":"u1","at":1}';

/** A line of any form, with a checksum that fits. */
const readBody = (body: string) =>
	readLine(Buffer.from(`${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}`));

test.each([
	['fields in another order', `{"seq":7,"event":${event},"v":1`],
	['white space', `{ "v":1, "seq":7 ,"event":${event}`],
	['a field that nobody knows', `{"v":1,"seq":7,"event":${event},"more":[1]`],
	['a number written otherwise', `{"v":1,"seq":7e0,"event":${event}`],
	['an event that is said again', `{"v":1,"seq":7,"event":{"type":"a"},"event":${event}`],
])('a record is what it says, however it is written: %s', (_, body) => {
	expect(readBody(body)).toEqual({kind: 'event', seq: 7, event: JSON.parse(event)});
});

test('a version that is said again is the one that counts', () => {
	expect(readBody(`{"v":1,"seq":7,"event":${event},"v":2`)).toMatchObject({kind: 'foreign', version: 2});
});

test.each(['07', '', '-', '9007199254740993', '1'.repeat(400), '1.5', '"7"'])(
	'%s is the number of no record',
	seq => {
		expect(readBody(`{"v":1,"seq":${seq},"event":${event}`)).toMatchObject({kind: 'damaged'});
	},
);

test('the largest number of a record is read', () => {
	expect(readBody(`{"v":1,"seq":${Number.MAX_SAFE_INTEGER},"event":${event}`)).toMatchObject({
		kind: 'event',
		seq: Number.MAX_SAFE_INTEGER,
	});
});

test('no byte of a record can be another one', () => {
	const line = writeLine(12, JSON.parse(event)).subarray(0, -1);
	expect(readLine(line)).toMatchObject({kind: 'event', seq: 12});
	for (let at = 0; at < line.length; at++) {
		for (const byte of [0, 0x2f, 0x30, 0x3a, 0x41, 0x60, 0x66, 0x67, 0xff]) {
			if (line[at] === byte) continue;
			const changed = Buffer.from(line);
			changed[at] = byte;
			expect(readLine(changed), `${at} is ${byte}`).toMatchObject({kind: 'damaged'});
		}
	}
	for (let length = 0; length < line.length; length++)
		expect(readLine(line.subarray(0, length))).toMatchObject({kind: 'damaged'});
});
