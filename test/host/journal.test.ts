import {appendFileSync, mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {readLastBytes} from '../../src/host/byte-store.js';
import {createJournal, openJournal} from '../../src/host/journal.js';

let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-journal-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const texts = (lines: {text: string}[]) => lines.map(({text}) => text);

test('lines come back with number and time, before and after they are written', () => {
	const journal = createJournal(folder, () => 0);
	for (let i = 1; i <= 50; i++) journal.appendLine(`line ${i}`, 1_000 + i);
	const expected = {lines: [{number: 7, text: 'line 7', at: 1_007}]};
	expect(journal.lines(7, 7)).toEqual(expected);
	journal.flush();
	expect(journal.lines(7, 7)).toEqual(expected);
	expect(openJournal(folder).lines(7, 7)).toEqual(expected);
	expect(journal.firstLineSince(1_020)).toBe(20);
	expect(journal.firstLineSince(2_000)).toBe(51);
	journal.close();
});

test('the first megabyte of lines and the last fourteen are kept, the rest is a gap with exact numbers', () => {
	const journal = createJournal(folder, () => 0);
	const count = 250_000;
	for (let i = 1; i <= count; i++) journal.appendLine(`${i} ${'x'.repeat(90)}`, i);
	journal.flush();
	const {lines, gap} = journal.lines(1, count);
	if (!gap) throw new Error('no gap');
	expect(lines.length + gap.to - gap.from + 1).toBe(count);
	expect(lines.filter(({number, text, at}) => text.startsWith(`${number} `) && at === number)).toHaveLength(
		lines.length,
	);
	expect(lines[0]?.number).toBe(1);
	expect(lines.at(-1)?.number).toBe(count);
	const size = readdirSync(folder).reduce((total, name) => total + statSync(join(folder, name)).size, 0);
	expect(size).toBeGreaterThan(14 << 20);
	expect(size).toBeLessThanOrEqual(15 << 20);
	expect(journal.lines(gap.from - 1, gap.from)).toMatchObject({
		lines: [{number: gap.from - 1}],
		gap: {from: gap.from, to: gap.from},
	});
	expect(journal.characters(1, count)).toBe(lines.reduce((total, {text}) => total + text.length + 1, 0));
	const reopened = openJournal(folder);
	expect(reopened.lineCount).toBe(count);
	expect(reopened.lines(1, count).gap).toEqual(gap);
	journal.close();
});

test('the last raw bytes are kept, and files are private', () => {
	const journal = createJournal(folder, () => 0);
	const block = Buffer.alloc(100_000, 'b');
	for (let i = 0; i < 200; i++) journal.appendBytes(block);
	journal.flush();
	expect(journal.byteCount).toBe(20_000_000);
	const files = readdirSync(folder).filter(name => name.startsWith('bytes.'));
	expect(files).toEqual(['bytes.037', 'bytes.038']);
	expect(statSync(join(folder, 'bytes.038')).mode & 0o777).toBe(0o600);
	expect(readLastBytes(folder, 300_000)).toHaveLength(300_000);
	expect(openJournal(folder).byteCount).toBe(20_000_000);
	journal.close();
});

test('a log takes no more than 16 MB of the disk, whatever it is made of', () => {
	const journal = createJournal(folder, () => 0);
	const plain = Buffer.from(`${'x'.repeat(63)}\n`.repeat(1_000));
	for (let printed = 0; printed < 100_000_000; ) {
		journal.appendPlainLines(plain, {lines: 1_000, characters: 64_000}, printed);
		journal.appendBytes(plain);
		const long = '日本語'.repeat(1_000 + (printed % 8_000));
		journal.appendLine(long, printed);
		journal.appendBytes(Buffer.from(long));
		printed += plain.length + long.length * 3;
	}
	journal.close();
	const sizes = readdirSync(folder).map(name => statSync(join(folder, name)).size);
	const total = sizes.reduce((sum, size) => sum + size, 0);
	expect(total).toBeGreaterThan(12 << 20);
	expect(total).toBeLessThanOrEqual(16 << 20);
	expect(readLastBytes(folder, 262_144)).toHaveLength(262_144);
});

test('a torn last line is left out, all before it is read', () => {
	const journal = createJournal(folder, () => 0);
	journal.appendLine('whole', 1);
	journal.close();
	appendFileSync(join(folder, 'lines.000'), '0 to');
	expect(texts(openJournal(folder).lines(1, 10).lines)).toEqual(['whole']);
	expect(openJournal(join(folder, 'missing')).lineCount).toBe(0);
});

test('a disk that cannot be written costs no number and no exception, and the gap is named', () => {
	const missing = join(folder, 'sub');
	const journal = createJournal(missing, () => 0);
	for (let i = 1; i <= 10; i++) journal.appendLine(`line ${i}`, i);
	journal.appendBytes(Buffer.from('x'));
	journal.flush();
	expect(journal.writeError).toBeInstanceOf(Error);
	expect(journal.lineCount).toBe(10);
	expect(journal.lines(1, 10)).toEqual({lines: [], gap: {from: 1, to: 10}});
	journal.appendLine('after', 11);
	expect(journal.lines(9, 11)).toMatchObject({lines: [{number: 11, text: 'after'}], gap: {from: 9, to: 10}});
	journal.close();
});

test('plain lines are kept as they were printed and read like others, also by the next host', () => {
	const journal = createJournal(folder, () => 0);
	journal.appendLine('@3 no block', 1_000);
	journal.appendPlainLines(Buffer.from('one  \r\n@2 two\r\n\r\n'), {lines: 3, characters: 12}, 1_005);
	journal.appendLine('last', 1_010);
	const expected = [
		{number: 1, text: '@3 no block', at: 1_000},
		{number: 2, text: 'one', at: 1_005},
		{number: 3, text: '@2 two', at: 1_005},
		{number: 4, text: '', at: 1_005},
		{number: 5, text: 'last', at: 1_010},
	];
	expect(journal.lines(1, 9)).toEqual({lines: expected});
	journal.close();
	for (const opened of [journal, openJournal(folder)]) {
		expect(opened.lineCount).toBe(5);
		expect(opened.lines(1, 9)).toEqual({lines: expected});
		expect(opened.lines(3, 4)).toEqual({lines: expected.slice(2, 4)});
		expect(opened.characters(1, 5)).toBe('@3 no block one @2 two  last '.length);
		expect(opened.firstLineSince(1_001)).toBe(2);
	}
});
