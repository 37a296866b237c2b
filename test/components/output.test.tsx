// The window on the real way out: Ink's frames through the cell diff, into an emulator.
import {Writable} from 'node:stream';
import xterm from '@xterm/headless';
import {render} from 'ink';
import {expect, test} from 'vitest';
import {commands} from '../../commands/index.js';
import {App} from '../../components/App.js';
import type {InputEvent} from '../../components/key-router.js';
import type {Actions} from '../../src/actions.js';
import {initialState} from '../../src/state.js';
import {createStore} from '../../src/store.js';
import {withCaret} from '../../src/tty/cells.js';
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
	let press: (event: InputEvent) => void = () => {};
	const instance = render(
		<App
			store={store}
			// Nothing here acts.
			actions={{} as Actions}
			commands={commands}
			subscribeKeys={listener => {
				press = listener;
				return () => {};
			}}
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
	press({kind: 'key', name: 'h', ctrl: false, alt: false, shift: false, text: 'h'});
	await painted('› h');
	const before = writes.length;
	press({kind: 'key', name: 'ï', ctrl: false, alt: false, shift: false, text: 'ï'});
	await painted('› hï');
	expect(terminal.buffer.active).toMatchObject({cursorX: 5, cursorY: 38});
	expect(Buffer.byteLength(writes.slice(before).join(''))).toBeLessThan(300);
	instance.unmount();
	await output.stop();
	terminal.dispose();
});
