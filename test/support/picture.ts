// Draws what an emulator's screen holds as an SVG picture: one text element for each piece of a row, so that
// every column stands where the cell stood, whatever font the reader has. Pure.
import type {Run, Style} from '../../src/host/protocol.js';
import {width} from '../../src/text/width.js';

export type Screenful = {
	lines: readonly (readonly Run[])[];
	cols: number;
	rows: number;
	/** From 0; undefined while the terminal shows none. */
	cursor: {row: number; column: number} | undefined;
};

export const cell = {width: 8.4, height: 18};
export const margin = 14;
const fontSize = 14;
/** Where letters stand on, below the top of their cell. */
const baseline = 13.5;

export const drawPicture = ({lines, cols, rows, cursor}: Screenful): string => {
	const pieces = lines.flatMap((runs, row) => piecesOf(runs, row));
	const [across, down] = [cols * cell.width + 2 * margin, rows * cell.height + 2 * margin];
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${round(across)} ${round(down)}" width="${round(across)}" height="${round(down)}">`,
		`<style>text{font:${fontSize}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${letters}}</style>`,
		`<rect width="100%" height="100%" rx="10" fill="${ground}"/>`,
		...pieces.map(drawGround),
		...(cursor ? [drawCursor(cursor)] : []),
		...pieces.map(drawText),
		'</svg>\n',
	]
		.filter(line => line !== '')
		.join('\n');
};

type Piece = {text: string; row: number; column: number; columns: number; style: Style};

/** Two blanks or more end a piece: what stands behind them keeps its column. */
const piecesOf = (runs: readonly Run[], row: number): Piece[] => {
	let column = 0;
	return runs.flatMap(({text, style}) => {
		const isPainted = style.bg !== undefined || style.inverse || style.underline;
		const parts = isPainted ? [text] : text.split(/( {2,}|^ )/);
		return parts.flatMap(part => {
			const piece = {text: part, row, column, columns: width(part), style};
			column += piece.columns;
			return part.trim() === '' && !isPainted ? [] : [piece];
		});
	});
};

const drawText = (piece: Piece): string => {
	const {text, row, column, columns, style} = piece;
	if (text.trim() === '' || style.invisible) return '';
	const {front} = coloursOf(style);
	const looks = [
		front === letters ? '' : ` style="fill:${front}"`,
		style.bold ? ' font-weight="bold"' : '',
		style.italic ? ' font-style="italic"' : '',
		decorationOf(style),
	];
	const place = `x="${x(column)}" y="${round(margin + row * cell.height + baseline)}"`;
	const fit = `textLength="${round(columns * cell.width)}" lengthAdjust="spacingAndGlyphs"`;
	return `<text ${place} ${fit}${looks.join('')}>${escaped(text)}</text>`;
};

const decorationOf = ({underline, strikethrough}: Style): string => {
	const lines = [underline ? 'underline' : '', strikethrough ? 'line-through' : ''].filter(
		line => line !== '',
	);
	return lines.length === 0 ? '' : ` text-decoration="${lines.join(' ')}"`;
};

const drawGround = ({row, column, columns, style}: Piece): string => {
	const {back} = coloursOf(style);
	return back === ground ? '' : block({row, column, columns, fill: back});
};

const drawCursor = ({row, column}: {row: number; column: number}): string =>
	block({row, column, columns: 1, fill: cursorColour});

const block = ({row, column, columns, fill}: {row: number; column: number; columns: number; fill: string}) =>
	`<rect x="${x(column)}" y="${round(margin + row * cell.height)}" width="${round(columns * cell.width)}" height="${cell.height}" fill="${fill}"/>`;

const x = (column: number) => round(margin + column * cell.width);
const round = (value: number) => Math.round(value * 100) / 100;

const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

// Colours.

export const ground = '#16191f';
export const letters = '#d8dce3';
const cursorColour = '#6b7385';

/** The sixteen colours that a terminal gives names, in their order. */
const named = [
	...['#3b4252', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#c8ccd4'],
	...['#6b7385', '#ff8a93', '#b5e08f', '#ffd68a', '#8cc8ff', '#e0a0f5', '#7fdbe6', '#ffffff'],
];

/** A cell's colours as they are seen, with inverse and dim applied. */
export const coloursOf = (style: Style): {front: string; back: string} => {
	const front = style.fg === undefined ? letters : colour(style.fg);
	const back = style.bg === undefined ? ground : colour(style.bg);
	const shown = style.inverse ? {front: back, back: front} : {front, back};
	return style.dim ? {...shown, front: mixed(shown.front, shown.back)} : shown;
};

const colour = (value: number | string): string => {
	if (typeof value === 'string') return value;
	if (value < 16) return named[value] ?? letters;
	if (value >= 232) return hex([0, 1, 2].map(() => 8 + 10 * (value - 232)));
	const steps = [0, 95, 135, 175, 215, 255]; // of the colour cube of 256-colour terminals
	const at = value - 16;
	return hex([Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(step => steps[step] ?? 0));
};

const mixed = (front: string, back: string): string => {
	const [a, b] = [channels(front), channels(back)];
	return hex(a.map((value, index) => Math.round(value * 0.6 + (b[index] ?? 0) * 0.4)));
};

const channels = (text: string) => [1, 3, 5].map(at => Number.parseInt(text.slice(at, at + 2), 16));
const hex = (values: readonly number[]) =>
	`#${values.map(value => value.toString(16).padStart(2, '0')).join('')}`;
