import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {spawn} from 'node-pty';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {encodeInput} from '../../src/host/keys.js';
import {createScreen} from '../../src/host/screen.js';

let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-programs-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

/** A real program in a real PTY before our screen. */
const run = (file: string, args: string[], programName?: string) => {
	const lines: string[] = [];
	const pty = spawn(file, args, {
		cols: 80,
		rows: 24,
		cwd: folder,
		encoding: null,
		env: {PATH: process.env.PATH ?? '', HOME: folder, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8'},
	});
	const screen = createScreen({
		cols: 80,
		rows: 24,
		isPipe: false,
		onLine: text => lines.push(text),
		onReply: bytes => pty.write(Buffer.from(bytes)),
		programName: () => programName,
		now: () => Date.now(),
	});
	const waiters = new Set<() => void>();
	pty.onData(data => {
		screen.write(Buffer.from(data), () => {
			for (const waiter of waiters) waiter();
		});
	});
	const ended = new Promise<void>(resolve => pty.onExit(() => resolve()));
	const rows = () => screen.snapshot().lines.map(runs => runs.map(({text}) => text).join(''));
	const until = (condition: () => boolean) =>
		new Promise<void>((resolve, reject) => {
			const check = () => {
				if (!condition()) return;
				clearTimeout(deadline);
				waiters.delete(check);
				resolve();
			};
			const deadline = setTimeout(() => reject(new Error(`Not seen:\n${rows().join('\n')}`)), 20_000);
			waiters.add(check);
			check();
		});
	const type = (chars: string, ...keys: string[]) => {
		const input = encodeInput({chars, keys}, screen.modes());
		if (input.kind === 'encoded') pty.write(Buffer.from(input.bytes));
	};
	return {screen, lines, rows, until, type, ended, kill: () => pty.kill('SIGKILL')};
};

test('vim is edited by named keys and leaves one line in the log', async () => {
	const file = join(folder, 'note.txt');
	writeFileSync(file, 'first\nlast\n');
	const {screen, lines, rows, until, type, ended} = run(
		'/bin/sh',
		['-c', 'echo before; vim -u NONE -n note.txt; sleep 0; echo after'],
		'vim',
	);
	await until(() => screen.isAlternateScreen && rows()[1] === 'last');
	type('', 'Down');
	await until(() => screen.cursor().row === 1);
	type('omore text', 'Esc');
	await until(() => rows()[2] === 'more text');
	expect(screen.liveLines()).toEqual([]);
	type(':wq', 'Enter');
	await ended;
	screen.finish();
	expect(readFileSync(file, 'utf8')).toBe('first\nlast\nmore text\n');
	expect(lines).toEqual(['before', expect.stringMatching(/^\[vim, \d+ s\]$/), 'after']);
});

test('less pages with PageDown and a search, and the shell behind it is as before', async () => {
	writeFileSync(join(folder, 'long.txt'), Array.from({length: 500}, (_, i) => `row ${i + 1}`).join('\n'));
	const {screen, lines, rows, until, type, ended} = run(
		'/bin/sh',
		['-c', 'less long.txt; echo done'],
		'less',
	);
	await until(() => rows()[22] === 'row 23');
	type('', 'PageDown');
	await until(() => rows()[0] === 'row 24');
	type('/row 400', 'Enter');
	await until(() => rows()[0] === 'row 400');
	type('q');
	await ended;
	screen.finish();
	expect(lines.at(-1)).toBe('done');
});

test('python: a prompt is a live line, its answer a log line', async () => {
	const {screen, lines, until, type, ended} = run('python3', ['-q', '-i', '-c', '']);
	await until(() => screen.cursor().isAfterText && screen.lastLines(1)[0]?.trim() === '>>>');
	type('print("\\n".join(str(i) for i in range(100)))', 'Enter');
	await until(() => screen.liveLines().at(-2) === '99' && screen.liveLines().at(-1)?.trim() === '>>>');
	type('', 'C-d');
	await ended;
	screen.finish();
	expect(lines.filter(line => /^\d+$/.test(line))).toEqual(Array.from({length: 100}, (_, i) => String(i)));
});

test('a progress that redraws several rows is its last form', async () => {
	writeFileSync(
		join(folder, 'progress.sh'),
		'i=0; while [ $i -lt 50 ]; do i=$((i+1)); printf "task a %d\\ntask b %d\\n\\033[2A" $i $i; done; printf "\\033[2B"; echo end\n',
	);
	const {screen, lines, ended} = run('/bin/sh', ['progress.sh']);
	await ended;
	screen.finish();
	expect(lines).toEqual(['task a 50', 'task b 50', 'end']);
});
