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
const lastAscii = 0x7f;
const lastLatin1 = 0xff;
const lastCodeUnit = 0xffff;
const isBlank = (line: Row | Sheet | undefined): boolean => {
	if (!line || line.isSheet || line.isKnownBlank) return true;
	const cells = line._data;
	for (let at = 0; at < line.length * cellSize; at += cellSize) {
		const content = (cells[at] ?? 0) & contentMask;
		if (content > lastAscii && line.getString(at / cellSize).trim() !== '') return false;
		if (content > space && content <= lastAscii) return false;
	}
	line.isKnownBlank = true;
	return true;
};

const maxColumns = 1_024; // more than a grid can have
const latin1 = Buffer.alloc(maxColumns);
const wide = new Uint16Array(maxColumns);
const wideText = Buffer.from(wide.buffer);

const readText = (line: Row): string => {
	const cells = line._data;
	let columns = line.length;
	while (columns > 0 && ((cells[(columns - 1) * cellSize] ?? 0) & contentMask) === 0) columns--;
	if (columns === 0) return '';
	if (columns > maxColumns) return line.translateToString(true);
	for (let column = 0; column < columns; column++) {
		const content = (cells[column * cellSize] ?? 0) & contentMask;
		if (content > lastLatin1) return readWideText(line, column, columns);
		latin1[column] = content || space;
	}
	return latin1.toString('latin1', 0, columns);
};

/** The columns before `from` are read already. */
const readWideText = (line: Row, from: number, columns: number): string => {
	const cells = line._data;
	let text = latin1.toString('latin1', 0, from);
	let length = 0;
	const flush = () => {
		if (length > 0) text += wideText.toString('utf16le', 0, length * 2);
		length = 0;
	};
	for (let column = from; column < columns; ) {
		const cell = cells[column * cellSize] ?? 0;
		const content = cell & contentMask;
		if (content <= lastCodeUnit) wide[length++] = content || space;
		else {
			flush();
			text += line.getString(column);
		}
		column += cell < wideCell ? 1 : 2;
	}
	flush();
	return text;
};

type Core = {
	_bufferService: {
		buffers: {_normal: {ybase: number; lines: RowList}};
	};
};
