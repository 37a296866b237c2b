// Alone writes to the user's terminal. It takes whole frames (from Ink, through a stream that looks like a
// terminal), compares them with what is on the screen and writes the difference, one chunk a frame. It knows
// nothing of what the frames mean.
import {writeSync} from 'node:fs';
import {Writable} from 'node:stream';
import {sanitise, sanitiseLine} from '../text/sanitise.js';
import {colourDepth, showsLinks} from './capabilities.js';
import {
	dragSequences,
	enterSequence,
	keyboardQuery,
	kittySequences,
	leaveSequence,
	type Modes,
} from './modes.js';
import {type NotifyKind, notifySequence} from './notify.js';
import {createScreen, type Size} from './screen.js';

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

/** The exit status that tells the launcher that the terminal is not as it was. */
export const cutOffStatus = 137;

// xterm and tmux take up to 100,000 bytes of a clipboard, others more.
const mostCopied = 100_000;

// A terminal that is stopped (Ctrl+S, a dead connection) must not hold up the way out.
const leaveDeadlineMs = 500;

export const createOutput = ({stdout, env, mouse, onGone}: OutputOptions) => {
	const screen = createScreen(colourDepth(env), showsLinks(env));
	let modes: Modes = {mouse, drag: false, kitty: false};
	let isActive = false;
	let isGone = false;
	let isWriting = false;
	let size = sizeOf(stdout);
	/** The newest frame, whether it is painted or not. */
	let frame: string | undefined;
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
		const bytes = screen.show(frame, size);
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
		screen.forget();
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
		screen.forget();
		send(enterSequence(modes) + (title === '' ? '' : titleSequence(title)));
		paintNewest();
	};

	const leave = async (): Promise<boolean> => {
		if (!isActive) return true;
		isActive = false;
		return new Promise(resolve => {
			const deadline = setTimeout(() => resolve(false), leaveDeadlineMs);
			send(leaveSequence(modes), () => {
				clearTimeout(deadline);
				resolve(true);
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
			if (!isActive) enter();
			send(keyboardQuery);
		},
		/** A frame: rows separated by line feeds, styled text, the caret marked by `withCaret`. */
		paint,
		/** Paints everything anew, whatever is on the screen. */
		repaint: () => {
			screen.forget();
			paintNewest();
		},
		/** The terminal has answered that it knows the kitty protocol. */
		useKittyKeyboard: () => {
			if (modes.kitty) return;
			modes = {...modes, kitty: true};
			if (isActive) send(kittySequences.on);
		},
		/** Reports movement with a button held too, or presses and the wheel only. */
		reportDrag: (isOn: boolean) => {
			if (modes.drag === isOn || !modes.mouse) return;
			modes = {...modes, drag: isOn};
			if (isActive) send(isOn ? dragSequences.on : dragSequences.off);
		},
		setTitle: (text: string) => {
			const clean = sanitiseLine(text).slice(0, 200);
			if (clean === title || !isActive) return;
			title = clean;
			send(titleSequence(clean));
		},
		/** Asks the terminal to take a text to the clipboard; false: it is too long for terminals. */
		copy: (text: string): boolean => {
			const encoded = Buffer.from(sanitise(text)).toString('base64');
			if (encoded.length > mostCopied || !isActive) return false;
			send(`\x1b]52;c;${encoded}\x1b\\`);
			return true;
		},
		/** Tells that something wants to be seen. */
		notify: (kind: NotifyKind, text: string) => {
			if (isActive) send(notifySequence(kind, text));
		},
		/** Gives the terminal back (to $EDITOR, to the shell on Ctrl+Z); resolves when it is written. */
		suspend: leave,
		/** Takes it again and paints everything. */
		resume: enter,
		/** The same where it was never given back: each mode that was switched on is switched off once at the end. */
		retake: () => {
			send(leaveSequence(modes));
			enter();
		},
		/**
		 * Gives the terminal back for good, then prints `farewell`, styled text, on the normal screen. False: the
		 * terminal takes nothing; end with a status that makes the launcher put it back (`cutOffStatus`).
		 */
		stop: async (farewell = ''): Promise<boolean> => {
			const isTaken = await leave();
			stdout.off('resize', resize);
			if (isTaken && farewell !== '')
				await new Promise<void>(resolve => send(screen.print(farewell), resolve));
			return isTaken;
		},
		/** Gives the terminal back at once, for a way out that cannot wait (`process.on('exit')`). */
		restoreNow: () => {
			if (!isActive || isGone) return;
			isActive = false;
			writeNow(stdout, leaveSequence(modes));
		},
	};
};

const titleSequence = (title: string): string => `\x1b]2;${title}\x1b\\`;

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
