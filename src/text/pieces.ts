// Cuts a text that may hold styles into what takes columns and what does not.
import {graphemes, width} from './width.js';

export type Piece = {kind: 'sequence'; text: string} | {kind: 'grapheme'; text: string; columns: number};

// SGR, OSC 8 links, other CSI and OSC strings.
const sequences = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g;

/** Escape sequences whole, everything else by graphemes. */
export const pieces = (text: string): Piece[] => {
	if (!text.includes('\x1b')) return plainPieces(text);
	const found: Piece[] = [];
	let end = 0;
	for (const match of text.matchAll(sequences)) {
		// Not spread into arguments: a long text has more of them than a call may have.
		for (const piece of plainPieces(text.slice(end, match.index))) found.push(piece);
		found.push({kind: 'sequence', text: match[0]});
		end = match.index + match[0].length;
	}
	return found.concat(plainPieces(text.slice(end)));
};

const plainPieces = (text: string): Piece[] =>
	graphemes(text).map(grapheme => ({kind: 'grapheme', text: grapheme, columns: columnsOf(grapheme)}));

const columnsOf = (grapheme: string): number =>
	grapheme.length === 1 && grapheme >= ' ' && grapheme <= '~' ? 1 : width(grapheme);
