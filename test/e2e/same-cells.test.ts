// Full-screen programs inside of tandem: what is painted is the host's grid, cell by cell, at the same revision.
import {writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {afterAll, afterEach, beforeAll, test} from 'vitest';
import {createHostClient, type HostClient} from '../../src/host/client.js';
import type {Snapshot, Style} from '../../src/host/protocol.js';
import {resolveWorkspacePaths} from '../../src/paths.js';
import {graphemes, width as widthOf} from '../../src/text/width.js';
import {findWorkspace} from '../../src/workspace.js';
import {startPostgres} from '../support/postgres.js';
import {setStage} from '../support/stage.js';
import {keys, type Tandem} from '../support/tandem.js';
import {until} from '../support/until.js';

const stage = setStage();
let postgres: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
	postgres = await startPostgres();
});
afterAll(() => postgres.stop());
let host: HostClient | undefined;
afterEach(async () => {
	await host?.close();
	host = undefined;
});

/** A second look at the terminals, past the window. */
const connect = () => {
	const uid = process.getuid?.() ?? 0;
	const {key} = findWorkspace(stage.place.folder);
	const paths = resolveWorkspacePaths({stateFolder: stage.place.home, key, uid});
	if (paths.kind === 'failed') throw new Error(paths.message);
	host = createHostClient({paths, uid, tandem: '0.1.0', client: 'test'});
	return host;
};

type Place = {left: number; top: number};
type Cells = string[][];

/** A cell as its text and its looks; the second one of a wide character is empty. */
const cellsOf = ({lines, cols, rows}: Snapshot): Cells =>
	Array.from({length: rows}, (_, row) => {
		const cells = (lines[row] ?? []).flatMap(({text, style}) =>
			graphemes(text).flatMap(grapheme => {
				const cell = `${grapheme} ${looksOf(style)}`;
				return widthOf(grapheme) === 2 ? [cell, ''] : [cell];
			}),
		);
		while (cells.length < cols) cells.push('  ');
		return cells;
	});

const looksOf = ({fg, bg, ...flags}: Style): string =>
	[`${fg ?? ''}`, `${bg ?? ''}`, ...Object.keys(flags).sort()].join(' ').trim();

const paintedCells = ({emulator}: Tandem, {left, top}: Place, {cols, rows}: Snapshot): Cells => {
	const buffer = emulator.buffer.active;
	const cell = buffer.getNullCell();
	const colour = (isRgb: boolean, value: number) =>
		isRgb ? `#${value.toString(16).padStart(6, '0')}` : value;
	return Array.from({length: rows}, (_, row) =>
		Array.from({length: cols}, (_, column) => {
			buffer.getLine(buffer.baseY + top + row)?.getCell(left + column, cell);
			if (cell.getWidth() === 0) return '';
			const style: Record<string, unknown> = {};
			if (!cell.isFgDefault()) style.fg = colour(cell.isFgRGB(), cell.getFgColor());
			if (!cell.isBgDefault()) style.bg = colour(cell.isBgRGB(), cell.getBgColor());
			if (cell.isBold()) style.bold = true;
			if (cell.isDim()) style.dim = true;
			if (cell.isItalic()) style.italic = true;
			if (cell.isUnderline()) style.underline = true;
			if (cell.isInverse()) style.inverse = true;
			if (cell.isInvisible()) style.invisible = true;
			if (cell.isStrikethrough()) style.strikethrough = true;
			return `${cell.getChars() || ' '} ${looksOf(style as Style)}`;
		}),
	);
};

/** Waits until the host's newest grid is what is painted, cursor included, and as large as the view. */
const expectSameCells = async (tandem: Tandem, place: Place, size: {cols: number; rows: number}) => {
	let newest: Snapshot | undefined;
	let found = 'no snapshot has come';
	const stop = (host ?? connect()).watch(1, snapshot => {
		newest = snapshot;
	});
	const isSame = () => {
		if (newest) found = difference(tandem, place, newest, size);
		return found === '';
	};
	await until(isSame).catch(error => {
		throw new Error(`${found}; the screen is:\n${tandem.text()}`, {cause: error});
	});
	stop();
};

const difference = (
	tandem: Tandem,
	place: Place,
	snapshot: Snapshot,
	size: {cols: number; rows: number},
): string => {
	if (snapshot.cols !== size.cols || snapshot.rows !== size.rows)
		return `the grid is ${snapshot.cols}x${snapshot.rows}`;
	const wanted = cellsOf(snapshot);
	const painted = paintedCells(tandem, place, snapshot);
	for (const [row, cells] of wanted.entries())
		for (const [column, cell] of cells.entries())
			if (cell !== painted[row]?.[column])
				return `row ${row}, column ${column}: the host has "${cell}", painted is "${painted[row]?.[column]}"`;
	const {cursorX, cursorY} = tandem.emulator.buffer.active;
	const {cursor} = snapshot;
	if (cursor.isVisible && (cursorX - place.left !== cursor.column || cursorY - place.top !== cursor.row))
		return `the cursor is at ${cursor.row},${cursor.column}, painted at ${cursorY - place.top},${cursorX - place.left}`;
	return '';
};

const text = Array.from(
	{length: 200},
	(_, index) =>
		`${index + 1} ${['é', '日本語', '👍', '│', 'plain'][index % 5]} ${'.'.repeat(index % 90)} end`,
).join('\n');

const programs: {
	name: string;
	cmd: string | (() => string);
	shows: string;
	typed: string;
	shownThen: string | RegExp;
}[] = [
	{
		name: 'vim',
		cmd: 'vim -u NONE -N -n -c "syntax on" -c "set number ruler" text.c',
		shows: 'int main',
		typed: 'ihello 日本 \x1b',
		shownThen: 'hello 日本',
	},
	{name: 'less', cmd: 'less -N text.txt', shows: 'text.txt', typed: ' /60 \r', shownThen: /60 plain/},
	{name: 'htop', cmd: 'htop --delay=5', shows: 'Load average', typed: '\x1b[B\x1b[B', shownThen: 'F10'},
	{
		name: 'psql',
		cmd: () => `psql -P pager=off -P linestyle=unicode -P border=2 ${postgres.connection}`,
		shows: 'postgres=#',
		typed: "select n, repeat('日本', n) as wide from generate_series(1, 5) n;\r",
		shownThen: '(5 rows)',
	},
	{
		name: 'an Ink program',
		// With CI set Ink takes nobody to be there, and draws once, at its end.
		cmd: `env -u CI ${process.execPath} ${resolve('test/fixtures/ink-program.mjs')}`,
		shows: 'typed:',
		typed: 'abc',
		shownThen: 'typed: abc',
	},
];

test.each(programs)(
	'$name in the split, on the full screen and in place',
	async ({cmd, shows, typed, shownThen}) => {
		const {folder} = stage.place;
		writeFileSync(join(folder, 'text.txt'), text);
		writeFileSync(
			join(folder, 'text.c'),
			'#include <stdio.h>\n\nint main(void)\n{\n\treturn 42; /* done */\n}\n',
		);
		const tandem = await stage.open({cols: 200, rows: 60, env: {COLORTERM: 'truecolor', FORCE_COLOR: '3'}});
		await tandem.submit(`!${typeof cmd === 'string' ? cmd : cmd()}`);
		await tandem.sees('alt+1');
		tandem.type(keys.alt('1'));
		await tandem.sees(shows);
		tandem.type(keys.enter);
		await tandem.sees('you type');
		const rowsAbovePanel = () => tandem.until('the panel', () => panelTop(tandem)).then(row => row - 2);

		const split = {left: 79, top: 2};
		await expectSameCells(tandem, split, {cols: 121, rows: await rowsAbovePanel()});
		tandem.type(typed);
		await tandem.sees(shownThen);
		await expectSameCells(tandem, split, {cols: 121, rows: await rowsAbovePanel()});

		tandem.type(fullScreen);
		await expectSameCells(tandem, {left: 0, top: 1}, {cols: 200, rows: 59});
		tandem.resize({cols: 80, rows: 24});
		await expectSameCells(tandem, {left: 0, top: 1}, {cols: 80, rows: 23});

		tandem.type(fullScreen);
		await tandem.sees('› ask');
		await expectSameCells(tandem, {left: 0, top: 2}, {cols: 80, rows: await rowsAbovePanel()});
	},
);

const fullScreen = '\x1df';

/** The row of the panel's title. */
const panelTop = (tandem: Tandem): number | undefined => {
	const row = tandem.lines().findIndex(line => line.startsWith('─ terminals'));
	return row < 0 ? undefined : row;
};
