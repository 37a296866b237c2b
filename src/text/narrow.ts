// Measures what most of the screen is made of without tables: only these need no more than counting.

/** The columns of a text, styles aside; undefined if it holds anything that is not exactly one column wide. */
export const narrowWidth = (text: string): number | undefined => {
	const plain = text.includes('\x1b') ? text.replaceAll(/\x1b\[[\d;]*m/g, '') : text;
	return notNarrow.test(plain) ? undefined : plain.length;
};

// ASCII, Latin, punctuation, arrows, lines and blocks, braille: nothing that combines.
const notNarrow =
	/[^\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u259f\u2800-\u28ff]/;
