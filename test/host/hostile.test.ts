// Output that no friendly program makes: it costs little, throws nothing, is the same in all chunks, and asks in
// vain for words of its own.
import {expect, test} from 'vitest';
import {createScreen} from '../../src/host/screen.js';
import {cpuMs} from '../support/cpu.js';
import {costOf, describeMix, makeMix} from '../support/hostile-mixes.js';
import {makeOutput, makeSequence} from '../support/hostile-output.js';
import {createRandom, pick} from '../support/random.js';

const open = (cols = 120, rows = 40) => {
	const lines: string[] = [];
	const replies: string[] = [];
	const screen = createScreen({
		cols,
		rows,
		isPipe: false,
		onLine(text) {
			if (lines.length < 10_000) lines.push(text);
		},
		onReply: bytes => replies.push(Buffer.from(bytes).toString('latin1')),
		now: () => 0,
	});
	const play = (bytes: Uint8Array, chunk = 65_536) => {
		for (let at = 0; at < bytes.length; at += chunk) screen.write(bytes.subarray(at, at + chunk), () => {});
		screen.finish();
	};
	return {screen, play, lines, replies};
};

// In parts, each of which has its own time.
test.each([1, 31, 61, 91, 121])(
	'random output throws nothing, shows the same and leaves the same lines in all chunks (from seed %i)',
	first => {
		for (let seed = first; seed < first + 30; seed++) {
			const random = createRandom(seed);
			const [cols, rows] = [2 + random(150), 1 + random(50)];
			const output = makeOutput(random, 400);
			const seen = [1, 7, 4_096, 65_536].map(chunk => {
				const {screen, play, lines} = open(cols, rows);
				play(output, chunk);
				const shown = {...screen.snapshot(), revision: 0, modes: screen.modes()};
				// Whether anybody could see a stretch on the other screen is a matter of time, not of the bytes.
				const log = lines.filter(line => line !== '[full screen, 0 s]');
				screen.dispose();
				return {...shown, log};
			});
			for (const shown of seen) expect(shown, `seed ${seed}`).toEqual(seen[0]);
		}
	},
);

test('a log line is the same, wherever its bytes are cut', () => {
	const joiner = Buffer.from('👩\u200d');
	const wide = Buffer.from('\x1b[2;41H\v\x1b[3;J');
	const scrolled = Buffer.from('\x1b[18;1Hx\x1b[35r\n\x1b[9;S');
	for (const output of [joiner, wide, scrolled]) {
		const whole = open(41, 18);
		whole.play(output);
		const apart = open(41, 18);
		apart.play(output, 1);
		expect(whole.lines).toEqual(apart.lines);
	}
	// A slice's end falls on each of its bytes in turn.
	for (let pad = 4_080; pad <= 4_096; pad++) {
		const {play, lines} = open();
		play(Buffer.concat([Buffer.from('\r\x1b[m'.repeat(1_000)), Buffer.alloc(pad - 4_000, '\r'), joiner]));
		expect(lines, `${pad} bytes before`).toEqual(['👩\u200d']);
	}
});

/** Alone and between text, line ends and moves, as it costs most. */
const mixes: ((sequence: string) => string)[] = [
	sequence => sequence,
	sequence => `x${sequence}`,
	sequence => `x\n${sequence}`,
	sequence => `x${sequence}\x1b[H`,
	sequence => `\x1b[999;999H${sequence}x`,
	sequence => `${sequence}\x1b[2;9r`,
	sequence => `x${sequence}\x1b[?47hy\x1b[?47l`,
];
const portion = 8_192;
// 64 kB are to take 50 ms; ten times that is the deadline on a loaded machine.
const deadlineMs = (500 * portion) / 65_536;

const repeat = (unit: string) => {
	const bytes = Buffer.from(unit);
	return Buffer.concat(Array.from({length: Math.ceil(portion / bytes.length)}, () => bytes)).subarray(
		0,
		portion,
	);
};

const makeUnits = (): string[] => {
	const random = createRandom(7);
	return [
		...[
			'x',
			'word\r\n',
			'日',
			'\u0301',
			'👩\u200d',
			'🇩',
			'\ufe0f',
			'\u1100\u1161',
			'\t',
			'\b',
			'\x1b]0;t\x07',
			'\x1b]0;',
			'\x1b]133;C\x07',
		],
		...[
			'\x1bPq',
			'\x1b_',
			'\x1bP$qm\x1b\\',
			'\x1b[c',
			'\x1b[6n',
			'\x1bH',
			'\x1b[g',
			'\x1b[?1049h',
			'\x1b[?1049l',
			'\x1bc',
		],
		...[...'@ABCDEFGHIJKLMPSTXZ`abdefg'].flatMap(final =>
			['', '2', '40', '2147483647'].map(count => `\x1b[${count}${final}`),
		),
		...Array.from({length: 80}, () => makeSequence(random)),
		...Array.from(
			{length: 80},
			() => `${pick(random, ['', 'x', '\n'])}${makeSequence(random)}${makeSequence(random)}`,
		),
	];
};

test.each(mixes)('64 kB of anything are parsed soon: %s', mix => {
	for (const unit of makeUnits()) {
		const output = repeat(mix(unit));
		const {screen, play} = open();
		const ms = cpuMs(() => play(output));
		const told = JSON.stringify(mix(unit));
		expect(ms, told).toBeLessThan(deadlineMs);
		screen.dispose();
	}
});

test.each([
	{cols: 80, rows: 24},
	{cols: 500, rows: 200},
])('64 kB of any mix are parsed soon at $cols x $rows', size => {
	const random = createRandom(3);
	for (let count = 0; count < 60; count++) {
		const mix = makeMix(random, size);
		expect(costOf(mix, size, portion), describeMix(mix)).toBeLessThan(deadlineMs);
	}
});

test('scrolling an empty screen away makes no lines', () => {
	const {play, lines} = open();
	play(Buffer.from('x\x1b[40S\x1b[H'.repeat(100)));
	expect(lines).toEqual(Array.from({length: 100}, () => 'x'));
});

test('a storm of questions gets a bounded number of answers, none with a word of the asker', () => {
	const questions = [
		'\x1b[6n',
		'\x1b[c',
		'\x1b[>c',
		'\x1b[5n',
		'\x1b[?6n',
		'\x1bP$q;id\n\x1b\\',
		'\x1bP+q6964\x1b\\',
	];
	questions.push(
		'\x1b[4242$p',
		'\x1b[?4242$p',
		'\x1b]0;id\n\x07\x1b[21t',
		'\x1b]4;1;?\x07',
		'\x1b]52;c;?\x07',
		'\x1b[18t',
		'\x05',
	);
	const {play, replies} = open();
	play(Buffer.from(questions.join('').repeat(10_000)));
	expect(replies.length).toBeGreaterThan(10);
	expect(replies.join('').length).toBeLessThan(65_536);
	for (const reply of replies) {
		expect(reply).not.toMatch(/id|4242|[\r\n]/);
		expect(reply).toMatch(/^\x1b(?:\[[?>]?[\d;]*(?:\$y|[cnR])|P[01]\$r[\d; q"mr]*\x1b\\)$/);
	}
});
