// tmux as a second opinion: bytes go to a pane of a server of its own, its grid comes back.
import {execFile} from 'node:child_process';
import {constants, mkdtempSync, openSync, rmSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ReadStream} from 'node:tty';
import {promisify} from 'node:util';

const run = promisify(execFile);

export type Frame = {rows: string[]; cursor: {row: number; column: number}; isAlternate: boolean};

export const openTmuxScreen = async ({cols, rows}: {cols: number; rows: number}) => {
	const folder = mkdtempSync(join(tmpdir(), 'tandem-tmux-'));
	const env = {PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TMUX_TMPDIR: folder, TERM: 'xterm-256color'};
	const tmux = async (...args: string[]) =>
		(await run('tmux', ['-L', 'oracle', '-f', '/dev/null', ...args], {env})).stdout;
	await tmux(
		'new-session',
		'-d',
		'-x',
		`${cols}`,
		'-y',
		`${rows}`,
		'stty raw -echo; echo ready; exec sleep 600',
		';',
		'set',
		'-g',
		'status',
		'off',
		';',
		'resize-window',
		'-x',
		`${cols}`,
		'-y',
		`${rows}`,
	);
	while (!(await tmux('capture-pane', '-p')).startsWith('ready')) await new Promise(setImmediate);
	const device = (await tmux('display', '-p', '#{pane_tty}')).trim();
	const writer = openSync(device, constants.O_WRONLY | constants.O_NOCTTY);
	const reader = new ReadStream(
		openSync(device, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK),
	);
	let answers = '';
	let look = () => {};
	reader.on('data', (bytes: Buffer) => {
		answers += bytes.toString('latin1');
		look();
	});
	/** A status request is answered when all before it is on the screen. */
	const settle = () =>
		new Promise<void>(done => {
			answers = '';
			look = () => {
				if (answers.endsWith('\x1b[0n')) done();
			};
			writeSync(writer, '\x1b[5n');
		});
	await settle();
	return {
		async write(bytes: Uint8Array) {
			for (let at = 0; at < bytes.length; ) at += writeSync(writer, bytes, at);
			await settle();
		},
		/** As after a start. */
		async reset() {
			writeSync(writer, '\x18\x1b[?1049l\x1bc');
			await settle();
		},
		async frame(): Promise<Frame> {
			const told = await tmux(
				'display',
				'-p',
				'#{cursor_y} #{cursor_x} #{alternate_on}',
				';',
				'capture-pane',
				'-p',
			);
			const [state = '', ...lines] = told.split('\n');
			const [row = 0, column = 0, alternate = 0] = state.split(' ').map(Number);
			return {
				rows: lines.slice(0, rows).map(line => line.trimEnd()),
				// It stands behind the last column before a wrap.
				cursor: {row, column: Math.min(column, cols - 1)},
				isAlternate: alternate === 1,
			};
		},
		async close() {
			reader.destroy();
			await tmux('kill-server');
			rmSync(folder, {recursive: true, force: true});
		},
	};
};
