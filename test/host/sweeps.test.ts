// The emulator with our handlers and the emulator as it is show the same.
import {createRequire} from 'node:module';
import {Terminal} from '@xterm/headless';
import {expect, test} from 'vitest';
import {readRuns} from '../../src/host/grid.js';
import {addRepeats} from '../../src/host/repeats.js';
import {createSweeps} from '../../src/host/sweeps.js';
import {createRandom, pick, type Random} from '../support/random.js';

/** Another instance of the package: ours changes what all rows of its emulators do. */
const loadStock = (): typeof Terminal => {
	const require = createRequire(import.meta.url);
	const path = require.resolve('@xterm/headless');
	delete require.cache[path];
	const loaded: {Terminal: typeof Terminal} = require(path);
	if (loaded.Terminal === Terminal) throw new Error('This is the instance that is changed.');
	return loaded.Terminal;
};
const Stock = loadStock();

const make = (Emulator: typeof Terminal, cols: number, rows: number, scrollback = 50) =>
	new Emulator({
		cols,
		rows,
		scrollback,
		allowProposedApi: true,
		logLevel: 'off',
		windowsPty: {backend: 'conpty', buildNumber: 21_376},
	});
/** Half a character at the edge is nothing, as ours has it. */
const mendEdge = (terminal: Terminal) => {
	const {cols, buffer} = terminal;
	for (let row = 0; row < buffer.active.length; row++) {
		const line = buffer.active.getLine(row) as unknown as {_line: Line} | undefined;
		if (line?._line.getWidth(cols - 1) === 2) line._line.setCellFromCodepoint(cols - 1, 0, 1, {fg: 0, bg: 0});
	}
};
type Line = {
	getWidth(column: number): number;
	setCellFromCodepoint(
		column: number,
		code: number,
		width: number,
		attributes: {fg: number; bg: number},
	): void;
};
/** After an input the emulator parses at once. */
const write = (terminal: Terminal, text: string) => {
	terminal.input('');
	terminal.write(text);
};

const show = ({buffer: {active: buffer}, cols, rows}: Terminal) => ({
	grid: readRuns(buffer, {cols, rows}),
	rows: Array.from({length: buffer.length}, (_, row) => {
		const line = buffer.getLine(row);
		return `${line?.isWrapped ? '+' : ' '}${line?.translateToString(true, 0, cols).trimEnd()}`;
	}),
	cursor: [buffer.cursorX, buffer.cursorY, buffer.baseY],
	type: buffer.type,
});

const finals = ['J', 'S', 'T', 'L', 'M', 'K', 'X', 'P', '@', 'A', 'B', 'd', 'G', 'I', 'Z'];
const repeated = ['x', '─', '日', 'e\u0301', '🙂', ''];
const fixed =
	'c #8 H [g [3g D E M 7 8 [r [2;5r [4;9r [?6h [?6l [4h [4l [?7l [?7h [m [44m [48;5;99m [4:3;58;5;9;41m [7m [!p [?1049h [?1049l [?47h [?47l [?1047l [2J [J [H'
		.split(' ')
		.map(rest => `\x1b${rest}`);
// At the last column the emulator's own `CSI 1 J` fails with an exception.
const upward = '\x1b[3G\x1b[1J';

const makeUnit = (random: Random, cols: number): string => {
	const kind = random(10);
	if (kind < 3)
		return pick(random, ['x', 'text ', '日本語', 'e\u0301', '\r\n', '\n', 'y'.repeat(50), '\r\n'.repeat(12)]);
	if (kind < 5) return `\x1b[${random(14)};${random(30)}H`;
	if (kind === 5) return random(3) === 0 ? upward : `\x1b[4${random(8)}m`;
	// Ours repeats no more than a row's worth, and what is made of several code points at most 16 times.
	if (kind === 6 && random(3) === 0)
		return `${pick(random, repeated)}\x1b[${1 + random(Math.min(16, cols >> 1))}b`;
	if (kind < 8) return `\x1b[${pick(random, ['', '1', '2', '3', '40'])}${pick(random, finals)}`;
	return pick(random, fixed);
};

/** More of them by hand, after a change of what it is about. */
const seeds = Number(process.env.SEEDS ?? 40);

test('the same grids, styles, wraps, cursors and scrolled off rows, whatever is printed', () => {
	for (let seed = 1; seed <= seeds; seed++) {
		const random = createRandom(seed);
		const [cols, rows] = [8 + random(30), 3 + random(12)];
		const stock = make(Stock, cols, rows);
		const ours = make(Terminal, cols, rows);
		const sweeps = createSweeps(ours);
		addRepeats(ours);
		const printed: string[] = [];
		for (let step = 0; step < 200; step++) {
			// The emulator's own alternate screen keeps rows of other lengths, or too many, over a change of size.
			if (random(30) === 0 && ours.buffer.active.type === 'normal') {
				const size = [8 + random(30), ours.rows + random(3)] as const;
				stock.resize(...size);
				mendEdge(stock);
				sweeps.resize(...size);
			}
			let text = makeUnit(random, ours.cols);
			if (text === '\x1b[1J') text = upward;
			// Ours keeps the scrollback: the log is made from it.
			if (text === '\x1b[3J') text = '';
			// Between margins the emulator's own fills from the upper one on, every other terminal all rows.
			if (text === '\x1b#8' && ours.modes.originMode) text = '';
			printed.push(text);
			write(stock, text);
			sweeps.write(() => write(ours, text));
			const told = `seed ${seed}, step ${step}: ${JSON.stringify(printed.slice(-12))}`;
			expect(show(ours), told).toEqual(show(stock));
			const {top, bottom} = sweeps.touched();
			const outside = readRuns(ours.buffer.active, ours).filter((_, row) => row < top || row > bottom);
			const isEmpty = outside.every(runs => runs.every(({text}) => /^(?: *|E+)$/.test(text)));
			expect(isEmpty, `rows outside of ${top} to ${bottom}, ${told}`).toBe(true);
		}
		stock.dispose();
		ours.dispose();
	}
});

// The emulator's own writes over the last row when it wraps a full list that does not begin at its first slot.
test('no row is lost when a screen that has scrolled becomes narrower', () => {
	const terminal = make(Terminal, 20, 5, 20);
	const sweeps = createSweeps(terminal);
	const print = (count: number) => sweeps.write(() => write(terminal, '\r\na line of text 4'.repeat(count)));
	print(23);
	sweeps.resize(21, 6);
	print(10);
	sweeps.resize(7, 6);
	// The cursor's line is left for the program to draw again.
	expect(show(terminal).rows.slice(-4)).toEqual([' a line', '+of text', '+ 4', ' a line']);
});
