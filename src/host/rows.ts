// Reads the rows of an emulator's main screen fast: most rows are ASCII, most of a screen is empty. Knows how
// @xterm/headless 6.0.0 keeps cells; nothing of lines.
import type {Terminal} from '@xterm/headless';

export type Rows = {
	readonly length: number;
	/** The row that the top of the screen shows. */
	readonly base: number;
	isWrapped(row: number): boolean;
	/** Without the cells at its end that nothing was written to; '' where there is no such row. */
	text(row: number): string;
	/** Nothing but blanks. */
	isBlank(row: number): boolean;
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
		isWrapped: row => buffers._normal.lines.get(row)?.isWrapped ?? false,
		text(row) {
			const line = buffers._normal.lines.get(row);
			return line ? readText(line) : '';
		},
		isBlank(row) {
			const line = buffers._normal.lines.get(row);
			if (!line) return true;
			const cells = line._data;
			for (let at = (line.length - 1) * cellSize; at >= 0; at -= cellSize) {
				const content = (cells[at] ?? 0) & contentMask;
				if (content > space) return content > lastAscii && line.translateToString(true).trim() === '';
			}
			return true;
		},
	};
};

const cellSize = 3; // content, foreground, background
const contentMask = 0x3fffff; // a code point, or the flag of a cell with several
const space = 0x20;
const lastAscii = 0x7f;
const scratch = Buffer.alloc(1_024); // more columns than a grid can have

const readText = (line: Line): string => {
	const cells = line._data;
	let columns = line.length;
	while (columns > 0 && ((cells[(columns - 1) * cellSize] ?? 0) & contentMask) === 0) columns--;
	if (columns === 0) return '';
	if (columns > scratch.length) return line.translateToString(true);
	for (let column = 0; column < columns; column++) {
		const content = (cells[column * cellSize] ?? 0) & contentMask;
		if (content > lastAscii) return line.translateToString(true);
		scratch[column] = content || space;
	}
	return scratch.toString('latin1', 0, columns);
};

type Line = {
	readonly _data: Uint32Array;
	readonly length: number;
	readonly isWrapped: boolean;
	translateToString(trimRight: boolean): string;
};
type Core = {
	_bufferService: {
		buffers: {_normal: {ybase: number; lines: {readonly length: number; get(row: number): Line | undefined}}};
	};
};
