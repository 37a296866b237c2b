// The few looks that everything on the screen is made of: they work on dark and light grounds, since all
// colours are the terminal's own. Text goes in clean: nothing here looks for escape sequences.

const look =
	(on: number, off: number) =>
	(text: string): string =>
		text === '' ? '' : `\u001B[${on}m${text}\u001B[${off}m`;

/** What a terminal without colours makes of it is the output's business (`NO_COLOR`). */
const colour = (code: number) => look(code, 39);

export const theme = {
	/** What the eye may skip. */
	dim: look(2, 22),
	strong: look(1, 22),
	/** What is selected or stands for tandem itself. */
	accent: colour(36),
	good: colour(32),
	bad: colour(31),
	warn: colour(33),
	/** What must not be overlooked, and the caret where a terminal shows none. */
	inverse: look(7, 27),
	plain: (text: string): string => text,
} as const;

export type Tone = keyof typeof theme;
