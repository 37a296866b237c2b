import {execFileSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {createScreen} from '../../src/host/screen.js';

const open = (options: {cols?: number; rows?: number; isPipe?: boolean; programName?: () => string} = {}) => {
	const lines: string[] = [];
	const replies: string[] = [];
	let now = 1_000;
	const screen = createScreen({
		cols: options.cols ?? 40,
		rows: options.rows ?? 10,
		isPipe: options.isPipe ?? false,
		onLine: text => lines.push(text),
		onReply: bytes => replies.push(Buffer.from(bytes).toString('latin1')),
		programName: options.programName,
		now: () => now,
	});
	const write = (data: string | Uint8Array, chunk = Number.POSITIVE_INFINITY) => {
		const bytes = typeof data === 'string' ? Buffer.from(data) : data;
		const step = Math.min(chunk, bytes.length);
		for (let at = 0; at < bytes.length; at += step) screen.write(bytes.subarray(at, at + step), () => {});
		// On a loaded machine a part may be left for later slices.
		screen.drain();
	};
	return {
		screen,
		lines,
		replies,
		write,
		pass: (ms: number) => {
			now += ms;
		},
		/** All lines in the end. */
		finish: () => {
			screen.finish();
			return lines;
		},
		grid: () => screen.snapshot().lines.map(runs => runs.map(({text}) => text).join('')),
	};
};

const numbered = (count: number, text = 'line') => Array.from({length: count}, (_, i) => `${text} ${i + 1}`);

test('a line is final when it has scrolled off, the rest at the end', () => {
	const {screen, lines, write, finish} = open({rows: 5});
	write(numbered(12).join('\r\n'));
	expect(lines).toEqual(numbered(7));
	expect(screen.liveLines()).toEqual(numbered(12).slice(7));
	expect(finish()).toEqual(numbered(12));
});

test('soft wraps are joined at every width and trailing blanks are cut', () => {
	const text = 'The quick brown fox jumps over the lazy dog, 日本語も大丈夫, again and again.';
	for (const cols of [2, 7, 20, 79, 200]) {
		const {write, finish} = open({cols});
		write(`${text}   \r\nnext\r\n${text}`);
		expect(finish()).toEqual([text, 'next', text]);
	}
});

test('a progress bar is its last form', () => {
	const {write, finish} = open();
	for (let i = 0; i <= 100; i += 10) write(`\rloading ${'#'.repeat(i / 10)} ${i} %`);
	write('\r\ndone\b\b\b\bDONE\r\nabc\x1b[2D\x1b[K!\r\n');
	expect(finish()).toEqual(['loading ########## 100 %', 'DONE', 'a!']);
});

test('a program that clears the screen loses no line, and none comes twice', () => {
	for (const clear of [
		'\x1b[2J\x1b[H',
		'\x1b[H\x1b[J',
		'\x1bc',
		'\x1b[2J\x1b[3J\x1b[H',
		'\x1b[H\x1b[2J\x1b[3J',
	]) {
		const {write, finish} = open();
		write(`first\r\nsecond${clear}third\r\n${clear}fourth`);
		expect(finish()).toEqual(['first', 'second', 'third', 'fourth']);
	}
});

test('the last lines are there after the screen was cleared', () => {
	const {screen, write} = open();
	write(`${numbered(40).join('\r\n')}\r\n\x1b[2J\x1b[H`);
	expect(screen.lastLines(3)).toEqual(numbered(40).slice(-3));
	write('new');
	expect(screen.lastLines(2)).toEqual(['line 40', 'new']);
});

test('a full-screen stretch is one line in its place', () => {
	const {write, pass, finish, screen} = open({programName: () => 'vim'});
	write('$ vim x\r\n\x1b[?1049h\x1b[Hediting\x1b[2;1Hmore');
	expect(screen.isAlternateScreen).toBe(true);
	expect(screen.lastLines(3)).toEqual(['editing', 'more']);
	pass(12_000);
	write('\x1b[?1049l$ ls\r\n');
	expect(screen.isAlternateScreen).toBe(false);
	expect(finish()).toEqual(['$ vim x', '[vim, 12 s]', '$ ls']);
});

test('resizing neither repeats nor loses a line', () => {
	const {screen, write, finish} = open({cols: 60, rows: 12});
	const text = numbered(200, 'a line that is long enough to be wrapped at some of the widths');
	let at = 0;
	for (const [cols, rows] of [
		[20, 12],
		[100, 30],
		[10, 5],
		[61, 40],
		[7, 3],
		[60, 12],
	] as const) {
		write(`${text.slice(at, at + 30).join('\r\n')}\r\n`);
		at += 30;
		screen.resize(cols, rows);
	}
	write(text.slice(at).join('\r\n'));
	expect(finish()).toEqual(text);
});

// The emulator's own wraps some of them anew as others of the same line.
test('characters of several code points stay what they are when their line is wrapped anew', () => {
	const letters = 'abcdefghijklmnopqrstuvwxyz'.repeat(2);
	const text = Array.from(letters, (letter, index) => (index % 3 === 0 ? `${letter}\u0301` : letter)).join(
		'',
	);
	const {screen, write, finish} = open({cols: 12, rows: 12});
	write(`${text}\r\nnext`);
	for (const cols of [9, 7, 20, 5, 33, 8, 12]) {
		screen.resize(cols, 12);
		expect(screen.liveLines(), `at ${cols} columns`).toEqual([text, 'next']);
	}
	expect(finish()).toEqual([text, 'next']);
});

test('a character of several code points moves on with its row after it came there from another', () => {
	const {screen, write, grid} = open({cols: 12});
	write(`twelve cellse\u0301\r\nnext`);
	screen.resize(20, 10);
	write('\x1b[H\x1b[@');
	expect(grid()[0]).toBe(' twelve cellse\u0301');
});

test('a full-screen program whose screen changes its size gives the cursor back where it was', () => {
	const text = numbered(400, 'a line that is wrapped anew when the screen becomes narrower');
	for (const [cols, rows] of [
		[40, 12],
		[40, 30],
		[90, 30],
		[50, 5],
	] as const) {
		const {screen, write, finish} = open({cols: 80, rows: 12, programName: () => 'vim'});
		// Plain lines would not all go through the scrollback.
		write(`${text.join('\x1b[m\r\n')}\r\n\x1b[?1049h`);
		screen.resize(cols, rows);
		write('\x1b[2J\x1b[Hfull screen\x1b[?1049l');
		expect(screen.cursor()).toMatchObject({row: Math.min(rows - 1, 11), column: 0});
		write('after\r\nthat');
		expect(finish(), `at ${cols}x${rows}`).toEqual([...text, '[vim, 0 s]', 'after', 'that']);
	}
});

test.each([
	['goes on', ' and more'],
	['ends', ''],
	['goes on by one column', '!'],
])('a line that is being printed when the screen becomes narrower is whole: it %s', (_, rest) => {
	const text = 'compiling a file with a long name: src/components/terminal.tsx';
	for (const cols of [100, 40]) {
		const {screen, write, finish} = open({cols, rows: 12});
		write(`before\r\n${text}`);
		screen.resize(30, 12);
		expect(screen.liveLines().at(-1)).toBe(text);
		screen.resize(20, 12);
		screen.resize(50, 12);
		write(`${rest}\r\nafter`);
		expect(finish()).toEqual(['before', text + rest, 'after']);
	}
});

const bar = 'downloading a file with a long name 50 %';
test.each([
	['goes on with words that it began with', ['1 12 '.repeat(8)], '12 é', `${'1 12 '.repeat(8)}12 é`],
	['goes on in colours', [bar], ' \x1b[32mok\x1b[m\x1b[K, \x1b[1mdone\x1b[m\x1b[K', `${bar} ok, done`],
	['goes back by a few characters', [bar], '\b\b\b\b60 %', bar.replace('50', '60')],
	['goes back by a sequence, and erases', [bar], '\x1b[4D\x1b[Kdone', bar.replace('50 %', 'done')],
	['turns a wheel at its end', [`${bar} |`], '\b/\b-\b\\\b \b. done', `${bar} . done`],
	['goes on with a wheel', [`${bar} |\b`], '/\b-\b\\\b. done', `${bar} . done`],
	[
		'goes back over wide characters',
		['名前の長いファイルをコンパイルしています日本'],
		'\b\b語!',
		'名前の長いファイルをコンパイルしています日語!',
	],
	['goes on within a character', [`${bar} e`], '\u0301 and more', `${bar} e\u0301 and more`],
	[
		'goes on with half of a pair',
		[`${bar} \u{1f469}`],
		'\u200d\u{1f467}!',
		`${bar} \u{1f469}\u200d\u{1f467}!`,
	],
	['begins anew without a word', [bar], '\r', bar],
	['is drawn over by the same', [bar, '\r'], bar.replace('50', '60'), bar.replace('50', '60')],
	['is drawn over in part', [bar], '\rDown', bar.replace('down', 'Down')],
	['is drawn over in the middle', [bar, '\r', '\x1b[11C'], 'THE', bar.replace(' a ', 'THE')],
	['is erased', [bar], '\x1b[2K\rdone', 'done'],
	['is erased before it is drawn', [bar], '\r\x1b[Kdone', 'done'],
	['is erased with all below it', [bar], '\r\x1b[Jdone', 'done'],
	['is drawn by repeats', [bar], '\r=\x1b[3b', `====${bar.slice(4)}`],
	['is drawn by repeats of a wide character', [bar], '\r世\x1b[3b', `世世世世${bar.slice(8)}`],
	['loses a few characters', [bar, '\r'], '\x1b[4X', `    ${bar.slice(4)}`],
])('a line that was cut when the screen became narrower: it %s', (_, begin, rest, expected) => {
	for (const sizes of [[20], [13, 9, 20], [31, 30, 17]]) {
		const {screen, write, finish} = open({cols: 80, rows: 12});
		write(`before\r\n${begin.join('')}`);
		for (const cols of sizes) screen.resize(cols, 12);
		write(rest);
		screen.resize(80, 12);
		write('\r\nafter');
		expect(finish(), `at ${sizes} columns`).toEqual(['before', expected, 'after']);
	}
});

test('a line that a program draws again on a narrower screen is its last form', () => {
	const text = '$ a command that is longer than the screen will be';
	const {screen, write, finish} = open({cols: 80, rows: 12});
	write(text);
	screen.resize(30, 12);
	write(`\r\x1b[K${text} --all\r\n50 % of a bar for 30`);
	screen.resize(15, 12);
	write('\r\x1b[Kdone\r\n');
	expect(finish()).toEqual([`${text} --all`, 'done']);
});

test('all chunkings give the same grid and the same lines', () => {
	const recorded = [
		Buffer.from(`${numbered(300).join('\r\n')}\r\nwide 日本語 👩‍👩‍👧 é ${'x'.repeat(500)}\r\n`),
		execFileSync('git', ['-c', 'color.ui=always', 'log', '-p', '--stat', '-3'], {
			maxBuffer: 1 << 26,
		}).subarray(0, 200_000),
		Buffer.from([0x61, 0xff, 0xfe, 0xc3, 0x28, 0xf0, 0x9f, 0x98, 0x80, 0xe2, 0x82, 0x0d, 0x0a]),
	];
	for (const bytes of recorded) {
		const results = [1, 7, 4096, 1 << 20].map(chunk => {
			const {screen, write, finish, grid} = open({isPipe: true});
			write(bytes, chunk);
			return {lines: [...finish()], grid: grid(), cursor: screen.snapshot().cursor};
		});
		for (const result of results) expect(result).toEqual(results[0]);
	}
});

test('a character in two writes stays whole, though the bytes of the first are others by then', () => {
	const {screen, write, grid} = open();
	const first = Buffer.from('日本').subarray(0, 4);
	screen.write(first, () => first.fill('x'));
	write(Buffer.from('本').subarray(1));
	expect(grid()[0]).toContain('日本');
});

test('invalid bytes become U+FFFD, whole characters stay whole', () => {
	const {write, finish} = open();
	write(Uint8Array.of(0x61, 0xff, 0xfe, 0x62, 0xc3, 0x28, 0xe2, 0x82));
	write(Uint8Array.of(0xac, 0x0d, 0x0a));
	expect(finish()).toEqual(['a\ufffd\ufffdb\ufffd(€']);
});

test('erasing upwards from the last cell of a fresh screen is no failure', () => {
	const {write, grid} = open();
	write('gone\x1b[10;40H\x1b[1JOK');
	expect(grid().at(-1)).toBe('K');
	expect(grid().slice(0, -2).join('')).toBe('');
});

test('a line of wide characters that was cut at an odd width may be wrapped anew', () => {
	const {screen, write, grid} = open({cols: 38});
	write(`${'日'.repeat(32)}x`);
	screen.resize(23, 10);
	write('\r\n\n');
	screen.resize(24, 10);
	write('OK');
	expect(grid()).toContain('OK');
});

const fill = (unit: string | Buffer) => {
	const bytes = Buffer.from(unit);
	return Buffer.concat(Array.from({length: Math.ceil(65_536 / bytes.length)}, () => bytes)).subarray(
		0,
		65_536,
	);
};

test.each([
	['ESC c', '\x1bc'],
	['screen flips', '\x1b[?1049h\x1b[?1049l'],
	['scrolls', '\x1b[65535S'],
	['repeats', 'a\x1b[2147483647b'],
	['inserted lines', '\x1b[2147483647L'],
	['deleted lines', '\x1b[2147483647M'],
	['scrolls down', '\x1b[2147483647T'],
	['back tabs', '\x1b[2147483647Z'],
	['tabs', '\x1b[2147483647I'],
	['combining marks', '\u0301'],
	['clears', '\x1b[H\x1b[2J'],
	['clears of the rest', '\x1b[H\x1b[J'],
	['unterminated OSC', '\x1b]0;xxxxxxxxxxxxxxxx'],
	['unterminated DCS', '\x1bPq'],
	['screen fills', '\x1b#8'],
	['line feeds', '\n'],
	['joined emoji', '👩\u200d'],
])('64 kB of %s are parsed soon, and what follows is shown', (_, unit) => {
	const {screen, write, grid} = open({cols: 120, rows: 40});
	write('warm up\r\n');
	const before = process.threadCpuUsage();
	const whole = Buffer.concat([fill(unit), Buffer.from('\x1b\\\x1b[?1049l\x1b[H\x1b[2JOK')]);
	screen.write(whole, () => {});
	screen.finish();
	const {user, system} = process.threadCpuUsage(before);
	expect(grid()[0]).toBe('OK');
	// The figure is 50 ms; ten times that is the deadline on a loaded machine.
	expect((user + system) / 1_000).toBeLessThan(500);
});

test('a program gets the answers that a terminal gives, and no byte of its own', () => {
	const {write, replies} = open();
	write('\x1b[c\x1b[6n\x1b[?2026$p\x1b[?4242$p\x1bP$qm;id\n\x1b\\\x1b]10;?\x07\x1b[21t');
	expect(replies).toEqual(['\x1b[?1;2c', '\x1b[1;1R', '\x1b[?2026;2$y', '\x1bP0$r\x1b\\'].slice(0, 3));
});

test('a snapshot has runs of styled text without control characters', () => {
	const {screen, write} = open({cols: 20, rows: 3});
	write(
		'a\x1b[1;31mred\x1b[0m 日本\x1b[7m \x1b[0m  \r\n\x1b[38;2;1;2;3mx\x1b[48;5;17my\x1b]0;a \x1b]2;ti\u202etle\x07',
	);
	const {lines, cursor, title} = screen.snapshot();
	expect(lines).toEqual([
		[
			{text: 'a', style: {}},
			{text: 'red', style: {fg: 1, bold: true}},
			{text: ' 日本', style: {}},
			{text: ' ', style: {inverse: true}},
		],
		[
			{text: 'x', style: {fg: '#010203'}},
			{text: 'y', style: {fg: '#010203', bg: 17}},
		],
		[],
	]);
	expect(cursor).toEqual({row: 1, column: 2, isVisible: true});
	expect(title).toBe('title');
});
