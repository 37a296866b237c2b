// The marks between which tandem hands a model what is not the person's: notices, and output of programs.
// A program that prints such a mark must not be able to end its block or to begin one.

const markPattern = /<(\s*\/?\s*terminal-(?:notices|output))/gi;

/** The same text, but that no mark stands in it: `<terminal-output>` becomes `<\terminal-output>`. */
export const escapeMarks = (text: string): string => text.replace(markPattern, '<\\$1');

/** What a program printed, between marks that it cannot forge. */
export const markOutput = (lines: readonly string[]): string =>
	`<terminal-output>\n${escapeMarks(lines.join('\n'))}\n</terminal-output>`;

/** Notices as they ride on a tool's answer or a message; '' without any. */
export const markNotices = (notices: readonly string[]): string =>
	notices.length === 0 ? '' : `<terminal-notices>\n${notices.join('\n')}\n</terminal-notices>`;
