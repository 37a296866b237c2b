// Alone reads the user's terminal. Whoever wants keys subscribes; Ink is given a stream that looks like a
// terminal and never yields anything.
import {Readable} from 'node:stream';
import {createDecoder, type InputEvent} from './decoder.js';

/** What the input needs of a terminal's stream; `process.stdin`, or a test's. */
export type InputStream = Readable & {
	isTTY?: boolean;
	isRaw?: boolean;
	setRawMode?: (isRaw: boolean) => unknown;
	ref?: () => unknown;
	unref?: () => unknown;
};

export type Timer = {
	set: (callback: () => void, ms: number) => unknown;
	clear: (handle: unknown) => void;
};

export type InputOptions = {
	stdin: InputStream;
	/** The terminal has answered that it knows the kitty keyboard protocol. */
	onKittyKeyboard?: () => void;
	/** The terminal is gone, or its input was closed. */
	onEnd?: () => void;
	timer?: Timer;
};

export type Input = ReturnType<typeof createInput>;

// Longer than a sequence needs over ssh in one piece, shorter than anybody notices after Esc.
const escapeDelayMs = 40;
// Some terminals drop the end marker of a paste: input must not stay dead (bytes of a long paste keep it open).
const pasteIdleMs = 1_000;
// Keys typed before anybody listens are kept; a paste of megabytes into a start is not.
const mostEarlyEvents = 4_096;

const realTimer: Timer = {
	set: (callback, ms) => setTimeout(callback, ms),
	clear: handle => clearTimeout(handle as NodeJS.Timeout),
};

export const createInput = ({stdin, onKittyKeyboard, onEnd, timer = realTimer}: InputOptions) => {
	const listeners = new Set<(event: InputEvent) => void>();
	let early: InputEvent[] = [];
	let waiting: unknown;
	let isReading = false;

	const deliver = (event: InputEvent) => {
		if (listeners.size === 0) {
			if (early.length < mostEarlyEvents) early.push(event);
			return;
		}
		for (const listener of [...listeners]) listener(event);
	};

	const decoder = createDecoder(event => {
		if (event.kind !== 'reply') return deliver(event);
		if (event.what === 'kitty-keyboard') onKittyKeyboard?.();
	});

	const waitForRest = () => {
		timer.clear(waiting);
		waiting = undefined;
		const rest = decoder.waitsFor();
		if (!rest) return;
		waiting = timer.set(
			() => {
				waiting = undefined;
				decoder.settle();
			},
			rest === 'paste' ? pasteIdleMs : escapeDelayMs,
		);
	};

	/** What was typed before raw mode was on is still to be read. */
	let isTypedAhead = false;

	const read = (chunk: Buffer | string) => {
		// The kernel has made line feeds of its Enters.
		decoder.push(isTypedAhead ? withEnters(chunk) : chunk);
		waitForRest();
	};

	const end = () => {
		if (!isReading) return;
		isReading = false;
		onEnd?.();
	};

	const resume = () => {
		if (isReading) return;
		isReading = true;
		isTypedAhead = stdin.isRaw === false;
		stdin.setRawMode?.(true);
		// By then the event loop has taken what there was.
		setImmediate(() => {
			isTypedAhead = false;
		});
		stdin.on('data', read);
		stdin.resume();
		stdin.ref?.();
	};

	const suspend = () => {
		isReading = false;
		timer.clear(waiting);
		stdin.off('data', read);
		stdin.pause();
		// A second failure says no more than the first: the terminal is gone.
		if (!stdin.destroyed) stdin.setRawMode?.(false);
		stdin.unref?.();
	};

	stdin.on('end', end);
	stdin.on('error', end);

	return {
		/** For Ink: `render(tree, {stdin: input.stream, …})`. */
		stream: createSilentStream(),
		/** Reads, in raw mode. Keys are kept until somebody subscribes. */
		start: resume,
		/** Calls back with every key, paste, mouse report; first with those that came before. Returns the undoing. */
		subscribe: (listener: (event: InputEvent) => void) => {
			listeners.add(listener);
			const kept = early;
			early = [];
			for (const event of kept) listener(event);
			return () => {
				listeners.delete(listener);
			};
		},
		/** Leaves raw mode and reads nothing, while another program has the terminal. */
		suspend,
		resume,
		stop: () => {
			suspend();
			listeners.clear();
		},
	};
};

const withEnters = (chunk: Buffer | string): Buffer =>
	Buffer.from(chunk).map(byte => (byte === 0x0a ? 0x0d : byte)) as Buffer; // A Buffer's map makes one.

/** What Ink takes for a terminal: components get their keys by subscription. */
const createSilentStream = () => {
	const stream = new Readable({read: () => {}});
	const same = () => stream;
	return Object.assign(stream, {isTTY: true as const, setRawMode: same, ref: same, unref: same});
};
