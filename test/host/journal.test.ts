import {appendFileSync, closeSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {readLastBytes} from '../../src/host/byte-store.js';
import {createJournal, type Journal, openJournal} from '../../src/host/journal.js';

let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-journal-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const diskUse = () =>
	readdirSync(folder).reduce((total, name) => total + statSync(join(folder, name)).size, 0);

const descriptorOf = (path: string): number => {
	const linksTo = (name: string) => {
		try {
			return readlinkSync(`/proc/self/fd/${name}`);
		} catch {
			return; // the one that listed them
		}
	};
	const found = readdirSync('/proc/self/fd').find(name => linksTo(name) === path);
	if (found === undefined) throw new Error(`${path} is not open`);
	return Number(found);
};

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

test.each([
	['one by one', (journal: Journal, text: string, at: number) => journal.appendLine(text, at)],
	[
		'many at once',
		(journal: Journal, text: string, at: number) => {
			if (at % 50 !== 0) return journal.appendLine(text, Math.floor(at / 50));
			const lines = Array.from({length: 500}, (_, index) => `${text} ${index}\r\n`).join('');
			journal.appendPlainLines(Buffer.from(lines), {lines: 500, characters: lines.length - 500}, at);
		},
	],
])(
	'of a log of 40 MB the first megabyte and the last fifteen are kept, the rest is a gap with exact numbers: lines printed %s',
	(_, print) => {
		const journal = createJournal(folder, () => 0);
		let printed = 0;
		for (let i = 1; printed < 40 << 20; i++) {
			const before = journal.lineCount;
			const text = `${i} ${'日x'.repeat(1 + (i % 200))}`;
			print(journal, text, i);
			printed += (journal.lineCount - before) * (Buffer.byteLength(text) + 1);
		}
		journal.flush();
		const count = journal.lineCount;
		const {lines, gap} = journal.lines(1, count);
		if (!gap) throw new Error('no gap');
		expect(lines.length + gap.to - gap.from + 1).toBe(count);
		expect(lines[0]?.number).toBe(1);
		expect(lines.at(-1)?.number).toBe(count);
		const size = ({text}: {text: string}) => Buffer.byteLength(text) + 1;
		const sizeOf = (some: typeof lines) => some.reduce((total, line) => total + size(line), 0);
		const [head, tail] = [lines.slice(0, gap.from - 1), lines.slice(gap.from - 1)];
		expect(head.at(-1)?.number).toBe(gap.from - 1);
		expect(sizeOf(head)).toBeGreaterThanOrEqual(1 << 20);
		expect(sizeOf(tail)).toBeGreaterThanOrEqual(15 << 20);
		expect(diskUse()).toBeLessThan(18 << 20);
		expect(journal.lines(gap.from - 1, gap.from)).toMatchObject({
			lines: [{number: gap.from - 1}],
			gap: {from: gap.from, to: gap.from},
		});
		expect(journal.characters(1, count)).toBe(lines.reduce((total, {text}) => total + text.length + 1, 0));
		journal.close();
		const reopened = openJournal(folder);
		expect(reopened.lineCount).toBe(count);
		const again = reopened.lines(1, count);
		expect(again.gap).toEqual(gap);
		expect(again.lines.findIndex((line, index) => !isDeepStrictEqual(line, lines[index]))).toBe(-1);
	},
);

test('a log of the shortest lines keeps to its place on the disk, times and all', () => {
	const journal = createJournal(folder, () => 0);
	for (let i = 1; i <= 4_400_000; i++) journal.appendLine('', i * 4_000);
	journal.flush();
	expect(diskUse()).toBeGreaterThan(29 << 20);
	expect(diskUse()).toBeLessThanOrEqual(32 << 20);
	const ranges = journal.ranges();
	expect(ranges[0]?.from).toBe(1);
	expect(ranges.at(-1)?.to).toBe(4_400_000);
	journal.close();
});

test('the first megabyte is whole even if the disk failed for a moment while it was written', () => {
	const journal = createJournal(folder, () => 0);
	const print = (from: number, to: number) => {
		for (let i = from; i <= to; i++) journal.appendLine('x'.repeat(999), i);
		journal.flush();
	};
	print(1, 300);
	closeSync(descriptorOf(join(folder, 'lines.000')));
	print(301, 310);
	expect(journal.writeError).toBeInstanceOf(Error);
	print(311, 20_000);
	expect(journal.writeError).toBeUndefined();
	expect(journal.lines(301, 310).gap).toEqual({from: 301, to: 310});
	const linesOfAMegabyte = Math.ceil((1 << 20) / 1_000);
	expect(journal.lines(1, 10 + linesOfAMegabyte).lines).toHaveLength(linesOfAMegabyte);
	expect(journal.lines(3_000, 3_000).gap).toEqual({from: 3_000, to: 3_000});
	journal.close();
});

test('the last raw bytes are kept, and files are private', () => {
	const journal = createJournal(folder, () => 0);
	const block = Buffer.alloc(100_000, 'b');
	for (let i = 0; i < 200; i++) journal.appendBytes(block);
	journal.flush();
	const files = readdirSync(folder).filter(name => name.startsWith('bytes.'));
	expect(files).toEqual(['bytes.037', 'bytes.038']);
	expect(statSync(join(folder, 'bytes.038')).mode & 0o777).toBe(0o600);
	expect(readLastBytes(folder, 300_000)).toHaveLength(300_000);
	journal.close();
});

test('what becomes plain lines while it is appended is kept once, the bytes around it before them', () => {
	const journal = createJournal(folder, () => 0);
	const bytes = Buffer.from(`rest\n${'plain\n'.repeat(20_000)}last`);
	const plain = bytes.subarray(5, -4);
	const contents = {lines: 20_000, characters: plain.length};
	journal.appendBytes(bytes, () => {
		journal.appendPlainLines(Buffer.from(plain), contents, 1); // the same text, and not of these bytes
		journal.appendPlainLines(plain, contents, 2);
		expect(readLastBytes(folder, bytes.length).toString()).toBe('rest\nlast');
		bytes.fill('x');
	});
	journal.appendBytes(Buffer.from(' and more'));
	journal.appendPlainLines(plain, contents, 3); // too late
	journal.close();
	expect(readLastBytes(folder, bytes.length).toString()).toBe('rest\nlast and more');
	expect(journal.lineCount).toBe(60_000);
});

test('a log takes little more of the disk than what is kept of its lines, raw bytes and all', () => {
	const journal = createJournal(folder, () => 0);
	const plain = Buffer.from(`${'x'.repeat(63)}\n`.repeat(1_000));
	for (let printed = 0; printed < 40_000_000; ) {
		journal.appendPlainLines(plain, {lines: 1_000, characters: 64_000}, printed);
		journal.appendBytes(plain);
		const long = '日本語'.repeat(1_000 + (printed % 8_000));
		journal.appendLine(long, printed);
		journal.appendBytes(Buffer.from(long));
		printed += plain.length + long.length * 3;
	}
	journal.close();
	expect(diskUse()).toBeGreaterThan(16 << 20);
	expect(diskUse()).toBeLessThanOrEqual(19 << 20);
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
