// The marks between which a model is given what a program printed, where it stands among tandem's own words.
// A program that prints such a mark must not be able to end its block or to begin one.

const markPattern = /<(\s*\/?\s*terminal-output)/gi;

/** The same text, but that no mark stands in it: `<terminal-output>` becomes `<\terminal-output>`. */
export const escapeMarks = (text: string): string => text.replace(markPattern, '<\\$1');

/** What a program printed, between marks that it cannot forge. */
export const markOutput = (lines: readonly string[]): string =>
	`<terminal-output>\n${escapeMarks(lines.join('\n'))}\n</terminal-output>`;
