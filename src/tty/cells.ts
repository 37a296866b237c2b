// Turns a row of text with styles into terminal cells. What is neither a character, nor a style, nor a link is
// dropped here, so that nothing but painted cells can reach the user's terminal.
import type {Style} from '../host/protocol.js';
import {narrowWidth} from '../text/narrow.js';
import {applySgr, sgrParameters} from '../text/sgr.js';
import {graphemes, width} from '../text/width.js';
import {type ColourDepth, reduceColour} from './capabilities.js';

/** `key` is equal exactly when style and link are. */
export type Pen = {readonly style: Style; readonly link: string; readonly key: string};

/** `columns` is 0 for what a wide character to the left covers; `text` is empty then. */
export type Cell = {readonly text: string; readonly columns: number; readonly pen: Pen};

export type Row = {readonly cells: readonly Cell[]; readonly caretColumn: number | undefined};

export const plainPen: Pen = {style: {}, link: '', key: ''};
export const blankCell: Cell = {text: ' ', columns: 1, pen: plainPen};

// An underline colour: Ink carries it through layout, clipping and wrapping as a style with its own end, it takes
// no column, and tandem uses no underline colours.
const caretParameters = '58;5;1';

/** Marks where the hardware cursor stands: on this grapheme. Give it a space at the end of a text. */
export const withCaret = (grapheme: string): string => `\x1b[${caretParameters}m${grapheme || ' '}\x1b[59m`;

// Combining marks without end are one grapheme; the longest emoji takes about 20 code units.
const longestGrapheme = 32;
// Styles that a screen shows at one time are few; a program's colours over hours are not.
const mostPens = 2_000;

/** A parser that remembers its styles. Rows come out exactly `columns` cells wide. */
export const createRowParser = (depth: ColourDepth, hasLinks: boolean) => {
	let pens = new Map<string, Pen>();

	const penOf = (style: Style, link: string): Pen => {
		const reduced = reduceStyle(style, depth);
		const parameters = sgrParameters(reduced);
		if (parameters === '' && link === '') return plainPen;
		const key = `${parameters}\t${link}`;
		const known = pens.get(key);
		if (known) return known;
		if (pens.size >= mostPens) pens = new Map();
		const pen = {style: reduced, link, key};
		pens.set(key, pen);
		return pen;
	};

	return (line: string, columns: number): Row => {
		const cells: Cell[] = [];
		let style: Style = {};
		let link = '';
		let pen = plainPen;
		let isCaret = false;
		let caretColumn: number | undefined;

		const put = (grapheme: string, size: number) => {
			if (isCaret) {
				caretColumn ??= cells.length;
				isCaret = false;
			}
			const isCut = cells.length + size > columns;
			cells.push(isCut ? {text: ' ', columns: 1, pen} : {text: grapheme, columns: size, pen});
			for (let rest = 1; rest < size && !isCut; rest++) cells.push({text: '', columns: 0, pen});
		};

		for (const token of tokens(line)) {
			if (cells.length >= columns) break;
			if (token.kind === 'text') {
				const isNarrow = narrowWidth(token.text) !== undefined;
				for (const grapheme of graphemes(token.text)) {
					if (cells.length >= columns) break;
					const size = isNarrow || isAscii(grapheme) ? 1 : columnsOf(grapheme);
					if (size > 0) put(grapheme.slice(0, longestGrapheme).toWellFormed(), size);
				}
			} else if (token.kind === 'style') {
				isCaret = token.parameters === caretParameters || (isCaret && token.parameters !== '59');
				style = applySgr(style, token.parameters);
				pen = penOf(style, link);
			} else {
				link = hasLinks && isSafeLink(token.target) ? token.target : '';
				pen = penOf(style, link);
			}
		}
		while (cells.length < columns) cells.push(blankCell);
		return {cells, caretColumn};
	};
};

type Token =
	| {kind: 'text'; text: string}
	| {kind: 'style'; parameters: string}
	| {kind: 'link'; target: string};

// Styles, links, then everything else that begins with ESC or is a control character: dropped.
const sequences =
	/\x1b\[([\d;]*)m|\x1b\]8;[^;\x07\x1b]*;([^\x07\x1b]*)(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[\x00-\x1f\x7f-\x9f]/g;

const tokens = (line: string): Token[] => {
	if (/^[\x20-\x7e]*$/.test(line)) return line === '' ? [] : [{kind: 'text', text: line}];
	const found: Token[] = [];
	let end = 0;
	const addText = (text: string) => {
		if (text !== '') found.push({kind: 'text', text});
	};
	for (const match of line.matchAll(sequences)) {
		addText(line.slice(end, match.index));
		end = match.index + match[0].length;
		if (match[1] !== undefined) found.push({kind: 'style', parameters: match[1]});
		else if (match[2] !== undefined) found.push({kind: 'link', target: match[2]});
	}
	addText(line.slice(end));
	return found;
};

const isAscii = (grapheme: string): boolean => grapheme.length === 1 && grapheme >= ' ' && grapheme <= '~';

// Ink gives at least one column to every grapheme that it keeps, and drops those that are only invisible.
const columnsOf = (grapheme: string): number =>
	/^\p{Default_Ignorable_Code_Point}+$/u.test(grapheme) ? 0 : Math.max(1, width(grapheme));

const isSafeLink = (target: string): boolean =>
	target.length <= 2_048 && /^(?:https?|file|mailto):[\x21-\x7e]*$/.test(target);

const reduceStyle = (style: Style, depth: ColourDepth): Style => {
	if (depth === 3 || (style.fg === undefined && style.bg === undefined)) return style;
	const {fg, bg, ...rest} = style;
	const reduced: Style = rest;
	const newFg = fg === undefined ? undefined : reduceColour(fg, depth);
	const newBg = bg === undefined ? undefined : reduceColour(bg, depth);
	if (newFg !== undefined) reduced.fg = newFg;
	if (newBg !== undefined) reduced.bg = newBg;
	return reduced;
};
