import {expect, test} from 'vitest';
import {createMarkdown, markdown} from '../../src/text/markdown.js';
import {width} from '../../src/text/width.js';
import {cpuMs} from '../support/cpu.js';

const bare = (rows: readonly string[]): string[] =>
	rows.map(row => row.replaceAll(/\x1b\[[\d;]*m/g, '').trimEnd());

const sample = [
	'# Title with `code`',
	'',
	'A **bold _and italic_ word** and a [link](https://example.com/page) and https://example.org.',
	'',
	'- one',
	'- two',
	'  1. nested first',
	'  2. nested second',
	'- [x] done',
	'',
	'> quoted text that is long enough to wrap',
	'',
	'```ts',
	'const a = 1;',
	'\treturn a;',
	'```',
	'',
	'| name | port |',
	'|---|--:|',
	'| dev | 5173 |',
	'',
	'---',
].join('\n');

test('every kind of block becomes rows of the width', () => {
	expect(bare(markdown(sample, 40))).toEqual([
		'Title with code',
		'',
		'A bold and italic word and a link',
		'(https://example.com/page) and',
		'https://example.org.',
		'',
		'• one',
		'• two',
		'  1. nested first',
		'  2. nested second',
		'• [x] done',
		'',
		'│ quoted text that is long enough to',
		'│ wrap',
		'',
		'const a = 1;',
		'    return a;',
		'',
		'name  port',
		'────  ────',
		'dev   5173',
		'',
		'─'.repeat(40),
	]);
});

test('styles nest: what is bold stays bold around an italic word', () => {
	expect(markdown('**a _b_ c**', 20)).toEqual(['\x1b[1ma \x1b[22m\x1b[1;3mb\x1b[22;23m\x1b[1m c\x1b[22m']);
});

test('a table that does not fit stands with its cells below each other', () => {
	expect(bare(markdown('| name | command |\n|---|---|\n| dev | npm run dev -- --port 1 |', 16))).toEqual([
		'name: dev',
		'command: npm run',
		'dev -- --port 1',
	]);
});

test('a link shows where it leads, in ASCII, whatever its text says', () => {
	expect(bare(markdown('[https://bank.com](https://evil.example/x)', 80))).toEqual([
		'https://bank.com (https://evil.example/x)',
	]);
	expect(bare(markdown('[a](https://аpple.com)', 80))).toEqual(['a (https://xn--pple-43d.com/)']);
});

test('what is still being written shows at every length, and no row is ever too wide', () => {
	for (const columns of [1, 5, 13, 40]) {
		for (let end = 0; end <= sample.length; end++) {
			for (const row of markdown(sample.slice(0, end), columns)) {
				expect(width(row), `${end} characters at ${columns}`).toBeLessThanOrEqual(columns);
				expect(row).not.toMatch(/[\x00-\x1a\x1c-\x1f\x7f-\x9f]/);
			}
		}
	}
});

test('a text that grows shows at every length what it would show at once', () => {
	const long = `${sample}\n\n${sample}\n\nTitle\n===\n\n1. a\n\n2. b\n\n    indented\n`;
	const grow = createMarkdown();
	for (let end = 0; end <= long.length; end++)
		expect(grow(long.slice(0, end), 40)).toEqual(markdown(long.slice(0, end), 40));
	expect(grow('another text', 40)).toEqual(['another text']);
	expect(grow(long, 30)).toEqual(markdown(long, 30));
});

test('control characters are shown, not sent', () => {
	expect(markdown('a\x1b[2J\u202eb', 40)).toEqual(['a^[[2J<U+202E>b']);
	expect(bare(markdown('`x\x1b]52;c;a\x07`', 40))).toEqual(['x^[]52;c;a^G']);
});

test.each([
	['brackets', '['.repeat(64_000)],
	['stars', '*'.repeat(64_000)],
	['stars apart', '* a **b '.repeat(8_000)],
	['quotes', '>'.repeat(20_000)],
	[
		'lists',
		Array.from({length: 600}, (_, depth) => `${'  '.repeat(depth)}- x`)
			.join('\n')
			.slice(0, 64_000),
	],
	['backticks', Array.from({length: 300}, (_, count) => '`'.repeat(count)).join(' ')],
	['links', '[a]('.repeat(16_000)],
	['references', '[a][b'.repeat(12_000)],
	['angles', '<a '.repeat(20_000)],
	['tables', `${'|a'.repeat(5_000)}\n${'|-'.repeat(5_000)}\n${'|b'.repeat(5_000)}`],
	['underscores', 'a_b_'.repeat(16_000)],
	['one word', 'x'.repeat(64_000)],
	['escapes', '\\'.repeat(64_000)],
	['addresses', 'a@b.'.repeat(16_000)],
	['entities', '&amp'.repeat(16_000)],
])('64 kB of %s cost at most ten times what they may (50 ms)', (_name, text) => {
	let rows: readonly unknown[] = [];
	const cost = cpuMs(() => {
		rows = markdown(text, 80);
	});
	expect(rows.length).toBeGreaterThan(0);
	expect(cost).toBeLessThan(500);
});

test('a block of more rows than a call may have arguments is shown', () => {
	const fenced = ['```', ...Array.from({length: 200_000}, () => 'x'), '```'].join('\n');
	expect(markdown(fenced, 80).length).toBeGreaterThanOrEqual(200_000);
});
