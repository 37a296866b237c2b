import {expect, test} from 'vitest';
import {
	bufferOf,
	emptyBuffer,
	erase,
	expanded,
	insert,
	move,
	paste,
	redo,
	type TextBuffer,
	undo,
	yank,
} from '../../src/editor/buffer.js';
import {visualLines} from '../../src/editor/layout.js';
import {width} from '../../src/text/width.js';
import {cpuMs} from '../support/cpu.js';

/** The text with `|` at the cursor. */
const show = ({text, cursor}: TextBuffer): string => `${text.slice(0, cursor)}|${text.slice(cursor)}`;

/** A buffer from a text with `|` at the cursor. */
const at = (marked: string): TextBuffer => {
	const cursor = marked.indexOf('|');
	return {...emptyBuffer, text: marked.replace('|', ''), cursor};
};

const type = (buffer: TextBuffer, text: string): TextBuffer => Array.from(text).reduce(insert, buffer);

test.each([
	['left', 'a👩‍👩‍👧|b', 'a|👩‍👩‍👧b'],
	['right', 'a|👩‍👩‍👧b', 'a👩‍👩‍👧|b'],
	['left', 'a\n|b', 'a|\nb'],
	['right', 'a|\nb', 'a\n|b'],
	['left', '|a', '|a'],
	['right', 'a|', 'a|'],
	['word-left', 'one two-three  |', 'one two-|three  '],
	['word-right', 'one| two', 'one two|'],
	['word-left', '日本 語|', '日本 |語'],
	['word-left', 'a 𝐱𝐲|', 'a |𝐱𝐲'],
	['word-left', '👍 !|', '|👍 !'],
	['line-start', 'one\ntw|o', 'one\n|two'],
	['line-end', 'o|ne\ntwo', 'one|\ntwo'],
	['line-start', '\n|', '\n|'],
	['start', 'one\ntw|o', '|one\ntwo'],
	['end', 'o|ne\ntwo', 'one\ntwo|'],
	['up', 'one\ntw|o', 'on|e\ntwo'],
	['down', 'on|e\ntwo', 'one\ntw|o'],
	['up', '日本\nab|c', '日|本\nabc'],
	['up', 'o|ne', 'o|ne'],
] as const)('%s takes the cursor of %j to %j', (movement, before, after) => {
	const buffer = at(before);
	expect(show(move(buffer, movement, 20))).toBe(after);
	if (before === after) expect(move(buffer, movement, 20)).toBe(buffer);
});

test.each([
	['left', 'e\u0301|', '|'],
	['left', 'a\n|b', 'a|b'],
	['right', '|🇩🇪b', '|b'],
	['word-left', 'npm run dev|', 'npm run |'],
	['word-right', 'npm| run dev', 'npm| dev'],
	['line-start', 'a\nbc|d', 'a\n|d'],
	['line-end', 'a|b\nc', 'a|\nc'],
	['line-end', 'ab|\nc', 'ab|c'],
] as const)('erasing %s makes %j to %j', (movement, before, after) => {
	expect(show(erase(at(before), movement))).toBe(after);
});

test('up and down keep their column over short rows, and go by the rows that are shown', () => {
	let buffer = at('long line he|re\nx\nanother long one');
	buffer = move(buffer, 'down', 80);
	expect(show(buffer)).toBe('long line here\nx|\nanother long one');
	expect(show(move(buffer, 'down', 80))).toBe('long line here\nx\nanother long| one');
	expect(show(move(at('one two three fo|ur'), 'up', 10))).toBe('one two| three four');
});

test('what was killed comes back, several kills in a row together', () => {
	const buffer = erase(erase(at('one two three|'), 'word-left'), 'word-left');
	expect(show(buffer)).toBe('one |');
	expect(show(yank(buffer))).toBe('one two three|');
	expect(show(yank(move(buffer, 'start', 80)))).toBe('two three|one ');
});

test('undo takes back by words, redo brings them again, and an edit after undo ends redo', () => {
	const buffer = type(emptyBuffer, 'one two');
	expect(undo(buffer).text).toBe('one ');
	expect(undo(undo(undo(buffer))).text).toBe('');
	expect(redo(undo(buffer)).text).toBe('one two');
	expect(redo(type(undo(buffer), 'x')).text).toBe('one x');
	expect(undo(emptyBuffer)).toBe(emptyBuffer);
});

test('a long paste is one thing in the text and whole when it is sent', () => {
	const pasted = Array.from({length: 42}, (_, line) => `line ${line} [Pasted text #1 +42 lines]`).join('\n');
	const buffer = type(paste(type(emptyBuffer, 'see '), pasted), ' ok');
	expect(buffer.text).toBe('see [Pasted text #1 +42 lines] ok');
	expect(expanded(buffer)).toBe(`see ${pasted} ok`);
	const behind = move(move(move(buffer, 'left', 80), 'left', 80), 'left', 80);
	expect(show(move(behind, 'left', 80))).toBe('see |[Pasted text #1 +42 lines] ok');
	expect(show(erase(behind, 'left'))).toBe('see | ok');
	expect(expanded(undo(erase(behind, 'left')))).toBe(`see ${pasted} ok`);
	expect(paste(buffer, 'y'.repeat(900)).text).toContain('[Pasted text #2 900 characters]');
});

test('a text too long to edit is a paste again when it is taken back', () => {
	const long = 'a line of it\n'.repeat(10_000);
	expect(bufferOf(long).text).toBe('[Pasted text #1 +10000 lines]');
	expect(expanded(bufferOf(long))).toBe(long);
	expect(bufferOf('a\nb\nc\nd\ne').text).toBe('a\nb\nc\nd\ne');
});

test('a short paste is typed, its line ends are line feeds, control characters are gone', () => {
	expect(paste(emptyBuffer, 'a\r\nb\x1b[31m\x07').text).toBe('a\nb[31m');
	expect(paste(emptyBuffer, 'a\nb\nc').text).toBe('a\nb\nc');
	expect(insert(emptyBuffer, '\x07')).toBe(emptyBuffer);
});

test('rows are never wider than asked, hold the whole text, and the caret stands below the width', () => {
	const text = 'words and 日本語日本語 more\tand a_very_long_word_without_spaces\n\nlast 👩‍👩‍👧 line ';
	for (let columns = 4; columns < 40; columns++) {
		for (let cursor = 0; cursor <= text.length; cursor++) {
			const {rows, caret} = visualLines(text, cursor, columns);
			expect(caret.column).toBeLessThan(columns);
			expect(caret.row).toBeLessThan(rows.length);
			if (cursor > 0) continue;
			for (const row of rows) expect(width(row.text)).toBeLessThanOrEqual(columns);
			expect(rows.map(({start, end}) => text.slice(start, end)).join('')).toBe(text.replaceAll('\n', ''));
		}
	}
});

test('the caret stands in a row of its own behind a full row', () => {
	expect(visualLines('abcd', 4, 4)).toMatchObject({caret: {row: 1, column: 0}});
	expect(visualLines('ab cd', 3, 4)).toMatchObject({
		caret: {row: 1, column: 0},
		rows: [{text: 'ab '}, {text: 'cd'}],
	});
});

test('what cannot be seen is shown in its row', () => {
	expect(visualLines('a\u202eb', 3, 40)).toMatchObject({rows: [{text: 'a<U+202E>b'}], caret: {column: 10}});
});

test('an edit in a text of 100 kB costs no more than its line', () => {
	let buffer = insert(emptyBuffer, 'some words in a line\n'.repeat(5_000));
	const cost = cpuMs(() => {
		for (let key = 0; key < 100; key++) buffer = erase(move(insert(buffer, 'x'), 'left', 80), 'right');
	});
	expect(cost).toBeLessThan(1_000);
	expect(buffer.text).toHaveLength(105_000);
});
