import {expect, test} from 'vitest';
import {createScreen} from '../../src/host/screen.js';

// Random programs against the plainest model: what they printed, line by line.

const createRandom = (seed: number) => {
	let state = seed >>> 0;
	return (limit: number) => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * limit);
	};
};

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
	const screen = createScreen({
		cols: 5 + random(120),
		rows: 2 + random(40),
		isPipe,
		onLine: text => lines.push(text),
		onReply() {},
		programName: () => 'vim',
		now: () => 0,
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
				// Narrower only between two lines: a line that is being printed is cut by the emulator.
				const isBetweenLines = part.at(-1) === 0x0a;
				const cols = (isBetweenLines ? 5 : screen.snapshot().cols) + random(100);
				screen.resize(Math.min(cols, 300), 2 + random(50));
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
			expected.push('[vim, 0 s]');
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
	for (let seed = 1; seed <= 25; seed++)
		expect({seed, difference: await runProgram(seed, true)}).toEqual({seed});
});
