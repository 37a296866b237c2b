// A piece of a terminal's screen that fits a smaller view: around the cursor, never resizing the program. Pure.
import type {Run, Snapshot, Style} from '../src/host/protocol.js';
import {runsToText} from '../src/text/sgr.js';
import {graphemes, width as widthOf} from '../src/text/width.js';

/** `top` and `left`: the screen's cell in its first place. */
export type Crop = {rows: string[]; isCut: boolean; top: number; left: number};

/** `mark` shows the cursor: what a cell's text becomes there; by default an inverse cell. */
export const crop = (
	snapshot: Snapshot,
	width: number,
	height: number,
	mark?: (character: string) => string,
): Crop => {
	const {cursor, lines} = snapshot;
	// Rows below the last one used hold nothing: a shell with three lines stands at the top.
	const used = Math.max(lines.findLastIndex(runs => runs.length > 0) + 1, cursor.row + 1);
	// A full-screen program that hides its cursor leaves it anywhere: its screen is read from the start.
	const isFollowed = cursor.isVisible || !snapshot.isAlternateScreen;
	const top = isFollowed ? Math.max(0, Math.min(used - height, Math.max(0, cursor.row - height + 1))) : 0;
	const left = isFollowed && cursor.column >= width ? cursor.column - width + 1 : 0;
	const rows: string[] = [];
	for (let row = top; row < Math.min(top + height, snapshot.rows); row++) {
		const hasCursor = cursor.isVisible && cursor.row === row;
		const cells = cellsOf(lines[row] ?? []);
		rows.push(runsToText(runsOf(hasCursor ? withCursor(cells, cursor.column, mark) : cells, left, width)));
	}
	return {rows, isCut: snapshot.cols > width || used > height, top, left};
};

/** One column each; the second column of a wide character has an empty text. */
type Cell = {text: string; style: Style};

const cellsOf = (runs: readonly Run[]): Cell[] =>
	runs.flatMap(({text, style}) =>
		graphemes(text).flatMap(grapheme => {
			const columns = widthOf(grapheme);
			if (columns === 0) return [];
			return columns === 1
				? [{text: grapheme, style}]
				: [
						{text: grapheme, style},
						{text: '', style},
					];
		}),
	);

/** Looking shows the cursor as an inverse cell: the hardware one is the composer's. */
const withCursor = (
	cells: readonly Cell[],
	column: number,
	mark: ((character: string) => string) | undefined,
): Cell[] => {
	const shown = [...cells];
	while (shown.length <= column) shown.push({text: ' ', style: {}});
	const at = shown[column]?.text === '' ? column - 1 : column;
	const cell = shown[at];
	if (!cell) return shown;
	if (mark) {
		// A style of its own: a run of its own, so that the mark stands before this character only.
		shown[at] = {text: mark(cell.text), style: {...cell.style}};
		return shown;
	}
	const {inverse, ...style} = cell.style;
	shown[at] = {text: cell.text, style: inverse ? style : {...style, inverse: true}};
	return shown;
};

const runsOf = (cells: readonly Cell[], left: number, width: number): Run[] => {
	const runs: Run[] = [];
	const visible = cells.slice(left, left + width);
	visible.forEach((cell, index) => {
		const isHalf =
			(index === 0 && cell.text === '') ||
			(index === width - 1 && visible[index + 1] === undefined && isWide(cells, left + index));
		const text = isHalf ? ' ' : cell.text;
		const last = runs.at(-1);
		if (last && last.style === cell.style) last.text += text;
		else runs.push({text, style: cell.style});
	});
	return runs;
};

const isWide = (cells: readonly Cell[], index: number): boolean =>
	cells[index]?.text !== '' && cells[index + 1]?.text === '';
