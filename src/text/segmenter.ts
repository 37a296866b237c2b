// Finds the graphemes of a text. Also stands in for the segmenters of the packages that lay out text (build.js):
// the system's own costs 14 ms to make, and most text needs none.

/** What is used of the system's `Intl.Segments`. */
type Segments = Iterable<Intl.SegmentData> & Pick<Intl.Segments, 'containing'>;

export const createSegmenter = () => ({
	/** The graphemes in order. */
	segment(text: string): Segments {
		if (!mayCombine.test(text)) return singly(text);
		shared ??= new Intl.Segmenter();
		return shared.segment(text);
	},
});

/** Every character is a grapheme. */
const singly = (input: string): Segments => {
	const segments = Array.from(input, (segment, index) => ({segment, index, input}));
	return Object.assign(segments, {containing: (index = 0) => segments[index] as Intl.SegmentData});
};

let shared: Intl.Segmenter | undefined;

// Everything but characters of one code unit that are never part of a longer grapheme: Latin, the usual
// punctuation, arrows, mathematics, lines, blocks, symbols, braille. CR LF is one grapheme.
const mayCombine = /[^\x00-\x0c\x0e-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u27bf\u2800-\u28ff]/;
