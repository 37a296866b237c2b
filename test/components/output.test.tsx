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

test('a typed key paints a few bytes, and the hardware cursor stands behind it', async () => {
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
	const output = createOutput({stdout, env: {TERM: 'xterm-256color'}, mouse: false, onGone: () => {}});
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
	const painted = (text: string) =>
		new Promise<void>(resolve => {
			isWritten = () => {
				const row =
					terminal.buffer.active.getLine(terminal.buffer.active.cursorY)?.translateToString(true) ?? '';
				if (row.includes(text)) resolve();
			};
			isWritten();
		});
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
	instance.unmount();
	input.stop();
	await output.stop();
	terminal.dispose();
});
