// What real programs printed looks on our screen as it does in tmux, at every moment of rest and however the
// bytes come. test/support/record-programs.ts made the recordings.
import {readdirSync, readFileSync} from 'node:fs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createScreen} from '../../src/host/screen.js';
import {type Frame, openTmuxScreen} from '../support/tmux-screen.js';

const folder = 'test/fixtures/streams';
const names = readdirSync(folder).flatMap(file => (file.endsWith('.bin') ? [file.slice(0, -4)] : []));

/** Frames that may differ, with the reason: `NAME MARK`. */
const known: Record<string, string> = {};

const readRecording = (name: string) => {
	const {cols, rows, marks} = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as {
		cols: number;
		rows: number;
		marks: number[];
	};
	const bytes = readFileSync(`${folder}/${name}.bin`);
	return {cols, rows, parts: marks.map((end, index) => bytes.subarray(marks[index - 1] ?? 0, end))};
};

/** The frames of our screen, one for each part. */
const playHere = async ({cols, rows, parts}: ReturnType<typeof readRecording>, chunk: number) => {
	const screen = createScreen({cols, rows, isPipe: false, onLine() {}, onReply() {}, now: () => 0});
	const frames: Frame[] = [];
	for (const part of parts) {
		for (let at = 0; at < part.length; at += chunk) screen.write(part.subarray(at, at + chunk), () => {});
		await new Promise<void>(parsed => screen.write(new Uint8Array(), parsed));
		const {lines, cursor, isAlternateScreen} = screen.snapshot();
		frames.push({
			rows: lines.map(runs =>
				runs
					.map(({text}) => text)
					.join('')
					.trimEnd(),
			),
			cursor: {row: cursor.row, column: cursor.column},
			isAlternate: isAlternateScreen,
		});
	}
	screen.dispose();
	return frames;
};

let tmux: Awaited<ReturnType<typeof openTmuxScreen>>;
beforeAll(async () => {
	tmux = await openTmuxScreen({cols: 80, rows: 24});
});
afterAll(() => tmux.close());

test('at most three frames may differ', () => {
	expect(Object.keys(known).length).toBeLessThanOrEqual(3);
	expect(names.length).toBeGreaterThan(6);
});

test.each(names)('%s looks as in tmux', async name => {
	const recording = readRecording(name);
	const here = await Promise.all([1, 7, 4_096].map(chunk => playHere(recording, chunk)));
	await tmux.reset();
	for (const [index, part] of recording.parts.entries()) {
		await tmux.write(part);
		const there = await tmux.frame();
		const label = `${name} ${index}`;
		for (const frames of here) {
			if (known[label]) expect(frames[index], `${label}: ${known[label]}`).not.toEqual(there);
			else expect(frames[index], label).toEqual(there);
		}
	}
});
