// Cuts one line to a number of columns, by graphemes; styles inside are kept and closed.
import {pieces} from './pieces.js';
import {width} from './width.js';

/** The text if it fits, else its beginning and `…`; never wider than `columns`. */
export const truncate = (text: string, columns: number): string => {
	if (columns <= 0) return '';
	// Every code unit takes at most two columns: most lines need no measuring.
	if (text.length * 2 <= columns || width(text) <= columns) return text;
	let result = '';
	let used = 0;
	let hasStyles = false;
	for (const piece of pieces(text)) {
		if (piece.kind === 'sequence') hasStyles = true;
		else if (used + piece.columns > columns - 1) break;
		else used += piece.columns;
		result += piece.text;
	}
	return `${result}…${hasStyles ? '\x1b[0m' : ''}`;
};

/** The text filled with spaces to a number of columns, or cut to it. */
export const pad = (text: string, columns: number): string => {
	const cut = truncate(text, columns);
	return cut + ' '.repeat(Math.max(0, columns - width(cut)));
};
