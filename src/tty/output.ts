// Alone writes to the user's terminal. It takes whole frames (from Ink, through a stream that looks like a
// terminal), compares them with what is on the screen and writes the difference, one chunk a frame. It knows
// nothing of what the frames mean.
import {writeSync} from 'node:fs';
import {Writable} from 'node:stream';
import {sanitiseLine} from '../text/sanitise.js';
import {colourDepth, showsLinks} from './capabilities.js';
import {createRowParser, type Row} from './cells.js';
import {rowChanges} from './diff.js';
import {enterSequence, keyboardQuery, kittySequences, leaveSequence, type Modes} from './modes.js';

export type Size = {columns: number; rows: number};

/** What the output needs of a terminal's stream; `process.stdout`, or a test's. */
export type TerminalStream = Writable & {columns?: number; rows?: number};

/** The stream to give to Ink as its stdout. Each write is a frame. */
export type FrameStream = Writable & {isTTY: true; columns: number; rows: number};

export type OutputOptions = {
	stdout: TerminalStream;
	env: Readonly<Record<string, string | undefined>>;
	/** Wheel reports; the user can switch them off. */
	mouse: boolean;
	/** Told once: the terminal is gone, nothing can be shown any more. */
	onGone: (error: Error) => void;
};

export type Output = ReturnType<typeof createOutput>;

// A terminal that is stopped (Ctrl+S, a dead connection) must not hold up the way out.
const leaveDeadlineMs = 500;

export const createOutput = ({stdout, env, mouse, onGone}: OutputOptions) => {
	const parseRow = createRowParser(colourDepth(env), showsLinks(env));
	let modes: Modes = {mouse, kitty: false};
	let isActive = false;
	let isGone = false;
	let isWriting = false;
	let size = sizeOf(stdout);
	/** The newest frame, whether it is painted or not. */
	let frame: string | undefined;
	/** What is on the screen; undefined when that is not known. */
	let screen: Screen | undefined;
	let title = '';

	const reportGone = (error: Error) => {
		if (isGone) return;
		isGone = true;
		onGone(error);
	};

	const send = (bytes: string, onTaken: () => void = () => {}) => {
		if (isGone) return onTaken();
		stdout.write(bytes, error => {
			if (error) reportGone(error);
			onTaken();
		});
	};

	const paintNewest = () => {
		if (!isActive || isWriting || isGone || frame === undefined) return;
		const next = parseFrame(frame, size, screen, parseRow);
		const bytes = frameBytes(screen, next, size.columns);
		screen = next;
		if (bytes === '') return;
		isWriting = true;
		send(bytes, () => {
			isWriting = false;
			// Frames that came meanwhile were skipped, but for the newest.
			paintNewest();
		});
	};

	const paint = (next: string) => {
		frame = next;
		paintNewest();
	};

	const frames = createFrameStream(size, paint);

	const resize = () => {
		size = sizeOf(stdout);
		screen = undefined;
		frames.columns = size.columns;
		frames.rows = size.rows;
		// Ink lays out for the new size and writes the frame that is painted.
		frames.emit('resize');
		paintNewest();
	};

	stdout.on('error', reportGone);
	stdout.on('resize', resize);
	neverBlock(stdout);

	const enter = () => {
		isActive = true;
		screen = undefined;
		send(enterSequence(modes));
		paintNewest();
	};

	const leave = async () => {
		if (!isActive) return;
		isActive = false;
		await new Promise<void>(resolve => {
			const deadline = setTimeout(resolve, leaveDeadlineMs);
			send(leaveSequence(modes), () => {
				clearTimeout(deadline);
				resolve();
			});
		});
	};

	return {
		/** For Ink: `render(tree, {stdout: output.frames, debug: true, …})`, which writes every frame whole. */
		frames,
		size: (): Size => size,
		/** Whether the terminal is tandem's at this moment. */
		isActive: () => isActive,
		/** Switches the modes on and paints. */
		start: () => {
			enter();
			send(keyboardQuery);
		},
		/** A frame: rows separated by line feeds, styled text, the caret marked by `withCaret`. */
		paint,
		/** Paints everything anew, whatever is on the screen. */
		repaint: () => {
			screen = undefined;
			paintNewest();
		},
		/** The terminal has answered that it knows the kitty protocol. */
		useKittyKeyboard: () => {
			if (modes.kitty) return;
			modes = {...modes, kitty: true};
			if (isActive) send(kittySequences.on);
		},
		setTitle: (text: string) => {
			const clean = sanitiseLine(text).slice(0, 200);
			if (clean === title || !isActive) return;
			title = clean;
			send(`\x1b]2;${clean}\x1b\\`);
		},
		/** Gives the terminal back (to $EDITOR, to the shell on Ctrl+Z); resolves when it is written. */
		suspend: leave,
		/** Takes it again and paints everything. */
		resume: enter,
		/** Gives the terminal back for good, then prints `farewell` on the normal screen. */
		stop: async (farewell = '') => {
			await leave();
			stdout.off('resize', resize);
			if (farewell !== '') await new Promise<void>(resolve => send(farewell, resolve));
		},
		/** Gives the terminal back at once, for a way out that cannot wait (`process.on('exit')`). */
		restoreNow: () => {
			if (!isActive || isGone) return;
			isActive = false;
			writeNow(stdout, leaveSequence(modes));
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

// Beyond these no terminal is real, and a frame would cost more than it is worth.
const smallest = {columns: 1, rows: 1};
const largest = {columns: 1_000, rows: 500};

const sizeOf = ({columns, rows}: TerminalStream): Size => ({
	columns: Math.min(largest.columns, Math.max(smallest.columns, columns || 80)),
	rows: Math.min(largest.rows, Math.max(smallest.rows, rows || 24)),
});

const createFrameStream = ({columns, rows}: Size, onFrame: (frame: string) => void): FrameStream => {
	const stream = new Writable({
		decodeStrings: false,
		write(chunk: string | Buffer, _encoding, callback) {
			const text = chunk.toString();
			if (!isControlOnly(text)) onFrame(text);
			callback();
		},
	});
	// Components may all listen for a resize.
	stream.setMaxListeners(0);
	return Object.assign(stream, {isTTY: true as const, columns, rows});
};

/** Ink also writes modes (cursor, paste) on its way out, and empty strings as barriers: these are no frames. */
const isControlOnly = (text: string): boolean => /^(?:\x1b\[[?>]?[\d;]*[A-Za-ln-z])*$/.test(text);

const writeNow = (stdout: TerminalStream, bytes: string): void => {
	const {fd} = stdout as {fd?: number};
	if (fd === undefined) {
		stdout.write(bytes);
		return;
	}
	try {
		writeSync(fd, bytes);
	} catch {
		// The terminal is gone or takes nothing: the launcher restores it, if anybody can.
	}
};

/**
 * Node writes to terminals blocking: one that takes nothing (Ctrl+S, a dead connection) would stop the process.
 * Node has no public way to change that; without the handle it stays as it is.
 */
const neverBlock = (stdout: TerminalStream): void => {
	const {_handle: handle} = stdout as {_handle?: {setBlocking?: (isBlocking: boolean) => unknown}};
	handle?.setBlocking?.(false);
};
