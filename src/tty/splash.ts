// The first frame, before anything heavy is loaded: what measures and compares cells costs more to load than this
// takes to paint. It imports only the modes; `createOutput({isEntered: true})` goes on from here.
import {writeSync} from 'node:fs';
import {enterSequence, leaveSequence} from './modes.js';

export type SplashOptions = {
	/** The terminal's descriptor: 1. */
	fd: number;
	/** Rows from the top, plain text of single-column characters, no wider than the terminal. */
	rows: readonly string[];
	/** From 0; the cursor is shown there. */
	caret: {row: number; column: number};
	mouse: boolean;
};

/** Switches the modes on and paints. Returns the undoing, for an end before the output has taken over. */
export const paintSplash = ({fd, rows, caret, mouse}: SplashOptions): (() => void) => {
	const modes = {mouse, kitty: false};
	const text = rows.map((row, index) => `\x1b[${index + 1};1H${row.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, '')}`);
	const place = `\x1b[${caret.row + 1};${caret.column + 1}H\x1b[?25h`;
	writeSync(fd, `${enterSequence(modes)}\x1b[?2026h${text.join('')}${place}\x1b[?2026l`);
	return () => {
		try {
			writeSync(fd, leaveSequence(modes));
		} catch {
			// The terminal is gone: there is nothing to put back.
		}
	};
};
