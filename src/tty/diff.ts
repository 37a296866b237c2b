// The bytes that turn one screen of cells into another: cursor moves, style changes, characters. Never an erase
// of what will be written; a blank end of a row is erased instead of filled with spaces.
import {sgrParameters} from '../text/sgr.js';
import {type Cell, type Pen, plainPen, type Row} from './cells.js';

/** The rows to write, in order; `previous` undefined, or a row of it, means that nothing is known to be there. */
export const rowChanges = (
	previous: readonly (Row | undefined)[] | undefined,
	next: readonly Row[],
	columns: number,
): string => {
	const writer = createWriter(columns);
	for (const [index, row] of next.entries()) {
		const before = previous?.[index];
		if (before !== row) writeRow(writer, index, before?.cells, row.cells);
	}
	return writer.finish();
};

/** A row as text with its styles, for where nothing is painted: it moves no cursor, its blank end is left out. */
export const rowText = ({cells}: Row): string => {
	let text = '';
	let pen = plainPen;
	for (const cell of cells.slice(0, endOfText(cells))) {
		text += penChange(pen, cell.pen) + cell.text;
		pen = cell.pen;
	}
	return text + penChange(pen, plainPen);
};

type Writer = ReturnType<typeof createWriter>;

const writeRow = (
	writer: Writer,
	index: number,
	before: readonly Cell[] | undefined,
	after: readonly Cell[],
): void => {
	const blankFrom = endOfText(after);
	let column = 0;
	while (column < after.length) {
		const cell = after[column];
		if (!cell || isSame(before?.[column], cell)) {
			column++;
			continue;
		}
		// Erasing costs three bytes; it comes after what is written left of it.
		if (column >= blankFrom && after.length - column > 3) {
			writer.eraseRest(index, column, after);
			return;
		}
		writer.write(index, column, cell, after);
		column += Math.max(1, cell.columns);
	}
};

/** The first column of the blanks at the end, in the terminal's own style. */
const endOfText = (cells: readonly Cell[]): number => {
	let end = cells.length;
	while (end > 0 && cells[end - 1]?.text === ' ' && cells[end - 1]?.pen.key === '') end--;
	return end;
};

const isSame = (before: Cell | undefined, after: Cell): boolean =>
	before === after ||
	(before !== undefined &&
		before.text === after.text &&
		before.columns === after.columns &&
		before.pen.key === after.pen.key);

const createWriter = (columns: number) => {
	let bytes = '';
	let pen = plainPen;
	let row = -1;
	/** Where the terminal's cursor is; undefined when terminals differ about it. */
	let column: number | undefined;

	const use = (next: Pen) => {
		if (next.key === pen.key) return;
		bytes += penChange(pen, next);
		pen = next;
	};

	const moveTo = (toRow: number, toColumn: number, cells: readonly Cell[]) => {
		if (toRow !== row) {
			bytes += `\x1b[${toRow + 1};${toColumn + 1}H`;
		} else if (column !== toColumn) {
			const skipped = column === undefined || column > toColumn ? undefined : cells.slice(column, toColumn);
			bytes += skipped ? shortestSkip(skipped, pen) : `\x1b[${toColumn + 1}G`;
		}
		row = toRow;
		column = toColumn;
	};

	return {
		write(toRow: number, toColumn: number, cell: Cell, cells: readonly Cell[]) {
			moveTo(toRow, toColumn, cells);
			use(cell.pen);
			const isCertain = hasCertainWidth(cell.text);
			// A terminal that draws it narrower would leave what stood there before.
			if (!isCertain) bytes += `${' '.repeat(cell.columns)}\x1b[${toColumn + 1}G`;
			bytes += cell.text;
			const end = toColumn + cell.columns;
			column = isCertain && end < columns ? end : undefined;
		},
		eraseRest(toRow: number, toColumn: number, cells: readonly Cell[]) {
			moveTo(toRow, toColumn, cells);
			use(plainPen);
			bytes += '\x1b[K';
		},
		finish() {
			use(plainPen);
			return bytes;
		},
	};
};

/** Over a few characters of the same style it is shorter to write them again than to step over them. */
const shortestSkip = (skipped: readonly Cell[], pen: Pen): string => {
	const isCheap =
		skipped.length <= 3 && skipped.every(cell => cell.pen.key === pen.key && isAscii(cell.text));
	if (isCheap && skipped.length > 0) return skipped.map(cell => cell.text).join('');
	return skipped.length === 1 ? '\x1b[C' : `\x1b[${skipped.length}C`;
};

const isAscii = (text: string): boolean => text.length === 1 && text >= ' ' && text <= '~';

// Single characters on whose width all terminals agree: Latin, Greek, Cyrillic, punctuation, arrows, box drawing,
// Braille (spinners), kana, Han, Hangul.
const certain =
	/^[\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u203b\u2190-\u2193\u21b5\u2200-\u22ff\u2500-\u259f\u25a0-\u25a9\u25b2-\u25b5\u25b8-\u25bf\u25c2-\u25ef\u2713\u2717\u276f\u2800-\u28ff\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]$/;

const hasCertainWidth = (text: string): boolean => isAscii(text) || certain.test(text);

const penChange = (from: Pen, to: Pen): string => {
	const style = styleChange(from, to);
	return (style === '' ? '' : `\x1b[${style}m`) + (from.link === to.link ? '' : linkSequence(to.link));
};

const styleChange = (from: Pen, to: Pen): string => {
	const old = splitParameters(from);
	const wanted = splitParameters(to);
	const added = wanted.filter(parameter => !old.includes(parameter));
	const removed = old.filter(parameter => !wanted.includes(parameter));
	// A colour in place of another needs no end of the first; an attribute does, and then starting anew is short.
	const isOnlyReplaced = removed.every(parameter =>
		wanted.some(other => kindOf(other) === kindOf(parameter)),
	);
	if (isOnlyReplaced) return added.join(';');
	return wanted.length === 0 ? '0' : ['0', ...wanted].join(';');
};

/** `1;38;5;42;44` as its settings: `1`, `38;5;42`, `44`. */
const splitParameters = (pen: Pen): string[] =>
	sgrParameters(pen.style).match(/[34]8;(?:5;\d+|2;\d+;\d+;\d+)|\d+/g) ?? [];

const kindOf = (parameter: string): string => {
	if (/^(?:3[0-8]|9[0-7])(?:;|$)/.test(parameter)) return 'fg';
	if (/^(?:4[0-8]|10[0-7])(?:;|$)/.test(parameter)) return 'bg';
	return parameter;
};

/** Rows of one wrapped link share an id, so that the terminal treats them as one. */
const linkSequence = (target: string): string => {
	if (target === '') return '\x1b]8;;\x1b\\';
	let hash = 0;
	for (let index = 0; index < target.length; index++) hash = (hash * 31 + target.charCodeAt(index)) | 0;
	return `\x1b]8;id=${(hash >>> 0).toString(36)};${target}\x1b\\`;
};
