// Makes log lines from an emulator: a line is final when all of its rows have scrolled off the top, when the
// screen is cleared, or at the end. Knows the emulator's buffer; nothing of bytes, files or readers.
import type {IMarker, Terminal} from '@xterm/headless';
import {createCutLine, type Halves} from './cut-line.js';
import {createRows} from './rows.js';

export type Lines = {
	/** Takes the lines that have scrolled off. To be called after every slice of at most `maxScrolls` rows. */
	collect(): void;
	/** The screen is about to be cleared: what stands on it is final. */
	clear(): void;
	/** The emulator is about to start anew, its buffers with it. */
	reset(): void;
	/** Rows are about to be pushed off the top without going to the scrollback. */
	scrollOff(rows: number): void;
	/** All lines above the cursor's are final as they stand. */
	settle(): void;
	/** Whether the cursor stands at the beginning of an empty line with nothing after it. */
	isAtEnd(): boolean;
	/** How many of the lines that are not final stand above the cursor's. */
	aboveCursor(): number;
	/** Changes the size by `resize` and finds the place again. */
	resize(cols: number, rows: number, resize: () => void): void;
	/** The lines that are not final, oldest first, without trailing empty ones. */
	live(): string[];
	/** All lines are final. */
	finish(): void;
};

/** Rows of scrollback that the emulator must have. */
export const scrollbackRows = 300;
/** Rows that may scroll off between two calls of `collect`. */
export const maxScrolls = 140;
// A line whose first rows fill half of the scrollback is read in pieces: its rows would be lost otherwise.
const maxWaitingRows = scrollbackRows / 2;
// Longer lines (a minified bundle, a binary file) are broken: a line is held in memory.
const maxLineCharacters = 1 << 18;

/** `touched`: the rows of the active screen that may hold text. */
export const createLines = (
	terminal: Terminal,
	onLine: (text: string) => void,
	touched: () => {top: number; bottom: number},
): Lines => {
	// The first row that is in no line yet, as an index into the main buffer.
	let next = 0;
	// The beginning of the line at `next`, when its first rows had to be read before it was complete, and how
	// many characters of its rows are in there still.
	let head = '';
	let skip = 0;
	let marker: IMarker | undefined;
	let markedRow = 0;

	// Asking the terminal for them costs more than reading a row.
	const buffers = terminal.buffer;
	const buffer = () => buffers.normal;
	const grid = createRows(terminal);
	const {isWrapped} = grid;
	const onMain = () => (buffers.active.type === 'normal' ? touched() : undefined);

	/** Rows trimmed from the scrollback shift all indexes. */
	const follow = () => {
		if (!marker) return;
		const trimmed = markedRow - marker.line;
		markedRow = marker.line;
		next = Math.max(0, next - trimmed);
	};
	const mark = () => {
		const base = grid.base;
		if (buffers.active.type === 'alternate' || base === 0) return;
		if (marker && !marker.isDisposed && marker.line >= maxScrolls) return;
		if (marker?.line === base - 1) return;
		marker?.dispose();
		marker = terminal.registerMarker(-buffer().cursorY - 1);
		markedRow = marker?.line ?? 0;
	};

	const emit = (text: string) => {
		let rest = text;
		while (rest.length > maxLineCharacters) {
			onLine(rest.slice(0, maxLineCharacters));
			rest = rest.slice(maxLineCharacters);
		}
		onLine(trimBlanks(rest));
	};
	/** The text of the line at `next`, as far as it stands in these rows. */
	const joinHead = (rows: string): string => {
		if (cut.isPending) return cut.mend(rows);
		return head === '' && skip === 0 ? rows : head + rows.slice(skip);
	};
	const takeLine = (rows: string, end: number) => {
		emit(joinHead(rows));
		cut.end();
		head = '';
		skip = 0;
		next = end;
	};
	/** Rows that belong together as one text. Cells that were never written are no blanks: a row that stood
	 * at another width, or whose last cell a wide character did not fit into, ends where its text ends. */
	const readRows = (from: number, end: number): string => {
		let text = grid.text(from);
		for (let row = from + 1; row < end; row++) text += grid.text(row);
		return text;
	};
	const isEmpty = (from: number, end: number): boolean => {
		for (let row = from; row < end; row++) if (!grid.isBlank(row)) return false;
		return true;
	};
	const lineEnd = (from: number): number => {
		let end = from + 1;
		while (end < grid.length && isWrapped(end)) end++;
		return end;
	};

	/** Where the cursor stands in the line at `next`, in cells, row after row. */
	const cursorPlace = (): number | undefined => {
		follow();
		const {cursorX, cursorY} = buffer();
		const cursorRow = grid.base + cursorY;
		let row = cursorRow;
		while (row > next && isWrapped(row)) row--;
		return row === next ? (cursorRow - next) * terminal.cols + cursorX : undefined;
	};
	/** The text before such a place. */
	const readBefore = (place: number): string => {
		const row = next + Math.floor(place / terminal.cols);
		const part =
			buffer()
				.getLine(row)
				?.translateToString(false, 0, place % terminal.cols) ?? '';
		// As it reads: what is left free for a wide character, which stands in the next row, is no blank.
		const read = isWrapped(row + 1) ? part.slice(0, grid.text(row).length) : part;
		return (row > next ? readRows(next, row) : '') + read;
	};
	const cut = createCutLine(terminal, {
		cursor: cursorPlace,
		read: before => (before === undefined ? readRows(next, lineEnd(next)) : readBefore(before)),
	});

	/** Takes the lines that end before row `limit`. */
	const takeUntil = (limit: number) => {
		while (next < limit && next < grid.length) {
			const end = lineEnd(next);
			if (end > limit) return;
			takeLine(readRows(next, end), end);
		}
	};
	/** Puts the rows of the unfinished line before `limit` into its head. */
	const takeHead = (limit: number) => {
		if (next >= limit) return;
		head = joinHead(readRows(next, limit));
		cut.end();
		skip = 0;
		next = limit;
		while (head.length > maxLineCharacters) {
			onLine(head.slice(0, maxLineCharacters));
			head = head.slice(maxLineCharacters);
		}
	};

	/** Index after the last row that holds text; at least the cursor's if it continues a line. */
	const contentEnd = (): number => {
		const {base} = grid;
		const last = Math.min(terminal.rows - 1, onMain()?.bottom ?? terminal.rows - 1);
		const first = Math.min(base, next);
		return Math.max(first, grid.lastFilled(first, base + last) + 1);
	};
	const collect = () => {
		follow();
		const baseY = grid.base;
		takeUntil(baseY);
		if (baseY - next > maxWaitingRows) takeHead(baseY);
		mark();
	};
	const takeAll = (leadingBlanks: 'keep' | 'drop') => {
		collect();
		const end = contentEnd();
		let isLeading = leadingBlanks === 'drop' && head === '' && !cut.isPending;
		if (isLeading && next >= grid.base)
			next = Math.max(next, Math.min(end, grid.base + (onMain()?.top ?? 0)));
		while (next < end) {
			const following = lineEnd(next);
			if (isLeading && isEmpty(next, following)) {
				next = following;
				continue;
			}
			isLeading = false;
			takeLine(readRows(next, following), following);
		}
		if (head !== '') emit(head);
		head = '';
		skip = 0;
	};
	const cursorLineStart = (): number => {
		let row = grid.base + buffer().cursorY;
		while (row > 0 && isWrapped(row)) row--;
		return row;
	};

	return {
		collect,
		clear() {
			takeAll('drop');
			next = grid.base;
		},
		reset() {
			takeAll('drop');
			next = 0;
			marker?.dispose();
			marker = undefined;
		},
		scrollOff(rows) {
			collect();
			// Rows that nothing was printed on, above or below the text, are no lines.
			const limit = Math.min(grid.base + rows, contentEnd());
			if (head === '' && !cut.isPending && next >= grid.base)
				next = Math.min(limit, Math.max(next, grid.base + (onMain()?.top ?? 0)));
			takeUntil(limit);
			takeHead(limit);
			next = Math.max(grid.base, next - rows);
		},
		settle() {
			collect();
			takeUntil(cursorLineStart());
		},
		isAtEnd() {
			const {baseY, cursorX, cursorY} = buffer();
			return cursorX === 0 && !isWrapped(baseY + cursorY) && contentEnd() <= baseY + cursorY;
		},
		aboveCursor() {
			follow();
			return Math.max(0, lineStarts(next, cursorLineStart()));
		},
		resize(cols, rows, resize) {
			collect();
			// What would not fit into the scrollback when it is wrapped anew is final now.
			const room = maxWaitingRows + rows;
			if (cut.isPending && cursorPlace() === undefined) takeUntil(lineEnd(next));
			const end = contentEnd();
			while (next < cursorLineStart() && wrappedRows(next, end, cols) > room)
				takeLine(readRows(next, lineEnd(next)), lineEnd(next));
			// Rows that stood at another width would be wrapped anew with blanks in the middle.
			for (let row = next; row < cursorLineStart(); row = lineEnd(row))
				if (isRagged(row) || losesWide(row, cols)) takeUntil(lineEnd(row));
			// The emulator does not wrap the cursor's line anew: what does not fit is cut off. A cursor that does not
			// fit goes back onto what was printed last.
			const start = cursorLineStart();
			let halves: Halves | undefined;
			if (cut.isPending || isCut(start, cols) || buffer().cursorX >= cols) {
				takeUntil(start);
				halves = splitAtCursor();
			}
			const distance = lineStarts(next, cursorLineStart());
			const remaining = head === '' ? 0 : readRows(next, lineEnd(next)).length - skip;
			resize();
			next = walkLines(cursorLineStart(), -distance);
			skip = head === '' ? 0 : Math.max(0, readRows(next, lineEnd(next)).length - remaining);
			marker?.dispose();
			marker = undefined;
			mark();
			if (halves) cut.begin(halves.before, halves.after);
			collect();
		},
		live() {
			follow();
			const end = contentEnd();
			const lines: string[] = [];
			for (let row = next; row < end; ) {
				const following = lineEnd(row);
				const text = readRows(row, following);
				lines.push(trimBlanks(lines.length === 0 ? joinHead(text) : text));
				row = following;
			}
			return lines;
		},
		finish() {
			takeAll('keep');
		},
	};

	/** Whether the line that starts here has rows that do not fill the width before its last one. */
	function isRagged(from: number): boolean {
		for (let row = from; row < lineEnd(from) - 1; row++)
			if (
				buffer()
					.getLine(row)
					?.translateToString(true, terminal.cols - 2) === ''
			)
				return true;
		return false;
	}
	/** Whether the line that starts here is wrapped anew with wide characters in it: the emulator loses some of them. */
	function losesWide(from: number, cols: number): boolean {
		const end = lineEnd(from);
		const isWrapping = end > from + 1 || isCut(from, cols);
		for (let row = from; isWrapping && row < end; row++) if (grid.hasWide(row)) return true;
		return false;
	}
	/** The cursor's line before and after the cursor, if it was not taken yet. It begins anew, without a head. */
	function splitAtCursor(): Halves | undefined {
		const place = cursorPlace();
		if (place === undefined) return undefined;
		if (cut.isPending) return cut.split(place);
		const whole = joinHead(readRows(next, lineEnd(next)));
		const before = joinHead(readBefore(place));
		head = '';
		skip = 0;
		return {before, after: whole.slice(before.length)};
	}
	/** Whether one of the rows of the line that starts here has text right of a width, be it half a character. */
	function isCut(from: number, cols: number): boolean {
		for (let row = from; row < lineEnd(from); row++) {
			const line = buffer().getLine(row);
			if (line?.getCell(cols - 1)?.getWidth() === 2 || line?.translateToString(true, cols)) return true;
		}
		return false;
	}
	/** Rows that the lines of [from, end) need at a width, roughly and not too few. */
	function wrappedRows(from: number, end: number, cols: number): number {
		let rows = 0;
		for (let row = from; row < end; ) {
			const following = lineEnd(row);
			rows += Math.max(1, Math.ceil(((following - row) * terminal.cols) / Math.max(1, cols - 1)));
			row = following;
		}
		return rows;
	}
	/** How many lines begin in (from, to], or minus those in (to, from]. */
	function lineStarts(from: number, to: number): number {
		let count = 0;
		for (let row = Math.min(from, to) + 1; row <= Math.max(from, to); row++) if (!isWrapped(row)) count++;
		return from <= to ? count : -count;
	}
	/** The start of the line that stands `count` lines after (before, if negative) the one that starts at `row`. */
	function walkLines(from: number, count: number): number {
		let row = from;
		const step = count < 0 ? -1 : 1;
		for (let left = Math.abs(count); left > 0; left--) {
			do row += step;
			while (row > 0 && row < buffer().length && isWrapped(row));
		}
		return Math.max(0, row);
	}
};

const trimBlanks = (text: string): string => {
	let end = text.length;
	while (end > 0 && text.charCodeAt(end - 1) === 0x20) end--;
	return end === text.length ? text : text.slice(0, end);
};
