// Finding a terminal by a few letters, its screen before the eyes.
import {stripVTControlCharacters} from 'node:util';
import {afterEach, expect, test} from 'vitest';
import {openWindow, snapshotOf, terminal, type Window} from '../support/window.js';

const open: Window[] = [];
const show = async (options: Parameters<typeof openWindow>[0] = {}): Promise<Window> => {
	const window = await openWindow(options);
	open.push(window);
	return window;
};
afterEach(() => {
	for (const window of open.splice(0)) window.unmount();
});

const terminals = [terminal(1, 'dev'), terminal(2, 'tests', {cmd: 'npm test -- --watch'}), terminal(3, 'db')];
const snapshot = snapshotOf(3, ['ready to accept connections']);
const textOf = async (window: Window) => (await window.lines()).join('\n');

for (const size of [
	{columns: 40, rows: 12},
	{columns: 80, rows: 24},
	{columns: 120, rows: 40},
	{columns: 200, rows: 60},
]) {
	test(`letters find one, Enter goes there, and nothing is resized, at ${size.columns}x${size.rows}`, async () => {
		const window = await show({...size, state: {terminals}, snapshot});
		await window.press('ctrl+o');
		expect(await textOf(window)).toContain('3 of 3');
		await window.type('wat');
		expect(await textOf(window)).toMatch(/▸ tests/);
		expect(await textOf(window)).not.toMatch(/▸? db/);
		if (size.rows > 12) expect(await textOf(window)).toContain('ready to accept connections');
		expect(window.frames.at(-1)?.split('\n')).toHaveLength(size.rows);
		const before = window.frames.length;
		await window.press('enter');
		const frames = window.frames.slice(before).map(frame => stripVTControlCharacters(frame));
		for (const frame of frames) expect(frame).toMatch(/go to a terminal|─ 2 tests/);
		expect(window.frames.at(-1)).toContain('ready to accept connections');
		expect(window.store.get().ui).toMatchObject({overlay: undefined, openTerminal: 2});
		expect(await textOf(window)).toContain('ready to accept connections');
		expect(window.calls.map(([name]) => name)).toEqual(['openOverlay', 'openTerminal', 'closeOverlay']);
	});
}

test('without letters the first that is not open is meant; arrows select, Esc stays where one was', async () => {
	const window = await show({state: {terminals}, events: [{type: 'terminal.opened', terminalId: 1}]});
	await window.press('ctrl+o');
	expect(await textOf(window)).toMatch(/▸ tests/);
	await window.press('down');
	expect(await textOf(window)).toMatch(/▸ db/);
	await window.press('home');
	expect(await textOf(window)).toMatch(/▸ dev/);
	await window.press('end');
	expect(await textOf(window)).not.toMatch(/▸ dev/);
	await window.press('escape');
	expect(window.store.get().ui).toMatchObject({overlay: undefined, openTerminal: 1});
	expect(window.isWatched()).toBe(true);
});

test('from inside it gives the terminal back first: keys are tandem’s', async () => {
	const window = await show({state: {terminals}, events: [{type: 'terminal.entered', terminalId: 1}]});
	await window.press('ctrl+]', 'o');
	expect(window.callsOf('giveBack')).toHaveLength(1);
	await window.type('db');
	await window.press('enter');
	expect(window.store.get().ui).toMatchObject({openTerminal: 3, inside: undefined});
});
