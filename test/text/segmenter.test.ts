import {expect, test} from 'vitest';
import {createSegmenter} from '../../src/text/segmenter.js';

const ours = createSegmenter();
const theirs = new Intl.Segmenter();
const segments = (
	segmenter: {segment(text: string): Iterable<{segment: string; index: number}>},
	text: string,
) => Array.from(segmenter.segment(text), ({segment, index}) => [segment, index]);

test('every character of one code unit stands as the system’s segmenter says, alone and beside others', () => {
	for (let code = 0; code <= 0xffff; code++) {
		const character = String.fromCharCode(code);
		const text = `a${character}${character}─\u200d${character}`;
		expect(segments(ours, `a${character}${character}─`)).toEqual(
			segments(theirs, `a${character}${character}─`),
		);
		if (code % 16 === 0) expect(segments(ours, text)).toEqual(segments(theirs, text));
	}
});

test.each([
	'',
	'a\r\nb',
	'\x1b[2m─ tandem · my-app ─\x1b[22m',
	'e\u0301',
	'👨‍👩‍👧 family',
	'☺\ufe0f',
	'한국어',
	'\ud800',
])('%j is cut into the same graphemes', text => expect(segments(ours, text)).toEqual(segments(theirs, text)));

test.each(['ab─c', 'e\u0301x'])('the grapheme at a place in %j is the same', text => {
	for (let index = 0; index <= text.length; index++) {
		expect(ours.segment(text).containing(index)).toEqual(theirs.segment(text).containing(index));
	}
});
