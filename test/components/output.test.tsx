// The window between the real ways in and out: bytes of a terminal through the decoder, Ink's frames through
// the cell diff, into an emulator.
import {PassThrough, Writable} from 'node:stream';
import xterm from '@xterm/headless';
import {render} from 'ink';
import {expect, test} from 'vitest';
import {commands} from '../../commands/index.js';
import {App} from '../../components/App.js';
import type {Actions} from '../../src/actions.js';
import {initialState} from '../../src/state.js';
import {createStore} from '../../src/store.js';
import {withCaret} from '../../src/tty/cells.js';
import {createInput} from '../../src/tty/input.js';
import {createOutput} from '../../src/tty/output.js';
import {silentStdin} from '../support/screen.js';
import {terminal as terminalInfo} from '../support/window.js';

const openPainted = (env: Record<string, string> = {}) => {
	const terminal = new xterm.Terminal({cols: 120, rows: 40, allowProposedApi: true});
	const writes: string[] = [];
	let isWritten = () => {};
	const stdout = Object.assign(
		new Writable({
			decodeStrings: false,
			write(chunk: string, _encoding, callback) {
				writes.push(chunk);
				terminal.write(chunk, () => isWritten());
				callback();
			},
		}),
		{columns: 120, rows: 40},
	);
	const output = createOutput({
		stdout,
		env: {TERM: 'xterm-256color', ...env},
		mouse: false,
		onGone: () => {},
	});
	const store = createStore(initialState('/home/ada/my-app', 's1'));
	const stdin = new PassThrough();
	const input = createInput({stdin});
	const instance = render(
		<App
			store={store}
			// Nothing here acts.
			actions={{} as Actions}
			commands={commands}
			subscribeKeys={input.subscribe}
			caret={withCaret}
		/>,
		{
			stdout: output.frames as unknown as NodeJS.WriteStream,
			stdin: silentStdin(),
			debug: true,
			interactive: true,
			patchConsole: false,
			exitOnCtrlC: false,
		},
	);
	output.start();
	input.start();
	const close = async () => {
		instance.unmount();
		input.stop();
		await output.stop();
		terminal.dispose();
	};
	/** Resolves when the screen holds it. */
	const sees = (text: string) =>
		new Promise<void>(resolve => {
			isWritten = () => {
				const {active} = terminal.buffer;
				const rows = Array.from({length: 40}, (_, row) => active.getLine(row)?.translateToString(true));
				if (rows.join('\n').includes(text)) resolve();
			};
			isWritten();
		});
	/** Resolves when the cursor's row holds it. */
	const painted = (text: string) =>
		new Promise<void>(resolve => {
			isWritten = () => {
				const row =
					terminal.buffer.active.getLine(terminal.buffer.active.cursorY)?.translateToString(true) ?? '';
				if (row.includes(text)) resolve();
			};
			isWritten();
		});
	return {terminal, writes, store, stdin, sees, painted, close};
};

test('a typed key paints a few bytes, and the hardware cursor stands behind it', async () => {
	const {terminal, writes, stdin, painted, close} = openPainted();
	await painted('› ask');
	expect(terminal.buffer.active).toMatchObject({cursorX: 3, cursorY: 38});
	stdin.write('h');
	await painted('› h');
	const before = writes.length;
	stdin.write('ï');
	await painted('› hï');
	expect(terminal.buffer.active).toMatchObject({cursorX: 5, cursorY: 38});
	expect(Buffer.byteLength(writes.slice(before).join(''))).toBeLessThan(300);
	stdin.write('\u001b[D\u007f\u001b[200~pasted \u001b[201~');
	await painted('› pasted ï');
	await close();
});

const dev = (change: Parameters<typeof terminalInfo>[2] = {}) => ({
	type: 'terminal.changed' as const,
	terminal: terminalInfo(1, 'dev', {
		ports: [{port: 5173, pid: 7, url: 'http://localhost:5173'}],
		startedAt: Date.now(),
		...change,
	}),
});

test('terminals that change all the time are painted thirty times a second, and not at all when nothing shows', async () => {
	const {writes, store, sees, close} = openPainted();
	await sees('› ask');
	const before = writes.length;
	const startedAt = performance.now();
	for (let count = 1; performance.now() - startedAt < 1_000; count++) {
		for (let id = 1; id <= 16; id++)
			store.dispatch({...dev(), terminal: terminalInfo(id, `job-${id}`, {lastLines: [`line ${count}`]})});
		await new Promise(resolve => setImmediate(resolve));
	}
	await new Promise<void>(resolve => {
		const undo = store.subscribe(() => {
			undo();
			resolve();
		});
		store.dispatch(dev({lastLines: ['the last line']}));
	});
	await sees('the last line');
	const seconds = (performance.now() - startedAt) / 1_000;
	expect(writes.length - before).toBeLessThanOrEqual(Math.ceil(seconds * 30) + 1);
	expect(writes.length - before).toBeGreaterThan(3);

	const quiet = writes.length;
	for (let revision = 1; revision <= 200; revision++) {
		store.dispatch(dev({lastLines: ['the last line'], revision, lineCount: revision}), true);
	}
	expect(writes.length).toBe(quiet);
	await close();
});

test('a port is a link, where the terminal shows links', async () => {
	const {writes, store, sees, close} = openPainted({FORCE_HYPERLINK: '1'});
	store.dispatch(dev());
	await sees(':5173');
	const output = writes.join('');
	expect(output).toMatch(/\x1b\]8;id=\w+;http:\/\/localhost:5173\x1b\\:5173/);
	expect(output.lastIndexOf('\x1b]8;;\x1b\\')).toBeGreaterThan(output.lastIndexOf('localhost:5173'));
	await close();
});
