import {expect, test} from 'vitest';
import {lineAt} from '../../components/pointing.js';
import {snapshotOf} from '../support/window.js';

const numbered = (texts: readonly string[], first: number) =>
	texts.map((text, index) => ({number: first + index, text, at: 0}));

test('each cell of the screen is a place of the line that stands there, wrapped or not', () => {
	const lines = numbered(['gone by now', 'a long line', '', 'end'], 7);
	const screen = snapshotOf(1, ['now', 'a lon', 'g lin', 'e', '', 'end', '', ''], {cols: 5});
	const at = (row: number, column: number) => lineAt(lines, screen, {row, column});
	expect(at(5, 1)).toEqual({line: 10, column: 1});
	expect(at(7, 4)).toEqual({line: 10, column: 2});
	expect(at(4, 3)).toEqual({line: 9, column: 0});
	expect(at(2, 2)).toEqual({line: 8, column: 7});
	expect(at(3, 4)).toEqual({line: 8, column: 10});
	expect(at(0, 0)).toEqual({line: 7, column: 10});
	expect(lineAt(lines.slice(3), screen, {row: 0, column: 0})).toBeUndefined();
});

test('a wide character is met by both of its cells', () => {
	const lines = numbered(['日本x'], 1);
	const screen = snapshotOf(1, ['日本x']);
	expect([0, 1, 2, 3, 4].map(column => lineAt(lines, screen, {row: 0, column})?.column)).toEqual([
		0, 0, 1, 1, 2,
	]);
});
