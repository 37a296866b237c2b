// How many terminal columns a text takes, and where its graphemes begin. The widths are those that Ink lays
// out with, so that the cells that are painted stand where the layout put them.
import stringWidth from 'string-width';
import {createSegmenter} from './segmenter.js';

/** Columns of a text; escape sequences and control characters take none. */
export const width = (text: string): number => stringWidth(text);

const segmenter = createSegmenter();

/** The graphemes of a text, in order. Lone surrogates come as they are. */
export const graphemes = (text: string): string[] => {
	if (/^[\x20-\x7e]*$/.test(text)) return text.split('');
	return Array.from(segmenter.segment(text), ({segment}) => segment);
};
