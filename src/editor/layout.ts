// Sets the text being typed in rows of a width, and finds the caret's place among them, and back.
import {sanitiseLine} from '../text/sanitise.js';
import {graphemes, width} from '../text/width.js';

export type VisualRow = {
	/** What is shown: invisible characters visible, tabs as spaces. */
	text: string;
	/** Where the row begins and ends in the text, in code units. */
	start: number;
	end: number;
	/** The offset in the text of the character at a column, or of the row's end. */
	offsetAt: (column: number) => number;
};

export type VisualLines = {rows: VisualRow[]; caret: {row: number; column: number}};

/** At least one row. The caret stands on a column below `columns`, in a row of its own if the last one is full. */
export const visualLines = (text: string, cursor: number, columns: number): VisualLines => {
	const rows: Cell[][] = [];
	let offset = 0;
	for (const line of text.split('\n')) {
		for (const row of wrapCells(cellsOf(line, offset), Math.max(1, columns), offset + line.length))
			rows.push(row);
		offset += line.length + 1;
	}
	return {rows: rows.map(visualRow), caret: caretOf(rows, cursor)};
};

/** The end of a line is a cell too, without text or columns: the caret can stand there. */
type Cell = {shown: string; offset: number; length: number; columns: number};

const tab = '    ';

const cellsOf = (line: string, start: number): Cell[] => {
	let offset = start;
	return graphemes(line).map(grapheme => {
		const shown = grapheme === '\t' ? tab : sanitiseLine(grapheme);
		const cell = {shown, offset, length: grapheme.length, columns: width(shown)};
		offset += grapheme.length;
		return cell;
	});
};

const wrapCells = (cells: readonly Cell[], columns: number, lineEnd: number): Cell[][] => {
	const rows: Cell[][] = [];
	let row: Cell[] = [];
	let used = 0;
	for (const cell of cells) {
		if (used + cell.columns > columns && row.length > 0) {
			const rest = unfinishedWord(row, cell, columns);
			rows.push(row.slice(0, row.length - rest.length));
			row = rest;
			used = columnsOf(rest);
		}
		row.push(cell);
		used += cell.columns;
	}
	const end = {shown: '', offset: lineEnd, length: 0, columns: 0};
	if (used < columns) return [...rows, [...row, end]];
	return [...rows, row, [end]];
};

/** A word that has begun goes to the next row whole, if it is not the whole row. */
const unfinishedWord = (row: readonly Cell[], next: Cell, columns: number): Cell[] => {
	const lastSpace = row.findLastIndex(({shown}) => shown.trim() === '');
	if (lastSpace === -1 || next.shown.trim() === '') return [];
	const word = row.slice(lastSpace + 1);
	return columnsOf(word) + next.columns <= columns ? word : [];
};

const columnsOf = (row: readonly Cell[]): number => row.reduce((sum, cell) => sum + cell.columns, 0);

const caretOf = (rows: readonly (readonly Cell[])[], cursor: number): {row: number; column: number} => {
	for (const [index, row] of rows.entries()) {
		const place = row.findIndex(cell => cell.offset >= cursor);
		if (place !== -1) return {row: index, column: columnsOf(row.slice(0, place))};
	}
	return {row: 0, column: 0};
};

const visualRow = (row: readonly Cell[]): VisualRow => {
	const last = row.at(-1);
	return {
		text: row.map(({shown}) => shown).join(''),
		start: row[0]?.offset ?? 0,
		end: last ? last.offset + last.length : 0,
		offsetAt: column => {
			let used = 0;
			for (const cell of row) {
				if (used + cell.columns > column) return cell.offset;
				used += cell.columns;
			}
			// Behind the last character of a row that goes on would be the next row.
			return last?.offset ?? 0;
		},
	};
};
