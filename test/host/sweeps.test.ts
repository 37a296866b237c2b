// The emulator with our handlers and the emulator as it is show the same.
import {Terminal} from '@xterm/headless';
import {expect, test} from 'vitest';
import {readRuns} from '../../src/host/grid.js';
import {createSweeps} from '../../src/host/sweeps.js';
import {createRandom, pick, type Random} from '../support/random.js';

const make = (cols: number, rows: number) =>
	new Terminal({
		cols,
		rows,
		scrollback: 50,
		allowProposedApi: true,
		logLevel: 'off',
		windowsPty: {backend: 'conpty', buildNumber: 21_376},
	});
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

const finals = ['J', 'S', 'T', 'L', 'M', 'K', 'X', 'P', '@', 'A', 'B', 'd', 'G', 'b'];
const fixed =
	'c #8 D E M 7 8 [r [2;5r [4;9r [?6h [?6l [4h [4l [?7l [?7h [m [44m [48;5;99m [7m [!p [?1049h [?1049l [?47h [?47l [?1047l [2J [J [H'
		.split(' ')
		.map(rest => `\x1b${rest}`);
// At the last column the emulator's own `CSI 1 J` fails with an exception.
const upward = '\x1b[3G\x1b[1J';

const makeUnit = (random: Random): string => {
	const kind = random(10);
	if (kind < 3)
		return pick(random, ['x', 'text ', '日本語', '\r\n', '\n', 'y'.repeat(50), '\r\n'.repeat(12)]);
	if (kind < 5) return `\x1b[${random(14)};${random(30)}H`;
	if (kind === 5) return random(3) === 0 ? upward : `\x1b[4${random(8)}m`;
	if (kind < 8) return `\x1b[${pick(random, ['', '1', '2', '3', '40'])}${pick(random, finals)}`;
	return pick(random, fixed);
};

test('the same grids, styles, wraps, cursors and scrolled off rows, whatever is printed', () => {
	for (let seed = 1; seed <= 30; seed++) {
		const random = createRandom(seed);
		const [cols, rows] = [8 + random(30), 3 + random(12)];
		const stock = make(cols, rows);
		const ours = make(cols, rows);
		const sweeps = createSweeps(ours);
		const printed: string[] = [];
		for (let step = 0; step < 200; step++) {
			let text = makeUnit(random);
			if (text === '\x1b[1J') text = upward;
			// Ours keeps the scrollback: the log is made from it.
			if (text === '\x1b[3J') text = '';
			// Between margins the emulator's own fills from the upper one on, every other terminal all rows.
			if (text === '\x1b#8' && ours.modes.originMode) text = '';
			printed.push(text);
			// The emulator's own alternate screen keeps rows of other lengths, or too many, over a change of size.
			if (random(30) === 0 && ours.buffer.active.type === 'normal') {
				const size = [8 + random(30), ours.rows + random(3)] as const;
				stock.resize(...size);
				sweeps.resize(...size);
			}
			write(stock, text);
			write(ours, text);
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
