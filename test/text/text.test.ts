import {expect, test} from 'vitest';
import {fuzzyFilter, fuzzyMatch} from '../../src/text/fuzzy.js';
import {sanitise, sanitiseLine, sanitiseStrictly} from '../../src/text/sanitise.js';
import {applySgr, runsToText, sgrParameters, styled} from '../../src/text/sgr.js';
import {pad, truncate} from '../../src/text/truncate.js';
import {width} from '../../src/text/width.js';
import {wrap} from '../../src/text/wrap.js';
import {cpuMs} from '../support/cpu.js';

test.each([
	['plain', 10, 'plain'],
	['exactly', 7, 'exactly'],
	['too long', 5, 'too …'],
	['日本語', 5, '日本…'],
	['日本語', 4, '日…'],
	['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
	['x', 0, ''],
	['xy', 1, '…'],
])('%j cut to %i columns is %j', (text, columns, expected) => {
	expect(truncate(text, columns)).toBe(expected);
});

test('a styled text that is cut keeps its style and closes it', () => {
	expect(truncate('\x1b[31mred text\x1b[39m', 4)).toBe('\x1b[31mred…\x1b[0m');
	expect(width(pad('\x1b[31mred\x1b[39m', 9))).toBe(9);
});

test('a text of megabytes is cut to a row in no time, and taken apart without an end to the stack', () => {
	const long = `\x1b[1m${'x'.repeat(2_000_000)}\x1b[22m`;
	const cost = cpuMs(() => expect(truncate(long, 80)).toBe(`\x1b[1m${'x'.repeat(79)}…\x1b[0m`));
	expect(cost).toBeLessThan(500);
	expect(wrap(`\x1b[1m${'x'.repeat(300_000)}\x1b[22m`, 100)).toHaveLength(3_000);
	// What is cut before it is measured ends neither in a pair of code units nor in an escape sequence.
	const colours = '\x1b[38;2;1;2;3m'.repeat(10_000);
	expect(truncate(`${colours}ab`, 80)).toMatch(/^(?:\x1b\[38;2;1;2;3m)+…\x1b\[0m$/);
	expect(truncate(`x${'\u{1f600}'.repeat(100_000)}`, 4)).toBe('x\u{1f600}…');
});

test.each([
	['one two three', 7, ['one two', 'three']],
	['one two three', 3, ['one', 'two', 'thr', 'ee']],
	['a  b', 2, ['a ', 'b']],
	['  indented words here', 12, ['  indented', 'words here']],
	['日本語', 4, ['日本', '語']],
	['日本語', 1, ['日', '本', '語']],
	['', 5, ['']],
	['a\n\nb', 5, ['a', '', 'b']],
])('%j wrapped to %i columns', (text, columns, expected) => {
	expect(wrap(text, columns)).toEqual(expected);
});

test('no wrapped row is wider than asked, nothing but spaces is lost, and each row stands alone in its style', () => {
	const text = `\x1b[1mbold \x1b[32mgreen ${'日本 '.repeat(10)}\x1b[0mplain`;
	for (let columns = 2; columns < 40; columns++) {
		const rows = wrap(text, columns);
		for (const row of rows) expect(width(row)).toBeLessThanOrEqual(columns);
		const bare = (styledText: string) => styledText.replaceAll(/\x1b\[[\d;]*m| /g, '');
		expect(bare(rows.join(''))).toBe(bare(text));
	}
	expect(wrap('\x1b[1mab cd\x1b[22m e', 2)).toEqual(['\x1b[1mab\x1b[0m', '\x1b[1mcd\x1b[22m', 'e']);
});

test('runs become text with styles, and these come back as styles', () => {
	expect(
		runsToText([
			{text: 'a', style: {}},
			{text: 'b', style: {bold: true, fg: 1}},
		]),
	).toBe('a\x1b[1;31mb\x1b[22;39m');
	for (const style of [
		{fg: 9, bg: 200},
		{fg: '#0102ff', underline: true},
		{dim: true, inverse: true},
	] as const) {
		expect(applySgr({}, sgrParameters(style))).toEqual(style);
	}
	expect(styled('x', {fg: 'red;0m\x1b]0;t\x07'})).toBe('x');
	expect(applySgr({bold: true, fg: 3}, '22;39')).toEqual({});
	expect(applySgr({bold: true}, '')).toEqual({});
	expect(applySgr({}, '38;5;999;4')).toEqual({underline: true});
});

test('what acts on a terminal or cannot be seen is shown', () => {
	expect(sanitise('a\x1b[31mb\x07\x7f\x9b')).toBe('a^[[31mb^G^?<U+009B>');
	expect(sanitise('rm \u202Etxt\u202C \u200bx\u{E0041}\u2028')).toBe(
		'rm <U+202E>txt<U+202C> <U+200B>x<U+E0041><U+2028>',
	);
	expect(sanitise('a\r\nb\tc\rd')).toBe('a\nb\tc^Md');
	expect(sanitiseLine('a\nb\tc')).toBe('a^Jb c');
	expect(sanitise('x\ud800y')).toBe('x\ufffdy');
});

test('emoji and joining scripts keep their joiners, except where a person judges every character', () => {
	for (const text of ['👩‍👩‍👧 ❤️ 1️⃣', 'می‌خواهم', 'क्‍ष', 'naïve 日本語 ─│']) expect(sanitise(text)).toBe(text);
	expect(sanitise('a\u200db')).toBe('a<U+200D>b');
	expect(sanitiseStrictly('می‌خواهم')).toContain('<U+200C>');
	expect(sanitiseStrictly('rm\u00a0-rf\u3000/')).toBe('rm<U+00A0>-rf<U+3000>/');
	expect(sanitiseStrictly('a\n\tb')).toBe('a\n^Ib');
});

test('fuzzy search finds letters in order, prefers starts of words, and says where they are', () => {
	expect(fuzzyMatch('abc', 'acb')).toBeUndefined();
	expect(fuzzyMatch('tl', 'src/text/long.ts')?.positions).toEqual([4, 9]);
	expect(fuzzyMatch('exp', '/experimental')?.positions).toEqual([1, 2, 3]);
	const names = ['/compact', '/copy', '/ps', '/approvals', '/stop'];
	expect(fuzzyFilter('ps', names, name => name).map(({candidate}) => candidate)[0]).toBe('/ps');
	expect(fuzzyFilter('', names, name => name).map(({candidate}) => candidate)).toEqual(names);
	expect(fuzzyMatch('x'.repeat(100), 'x'.repeat(10_000))?.positions).toHaveLength(100);
});
