// The modes that tandem switches on in the user's terminal, and their exact undoing in reverse order. Nothing
// else is ever switched on. The launcher prints `restoreSequence` when the window died without undoing them.
import ansiEscapes from 'ansi-escapes';

export type Modes = {
	/** Wheel and clicks as SGR reports. */
	mouse: boolean;
	/** Movement with a button held, while a person is inside a terminal. */
	drag: boolean;
	/** The kitty keyboard protocol; only where the terminal has said that it knows it. */
	kitty: boolean;
};

type Mode = {on: string; off: string};

const title: Mode = {on: '\x1b[22;0t', off: '\x1b[23;0t'};
const alternateScreen: Mode = {
	on: ansiEscapes.enterAlternativeScreen,
	off: ansiEscapes.exitAlternativeScreen,
};
// A character whose width the terminal sees differently must not scroll the screen at the right edge.
const noWrap: Mode = {on: '\x1b[?7l', off: '\x1b[?7h'};
const hiddenCursor: Mode = {on: ansiEscapes.cursorHide, off: ansiEscapes.cursorShow};
const bracketedPaste: Mode = {on: '\x1b[?2004h', off: '\x1b[?2004l'};
// 1000 reports presses and the wheel, not movement; 1006 lifts the limit of 223 columns.
const mouse: Mode = {on: '\x1b[?1000h\x1b[?1006h', off: '\x1b[?1006l\x1b[?1000l'};
// Takes the place of 1000 and hands it back.
const drag: Mode = {on: '\x1b[?1002h', off: '\x1b[?1002l\x1b[?1000h'};
// Pushed on the alternate screen's own stack: the shell's setting is not touched.
const kitty: Mode = {on: '\x1b[>1u', off: '\x1b[<u'};

const modesOf = (modes: Modes): Mode[] => [
	title,
	alternateScreen,
	noWrap,
	hiddenCursor,
	bracketedPaste,
	...(modes.mouse ? [mouse] : []),
	...(modes.mouse && modes.drag ? [drag] : []),
	...(modes.kitty ? [kitty] : []),
];

// What an interrupted write may have left open: a string, synchronized output, a link, a style.
const settle = '\x1b\\\x1b[?2026l\x1b]8;;\x1b\\\x1b[0m';

/** Switches the modes on, in order. */
export const enterSequence = (modes: Modes): string =>
	modesOf(modes)
		.map(({on}) => on)
		.join('');

/** Takes them back, last first. */
export const leaveSequence = (modes: Modes): string =>
	settle +
	modesOf(modes)
		.toReversed()
		.map(({off}) => off)
		.join('');

/** Takes back everything that can be on, for whoever does not know what was. */
export const restoreSequence = leaveSequence({mouse: true, drag: true, kitty: true});

export const kittySequences = kitty;
export const dragSequences = drag;

/** Asks for the kitty protocol, and for the device attributes that every terminal answers after it. */
export const keyboardQuery = '\x1b[?u\x1b[c';
