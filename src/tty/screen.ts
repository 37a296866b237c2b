// What is on the user's terminal, as cells, and the bytes that turn it into the next frame. It writes nothing.
import type {ColourDepth} from './capabilities.js';
import {createRowParser, type Row} from './cells.js';
import {rowChanges, rowText} from './diff.js';

export type Size = {columns: number; rows: number};

export const createScreen = (depth: ColourDepth, hasLinks: boolean) => {
	const parseRow = createRowParser(depth, hasLinks);
	let shown: Screen | undefined;

	return {
		/** The bytes that show a frame, empty when nothing changes. They are taken for written. */
		show: (frame: string, size: Size): string => {
			const next = parseFrame(frame, size, shown, parseRow);
			const bytes = frameBytes(shown, next, size.columns);
			shown = next;
			return bytes;
		},
		/** The bytes that print a styled text where nothing is painted: as it is, wider lines are the terminal's. */
		print: (text: string): string =>
			// A character has two columns at most.
			text
				.split('\n')
				.map(line => rowText(parseRow(line, 2 * line.length)))
				.join('\r\n'),
		/** Somebody else has painted, or the size has changed: the next frame writes every cell. */
		forget: () => {
			shown = undefined;
		},
	};
};

type Screen = {lines: readonly string[]; rows: readonly Row[]; caret: Caret | undefined};
type Caret = {row: number; column: number};

const parseFrame = (
	frame: string,
	{columns, rows}: Size,
	before: Screen | undefined,
	parseRow: (line: string, columns: number) => Row,
): Screen => {
	const lines = frame.split('\n').slice(0, rows);
	while (lines.length < rows) lines.push('');
	// A row whose text has not changed is neither parsed nor compared again.
	const parsed = lines.map((line, index) => {
		const old = before?.lines[index] === line ? before.rows[index] : undefined;
		return old ?? parseRow(line, columns);
	});
	const caretRow = parsed.findIndex(({caretColumn}) => caretColumn !== undefined);
	const column = parsed[caretRow]?.caretColumn;
	return {lines, rows: parsed, caret: column === undefined ? undefined : {row: caretRow, column}};
};

const frameBytes = (before: Screen | undefined, after: Screen, columns: number): string => {
	const changes = rowChanges(before?.rows, after.rows, columns);
	const isCaretSame =
		before !== undefined &&
		before.caret?.row === after.caret?.row &&
		before.caret?.column === after.caret?.column;
	if (changes === '' && isCaretSame) return '';
	// Terminals without synchronized output would show the cursor running about.
	const hide = changes !== '' && (before === undefined || before.caret) ? '\x1b[?25l' : '';
	const place = after.caret ? `\x1b[${after.caret.row + 1};${after.caret.column + 1}H\x1b[?25h` : '';
	const vanish = changes === '' && !after.caret ? '\x1b[?25l' : '';
	return `\x1b[?2026h${hide}${changes}${vanish}${place}\x1b[?2026l`;
};
