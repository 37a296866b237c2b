// The composer's text as rows with the caret marked, cut to the rows there are around the caret. Pure.
import {visualLines} from '../src/editor/layout.js';
import {graphemes, width as widthOf} from '../src/text/width.js';

export type ComposerRows = {rows: string[]; hiddenAbove: number; hiddenBelow: number};

/** `mark` makes the caret out of the character under it. */
export const composerRows = (
	{text, cursor}: {text: string; cursor: number},
	size: {width: number; height: number},
	mark: (character: string) => string,
): ComposerRows => {
	const {rows, caret} = visualLines(text, cursor, size.width);
	const first = Math.max(0, Math.min(rows.length - size.height, caret.row - Math.floor(size.height / 2)));
	const visible = rows.slice(first, first + size.height);
	return {
		rows: visible.map((row, index) =>
			first + index === caret.row ? markedAt(row.text, caret.column, mark) : row.text,
		),
		hiddenAbove: first,
		hiddenBelow: Math.max(0, rows.length - first - visible.length),
	};
};

/** How many rows the text takes. */
export const composerHeight = (text: string, cursor: number, width: number): number =>
	visualLines(text, cursor, width).rows.length;

const markedAt = (text: string, column: number, mark: (character: string) => string): string => {
	let used = 0;
	let index = 0;
	for (const grapheme of graphemes(text)) {
		if (used >= column) return text.slice(0, index) + mark(grapheme) + text.slice(index + grapheme.length);
		used += widthOf(grapheme);
		index += grapheme.length;
	}
	return text + mark(' ');
};
