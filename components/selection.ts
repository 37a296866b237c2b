// A selection in numbered lines: a cursor that moves by characters, words, lines and pages, and from where it is
// extended. Pure; knows no terminal and no screen.
import type {LogPlace, LogSpan} from '../src/actions.js';
import {graphemes, width as widthOf} from '../src/text/width.js';

export type Selection = {
	/** The column may stand behind the end of a shorter line: it is where the cursor wants to be. */
	cursor: LogPlace;
	/** Undefined: nothing is selected yet. */
	anchor: LogPlace | undefined;
	/** Whole lines, or from one character to another. */
	kind: 'characters' | 'lines';
};

export type Motion =
	| 'left'
	| 'right'
	| 'wordLeft'
	| 'wordRight'
	| 'lineStart'
	| 'lineEnd'
	| 'start'
	| 'end'
	/** By lines. */
	| number;

/** `textOf`: a line's text, empty where it is not known. `last`: the last line there is. */
export const moved = (
	selection: Selection,
	motion: Motion,
	{textOf, last}: {textOf(line: number): string; last: number},
): Selection => {
	const {cursor} = selection;
	const to = (place: Partial<LogPlace>): Selection => ({...selection, cursor: {...cursor, ...place}});
	if (typeof motion === 'number') return to({line: Math.max(1, Math.min(last, cursor.line + motion))});
	const text = textOf(cursor.line);
	const column = columnIn(text, cursor.column);
	switch (motion) {
		case 'left':
			return to({column: columnIn(text, column - 1)});
		case 'right':
			return to({column: columnIn(text, endOf(text, column))});
		case 'wordLeft':
			return to({column: wordStarts(text).findLast(start => start < column) ?? 0});
		case 'wordRight':
			return to({column: wordStarts(text).find(start => start > column) ?? columnIn(text, text.length)});
		case 'lineStart':
			return to({column: 0});
		case 'lineEnd':
			return to({column: columnIn(text, text.length)});
		case 'start':
			return to({line: 1, column: 0});
		case 'end':
			return to({line: last, column: 0});
	}
};

/** Begins at the cursor, or ends what is selected by this kind; a selection of the other kind becomes this one. */
export const toggled = (selection: Selection, kind: Selection['kind']): Selection => {
	if (!selection.anchor) return {...selection, kind, anchor: selection.cursor};
	return selection.kind === kind ? {...selection, anchor: undefined} : {...selection, kind};
};

/** What would be copied: without an anchor the cursor's line. The character under either end belongs to it. */
export const spanOf = ({cursor, anchor, kind}: Selection, textOf: (line: number) => string): LogSpan => {
	const other = anchor ?? cursor;
	const [from, to] = isBefore(other, cursor) ? [other, cursor] : [cursor, other];
	if (!anchor || kind === 'lines') {
		return {from: {line: from.line, column: 0}, to: {line: to.line, column: Number.MAX_SAFE_INTEGER}};
	}
	const end = textOf(to.line);
	return {
		from: {line: from.line, column: columnIn(textOf(from.line), from.column)},
		to: {line: to.line, column: endOf(end, columnIn(end, to.column))},
	};
};

/** Which part of a line's text a span covers; undefined: none of it. */
export const partOf = ({from, to}: LogSpan, line: number, text: string): [number, number] | undefined => {
	if (line < from.line || line > to.line) return undefined;
	return [
		line === from.line ? from.column : 0,
		line === to.line ? Math.min(to.column, text.length) : text.length,
	];
};

/** The character that stands there, or the last one before it. */
export const columnIn = (text: string, wanted: number): number => {
	let column = 0;
	let next = 0;
	for (const grapheme of graphemes(text)) {
		if (next > wanted) break;
		column = next;
		next += grapheme.length;
	}
	return column;
};

/** The character at a cell of the line, from 0, or the last one before it. */
export const columnAt = (text: string, cell: number): number => {
	let column = 0;
	let next = 0;
	let cells = 0;
	for (const grapheme of graphemes(text)) {
		column = next;
		cells += widthOf(grapheme);
		if (cells > cell) break;
		next += grapheme.length;
	}
	return column;
};

/** Behind the character that begins at a column. */
const endOf = (text: string, column: number): number =>
	column + (graphemes(text.slice(column))[0]?.length ?? 0);

const wordStarts = (text: string): number[] => Array.from(text.matchAll(/\S+/gu), ({index}) => index);

const isBefore = (a: LogPlace, b: LogPlace): boolean =>
	a.line < b.line || (a.line === b.line && a.column < b.column);
