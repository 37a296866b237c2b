// Which line of the log stands at a cell of the live screen: the last line that is printed stands in the last row that
// is used, and a line takes as many rows as it is wide. Pure.
import type {LogPlace} from '../src/actions.js';
import type {LogLine, Snapshot} from '../src/host/protocol.js';
import {width as widthOf} from '../src/text/width.js';
import {columnAt} from './selection.js';

/** `lines`: the last ones, at least as many as the screen has rows. `cell`: of the whole screen, from 0. */
export const lineAt = (
	lines: readonly LogLine[],
	{lines: rows, cols}: Pick<Snapshot, 'lines' | 'cols'>,
	cell: {row: number; column: number},
): LogPlace | undefined => {
	let bottom = rows.findLastIndex(runs => runs.some(({text}) => text.trim() !== ''));
	for (const {number, text} of lines.toReversed()) {
		const top = bottom - Math.max(1, Math.ceil(widthOf(text) / cols)) + 1;
		if (cell.row >= top) {
			const row = Math.min(cell.row, bottom) - top;
			return {line: number, column: columnAt(text, row * cols + cell.column)};
		}
		bottom = top - 1;
	}
	return undefined;
};
