// Breaks text into rows of a width, at spaces where it can. A style that spans a break is closed at the end of
// the row and opened again on the next one, so that each row stands alone.
import type {Style} from '../host/protocol.js';
import {type Piece, pieces} from './pieces.js';
import {applySgr, sgrParameters} from './sgr.js';
import {width} from './width.js';

/** The rows of a text, at least one. Line feeds end rows; a wide character at the edge goes to the next row. */
export const wrap = (text: string, columns: number): string[] => {
	const size = Math.max(1, columns);
	const rows: string[] = [];
	let style: Style = {};
	for (const line of text.split('\n')) {
		// Most lines fit: measuring is much cheaper than taking apart.
		const lineRows =
			width(line) <= size
				? [line]
				: wrapLine(pieces(line), size).map(row => row.map(piece => piece.text).join(''));
		for (const row of lineRows) {
			const open = sgrParameters(style);
			style = styleAfter(style, row);
			rows.push((open === '' ? '' : `\x1b[${open}m`) + row + (sgrParameters(style) === '' ? '' : '\x1b[0m'));
		}
	}
	return rows;
};

const styleAfter = (style: Style, row: string): Style => {
	if (!row.includes('\x1b')) return style;
	let next = style;
	for (const match of row.matchAll(/\x1b\[([\d;]*)m/g)) next = applySgr(next, match[1] ?? '');
	return next;
};

const wrapLine = (line: readonly Piece[], columns: number): Piece[][] => {
	const rows: Piece[][] = [];
	let row: Piece[] = [];
	let used = 0;
	/** Pieces of the row up to and with its last space after a word; 0 when there is none to break at. */
	let breakAt = 0;
	let hasWord = false;
	const endRow = () => {
		rows.push(row);
		row = [];
		used = 0;
		breakAt = 0;
		hasWord = false;
	};
	for (const piece of line) {
		if (piece.kind === 'sequence') {
			row.push(piece);
			continue;
		}
		const isSpace = piece.text === ' ';
		if (used + piece.columns > columns && used > 0) {
			// A space at the edge is the break itself.
			if (isSpace) {
				endRow();
				continue;
			}
			const rest = breakAt > 0 ? row.splice(breakAt) : [];
			if (breakAt > 0) dropTrailingSpaces(row);
			endRow();
			row = rest;
			used = columnsOf(rest);
			hasWord = used > 0;
		}
		row.push(piece);
		used += piece.columns;
		if (!isSpace) hasWord = true;
		else if (hasWord) breakAt = row.length;
	}
	rows.push(row);
	return rows;
};

const columnsOf = (row: readonly Piece[]): number =>
	row.reduce((sum, piece) => sum + (piece.kind === 'grapheme' ? piece.columns : 0), 0);

const dropTrailingSpaces = (row: Piece[]): void => {
	for (let index = row.length - 1; index >= 0; index--) {
		const piece = row[index];
		if (piece?.kind === 'sequence') continue;
		if (piece?.text !== ' ') return;
		row.splice(index, 1);
	}
};
