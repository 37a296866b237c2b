// Building rows of the screen: a row is a string of exactly known width that holds clean text and colours.
// Everything that programs, models or files say comes in through `clean`.
import {sanitise, sanitiseLine} from '../src/text/sanitise.js';
import {truncate} from '../src/text/truncate.js';
import {graphemes, width as widthOf} from '../src/text/width.js';
import {theme} from './theme.js';

/** One row of foreign text: control characters shown, line ends and tabs as spaces. */
export const clean = (text: string): string => sanitiseLine(text.replace(/\s+/gu, ' ').trim());

/** Foreign text of several lines, each clean; tabs as four spaces. */
export const cleanLines = (text: string): string[] => sanitise(text).replaceAll('\t', '    ').split('\n');

/** Cut to the width, or filled up to it with spaces. */
export const filled = (text: string, width: number): string => {
	const cut = truncate(text, width);
	return cut + ' '.repeat(Math.max(0, width - widthOf(cut)));
};

/** `left` and `right` at the ends of a row; when there is no room for both, `left` is cut. */
export const sides = (left: string, right: string, width: number): string => {
	const rightWidth = widthOf(right);
	if (rightWidth === 0 || rightWidth > width / 2) return filled(left, width);
	return `${filled(left, width - rightWidth - 1)} ${right}`;
};

/** What was typed to filter a list, with the cursor behind it. */
export const filterRow = (filter: string, caret: (character: string) => string, width: number): string =>
	truncate(` ${theme.accent('›')} ${clean(filter)}${caret(' ')}`, width - 1);

/** A row of line with words in it: "─ left ──────── right ─". */
export const rule = (left: string, right: string, width: number): string => {
	const tail = right === '' ? theme.dim('─') : `${right} ${theme.dim('─')}`;
	const room = width - (right === '' ? 1 : widthOf(right) + 2);
	if (right !== '' && room < Math.min(widthOf(left) + 6, 24)) return rule(left, '', width);
	const head = left === '' ? '' : `${theme.dim('─')} ${truncate(left, Math.max(0, room - 4))} `;
	const filling = Math.max(0, room - widthOf(head) - (right === '' ? 0 : 1));
	return `${head}${theme.dim('─'.repeat(filling))}${right === '' ? '' : ' '}${tail}`;
};

/** A text that opens an address where the terminal can do that; no other kind of address, and none that is hidden. */
export const link = (text: string, url: string): string =>
	/^https?:\/\/[\x21-\x7e]+$/.test(url) ? `\x1b]8;;${url}\x1b\\${text}\x1b]8;;\x1b\\` : text;

/** Exactly `height` rows: cut at the end, or filled with empty ones. */
export const exactly = (lines: readonly string[], height: number): string[] => {
	const rows = lines.slice(0, Math.max(0, height));
	while (rows.length < height) rows.push('');
	return rows;
};

/** The words that fit, most important first; the others fall away whole. */
export const fitting = (parts: readonly string[], separator: string, width: number): string => {
	let line = '';
	for (const part of parts) {
		const longer = line === '' ? part : line + separator + part;
		if (widthOf(longer) > width) break;
		line = longer;
	}
	return line;
};

/** Broken exactly where a row is full, dropping nothing: for what must be read to the last character. */
export const broken = (text: string, width: number): string[] => {
	const rows = [''];
	let used = 0;
	for (const grapheme of graphemes(text)) {
		const columns = widthOf(grapheme);
		if (used + columns > width && used > 0) {
			rows.push('');
			used = 0;
		}
		rows[rows.length - 1] += grapheme;
		used += columns;
	}
	return rows;
};
