import {expect, test} from 'vitest';
import {moved, partOf, type Selection, spanOf, toggled} from '../../components/selection.js';
import {selectionRows} from '../../components/selection-rows.js';

const lines = ['GET /login 500', '', '  日本 naïve', 'end'];
const textOf = (line: number) => lines[line - 1] ?? '';
const at = (line: number, column: number): Selection => ({
	cursor: {line, column},
	anchor: undefined,
	kind: 'characters',
});
const go = (selection: Selection, ...motions: Parameters<typeof moved>[1][]): Selection =>
	motions.reduce((now, motion) => moved(now, motion, {textOf, last: lines.length}), selection);

test('the cursor moves by whole characters and by words, and stays in the text', () => {
	expect(go(at(1, 0), 'right', 'wordRight').cursor).toEqual({line: 1, column: 4});
	expect(go(at(1, 0), 'wordRight', 'wordRight', 'wordRight').cursor.column).toBe(13);
	expect(go(at(1, 11), 'wordLeft').cursor.column).toBe(4);
	expect(go(at(3, 0), 'lineEnd').cursor.column).toBe(9);
	expect(go(at(3, 2), 'right', 'left', 'left', 'left', 'left').cursor.column).toBe(0);
	expect(go(at(2, 0), 'right', 'lineEnd', 'wordRight').cursor).toEqual({line: 2, column: 0});
});

test('over a shorter line the cursor keeps its column', () => {
	const over = go(at(1, 12), 1, 1);
	expect(over.cursor).toEqual({line: 3, column: 12});
	expect(spanOf(toggled(over, 'characters'), textOf)).toEqual({
		from: {line: 3, column: 9},
		to: {line: 3, column: 10},
	});
	expect(go(at(1, 0), -5).cursor.line).toBe(1);
	expect(go(at(1, 0), 'end').cursor.line).toBe(4);
});

test('a span goes from the earlier to the later end, the characters under both included', () => {
	const up = go(toggled(at(3, 2), 'characters'), -1, -1, 'lineStart', 'wordRight');
	expect(spanOf(up, textOf)).toEqual({from: {line: 1, column: 4}, to: {line: 3, column: 3}});
	const whole = toggled(up, 'lines');
	expect(spanOf(whole, textOf)).toMatchObject({from: {line: 1, column: 0}, to: {line: 3}});
	expect(partOf(spanOf(whole, textOf), 3, textOf(3))).toEqual([0, 10]);
	expect(toggled(whole, 'lines').anchor).toBeUndefined();
	expect(partOf(spanOf(at(4, 2), textOf), 4, 'end')).toEqual([0, 3]);
	expect(partOf(spanOf(up, textOf), 4, 'end')).toBeUndefined();
});

test('a row shows what is selected and the cursor, and a long line is shifted to it', () => {
	const shown = (selection: Selection, width: number) =>
		selectionRows(
			{id: 1, selection, top: 1, textOf, last: 4, isRead: true},
			{width, height: 4},
			mark => `[${mark}]`,
		).map(row => row.replaceAll('\u001b[7m', '<').replaceAll('\u001b[27m', '>'));
	const selection = go(toggled(at(1, 4), 'characters'), 1, 1, 'lineStart', 'wordRight');
	expect(shown(selection, 30)).toEqual(['GET </login 500>', '< >', '<  >[日]本 naïve', 'end']);
	expect(shown(at(1, 13), 6)[0]).toBe('n 50[0]');
	expect(shown(at(2, 0), 6)[1]).toBe('[ ]');
});
