import {expect, test} from 'vitest';
import {createScreen} from '../../src/host/screen.js';
import {createRandom} from '../support/random.js';

// Random programs against the plainest model: what they printed, line by line.

const words = [
	'error',
	'ok',
	'GET /api',
	'日本語',
	'👍',
	'é',
	'a-much-longer-word-than-the-others',
	'12',
	'   x',
];

const firstDifference = (actual: string[], expected: string[]) => {
	const index = expected.findIndex((line, i) => line !== actual[i]);
	if (index < 0 && actual.length === expected.length) return undefined;
	const at = index < 0 ? expected.length : index;
	return {
		at,
		actual: actual.slice(Math.max(0, at - 1), at + 3),
		expected: expected.slice(Math.max(0, at - 1), at + 3),
	};
};

const runProgram = async (seed: number, canResize: boolean) => {
	const random = createRandom(seed);
	const lines: string[] = [];
	const expected: string[] = [];
	const isPipe = random(4) === 0;
	let time = 0;
	const screen = createScreen({
		cols: 5 + random(120),
		rows: 2 + random(40),
		isPipe,
		onLine: text => lines.push(text),
		onReply() {},
		programName: () => 'vim',
		now: () => {
			time += 2_000;
			return time;
		},
	});
	let output: string[] = [];
	const send = async () => {
		const bytes = Buffer.from(output.join(''));
		output = [];
		for (let at = 0; at < bytes.length; ) {
			const length = [1, 7, 300, 4_095, 65_536][random(5)] ?? 1;
			const part = bytes.subarray(at, at + length);
			at += length;
			if (canResize && random(20) === 0) {
				await new Promise<void>(resolve => screen.write(part, resolve));
				screen.resize(5 + random(200), 2 + random(50));
			} else screen.write(part, () => {});
		}
	};
	const end = isPipe ? '\n' : '\r\n';
	for (let step = 0; step < 60; step++) {
		const kind = random(8);
		const count = kind === 0 ? 2_000 : random(60);
		for (let i = 0; i < count; i++) {
			const text = Array.from(
				{length: random(random(10) === 0 ? 60 : 8)},
				() => words[random(words.length)],
			).join(' ');
			const line = `${expected.length} ${text}`.trimEnd();
			expected.push(line);
			if (kind === 1) output.push(`\x1b[3${random(8)}m${line}\x1b[0m${end}`);
			else if (kind === 2) output.push(`10 %\r20 %\r\x1b[K${line}${end}`);
			else output.push(`${line}${' '.repeat(random(3))}${end}`);
		}
		if (kind === 3) output.push('\x1b[2J\x1b[3J\x1b[H');
		if (kind === 4) output.push('\x1b[H\x1b[J');
		if (kind === 5) output.push('\x1bc');
		if (kind === 6) {
			output.push('\x1b[?1049h\x1b[2J\x1b[Hfull screen\r\n\r\nmore\x1b[?1049l');
			expected.push('[vim, 2 s]');
		}
		if (random(3) === 0) await send();
	}
	await send();
	screen.finish();
	screen.dispose();
	return firstDifference(lines, expected);
};

test('no line is lost and none comes twice, whatever the chunks and the size', async () => {
	for (let seed = 1; seed <= 25; seed++)
		expect({seed, difference: await runProgram(seed, false)}).toEqual({seed});
});

test('no line is lost and none comes twice while the size changes at any moment', async () => {
	// A line with wide characters above the cursor's is wrapped anew; the cursor's own is cut off, at times within
	// such a character, and what comes then begins as it did.
	const special = [184, 159, 177, 233, 327, 511, 570, 1456];
	for (const seed of [...Array.from({length: 25}, (_, index) => index + 1), ...special])
		expect({seed, difference: await runProgram(seed, true)}).toEqual({seed});
});

const finals = '@ABCDEFGHIJKLMPSTXZ`abcdefghlmnpqrstu';

test('any bytes are taken without a throw, and no control character comes out', () => {
	for (let seed = 1; seed <= 100; seed++) {
		const random = createRandom(seed);
		const texts: string[] = [];
		const screen = createScreen({
			cols: 2 + random(130),
			rows: 2 + random(50),
			isPipe: random(4) === 0,
			onLine: text => texts.push(text),
			onReply: bytes =>
				expect(Buffer.from(bytes).toString('latin1')).toMatch(/^\x1b[[P][\x20-\x7e]*(\x1b\\)?$/),
			onTitle: title => texts.push(title),
			now: () => 0,
		});
		for (let i = 0; i < 300; i++) {
			const numbers = Array.from(
				{length: random(4)},
				() => [random(5), 99_999, 25, 1049, 2004, 6][random(6)],
			);
			const parts = [
				() => Buffer.from([random(256), random(256), random(256)]),
				() =>
					Buffer.from(
						`\x1b[${['', '?', '>', '!'][random(4)]}${numbers.join(';')}${finals[random(finals.length)]}`,
					),
				() => Buffer.from(`\x1b${']P^_X'[random(5)]}${'2;x\x07y'.repeat(random(9))}`),
				() =>
					Buffer.from(
						String.fromCodePoint([0x300, 0x200d, 0x1f469, 0x3042, 0x202e][random(5)] ?? 0).repeat(random(30)),
					),
				() => Buffer.from(`text ${'\r\n'.repeat(random(4))}`),
				() => Buffer.from(`\x1b${'78DEMc=>HN()*+#%'[random(16)]}`),
			];
			screen.write(parts[random(parts.length)]?.() ?? Buffer.alloc(0), () => {});
			if (random(50) === 0) screen.resize(random(200), random(60));
		}
		const {lines, title, cursor} = screen.snapshot();
		screen.finish();
		screen.dispose();
		const shown = [...texts, title, ...lines.flat().map(({text}) => text)].join('');
		expect(shown).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
		expect(cursor.row).toBeGreaterThanOrEqual(0);
	}
});
