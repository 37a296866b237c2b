// Reads an emulator's visible rows as runs of styled text. Knows the emulator's cells; no bytes, no history.
import type {IBuffer, IBufferCell, IBufferLine} from '@xterm/headless';
import type {Run, Style} from './protocol.js';

/** The visible rows of a buffer, top first, trailing blanks of the default style cut. */
export const readRuns = (buffer: IBuffer, {cols, rows}: {cols: number; rows: number}): Run[][] => {
	const cell = buffer.getNullCell();
	const lines: Run[][] = [];
	for (let row = 0; row < rows; row++) {
		const line = buffer.getLine(buffer.baseY + row);
		lines.push(line ? readRow(line, cols, cell) : []);
	}
	return lines;
};

const readRow = (line: IBufferLine, cols: number, cell: IBufferCell): Run[] => {
	const runs: Run[] = [];
	let text = '';
	let key = 0;
	let style: Style = {};
	let blanks = '';
	const close = () => {
		if (text !== '') runs.push({text, style});
		text = '';
	};
	// A row of the alternate screen that was wider once is longer than the screen.
	for (let column = 0; column < cols; column++) {
		line.getCell(column, cell);
		// The second cell of a wide character: the character itself says that it is wide.
		if (cell.getWidth() === 0) continue;
		const chars = cell.getChars();
		const isDefault = cell.isAttributeDefault() && isPlainFlags(cell);
		if (isDefault && (chars === '' || chars === ' ')) {
			blanks += ' ';
			continue;
		}
		const nextKey = isDefault ? 0 : styleKey(cell);
		if (blanks !== '') {
			if (key !== 0) {
				close();
				key = 0;
				style = {};
			}
			text += blanks;
			blanks = '';
		}
		if (nextKey !== key) {
			close();
			key = nextKey;
			style = isDefault ? {} : readStyle(cell);
		}
		text += chars === '' ? ' ' : visible(chars);
	}
	close();
	return runs;
};

// Attributes without a colour are no default ones to a reader; xterm's own check covers them all, but for
// the extended ones that a style does not show.
const isPlainFlags = (cell: IBufferCell): boolean => !cell.isInverse() && !cell.isUnderline();

/** A number that differs where a style differs. */
const styleKey = (cell: IBufferCell): number => {
	const flags =
		1 |
		(cell.isBold() ? 2 : 0) |
		(cell.isDim() ? 4 : 0) |
		(cell.isItalic() ? 8 : 0) |
		(cell.isUnderline() ? 16 : 0) |
		(cell.isInverse() ? 32 : 0) |
		(cell.isInvisible() ? 64 : 0) |
		(cell.isStrikethrough() ? 128 : 0);
	// 2 × 26 bits of colour do not fit into a double beside the flags: the low bits of each are enough for
	// neighbours to differ, and a multiplication keeps them apart.
	return (
		flags +
		256 *
			(colourKey(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()) * 4_099 +
				colourKey(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()))
	);
};

const colourKey = (isDefault: boolean, isRgb: boolean, colour: number): number =>
	isDefault ? 0 : isRgb ? 257 + colour : 1 + colour;

const readStyle = (cell: IBufferCell): Style => {
	const style: Style = {};
	if (!cell.isFgDefault()) style.fg = cell.isFgRGB() ? hex(cell.getFgColor()) : cell.getFgColor();
	if (!cell.isBgDefault()) style.bg = cell.isBgRGB() ? hex(cell.getBgColor()) : cell.getBgColor();
	if (cell.isBold()) style.bold = true;
	if (cell.isDim()) style.dim = true;
	if (cell.isItalic()) style.italic = true;
	if (cell.isUnderline()) style.underline = true;
	if (cell.isInverse()) style.inverse = true;
	if (cell.isInvisible()) style.invisible = true;
	if (cell.isStrikethrough()) style.strikethrough = true;
	return style;
};

const hex = (colour: number): string => `#${colour.toString(16).padStart(6, '0')}`;

const maxCellCharacters = 32; // a family of four with skin tones has 19

/** A cell's text as it may be painted: nothing that moves other text, nothing invisible, of bounded length. */
const visible = (chars: string): string => {
	if (chars.length === 1 && chars < '\u0300')
		return chars < ' ' || (chars > '~' && chars < '\xa0') || chars === '\xad' ? '\ufffd' : chars;
	const text = chars.length > maxCellCharacters ? chars.slice(0, maxCellCharacters) : chars;
	if (!hiddenPattern.test(text)) return text;
	const shown = text.replace(hiddenPatternAll, '');
	return shown === '' ? '\ufffd' : shown;
};

// Joiners (U+200D), variation selectors and tags are parts of emoji; all other format characters hide or move text.
const hiddenPattern =
	/[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u;
const hiddenPatternAll = new RegExp(hiddenPattern.source, 'gu');
