// The open terminal in the window: its first frame, what its frame says, and who keys belong to around its end.
import {afterEach, expect, test} from 'vitest';
import {openWindow, snapshotOf, terminal, type Window} from '../support/window.js';

const open: Window[] = [];
const show = async (options: Parameters<typeof openWindow>[0] = {}): Promise<Window> => {
	const window = await openWindow({state: {terminals: [dev, build]}, ...options});
	open.push(window);
	return window;
};
afterEach(() => {
	for (const window of open.splice(0)) window.unmount();
});

const dev = terminal(1, 'dev');
const build = terminal(2, 'build');

test('a terminal’s first frame is its screen: until it is there, what was shown stays', async () => {
	const window = await show({patienceMs: 60_000});
	const untouched = await window.text();
	await window.press('alt+1');
	expect(await window.text()).toContain('Ask for something');
	expect((await window.text()).split('\n')[1]).toBe(untouched.split('\n')[1]);
	window.show(snapshotOf(1, ['the screen of dev']));
	expect(await window.waitFor('the screen of dev')).toContain('─ 1 dev');

	await window.press('alt+2');
	expect(await window.text()).toContain('the screen of dev');
	const {length} = window.frames;
	window.show(snapshotOf(2, ['the screen of build']));
	expect(await window.waitFor('the screen of build')).toContain('─ 2 build');
	expect(window.frames.length - length).toBe(1);
});

test('inside a terminal whose screen is not there yet nobody seems to be inside of the one before', async () => {
	const window = await show({patienceMs: 60_000});
	await window.press('alt+1', 'enter');
	window.show(snapshotOf(1, ['the screen of dev']));
	await window.waitFor('you type');
	window.emit({type: 'terminal.entered', terminalId: 2});
	expect(await window.text()).toContain('the screen of dev');
	expect(await window.text()).not.toContain('you type');
	window.show(snapshotOf(2, ['the screen of build']));
	expect(await window.waitFor('the screen of build')).toContain('you type');
});

test('a screen that does not come is not waited for', async () => {
	const window = await show();
	await window.press('alt+1');
	await window.waitFor('─ 1 dev');
});

test('what a notice says is read in the frame that hides the transcript, until the person types on', async () => {
	const window = await show({snapshot: snapshotOf(1, ['the screen of dev'])});
	await window.press('alt+1');
	window.emit({type: 'notice.shown', text: 'Nothing was typed.', tone: 'warning'});
	expect((await window.lines())[1]).toContain('Nothing was typed.');
	await window.press('enter');
	expect((await window.lines())[1]).not.toContain('Nothing was typed.');
	window.emit({type: 'notice.shown', text: 'It takes no more.', tone: 'warning'});
	expect((await window.lines())[1]).toMatch(/you type .*It takes no more\./);
	await window.type('a');
	expect((await window.lines())[1]).not.toContain('It takes no more.');
});

test('beside the transcript the notice stands there', async () => {
	const window = await show({columns: 160, snapshot: snapshotOf(1, ['the screen of dev'])});
	await window.press('alt+1');
	window.emit({type: 'notice.shown', text: 'Nothing was typed.', tone: 'warning'});
	expect((await window.text()).split('Nothing was typed.')).toHaveLength(2);
});

test('keys typed on after the end reach nobody; Esc leaves once they have stopped', async () => {
	const window = await show({snapshot: snapshotOf(1, ['the screen of dev'])});
	await window.press('alt+1', 'enter');
	window.emit({type: 'terminal.displaced'});
	await window.type('rm -rf');
	await window.press('enter', 'escape');
	expect(window.store.get().ui.inside).toBe('displaced');
	expect(await window.text()).not.toContain('esc back');
	window.emit({type: 'terminal.settled'});
	expect(await window.text()).toMatch(/esc back [\s\S]*esc back here/);
	await window.press('escape');
	expect(window.store.get().ui.inside).toBeUndefined();
	expect(await window.text()).not.toContain('rm -rf');
	expect(window.callsOf('submit')).toEqual([]);
});

test('Ctrl+] then Esc leaves at any time', async () => {
	const window = await show({snapshot: snapshotOf(1, ['the screen of dev'])});
	await window.press('alt+1', 'enter');
	window.emit({type: 'terminal.displaced'});
	await window.press('ctrl+]', 'escape');
	expect(window.store.get().ui.inside).toBeUndefined();
});

test('what ended and left an empty screen has its last lines there', async () => {
	const htop = {kind: 'ended' as const, exit: {code: 0}, at: 0};
	const window = await show({
		state: {terminals: [terminal(1, 'htop', {state: htop, lastLines: ['[htop, 8 s]']})]},
	});
	await window.press('alt+1');
	window.show(snapshotOf(1, ['']));
	expect(await window.waitFor('─ 1 htop')).toMatch(/ended exit 0.*\n\[htop, 8 s\]/);
});
