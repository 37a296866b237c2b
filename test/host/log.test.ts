import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createJournal, type Journal} from '../../src/host/journal.js';
import {createMatcher, readLog, readSince} from '../../src/host/log.js';

let folder = '';
let journal: Journal;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-log-'));
	journal = createJournal(folder, () => 0);
});
afterEach(() => {
	journal.close();
	rmSync(folder, {recursive: true, force: true});
});

const append = (...texts: string[]) => {
	for (const text of texts) journal.appendLine(text, 1_000 + journal.lineCount);
};
const source = (...liveLines: string[]) => ({journal, liveLines, now: 100_000});
const texts = (lines: {text: string}[]) => lines.map(({text}) => text);

test('a line is delivered once, and again only if it changed', () => {
	append('one', 'two');
	const first = readSince(source('50 %', '$ '), undefined, 1_000);
	expect(first.lines.map(({number, text}) => [number, text])).toEqual([
		[1, 'one'],
		[2, 'two'],
		[3, '50 %'],
		[4, '$ '],
	]);
	const second = readSince(source('100 %', '$ '), first.next, 1_000);
	expect(texts(second.lines)).toEqual(['100 %']);
	append('100 %', '$ ls');
	const third = readSince(source('$ '), second.next, 1_000);
	expect(third.lines.map(({number, text}) => [number, text])).toEqual([
		[4, '$ ls'],
		[5, '$ '],
	]);
	expect(readSince(source('$ '), third.next, 1_000)).toMatchObject({lines: [], totalChars: 0});
});

test('over the budget head and tail stay, and the cut is named', () => {
	append(...Array.from({length: 10_000}, (_, i) => `line ${i + 1}`));
	const {lines, omitted, totalChars} = readSince(source('live'), undefined, 200);
	expect(totalChars).toBe(journal.characters(1, 10_000) + 5);
	expect(lines[0]?.text).toBe('line 1');
	expect(lines.at(-1)?.text).toBe('live');
	expect(lines.reduce((total, {text}) => total + text.length + 1, 0)).toBeLessThanOrEqual(200);
	const cut = lines.findIndex(({number}, index) => number !== index + 1);
	expect(omitted).toEqual({from: cut + 1, to: (lines[cut]?.number ?? 0) - 1});
});

test('a single line that is too long is cut in its own middle', () => {
	append(`START${'x'.repeat(10_000)}END`);
	const {lines, omitted} = readSince(source(), undefined, 500);
	expect(lines).toHaveLength(1);
	expect(lines[0]?.text).toMatch(/^START.*more characters.*END$/);
	expect(lines[0]?.text.length).toBeLessThan(500);
	expect(omitted).toBeUndefined();
});

test('ranges, the last lines and the last seconds', () => {
	append(...Array.from({length: 100}, (_, i) => `line ${i + 1}`));
	const read = (request: Parameters<typeof readLog>[1]) => {
		const page = readLog(source('live'), request);
		if ('code' in page) throw new Error(page.message);
		return page;
	};
	expect(texts(read({lines: [3, 4], maxChars: 1_000}).lines)).toEqual(['line 3', 'line 4']);
	expect(texts(read({lines: {last: 2}, maxChars: 1_000}).lines)).toEqual(['line 100', 'live']);
	expect(read({sinceMs: 100_000 - 1_098, maxChars: 1_000}).lines.map(({number}) => number)).toEqual([
		99, 100, 101,
	]);
	expect(read({maxChars: 20})).toMatchObject({total: 101, omitted: {from: 1}});
	expect(texts(read({maxChars: 20}).lines).at(-1)).toBe('live');
});

test('a search gives matches with their numbers and surroundings', () => {
	append('a', 'error 1', 'b', 'c', 'd', 'error 2', 'e');
	expect(readLog(source('error 3'), {grep: 'error \\d', context: 1, maxChars: 1_000})).toMatchObject({
		matches: 3,
		lines: [
			{number: 1, isContext: true},
			{number: 2, text: 'error 1'},
			{number: 3, isContext: true},
			{number: 5, isContext: true},
			{number: 6, text: 'error 2'},
			{number: 7, isContext: true},
			{number: 8, text: 'error 3'},
		],
	});
});

test('a bad pattern is refused with its place, a slow one is stopped', () => {
	append(`${'a'.repeat(40)}!`);
	expect(readLog(source(), {grep: 'ab(c', maxChars: 10})).toMatchObject({
		code: 'bad-pattern',
		message: expect.stringContaining('character'),
	});
	expect(readLog(source(), {grep: 'a**', maxChars: 10})).toMatchObject({
		message: expect.stringContaining('character 3'),
	});
	expect(readLog(source(), {grep: '^(a+)+$', maxChars: 10})).toMatchObject({
		code: 'bad-pattern',
		message: expect.stringContaining('too long'),
	});
	expect(createMatcher('(?i)ERR')).toMatchObject({match: expect.any(Function)});
});

test('a pattern that is slow on all parts of a log together is stopped as well', () => {
	for (let line = 1; line <= 190_000; line++) append(`${'a'.repeat(12)}${'!'.repeat(64)}`);
	const started = performance.now();
	expect(readLog(source(), {grep: '^(a+)+$', maxChars: 10})).toMatchObject({code: 'bad-pattern'});
	expect(performance.now() - started).toBeLessThan(20_000);
});
