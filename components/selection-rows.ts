// The lines of a selection as rows, one a line: what is selected is inverse, the cursor marked; long lines are shifted
// until the cursor is seen. Pure.
import {graphemes, width as widthOf} from '../src/text/width.js';
import {cleanLines} from './lines.js';
import type {Shown} from './selecting.js';
import {columnIn, partOf, spanOf} from './selection.js';
import {theme} from './theme.js';

export const selectionRows = (
	{selection, top, textOf, last}: Shown,
	{width, height}: {width: number; height: number},
	mark: (character: string) => string,
): string[] => {
	const {cursor, anchor} = selection;
	const span = anchor && spanOf(selection, textOf);
	const column = columnIn(textOf(cursor.line), cursor.column);
	const left = hiddenColumns({selection, textOf}, width);
	const rows: string[] = [];
	for (let line = top; line < top + height && line <= last; line++) {
		const shown = textOf(line);
		const part = span && partOf(span, line, shown);
		rows.push(rowOf(shown, {part, cursor: line === cursor.line ? column : undefined, left, width, mark}));
	}
	return rows;
};

/** Columns that are out of sight on the left, so that the cursor is seen; one is left behind the text for it. */
export const hiddenColumns = (
	{selection: {cursor}, textOf}: Pick<Shown, 'selection' | 'textOf'>,
	width: number,
): number => {
	const text = textOf(cursor.line);
	return Math.max(0, widthOf(cleaned(text.slice(0, columnIn(text, cursor.column)))) + 2 - width);
};

type Look = {
	part: [number, number] | undefined;
	cursor: number | undefined;
	left: number;
	width: number;
	mark(character: string): string;
};

const rowOf = (text: string, {part, cursor, left, width, mark}: Look): string => {
	let row = '';
	let held = '';
	let isHeldSelected = false;
	const flush = () => {
		row += isHeldSelected ? theme.inverse(held) : held;
		held = '';
	};
	let at = 0;
	let columns = 0;
	// An empty line can be selected, and hold the cursor.
	for (const grapheme of text === '' ? [' '] : graphemes(text)) {
		const shown = cleaned(grapheme);
		const isSelected = part !== undefined && at >= part[0] && (at < part[1] || text === '');
		if (isSelected !== isHeldSelected) flush();
		isHeldSelected = isSelected;
		columns += widthOf(shown);
		if (columns > left + width - 1) break;
		if (columns > left) {
			if (at === cursor) {
				flush();
				row += mark(shown);
			} else held += shown;
		}
		at += grapheme.length;
	}
	flush();
	return row;
};

const cleaned = (text: string): string => cleanLines(text).join(' ');
