// Reads the rows of an emulator's main screen fast: most rows are ASCII, most of a screen is empty. Knows how
// @xterm/headless 6.0.0 keeps cells; nothing of lines.
import type {Terminal} from '@xterm/headless';
import {cellSize} from './cells.js';
import {peekRow, type Row, type RowList, type Sheet} from './sheets.js';

export type Rows = {
	readonly length: number;
	/** The row that the top of the screen shows. */
	readonly base: number;
	isWrapped(row: number): boolean;
	/** Without the cells at its end that nothing was written to; '' where there is no such row. */
	text(row: number): string;
	/** Nothing but blanks, or never written to since it was erased or filled. */
	isBlank(row: number): boolean;
	/** Holds a character of two columns. */
	hasWide(row: number): boolean;
	/** The last of the rows `from` to `to` that is not blank, or -1. */
	lastFilled(from: number, to: number): number;
};

export const createRows = (terminal: Terminal): Rows => {
	// Private, and pinned with the exact version; the emulator's public view makes an object for every row.
	const {buffers} = (terminal as unknown as {_core: Core})._core._bufferService;
	return {
		get length() {
			return buffers._normal.lines.length;
		},
		get base() {
			return buffers._normal.ybase;
		},
		isWrapped(row) {
			const line = peekRow(buffers._normal.lines, row);
			return line !== undefined && !line.isSheet && line.isWrapped;
		},
		text(row) {
			const line = peekRow(buffers._normal.lines, row);
			return line && !line.isSheet ? readText(line) : '';
		},
		isBlank: row => isBlank(peekRow(buffers._normal.lines, row)),
		hasWide(row) {
			const line = peekRow(buffers._normal.lines, row);
			if (!line || line.isSheet) return false;
			for (let column = 0; column < line.length; column++) if (line.getWidth(column) === 2) return true;
			return false;
		},
		lastFilled(from, to) {
			const {_array: slots, _startIndex: start, _maxLength: size} = buffers._normal.lines;
			let at = (start + to) % size;
			for (let row = to; row >= from; row--) {
				if (!isBlank(slots[at])) return row;
				at = at === 0 ? size - 1 : at - 1;
			}
			return -1;
		},
	};
};

const contentMask = 0x3fffff; // a code point, or the flag of a cell with several
const wideCell = 2 << 22;
const space = 0x20;
const fourSpaces = 0x20202020;
const lastAscii = 0x7f;
const lastLatin1 = 0xff;
const lastCodeUnit = 0xffff;

const contentAt = (cells: Uint32Array, column: number): number =>
	(cells[column * cellSize] ?? 0) & contentMask;
/** The contents of four columns in one: most of a large screen is read by it. */
const fourAt = (cells: Uint32Array, column: number): number => {
	const at = column * cellSize;
	const left = (cells[at] ?? 0) | (cells[at + cellSize] ?? 0);
	const right = (cells[at + 2 * cellSize] ?? 0) | (cells[at + 3 * cellSize] ?? 0);
	return (left | right) & contentMask;
};

const isBlank = (line: Row | Sheet | undefined): boolean => {
	if (!line || line.isSheet || line.isKnownBlank) return true;
	const {_data: cells, length: columns} = line;
	for (let column = 0; column < columns; ) {
		if (column + 4 <= columns && fourAt(cells, column) <= space) column += 4;
		else if (isFilled(line, column)) return false;
		else column++;
	}
	line.isKnownBlank = true;
	return true;
};
const isFilled = (line: Row, column: number): boolean => {
	const content = contentAt(line._data, column);
	return content <= lastAscii ? content > space : line.getString(column).trim() !== '';
};

const maxColumns = 1_024; // more than a grid can have
const latin1 = Buffer.alloc(maxColumns);
const latin1Fours = new Uint32Array(latin1.buffer, latin1.byteOffset, maxColumns / 4);
const units = new Uint16Array(4 * maxColumns);
const unitBytes = Buffer.from(units.buffer);

const readText = (line: Row): string => {
	const columns = writtenColumns(line);
	if (columns === 0) return '';
	if (columns > maxColumns) return line.translateToString(true);
	const read = readLatin1(line._data, columns);
	return read === columns ? latin1.toString('latin1', 0, columns) : readUnits(line, read, columns);
};

const writtenColumns = ({_data: cells, length}: Row): number => {
	let columns = length;
	while (columns >= 4 && fourAt(cells, columns - 4) === 0) columns -= 4;
	while (columns > 0 && contentAt(cells, columns - 1) === 0) columns--;
	return columns;
};

/** How many columns it has read: up to the first one that is not Latin-1. */
const readLatin1 = (cells: Uint32Array, columns: number): number => {
	let column = 0;
	for (; column + 4 <= columns; column += 4) {
		const four = fourAt(cells, column);
		if (four > lastLatin1) break;
		if (four === 0) latin1Fours[column >> 2] = fourSpaces;
		else for (let next = column; next < column + 4; next++) latin1[next] = contentAt(cells, next) || space;
	}
	for (; column < columns; column++) {
		const content = contentAt(cells, column);
		if (content > lastLatin1) break;
		latin1[column] = content || space;
	}
	return column;
};

/** The columns before `from` are read already. */
const readUnits = (line: Row, from: number, columns: number): string => {
	const cells = line._data;
	let text = '';
	let length = 0;
	for (; length < from; length++) units[length] = latin1[length] ?? 0;
	for (let column = from; column < columns; ) {
		const cell = cells[column * cellSize] ?? 0;
		const content = cell & contentMask;
		if (content <= lastCodeUnit) units[length++] = content || space;
		else {
			const cluster = line.getString(column);
			if (length + cluster.length + columns - column > units.length) {
				text += unitBytes.toString('utf16le', 0, length * 2) + cluster;
				length = 0;
			} else for (let at = 0; at < cluster.length; at++) units[length++] = cluster.charCodeAt(at);
		}
		column += cell < wideCell ? 1 : 2;
	}
	return text + unitBytes.toString('utf16le', 0, length * 2);
};

type Core = {
	_bufferService: {
		buffers: {_normal: {ybase: number; lines: RowList}};
	};
};
