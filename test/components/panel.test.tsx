// The panel's rows: ends that nobody has seen, secrets that are asked for, what processes use; hidden and back.
import {afterEach, expect, test} from 'vitest';
import {panelColumns, panelRow} from '../../components/panel-rows.js';
import {noon, openWindow, terminal, type Window} from '../support/window.js';

const open: Window[] = [];
const show = async (options: Parameters<typeof openWindow>[0] = {}): Promise<Window> => {
	const window = await openWindow(options);
	open.push(window);
	return window;
};
afterEach(() => {
	for (const window of open.splice(0)) window.unmount();
});

const dev = terminal(1, 'dev');
const build = terminal(2, 'build', {startedAt: noon - 60_000});
const ended = (code: number, change = {}) => ({
	type: 'terminal.changed' as const,
	terminal: {...build, state: {kind: 'ended' as const, exit: {code}, at: noon}, ...change},
});
const textOf = async (window: Window) => (await window.lines()).join('\n');

test('a terminal that ends while the person looks elsewhere is marked until they look', async () => {
	const window = await show({state: {terminals: [dev, build]}});
	window.emit(ended(1));
	expect(await textOf(window)).toMatch(/! 2 build/);
	expect(await textOf(window)).toContain('1 new');
	await window.press('alt+2');
	await window.press('escape');
	expect(await textOf(window)).not.toMatch(/! 2 build|1 new/);
});

test('a good end has another mark; one that was looked at, stopped or short has none', async () => {
	const window = await show({state: {terminals: [dev, build]}});
	window.emit(ended(0));
	expect(await textOf(window)).toMatch(/✓ 2 build/);
	for (const change of [{stoppedBy: 'user'}, {startedAt: noon - 500}]) {
		const other = await show({state: {terminals: [dev, build]}});
		other.emit(ended(1, change));
		expect(await textOf(other)).not.toMatch(/! 2 build/);
	}
	const looking = await show({state: {terminals: [dev, build]}});
	await looking.press('alt+2');
	looking.emit(ended(1));
	expect(looking.store.get().ui.unseen).toEqual([]);
});

test('the collapsed panel keeps the mark, and the status line when the panel is hidden', async () => {
	const window = await show({rows: 12, columns: 40, state: {terminals: [dev, build]}});
	window.emit(ended(1));
	expect(await textOf(window)).toContain('!2 build');
	await window.press('ctrl+t', 'h');
	expect(await textOf(window)).not.toContain('2 build');
	expect(await textOf(window)).toContain('1 ended');
	await window.press('ctrl+t');
	expect(await textOf(window)).toContain('!2 build');
});

test('d drops the selected terminal', async () => {
	const window = await show({state: {terminals: [dev, build]}});
	await window.press('ctrl+t', 'down', 'd');
	expect(window.callsOf('forgetTerminal')).toEqual([[2]]);
});

test('a secret that is asked for, and what a tree uses, stand in the row', async () => {
	const asking = terminal(1, 'login', {asksSecret: true, isWaitingForInput: true});
	const busy = terminal(2, 'dev', {usage: {cpu: 12, memory: 1_450}});
	const window = await show({columns: 120, state: {terminals: [asking, busy]}});
	expect(await textOf(window)).toMatch(/1 login.*asks for a secret/);
	expect(await textOf(window)).toMatch(/2 dev.* 12% 1\.4G/);
});

test('a program that asks, and goes on, moves no column', async () => {
	const idle = terminal(1, 'python', {lastLines: ['>>>']});
	const window = await show({state: {terminals: [idle]}});
	const columnOf = async () => (await window.lines()).find(line => line.includes('1 python'))?.indexOf('>>>');
	const column = await columnOf();
	window.emit({type: 'terminal.changed', terminal: {...idle, isWaitingForInput: true}});
	await window.waitFor('asks');
	expect(await columnOf()).toBe(column);
});

test('on the row of the open terminal Enter is said to go inside', async () => {
	const window = await show({state: {terminals: [dev, build]}});
	await window.press('ctrl+t');
	await window.waitFor('enter open');
	window.emit({type: 'terminal.opened', terminalId: dev.id});
	await window.waitFor('enter type in it · s stop');
});

test('a port is a link only to an address that hides nothing', () => {
	const row = (url: string) => {
		const served = terminal(1, 'dev', {ports: [{port: 80, pid: 1, url}]});
		const look = {isSelected: false, isOpen: false, isFocused: false, isUnseen: false, now: noon};
		return panelRow(served, 1, panelColumns([served], 80), look);
	};
	expect(row('http://localhost:80')).toContain('\u001b]8;;http://localhost:80\u001b\\:80\u001b]8;;\u001b\\');
	for (const url of ['http://a\u001b\\b', 'javascript:alert(1)', 'http://a\u202eb'])
		expect(row(url)).not.toContain(']8;;');
});

const many = Array.from({length: 64}, (_, index) =>
	terminal(index + 1, `job-${index + 1}`, {lastLines: [`line of ${index + 1}`]}),
);

test.each([
	{columns: 80, rows: 24},
	{columns: 120, rows: 40},
	{columns: 200, rows: 60},
])('64 terminals at $columns x $rows: a third of the screen, scrolled to what is selected', async size => {
	const window = await show({...size, state: {terminals: many}});
	await window.press('ctrl+t', ...new Array<string>(63).fill('down'));
	const lines = await window.lines();
	expect(lines.filter(line => / job-\d+ /.test(line))).toHaveLength(Math.floor(size.rows / 3) - 1);
	expect(lines.join('\n')).toMatch(/▸ +job-64 .*line of 64/);
	expect(lines.join('\n')).toContain(`terminals · 64 running · ${64 - Math.floor(size.rows / 3) + 1} more`);
	await window.press('enter');
	expect(window.store.get().ui.openTerminal).toBe(64);
	await window.press('alt+left', 'alt+right', 'alt+right');
	expect(window.store.get().ui.openTerminal).toBe(1);
});

test('of 64 terminals that all have news a frame is painted once', async () => {
	const window = await show({state: {terminals: many}});
	const before = window.frames.length;
	for (const each of many)
		window.store.dispatch({type: 'terminal.changed', terminal: {...each, lastLines: ['news']}});
	await window.waitFor(/job-1 .*news/);
	expect(window.frames.length - before).toBe(1);
});
