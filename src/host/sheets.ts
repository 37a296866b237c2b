// Rows that nothing was written to since they were erased: one shared sheet stands for all of them in the list
// of an emulator's rows, and becomes a row of its own when the emulator gets it to write there. So what is
// done to whole screens costs a pointer a row, not its cells. Knows how @xterm/headless 6.0.0 keeps rows;
// nothing of sequences, cursors or screens.
import {type Cell, cellSize, emptyCell, isEmpty} from './cells.js';

export type Sheets = {
	/** Of rows without text. */
	blank(background: number): Sheet;
	/** Of rows with the same character in each cell. */
	pattern(character: number, colours: {fg: number; bg: number}): Sheet;
	/** Makes a list of rows give out what its sheets stand for. */
	watch(list: RowList): void;
	/** The emulator writes within: what it gets is a row of its own. Else it is shared, to be read only. */
	write(act: () => void): void;
	/** A sheet takes the place of the rows `from` to `to`. */
	put(list: RowList, range: {from: number; to: number}, sheet: Sheet): void;
	/** Rows `from` to `to` move up (down, if negative) by `count`, less than all of them; sheets follow. */
	shift(list: RowList, range: {from: number; to: number; count: number}, sheet: Sheet): void;
	/** All rows of the list become rows of their own. To be called before they change their length. */
	open(list: RowList): void;
	/** The rows have another length now. */
	forget(): void;
};

export type Sheet = {
	readonly isSheet: true;
	readonly content: number;
	readonly fg: number;
	readonly bg: number;
};

export type Row = {
	readonly isSheet?: undefined;
	/** Found to hold nothing but blanks, and not given out since. */
	isKnownBlank?: boolean;
	/** None of the cells holds several code points: what `_combined` has is of cells that it once had. */
	hasNoClusters?: boolean;
	readonly length: number;
	isWrapped: boolean;
	_data: Uint32Array;
	_combined: Record<number, string>;
	_extendedAttrs: Record<number, unknown>;
	getString(column: number): string;
	getWidth(column: number): number;
	hasContent(column: number): number;
	insertCells(column: number, count: number, cell: Cell): void;
	replaceCells(from: number, to: number, cell: Cell): void;
	setCellFromCodepoint(column: number, code: number, width: number, attributes: Attributes): void;
	translateToString(trimRight: boolean): string;
};

export type Attributes = {fg: number; bg: number; extended: unknown};

/** The emulator's circular list. */
export type RowList = {
	_array: (Row | Sheet | undefined)[];
	_startIndex: number;
	readonly _maxLength: number;
	readonly length: number;
	get(index: number): Row | undefined;
};

export const createSheets = (options: {cols(): number; makeRow(): Row}): Sheets => {
	const {cols, makeRow} = options;
	const blanks = new Map<number, OpenSheet>();
	let lastPattern: OpenSheet | undefined;
	let unused: Row[] = [];
	let isWriting = false;

	const fill = (row: Row, sheet: OpenSheet): Row => {
		row.isKnownBlank = false;
		sheet.cells ??= makeCells(sheet, cols());
		row._data.set(sheet.cells);
		row.isWrapped = false;
		// To look whether that is empty, or to let it grow anew, costs more than all else.
		row.hasNoClusters = true;
		if (!isEmpty(row._extendedAttrs)) row._extendedAttrs = {};
		return row;
	};
	const makeSheet = (content: number, fg: number, bg: number): OpenSheet => ({
		isSheet: true,
		content,
		fg,
		bg,
		cells: undefined,
		shown: undefined,
		open() {
			if (isWriting) return fill(unused.pop() ?? makeRow(), this);
			this.shown ??= fill(makeRow(), this);
			return this.shown;
		},
	});
	/** What has left its list is used again: nobody holds it. */
	const release = (slot: Row | Sheet | undefined) => {
		if (slot === undefined || slot.isSheet) return;
		// A row of the alternate screen that was wider once keeps its length.
		const isUsual = slot._data.length === cols() * cellSize;
		if (isUsual && unused.length < maxUnused) unused.push(slot);
	};

	return {
		blank(background) {
			const found = blanks.get(background);
			if (found) return found;
			const sheet = makeSheet(emptyCell, 0, background);
			if (blanks.size >= maxBlanks) blanks.clear();
			blanks.set(background, sheet);
			return sheet;
		},
		pattern(character, {fg, bg}) {
			if (lastPattern?.content !== (emptyCell | character) || lastPattern.fg !== fg || lastPattern.bg !== bg)
				lastPattern = makeSheet(emptyCell | character, fg, bg);
			return lastPattern;
		},
		watch(list) {
			list.get = getRow;
		},
		write(act) {
			isWriting = true;
			try {
				act();
			} finally {
				isWriting = false;
			}
		},
		put(list, {from, to}, sheet) {
			const {_array: slots, _maxLength: size} = list;
			let at = (list._startIndex + from) % size;
			for (let left = to - from + 1; left > 0; left--) {
				release(slots[at]);
				slots[at] = sheet;
				at = next(at, 1, size);
			}
		},
		shift(list, {from, to, count}, sheet) {
			const {_array: slots, _startIndex: start, _maxLength: size} = list;
			const steps = Math.abs(count);
			const step = Math.sign(count);
			let at = (start + (count > 0 ? from : to)) % size;
			let source = at;
			for (let left = steps; left > 0; left--) {
				release(slots[source]);
				source = next(source, step, size);
			}
			for (let left = to - from + 1 - steps; left > 0; left--) {
				slots[at] = slots[source];
				at = next(at, step, size);
				source = next(source, step, size);
			}
			for (let left = steps; left > 0; left--) {
				slots[at] = sheet;
				at = next(at, step, size);
			}
		},
		open(list) {
			const rows = Array.from({length: list.length}, (_, index) => list.get(index));
			// A list grows into what stands behind its length, as if it began at the first slot.
			for (let at = 0; at < list._maxLength; at++) list._array[at] = rows[at];
			list._startIndex = 0;
		},
		forget() {
			blanks.clear();
			lastPattern = undefined;
			unused = [];
		},
	};
};

/** What stands at an index: nothing is opened. */
export const peekRow = (list: RowList, index: number): Row | Sheet | undefined =>
	list._array[(list._startIndex + index) % list._maxLength];

export const isSameSheet = (one: Sheet, other: Sheet): boolean =>
	one.bg === other.bg && one.content === other.content && one.fg === other.fg;

type OpenSheet = Sheet & {
	cells: Uint32Array | undefined;
	/** For all who only read. */
	shown: Row | undefined;
	open(): Row;
};

const maxBlanks = 16; // backgrounds that a program erases with
const maxUnused = 512; // more than a screen has

/** One further in a ring; a remainder would cost more than all else. */
const next = (at: number, step: number, size: number): number => {
	const index = at + step;
	return index === size ? 0 : index < 0 ? size - 1 : index;
};

/** The list's own `get`. A function for all lists: the emulator's calls of it stay fast. */
function getRow(this: RowList, index: number): Row | undefined {
	const at = (this._startIndex + index) % this._maxLength;
	const slot = this._array[at];
	if (slot === undefined) return slot;
	if (!slot.isSheet) {
		slot.isKnownBlank = false;
		return slot;
	}
	const sheet = slot as OpenSheet; // All are made above.
	const row = sheet.open();
	if (row !== sheet.shown) this._array[at] = row;
	return row;
}

const makeCells = ({content, fg, bg}: Sheet, cols: number): Uint32Array => {
	const cells = new Uint32Array(cols * cellSize);
	for (let at = 0; at < cells.length; at += cellSize) {
		cells[at] = content;
		cells[at + 1] = fg;
		cells[at + 2] = bg;
	}
	return cells;
};
