import {readdirSync, readFileSync} from 'node:fs';
import {homedir, hostname, tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {graphemes, width} from '../../src/text/width.js';
import {cell, coloursOf, drawPicture, margin} from './picture.js';
import {playScene, scenes, screenfulOf} from './pictures.js';
import type {Tandem} from './tandem.js';

type Shape = Record<string, string>;

/** The elements of a picture with what stands in them, in the order in which they are painted. */
const shapes = (picture: string, name: string): Shape[] =>
	[...picture.matchAll(new RegExp(`<${name} ([^>]*?)/?>(?:([^<]*)</${name}>)?`, 'g'))].map(
		([, attributes = '', inside = '']) => ({
			...Object.fromEntries(
				[...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
			),
			inside: inside.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
		}),
	);

const columnOf = ({x}: Shape) => Math.round((Number(x) - margin) / cell.width);
const rowOf = ({y}: Shape) => Math.floor((Number(y) - margin) / cell.height);

/** What a reader of the picture sees in each row. */
const rowsOf = (picture: string, rows: number): string[] => {
	const grid: string[][] = Array.from({length: rows}, () => []);
	for (const shape of shapes(picture, 'text')) {
		let column = columnOf(shape);
		for (const grapheme of graphemes(shape.inside ?? '')) {
			const row = grid[rowOf(shape)];
			if (row) row[column] = grapheme;
			column += width(grapheme);
		}
	}
	return grid.map(row =>
		Array.from(row, grapheme => grapheme ?? ' ')
			.join('')
			.trimEnd(),
	);
};

const sceneOf = (name: string) => {
	const scene = scenes[name];
	if (!scene) throw new Error(`no scene ${name}`);
	return scene;
};

test('a picture holds what the screen holds, character for character and in its colours', async () => {
	const read = (tandem: Tandem) => {
		const screenful = screenfulOf(tandem);
		return {picture: drawPicture(screenful), screenful, rows: tandem.lines().map(row => row.trimEnd())};
	};
	const {picture, screenful, rows} = await playScene(sceneOf('taken-over'), read);
	expect(rowsOf(picture, screenful.rows)).toEqual(rows);
	expect(rows.join('\n')).toMatch(/│ +5 +const account = findAccount/);

	// The mark of who types is painted on its own ground.
	const row = rows.findIndex(text => text.includes(' you type '));
	const {back} = coloursOf({inverse: true, fg: 3});
	const marks = shapes(picture, 'rect').filter(rect => rect.fill === back && rowOf(rect) === row);
	expect(marks.map(columnOf)).toEqual([rows[row]?.indexOf(' you type ')]);
	// vim's colours are its own.
	const word = shapes(picture, 'text').find(({inside}) => inside?.includes('import'));
	expect(word?.style).toBeDefined();
});

test('wide characters, markup and the cursor have their places', () => {
	const picture = drawPicture({
		lines: [[{text: '日本  <b>&', style: {}}], [], [{text: ' x ', style: {bg: 1}}]],
		cols: 12,
		rows: 3,
		cursor: {row: 1, column: 2},
	});
	expect(shapes(picture, 'text').map(shape => [shape.inside, rowOf(shape), columnOf(shape)])).toEqual([
		['日本', 0, 0],
		['<b>&', 0, 6],
		[' x ', 2, 0],
	]);
	const [, ground, cursor] = shapes(picture, 'rect');
	expect([ground, cursor].map(shape => shape && [rowOf(shape), columnOf(shape)])).toEqual([
		[2, 0],
		[1, 2],
	]);
});

describe('the pictures of the README', () => {
	const readme = readFileSync('README.md', 'utf8');
	const stored = readdirSync('assets/docs').filter(file => file.endsWith('.svg'));

	test('are those of the scenes, and each is shown', () => {
		expect(stored.sort()).toEqual(
			Object.keys(scenes)
				.map(name => `${name}.svg`)
				.sort(),
		);
		for (const file of stored) expect(readme).toContain(`assets/docs/${file}`);
	});

	test.for(stored)('%s is small, and tells nothing of the machine that drew it', file => {
		const picture = readFileSync(join('assets/docs', file), 'utf8');
		expect(picture.length).toBeLessThan(40_000);
		const shown = shapes(picture, 'text').map(({inside}) => inside ?? '');
		for (const folder of [tmpdir(), homedir()]) expect(shown.join('\n')).not.toContain(folder);
		expect(shown.flatMap(text => text.split(/[^\w.-]+/))).not.toContain(hostname());
	});
});
