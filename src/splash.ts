// Takes the terminal and paints the first frame before anything heavy is loaded. Text that is typed meanwhile is
// shown and handed over, other keys wait; whatever ends the start gives the terminal back.
import {firstFrame, type Glimpse} from '../components/first-frame.js';
import {emptyBuffer, insert, paste, type TextBuffer} from './editor/buffer.js';
import {resolve} from './keymap.js';
import type {State} from './state.js';
import {withCaret} from './tty/cells.js';
import type {InputEvent} from './tty/decoder.js';
import {createInput, type Input} from './tty/input.js';
import {onOrphaned} from './tty/orphaned.js';
import {createOutput, type Output} from './tty/output.js';

export type Splash = {
	output: Output;
	input: Input;
	/** Shows it where the conversation will be. */
	showGlimpse(glimpse: Glimpse): void;
	/** From here on somebody else decides what the terminal's end, or a signal, means. */
	handOver(ends: Ends): void;
	/** What was typed into the composer so far. What is typed from here on waits for `subscribe`. */
	takeText(): TextBuffer;
	/** As the input's, after the keys that the splash has kept. */
	subscribe(listener: (event: InputEvent) => void): () => void;
};

export type Ends = {
	/** The terminal is gone. */
	onGone(): void;
	/** The process is asked to end, with this status. */
	onSignal(exitCode: number): void;
};

export const paintSplash = ({
	state,
	mouse,
	isConversationKnown,
}: {
	state: State;
	mouse: boolean;
	/** False: what stands where the conversation will be is left to the window. */
	isConversationKnown: boolean;
}): Splash => {
	let ends: Ends = {onGone: () => process.exit(129), onSignal: exitCode => process.exit(exitCode)};
	const output = createOutput({
		stdout: process.stdout,
		env: process.env,
		mouse,
		onGone: () => ends.onGone(),
	});
	const input = createInput({
		stdin: process.stdin,
		onKittyKeyboard: output.useKittyKeyboard,
		onEnd: () => ends.onGone(),
	});
	process.on('exit', output.restoreNow);
	process.on('SIGTERM', () => ends.onSignal(143));
	process.on('SIGHUP', () => ends.onSignal(129));
	process.on('SIGINT', () => ends.onSignal(130));
	// A file that may not grow is an error of that write, not the end.
	process.on('SIGXFSZ', () => {});
	onOrphaned(() => ends.onGone());

	let buffer = emptyBuffer;
	let glimpse: Glimpse | undefined;
	/** From the first event on whose meaning only the window knows. */
	const kept: InputEvent[] = [];
	let isTyping = state.ui.overlay === undefined;
	const show = () =>
		output.paint(
			firstFrame(state, output.size(), {
				buffer,
				isConversationKnown,
				glimpse,
				caret: withCaret,
				now: Date.now(),
			}),
		);
	const type = (event: InputEvent) => {
		const typed = isTyping ? typedInto(buffer, event) : undefined;
		isTyping = typed !== undefined;
		if (typed === undefined) {
			kept.push(event);
			return;
		}
		buffer = typed;
		show();
	};

	input.start();
	show();
	output.start();
	const stopTyping = input.subscribe(type);
	return {
		output,
		input,
		showGlimpse(end) {
			glimpse = end;
			show();
		},
		handOver(next) {
			ends = next;
		},
		takeText() {
			isTyping = false;
			return buffer;
		},
		subscribe(listener) {
			stopTyping();
			for (const event of kept.splice(0)) listener(event);
			return input.subscribe(listener);
		},
	};
};

/** The text after an event; undefined for one that does anything but write. */
const typedInto = (buffer: TextBuffer, event: InputEvent): TextBuffer | undefined => {
	if (event.kind === 'paste') return event.isCut ? undefined : paste(buffer, event.text);
	if (event.kind !== 'key') return undefined;
	const isInserted =
		resolve({...beginning, isComposerEmpty: buffer.text === ''}, event) === 'composer.insert';
	return isInserted && event.text ? insert(buffer, event.text) : undefined;
};

/** Where the person is before anything has happened. */
const beginning = {
	approval: undefined,
	inquiry: undefined,
	overlay: undefined,
	isLooking: false,
	isSelecting: false,
	inside: undefined,
	isSettled: false,
	isPrefixed: false,
	isFullScreen: false,
	isPanelFocused: false,
	isTurnRunning: false,
	hasWaitedFor: false,
	isCompleting: false,
	isAsked: false,
};
