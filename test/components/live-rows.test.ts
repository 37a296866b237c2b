import {expect, test} from 'vitest';
import {textRows} from '../../components/entries/rows.js';
import {createLiveRows} from '../../components/live-rows.js';

const answer = [
	'First I look at the **server**.',
	'## What I found',
	'It says:\n\n```js\nconst a = 1;\n\nconst b = 2;\n```',
	'Two things, in order:\n\n1. the `handler`\n\n2. the session\n\n   and its cookie',
	'> a quote\n\n- one\n- two',
	'The end of it, which is a long line that has to be broken because it does not fit.',
].join('\n\n');

test.each([20, 40, 80])(
	'streamed letter by letter at %i columns, an answer ends as it is shown when finished',
	width => {
		const rows = createLiveRows(textRows);
		let shown: string[] = [];
		for (let end = 1; end <= answer.length; end++) shown = rows(answer.slice(0, end), width);
		expect(shown).toEqual(textRows(answer, width));
	},
);

test('finished blocks are made once, however long the answer grows', () => {
	let characters = 0;
	const rows = createLiveRows((text, width) => {
		characters += text.length;
		return textRows(text, width);
	});
	const paragraph = 'Some words of an answer that streams in.\n\n';
	for (let count = 1; count <= 500; count++) rows(paragraph.repeat(count), 80);
	expect(characters).toBeLessThan(4 * 500 * paragraph.length);
});

test('an answer that is taken back and begins anew shows only the new one', () => {
	const rows = createLiveRows(textRows);
	rows('One.\n\nTwo.\n\nThree', 80);
	expect(rows('Other', 80)).toEqual([' Other']);
	expect(rows('', 80)).toEqual([]);
});
