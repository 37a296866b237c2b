import {expect, test} from 'vitest';
import {formatDuration, parseDuration} from '../../src/text/duration.js';

test.each([
	[-5, '0 ms'],
	[340, '340 ms'],
	[5_240, '5.2 s'],
	[9_949, '9.9 s'],
	[9_950, '10 s'],
	[59_400, '59 s'],
	[60_000, '1 m'],
	[3_600_000, '1 h'],
	[3 * 3_600_000 + 5 * 60_000, '3 h 5 m'],
	[50 * 3_600_000, '2 d 2 h'],
])('%d ms is written %s', (ms, text) => {
	expect(formatDuration(ms)).toBe(text);
});

test.each([
	['250ms', 250],
	['90s', 90_000],
	['1.5 h', 5_400_000],
	['2d', 172_800_000],
	['5', undefined],
	['m', undefined],
	['-5m', undefined],
])('%s is read as %s', (text, ms) => {
	expect(parseDuration(text)).toBe(ms);
});
