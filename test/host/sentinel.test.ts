import {expect, test} from 'vitest';
import {createSentinelFilter} from '../../src/host/sentinel.js';

const sentinel = '\x1b_TOKEN;143S\x1b\\';
const push = (filter: ReturnType<typeof createSentinelFilter>, text: string) => {
	const {bytes, exit} = filter.push(Buffer.from(text));
	return {text: Buffer.from(bytes).toString(), exit};
};

test('the sentinel is cut out and read, wherever the reads split it', () => {
	const whole = `before${sentinel}after`;
	for (let split = 0; split <= whole.length; split++) {
		const filter = createSentinelFilter('TOKEN');
		const parts = [push(filter, whole.slice(0, split)), push(filter, whole.slice(split))];
		expect(parts.map(part => part.text).join('')).toBe('beforeafter');
		expect(parts.map(part => part.exit).filter(Boolean)).toEqual([{signal: 'SIGTERM'}]);
	}
});

test('one byte at a time gives the same', () => {
	const filter = createSentinelFilter('TOKEN');
	const parts = [...`a\x1b_b\x1b${sentinel}c`].map(byte => push(filter, byte));
	expect(parts.map(part => part.text).join('')).toBe('a\x1b_b\x1bc');
	expect(parts.filter(part => part.exit)).toHaveLength(1);
});

test('what only looks like a beginning is passed on', () => {
	const filter = createSentinelFilter('TOKEN');
	const text = '\x1b_TOKE\x1b_TOKEX;1\x1b\\ \x1b_';
	expect(push(filter, text).text + Buffer.from(filter.flush()).toString()).toBe(text);
});

test.each([
	['0', {code: 0}],
	['143', {code: 143}],
	['129', {code: 129}],
	['129S', {signal: 'SIGHUP'}],
	['137S', {signal: 'SIGKILL'}],
	['130', {code: 130}],
	['141', {code: 141}],
	['255', {code: 255}],
])('the status %s means %o', (status, exit) => {
	const filter = createSentinelFilter('T');
	expect(push(filter, `\x1b_T;${status}\x1b\\`).exit).toEqual(exit);
});

test.each([
	['0', false],
	['0A', true],
	['143SA', true],
])('with %s the leader says that it is alone: %s', (status, isAlone) => {
	const found = createSentinelFilter('T').push(Buffer.from(`\x1b_T;${status}\x1b\\`));
	expect(found).toMatchObject({isAlone, exit: status.includes('S') ? {signal: 'SIGTERM'} : {code: 0}});
});

test('130 is the interrupt that was sent, if one was', () => {
	const filter = createSentinelFilter('T', () => true);
	expect(push(filter, '\x1b_T;130\x1b\\').exit).toEqual({signal: 'SIGINT'});
});
