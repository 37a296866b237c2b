// `/logs`, the question in the last row, and the keys of a selected terminal.
import {afterEach, expect, test} from 'vitest';
import {openWindow, terminal, type Window} from '../support/window.js';

const open: Window[] = [];
const show = async (options: Parameters<typeof openWindow>[0] = {}): Promise<Window> => {
	const window = await openWindow(options);
	open.push(window);
	return window;
};
afterEach(() => {
	for (const window of open.splice(0)) window.unmount();
});

const lines = Array.from({length: 100}, (_, index) =>
	index % 20 === 4 ? `Error number ${index + 1}` : `line ${index + 1}`,
);
const dev = terminal(1, 'dev', {lineCount: 100});

const openLog = async (log = lines, query = '') => {
	const window = await show({state: {terminals: [dev]}, log});
	window.emit({type: 'log.opened', terminalId: 1, query});
	await window.waitFor(/log of dev/);
	return window;
};

test('a log begins at its end and goes up by pages, rows and to its start', async () => {
	const window = await openLog();
	await window.waitFor(/lines 83–100 of 100, the end/);
	await window.press('pageup');
	await window.waitFor(/lines 67–84 of 100/);
	await window.press('up');
	await window.waitFor(/lines 66–83 of 100/);
	await window.wheel('wheel-down');
	await window.waitFor(/lines 69–86 of 100/);
	await window.press('g');
	await window.waitFor(/ {3}1 {2}line 1\n/);
	await window.press('G');
	await window.waitFor(/100 {2}line 100/);
});

test('it follows its end while output arrives, and stays where it was scrolled to', async () => {
	const log = [...lines];
	const window = await openLog(log);
	await window.waitFor(/lines 83–100 of 100, the end/);
	log.push('one more');
	window.emit({type: 'terminal.changed', terminal: {...dev, lineCount: 101, revision: 2}});
	await window.waitFor(/101 {2}one more/);
	await window.press('pageup');
	await window.waitFor(/lines 68–85 of 101/);
	log.push('and more');
	window.emit({type: 'terminal.changed', terminal: {...dev, lineCount: 102, revision: 3}});
	await window.waitFor(/lines 68–85 of 102/);
	await window.press('pagedown', 'pagedown');
	await window.waitFor(/102 {2}and more/);
});

test('a search finds the newest match first, then earlier and later ones, and says when there is none', async () => {
	const window = await openLog();
	await window.press('/');
	await window.type('error');
	expect((await window.lines()).at(-1)).toBe(' search: error');
	await window.press('enter');
	await window.waitFor('▸ 85  Error number 85');
	await window.press('N');
	await window.waitFor('▸ 65  Error number 65');
	await window.press('n');
	await window.waitFor('▸ 85  Error number 85');
	await window.press('n');
	await window.waitFor('no later match for error');
});

test('a capital in a search is meant', async () => {
	const window = await openLog(lines, 'LINE');
	await window.waitFor('no earlier match for LINE');
});

test('what a program printed breaks no row of its log', async () => {
	const window = await openLog(['a\u001b[2Jb\u202Ec', `${'很长'.repeat(200)}`, 'tab\tbed']);
	const text = await window.waitFor('a^[[2Jb<U+202E>c');
	expect(text).toContain('tab    bed');
	for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('the keys of a selected terminal are the same in the panel and in /ps', async () => {
	for (const place of ['panel', 'ps']) {
		const window = await show({state: {terminals: [dev]}});
		if (place === 'ps') window.emit({type: 'overlay.opened', overlay: 'ps'});
		else await window.press('ctrl+t');
		await window.lines();
		await window.press('s', 'r', 'y');
		expect(window.callsOf('stopTerminals')).toEqual([[[1]]]);
		expect(window.callsOf('restartTerminal')).toEqual([[1]]);
		expect(window.callsOf('copyOutput')).toEqual([[1]]);
		await window.press('n');
		await window.type('api x');
		await window.press('backspace', 'backspace');
		expect((await window.lines()).at(-1)).toBe(' rename dev to: api');
		await window.press('enter');
		expect(window.callsOf('renameTerminal')).toEqual([[1, 'api']]);
		await window.press('/');
		await window.paste('ready\nrm -rf');
		await window.press('enter');
		expect(window.callsOf('openLog')).toEqual([[1, 'ready']]);
	}
});

test('Esc drops a question and nothing else', async () => {
	const window = await show({state: {terminals: [dev]}});
	await window.press('ctrl+t', 'n', 'x', 'escape');
	expect(window.callsOf('renameTerminal')).toEqual([]);
	expect(window.store.get().ui.isPanelFocused).toBe(true);
});

test('/status says where things are and what commands do not get', async () => {
	const window = await show({rows: 40, columns: 120});
	window.emit({type: 'overlay.opened', overlay: 'status'});
	const text = await window.waitFor('OPENAI_API_KEY');
	expect(text).toMatch(/settings +\/home\/ada\/\.config\/tandem\/config\.toml/);
	expect(text).toMatch(/saved in +\/home\/ada\/.*s1\.jsonl/);
	expect(text).toMatch(/folder +\/home\/ada\/my-app\/web/);
});

test('/approvals opens on the mode there is and sets the chosen one', async () => {
	const window = await show();
	window.emit({type: 'overlay.opened', overlay: 'approvals'});
	await window.waitFor(/▸ ask .*, now/);
	await window.press('down', 'enter');
	expect(window.callsOf('setMode')).toHaveLength(1);
	expect(window.store.get().ui.overlay).toBeUndefined();
});
