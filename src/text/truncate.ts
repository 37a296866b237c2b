// Cuts one line to a number of columns, by graphemes; styles inside are kept and closed.
import {pieces} from './pieces.js';
import {width} from './width.js';

/** The text if it fits, else its beginning and `…`; never wider than `columns`. */
export const truncate = (text: string, columns: number): string => {
	if (columns <= 0) return '';
	// Every code unit takes at most two columns: most lines need no measuring.
	if (text.length * 2 <= columns) return text;
	const long = columns * unitsOfColumn + unitsOfRow;
	const head = text.length > long ? withoutOpenEnd(text.slice(0, long)) : text;
	if (head === text && width(text) <= columns) return text;
	let result = '';
	let used = 0;
	let hasStyles = false;
	for (const piece of pieces(head)) {
		if (piece.kind === 'sequence') hasStyles = true;
		else if (used + piece.columns > columns - 1) break;
		else used += piece.columns;
		result += piece.text;
	}
	return `${result}…${hasStyles ? '\x1b[0m' : ''}`;
};

// Far more than colours, links and accents take: what a model says may be megabytes, a row is taken apart as a whole.
const unitsOfColumn = 200;
const unitsOfRow = 10_000;

/** An escape sequence, or a pair of code units, that was cut would change what comes after. */
const withoutOpenEnd = (text: string): string =>
	text.replace(/(?:\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*)?|[\ud800-\udbff])$/, '');

/** The text filled with spaces to a number of columns, or cut to it. */
export const pad = (text: string, columns: number): string => {
	const cut = truncate(text, columns);
	return cut + ' '.repeat(Math.max(0, columns - width(cut)));
};
