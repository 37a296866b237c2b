// What an emulator does to the cells of a row (insert, delete, erase, combine, copy), without the object that
// @xterm/headless 6.0.0 carries each cell in: as cheap as moving the row's memory. Knows rows; no screens and no
// sequences.
import type {Row} from './sheets.js';

/** Makes all rows of this kind faster; a test holds them to what they did before. */
export const quickenRows = (row: Row): void => {
	const kind: Partial<RowKind> = Object.getPrototypeOf(row);
	if (kind.insertCells !== quickened.insertCells) Object.assign(kind, quickened);
};

/** Styles and colours of underlines, which nobody is shown: each cell would drag an object along. */
export const dropExtendedAttributes = (attributes: object): void => {
	const kind: {updateExtended?(this: {bg: number}): void} = Object.getPrototypeOf(attributes);
	kind.updateExtended = forgetExtended;
};
function forgetExtended(this: {bg: number}) {
	this.bg &= ~hasExtendedFlag;
}

export type Cell = {content: number; fg: number; bg: number; extended: unknown};

/** Cells `from` to `to`, the last one not included. */
export const fillCells = (row: Row, from: number, to: number, cell: Cell): void => {
	const {_data: data} = row;
	const {content, fg, bg} = cell;
	for (let at = from * cellSize; at < to * cellSize; at += cellSize) {
		data[at] = content;
		data[at + 1] = fg;
		data[at + 2] = bg;
	}
	if (bg & hasExtendedFlag)
		for (let column = from; column < to; column++) row._extendedAttrs[column] = cell.extended;
};

export const cellSize = 3; // content, foreground, background
export const emptyCell = 1 << 22; // no character, one column wide
export const combinedFlag = 0x200000; // several code points, which stand beside the cells
const codePointMask = 0x1fffff;
const widthMask = 3 << 22;
// What the emulator says of a character: whether it joins the one before, and its columns.
export const joinFlag = 1;
export const widthOf = (properties: number): number => (properties >> 1) & 3;
export const hasExtendedFlag = 0x10000000;

/** A cell that has lost the other half of its character. */
const clearCell = (row: Row, column: number, {fg, bg, extended}: Cell): void =>
	fillCells(row, column, column + 1, {content: emptyCell, fg, bg, extended});

type RowKind = {
	insertCells(this: Row, column: number, count: number, cell: Cell): void;
	deleteCells(this: Row, column: number, count: number, cell: Cell): void;
	replaceCells(this: Row, from: number, to: number, cell: Cell): void;
	addCodepointToCell(this: Row, column: number, code: number, width: number): void;
	copyCellsFrom(this: Row, source: Row, from: number, to: number, count: number, fromEnd: boolean): void;
};

const quickened: RowKind = {
	insertCells(column, count, cell) {
		const from = column % this.length;
		if (from > 0 && this.getWidth(from - 1) === 2) clearCell(this, from - 1, cell);
		const kept = Math.max(0, this.length - from - count);
		moveCells(this, from, from + count, kept);
		fillCells(this, from, this.length - kept, cell);
		if (this.getWidth(this.length - 1) === 2) clearCell(this, this.length - 1, cell);
	},
	deleteCells(column, count, cell) {
		const from = column % this.length;
		const kept = Math.max(0, this.length - from - count);
		moveCells(this, from + count, from, kept);
		fillCells(this, from + kept, this.length, cell);
		if (from > 0 && this.getWidth(from - 1) === 2) clearCell(this, from - 1, cell);
		if (this.getWidth(from) === 0 && !isWritten(this, from)) clearCell(this, from, cell);
	},
	replaceCells(from, to, cell) {
		if (from > 0 && this.getWidth(from - 1) === 2) clearCell(this, from - 1, cell);
		if (to < this.length && this.getWidth(to - 1) === 2) clearCell(this, to, cell);
		fillCells(this, from, Math.min(to, this.length), cell);
	},
	/** `width`: 0 leaves it as it is. */
	addCodepointToCell(column, code, width) {
		const content = this._data[column * cellSize] ?? 0;
		const first = content & codePointMask;
		let changed = code | emptyCell;
		if (content & combinedFlag || first) {
			const before = content & combinedFlag ? this._combined[column] : String.fromCodePoint(first);
			setCluster(this, column, before + String.fromCodePoint(code));
			changed = (content & widthMask) | combinedFlag;
		}
		this._data[column * cellSize] = width ? (changed & ~widthMask) | (width << 22) : changed;
	},
	/** `fromEnd`: the last cell first, since the source may be this row. */
	copyCellsFrom(source, from, to, count, fromEnd) {
		for (let left = count; left > 0; left--) {
			const index = fromEnd ? left - 1 : count - left;
			const [at, target] = [(from + index) * cellSize, (to + index) * cellSize];
			for (let part = 0; part < cellSize; part++) this._data[target + part] = source._data[at + part] ?? 0;
			const text = source._combined[from + index];
			const isCombined = ((source._data[at] ?? 0) & combinedFlag) !== 0;
			if (isCombined && text !== undefined) setCluster(this, to + index, text);
		}
	},
};

/** What the cell with that flag holds. */
export const setCluster = (row: Row, column: number, text: string): void => {
	row.hasNoClusters = false;
	row._combined[column] = text;
};

const isWritten = (row: Row, column: number): boolean =>
	((row._data[column * cellSize] ?? 0) & 0x3fffff) !== 0;

const moveCells = (row: Row, from: number, to: number, count: number): void => {
	if (count === 0 || from === to) return;
	row._data.copyWithin(to * cellSize, from * cellSize, (from + count) * cellSize);
	if (!row.hasNoClusters) row._combined = moveEntries(row._combined, from, to, count, row.length);
	row._extendedAttrs = moveEntries(row._extendedAttrs, from, to, count, row.length);
};

/** Moves what some cells of a row have besides; as an array, which stays fast with holes. */
const moveEntries = <Value>(
	entries: Record<number, Value>,
	from: number,
	to: number,
	count: number,
	length: number,
): Record<number, Value> => {
	if (isEmpty(entries)) return entries;
	const list: (Value | undefined)[] = Array.isArray(entries)
		? entries
		: Object.assign(new Array<Value | undefined>(length), entries);
	// What stands there else is of no cell. An undefined one would be copied with the row.
	const step = to < from ? 1 : -1;
	for (let left = count, at = step > 0 ? 0 : count - 1; left > 0; left--, at += step) {
		const entry = list[from + at];
		if (entry !== undefined) list[to + at] = entry;
	}
	return list as Record<number, Value>; // Its holes are of cells that ask for none.
};

export const isEmpty = (entries: object): boolean => {
	// Only one that had entries became an array, and to ask for the first would list them all.
	if (Array.isArray(entries)) return false;
	for (const _ in entries) return false;
	return true;
};
