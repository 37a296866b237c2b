import {PassThrough, Writable} from 'node:stream';
import {UnicodeGraphemesAddon} from '@xterm/addon-unicode-graphemes';
import {Terminal} from '@xterm/headless';
import {Box, render, Text, useWindowSize} from 'ink';
import {createElement, useState} from 'react';
import {afterEach, expect, test} from 'vitest';
import {withCaret} from '../../src/tty/cells.js';
import {createInput, type InputStream} from '../../src/tty/input.js';
import {createOutput, type Output} from '../../src/tty/output.js';

/** An output that writes to an emulator, as it would to a person's terminal. */
const createScreen = (
	columns: number,
	rows: number,
	env: Record<string, string> = {COLORTERM: 'truecolor'},
) => {
	const terminal = new Terminal({cols: columns, rows, allowProposedApi: true});
	terminal.loadAddon(new UnicodeGraphemesAddon());
	const chunks: string[] = [];
	const gate: {isShut: boolean; open: () => void} = {isShut: false, open: () => {}};
	const stdout = Object.assign(
		new Writable({
			decodeStrings: false,
			write(chunk: string, _encoding, callback) {
				chunks.push(chunk);
				terminal.write(chunk, () => {
					if (gate.isShut) gate.open = callback;
					else callback();
				});
			},
		}),
		{columns, rows},
	);
	const gone: Error[] = [];
	const output = createOutput({stdout, env, mouse: true, onGone: error => gone.push(error)});
	const settled = () => new Promise<void>(resolve => stdout.write('', () => terminal.write('', resolve)));
	return {
		terminal,
		chunks,
		stdout,
		output,
		gone,
		gate,
		settled,
		line: (row: number) =>
			terminal.buffer.active.getLine(row)?.translateToString(true, 0, terminal.cols).trimEnd() ?? '',
		lines: () =>
			Array.from(
				{length: terminal.rows},
				(_, row) =>
					terminal.buffer.active.getLine(row)?.translateToString(true, 0, terminal.cols).trimEnd() ?? '',
			),
		resize: (toColumns: number, toRows: number) => {
			terminal.resize(toColumns, toRows);
			stdout.columns = toColumns;
			stdout.rows = toRows;
			stdout.emit('resize');
		},
	};
};

const random = (seed: number) => () => {
	seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
	return seed / 2 ** 32;
};

const graphemesToShow = [
	'a',
	'b',
	'Z',
	' ',
	' ',
	' ',
	'─',
	'│',
	'…',
	'日',
	'本',
	'한',
	'⠋',
	'é',
	'👍',
	'👩‍👩‍👧',
	'🇩🇪',
	'❤️',
	'e\u0301',
];
const styles = ['', '1', '2', '31', '1;44', '38;5;200', '38;2;1;2;3;48;2;200;100;0', '7', '4;9'];

/** A frame of random cells, and what each cell must show. */
const randomFrame = (next: () => number, columns: number, rows: number) => {
	const pick = <T,>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
	const expected: string[][] = [];
	const lines: string[] = [];
	for (let row = 0; row < rows; row++) {
		let line = '';
		const cells: string[] = [];
		const end = Math.floor(next() * (columns + 1));
		while (cells.length < end) {
			const style = pick(styles);
			const grapheme = pick(graphemesToShow);
			const wide = /[日本한👍👩🇩❤]/u.test(grapheme);
			if (wide && cells.length + 2 > end) continue;
			line += `\x1b[${style || '0'}m${grapheme}\x1b[0m`;
			cells.push(`${style}|${grapheme}`);
			if (wide) cells.push('');
		}
		while (cells.length < columns) cells.push('| ');
		expected.push(cells);
		lines.push(line);
	}
	return {frame: lines.join('\n'), expected};
};

const shownCells = (terminal: Terminal): string[][] =>
	Array.from({length: terminal.rows}, (_, row) => {
		const line = terminal.buffer.active.getLine(row);
		return Array.from({length: terminal.cols}, (_, column) => {
			const cell = line?.getCell(column);
			if (!cell || cell.getWidth() === 0) return '';
			const style: string[] = [];
			if (cell.isBold()) style.push('1');
			if (cell.isDim()) style.push('2');
			if (cell.isUnderline()) style.push('4');
			if (cell.isInverse()) style.push('7');
			if (cell.isStrikethrough()) style.push('9');
			const colour = (isRgb: boolean, isPalette: boolean, value: number, base: number) => {
				if (isRgb) style.push(`${base + 8};2;${value >> 16};${(value >> 8) & 255};${value & 255}`);
				else if (isPalette) style.push(value < 8 ? `${base + value}` : `${base + 8};5;${value}`);
			};
			colour(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor(), 30);
			colour(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor(), 40);
			return `${style.join(';')}|${cell.getChars() || ' '}`;
		});
	});

for (const [columns, rows] of [
	[120, 40],
	[40, 12],
	[80, 24],
	[7, 3],
] as const) {
	test(`after each of many random frames the screen of ${columns}x${rows} shows exactly the last one`, async () => {
		const screen = createScreen(columns, rows);
		screen.output.start();
		const next = random(columns);
		for (let round = 0; round < 12; round++) {
			const {frame, expected} = randomFrame(next, columns, rows);
			screen.output.paint(frame);
			await screen.settled();
			expect(shownCells(screen.terminal)).toEqual(expected);
		}
	});
}

const filled = (columns: number, rows: number) =>
	Array.from({length: rows}, (_, row) => `\x1b[3${(row % 7) + 1}m${'x'.repeat(columns)}\x1b[39m`);

test('one changed cell at 120x40 costs one chunk of 50 bytes', async () => {
	const screen = createScreen(120, 40);
	screen.output.start();
	const lines = filled(120, 40);
	screen.output.paint(lines.join('\n'));
	await screen.settled();
	screen.chunks.length = 0;
	lines[20] = `\x1b[37m${'x'.repeat(60)}\x1b[1;38;2;100;200;250mY\x1b[0;37m${'x'.repeat(59)}\x1b[39m`;
	screen.output.paint(lines.join('\n'));
	await screen.settled();
	const painted = screen.chunks.filter(chunk => chunk !== '');
	expect(painted).toHaveLength(1);
	expect(Buffer.byteLength(painted[0] ?? '')).toBe(50);
	expect(screen.line(20)).toBe(`${'x'.repeat(60)}Y${'x'.repeat(59)}`);
});

test('what stays between a change and the blank end of its row stays on the screen', async () => {
	const screen = createScreen(40, 5);
	screen.output.start();
	screen.output.paint('a170  170\n x');
	screen.output.paint('a  2  1\n x');
	await screen.settled();
	expect(screen.lines().slice(0, 2)).toEqual(['a  2  1', ' x']);
});

test('a frame that is the same as the last one writes nothing at all', async () => {
	const screen = createScreen(80, 24);
	screen.output.start();
	screen.output.paint(`hello ${withCaret('w')}orld`);
	await screen.settled();
	screen.chunks.length = 0;
	screen.output.paint(`hello ${withCaret('w')}orld`);
	screen.output.paint(`hello \x1b[0m${withCaret('w')}orld  `);
	await screen.settled();
	expect(screen.chunks.join('')).toBe('');
});

test('no frame erases a cell that it then writes, and each is framed by the marks of synchronized output', async () => {
	const screen = createScreen(60, 10);
	screen.output.start();
	await screen.settled();
	const next = random(7);
	for (let round = 0; round < 10; round++) {
		screen.chunks.length = 0;
		screen.output.paint(randomFrame(next, 60, 10).frame);
		await screen.settled();
		for (const chunk of screen.chunks.filter(text => text !== '')) {
			expect(chunk.startsWith('\x1b[?2026h')).toBe(true);
			expect(chunk.endsWith('\x1b[?2026l')).toBe(true);
			expect(chunk).not.toMatch(/\x1b\[\d*[JX]|\x1b\[[12]K/);
		}
	}
});

test('the hardware cursor stands on the grapheme that is marked, and hides when none is', async () => {
	const screen = createScreen(40, 5);
	screen.output.start();
	screen.output.paint(`one\n日本${withCaret('語')} two`);
	await screen.settled();
	expect([screen.terminal.buffer.active.cursorX, screen.terminal.buffer.active.cursorY]).toEqual([4, 1]);
	expect(screen.chunks.join('').endsWith('\x1b[?25h\x1b[?2026l')).toBe(true);
	expect(screen.line(1)).toBe('日本語 two');
	screen.chunks.length = 0;
	screen.output.paint('one\n日本語 two');
	await screen.settled();
	expect(screen.chunks.join('')).toBe('\x1b[?2026h\x1b[?25l\x1b[?2026l');
});

test('control sequences in a frame never reach the terminal', async () => {
	const screen = createScreen(80, 6);
	screen.output.start();
	await screen.settled();
	screen.chunks.length = 0;
	const hostile = [
		'\x1b]0;title\x07a',
		'\x1b]52;c;aGk=\x1b\\b',
		'\x1b[2J\x1b[?1049lc',
		'\x9b31m\x90q\x9cd',
		'\x1bPq#0\x1b\\e\x07\x08\x7f',
		'\x1b]8;;javascript:alert(1)\x07f\x1b]8;;\x07\x1bc',
	];
	screen.output.paint(hostile.join('\n'));
	await screen.settled();
	const bytes = screen.chunks.join('').replaceAll(/\x1b\[(?:\?2026[hl]|\?25[hl]|[\d;]*[HGCKm])/g, '');
	expect(bytes).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
	expect(screen.lines().map(line => line.at(-1))).toEqual(['a', 'b', 'c', 'd', 'e', 'c']);
});

test('a resize forgets the screen and paints the frame at the new size', async () => {
	const screen = createScreen(20, 4);
	screen.output.start();
	screen.output.paint('0123456789012345678\nsecond');
	await screen.settled();
	screen.resize(10, 3);
	screen.terminal.write('\x1b[2J\x1b[Hgarbage');
	screen.output.paint('0123456789012345678\nsecond');
	await screen.settled();
	screen.output.repaint();
	await screen.settled();
	expect(screen.lines()).toEqual(['0123456789', 'second', '']);
	expect(screen.output.size()).toEqual({columns: 10, rows: 3});
});

test('while the terminal takes nothing frames are skipped, and the newest is painted afterwards', async () => {
	const screen = createScreen(20, 2);
	screen.output.start();
	await screen.settled();
	screen.chunks.length = 0;
	screen.gate.isShut = true;
	const isShut = new Promise<void>(resolve => {
		const {write} = screen.terminal;
		screen.terminal.write = (data, callback) =>
			write.call(screen.terminal, data, () => {
				callback?.();
				resolve();
			});
	});
	screen.output.paint('first');
	await isShut;
	for (let frame = 0; frame < 100; frame++) screen.output.paint(`frame ${frame}`);
	expect(screen.chunks).toHaveLength(1);
	screen.gate.isShut = false;
	screen.gate.open();
	await screen.settled();
	expect(screen.line(0)).toBe('frame 99');
	expect(screen.chunks.filter(chunk => chunk !== '')).toHaveLength(2);
});

test('a terminal that is gone is told once', async () => {
	const screen = createScreen(20, 2);
	screen.output.start();
	await screen.settled();
	screen.stdout.destroy(new Error('EIO'));
	await new Promise(resolve => screen.stdout.once('close', resolve));
	screen.output.paint('a');
	screen.output.paint('b');
	await screen.output.stop();
	expect(screen.gone).toHaveLength(1);
});

for (const [env, expected] of [
	[{COLORTERM: 'truecolor', NO_COLOR: '1'}, '\x1b[1mX'],
	[{TERM: 'xterm'}, '\x1b[1;91mX'],
	[{TERM: 'xterm-256color'}, '\x1b[1;38;5;203mX'],
	[{TERM: 'xterm', COLORTERM: 'truecolor'}, '\x1b[1;38;2;250;80;70mX'],
	[{NO_COLOR: '1', FORCE_COLOR: '3'}, '\x1b[1;38;2;250;80;70mX'],
] as const) {
	test(`colours come down to what ${JSON.stringify(env)} can show`, async () => {
		const screen = createScreen(20, 2, env);
		screen.output.start();
		screen.output.paint('\x1b[1;38;2;250;80;70mX\x1b[0m');
		await screen.settled();
		expect(screen.chunks.join('')).toContain(expected);
	});
}

const mounted: {unmount: () => void}[] = [];
afterEach(() => {
	for (const app of mounted.splice(0)) app.unmount();
});

const show = (output: Output, tree: ReturnType<typeof createElement>) => {
	const input = createInput({stdin: new PassThrough() as InputStream});
	output.start();
	const app = render(tree, {
		stdout: output.frames as unknown as NodeJS.WriteStream,
		stdin: input.stream as unknown as NodeJS.ReadStream,
		debug: true,
		interactive: true,
		patchConsole: false,
		exitOnCtrlC: false,
	});
	mounted.push(app);
	return app;
};

test('what Ink renders is on the screen, the caret included, also where rows are wrapped and clipped', async () => {
	const screen = createScreen(40, 8);
	const Screen = () => {
		const {columns, rows} = useWindowSize();
		return createElement(
			Box,
			{flexDirection: 'column', width: columns, height: rows, overflow: 'hidden'},
			createElement(Box, {borderStyle: 'round', width: 20}, createElement(Text, {color: 'red'}, '日本 box')),
			createElement(Text, {wrap: 'wrap'}, `${'word '.repeat(9)}${withCaret('')}`),
			createElement(Text, {wrap: 'truncate'}, `${withCaret('t')}${'long '.repeat(20)}`),
		);
	};
	show(screen.output, createElement(Screen));
	await screen.settled();
	expect(screen.lines().slice(0, 6)).toEqual([
		'╭──────────────────╮',
		'│日本 box          │',
		'╰──────────────────╯',
		'word word word word word word word word',
		'word',
		`${`t${'long '.repeat(20)}`.slice(0, 39)}…`,
	]);
	expect([screen.terminal.buffer.active.cursorX, screen.terminal.buffer.active.cursorY]).toEqual([5, 4]);
	screen.resize(30, 6);
	await expect.poll(() => screen.line(4), {timeout: 10_000}).toBe('word word word');
	expect(screen.line(3)).toBe('word word word word word word');
});

test('a change of state in Ink is one chunk, and Ink going away writes nothing', async () => {
	const screen = createScreen(120, 40);
	let count = (_value: number) => {};
	const Counter = () => {
		const [value, setValue] = useState(0);
		count = setValue;
		return createElement(Text, {color: '#ff8800'}, `count ${value}`);
	};
	const app = show(screen.output, createElement(Counter));
	await screen.settled();
	screen.chunks.length = 0;
	count(1);
	await screen.settled();
	const painted = screen.chunks.filter(chunk => chunk !== '');
	expect(screen.line(0)).toBe('count 1');
	expect(painted).toHaveLength(1);
	expect(Buffer.byteLength(painted[0] ?? '')).toBeLessThanOrEqual(300);
	screen.chunks.length = 0;
	app.unmount();
	await screen.settled();
	expect(screen.chunks.join('')).toBe('');
});

test('after stop every mode is off again and the farewell stands on the normal screen', async () => {
	const screen = createScreen(40, 6);
	screen.output.start();
	screen.output.useKittyKeyboard();
	screen.output.paint('full screen');
	await screen.settled();
	expect(screen.terminal.modes).toMatchObject({
		bracketedPasteMode: true,
		mouseTrackingMode: 'vt200',
		wraparoundMode: false,
	});
	expect(screen.terminal.buffer.active.type).toBe('alternate');
	await screen.output.stop('\x1b[1mbye\x1b[22m\x1b[5;5H now\n');
	await screen.settled();
	expect(screen.terminal.modes).toEqual(new Terminal({allowProposedApi: true}).modes);
	expect(screen.terminal.buffer.active.type).toBe('normal');
	// Styles reach it, what moves the cursor does not.
	expect(screen.line(0)).toBe('bye now');
	expect(screen.terminal.buffer.active.getLine(0)?.getCell(0)?.isBold()).toBeTruthy();
	expect(screen.terminal.buffer.active.getLine(0)?.getCell(4)?.isBold()).toBeFalsy();
	expect(screen.chunks.join('')).toContain('\x1b[?25h');
	expect(screen.chunks.join('')).toContain('\x1b[<u');
});

test('the title is written when it changes, without control characters, and again after the shell had the terminal', async () => {
	const screen = createScreen(40, 6);
	const titles: string[] = [];
	screen.terminal.onTitleChange(title => titles.push(title));
	screen.output.start();
	screen.output.setTitle('tandem · app\x1b\\\x07');
	screen.output.setTitle('tandem · app\x1b\\\x07');
	screen.output.paint('full screen');
	await screen.settled();
	expect(titles).toEqual(['tandem · app^[\\^G']);
	await screen.output.suspend();
	screen.output.resume();
	await screen.settled();
	expect(titles).toEqual(['tandem · app^[\\^G', 'tandem · app^[\\^G']);
	expect(screen.line(0)).toBe('full screen');
});
