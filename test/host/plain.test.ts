import {expect, test} from 'vitest';
import {findPlainBlock, lastPlainLines} from '../../src/host/plain.js';
import {skim} from '../../src/host/skim.js';
import {createRandom, pick} from '../support/random.js';

const numbers = (count: number, end = '\n') =>
	Buffer.from(Array.from({length: count}, (_, index) => `${index + 1}${end}`).join(''));

test('all but the first line and the last screenful of plain text is one block, counted exactly', () => {
	const bytes = numbers(1_000);
	const block = findPlainBlock(bytes, 40, false);
	if (!block) throw new Error('no block');
	const lines = bytes.toString('utf8', block.firstLine, block.lastScreen).split('\n').slice(0, -1);
	expect(lines[0]).toBe('2');
	expect(lines.at(-1)).toBe('960');
	expect(block.lines).toBe(lines.length);
	expect(block.characters).toBe(lines.join('\n').length + 1);
});

test.each([
	['blanks and returns at the ends', 'x  \r\n'],
	['nothing but blanks', '  \r\n'],
	['empty lines', '\r\n'],
	['wide and combined characters', '日本 e\u0301 🙂 \r\n'],
])('characters are counted as they read: %s', (_, line) => {
	const bytes = Buffer.from(line.repeat(200));
	const block = findPlainBlock(bytes, 10, true);
	if (!block) throw new Error('no block');
	const lines = lastPlainLines(bytes.subarray(block.firstLine, block.lastScreen), bytes.length);
	expect(new Set(lines)).toEqual(new Set([line.trimEnd()]));
	expect(block.lines).toBe(lines.length);
	expect(block.lines).toBe(200 - 1 - 10);
	expect(block.characters).toBe(lines.join('\n').length + 1);
});

test('a block ends where something else than text begins', () => {
	const plain = numbers(200, '\r\n');
	const block = findPlainBlock(Buffer.concat([plain, Buffer.from('\x1b[2J'), plain]), 10, true);
	expect(block?.lastScreen).toBe(plain.indexOf('191\r\n'));
	expect(block?.lines).toBe(189);
});

test.each([
	['a line feed alone on a terminal', numbers(500)],
	['few lines', numbers(20, '\r\n')],
	['a bell at once', Buffer.concat([Buffer.from('\x07'), numbers(500, '\r\n')])],
	['a mark that emulators skip', numbers(500, '\ufeff\r\n')],
])('no block is found in %s', (_, bytes) => {
	expect(findPlainBlock(bytes, 40, true)).toBeUndefined();
});

test('the last lines are cut out without looking at the others', () => {
	expect(lastPlainLines(numbers(1_000), 2)).toEqual(['999', '1000']);
	expect(lastPlainLines(Buffer.from('\n\na\n'), 5)).toEqual(['', '', 'a']);
});

test.each([
	['a pipe', false],
	['a terminal', true],
])('what is skimmed and what is looked at closely give the same block: %s', (_, needsReturn) => {
	const random = createRandom(7);
	const end = needsReturn ? '\r\n' : '\n';
	const surprises = ['\r\n', ' \r\n', '  \n', '\n', '\r', '\r\r\n', 'é', '\x7f', '\x1b[m', '\x00'];
	const plainLine = needsReturn ? /[^\x00-\x1f\x7f]*\r\n/y : /[^\x00-\x1f\x7f]*\r?\n/y;
	let found = 0;
	for (let round = 0; round < 300; round++) {
		let text = 'x'.repeat(random(16));
		for (let line = 0; line < 200; line++) {
			text += 'a b c'.repeat(random(8)) + end;
			if (random(150) === 0) text += pick(random, surprises);
		}
		plainLine.lastIndex = 0;
		const lines: string[] = [];
		for (let match = plainLine.exec(text); match; match = plainLine.exec(text)) lines.push(match[0]);
		const taken = lines.slice(1, -10);
		const block = findPlainBlock(Buffer.from(text), 10, needsReturn);
		if (lines.length <= 10 + 16) expect(block).toBeUndefined();
		else {
			found++;
			expect(block).toEqual({
				firstLine: Buffer.byteLength(lines[0] ?? ''),
				lastScreen: Buffer.byteLength(lines.slice(0, -10).join('')),
				lines: taken.length,
				characters: taken.reduce((total, line) => total + line.replace(/[ \r]*\n$/, '\n').length, 0),
			});
		}
	}
	expect(found).toBeGreaterThan(100);
});

test('plain text is skimmed to the end of its last vector', () => {
	const bytes = numbers(50_000, '\r\n');
	const {bytes: length, ...counts} = skim(bytes, 3, true);
	expect(length).toBe(bytes.length - 3 - ((bytes.length - 3) % 16));
	const lines = bytes.toString('latin1', 3, 3 + length).split('\n').length - 1;
	expect(counts).toEqual({lines, returns: lines});
});
