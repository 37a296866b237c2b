import {expect, test} from 'vitest';
import {createDecoder, encodeFrame} from '../../src/host/wire.js';

const messages = [{a: 1}, 'line\nfeed and \u2028', ['ü', '😀', '\ud800'], null, {text: 'x'.repeat(300)}];

test('a message is one line, whatever it holds', () => {
	for (const message of messages) {
		const frame = encodeFrame(message);
		expect(frame.indexOf(0x0a)).toBe(frame.length - 1);
		expect(createDecoder(1_000).push(frame)).toEqual({messages: [message]});
	}
});

test('glued frames and frames cut at every byte give the same messages', () => {
	const bytes = Buffer.concat(messages.map(encodeFrame));
	expect(createDecoder(1_000).push(bytes).messages).toEqual(messages);
	for (let cut = 0; cut <= bytes.length; cut++) {
		const decoder = createDecoder(1_000);
		const first = decoder.push(bytes.subarray(0, cut));
		const second = decoder.push(bytes.subarray(cut));
		expect([...first.messages, ...second.messages]).toEqual(messages);
	}
	const single = createDecoder(1_000);
	expect([...bytes].flatMap(byte => single.push(Uint8Array.of(byte)).messages)).toEqual(messages);
});

test('a frame of the limit passes, one byte more fails, with or without its end', () => {
	const frame = encodeFrame('x'.repeat(98));
	expect(createDecoder(100).push(frame).failure).toBeUndefined();
	expect(createDecoder(99).push(frame)).toMatchObject({messages: [], failure: {code: 'frame-too-long'}});
	expect(createDecoder(99).push(frame.subarray(0, -1)).failure).toMatchObject({code: 'frame-too-long'});
});

test('messages before a failure count, nothing after it does', () => {
	const decoder = createDecoder(100);
	const bytes = Buffer.concat([encodeFrame(1), Buffer.from('{broken\n'), encodeFrame(2)]);
	expect(decoder.push(bytes)).toMatchObject({messages: [1], failure: {code: 'not-json'}});
	expect(decoder.push(encodeFrame(3))).toEqual({messages: []});
});

test('invalid UTF-8 is a failure, not a replaced character', () => {
	expect(createDecoder(100).push(Uint8Array.of(0x22, 0xff, 0x22, 0x0a)).failure?.code).toBe('not-json');
});

test('a failure does not repeat what was sent', () => {
	const {failure} = createDecoder(100).push(Buffer.from('{"token":"secret"\n'));
	expect(failure?.message).not.toContain('secret');
});

test('the limit can be raised between two frames', () => {
	const decoder = createDecoder(10);
	decoder.push(encodeFrame(1));
	decoder.allow(1_000);
	expect(decoder.push(encodeFrame('x'.repeat(500))).messages).toHaveLength(1);
});
