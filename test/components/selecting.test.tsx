// Selecting in the open terminal, by keys.
import {afterEach, expect, test} from 'vitest';
import {createSelecting} from '../../components/selecting.js';
import type {Actions} from '../../src/actions.js';
import type {Approval} from '../../src/events.js';
import type {MouseInput} from '../../src/host/host.js';
import {initialState} from '../../src/state.js';
import {createStore} from '../../src/store.js';
import {until} from '../support/until.js';
import {openWindow, snapshotOf, terminal, type Window} from '../support/window.js';

const open: Window[] = [];
afterEach(() => {
	for (const window of open.splice(0)) window.unmount();
});

const log = Array.from({length: 500}, (_, index) => `line ${index + 1} of the log`);
const job = terminal(1, 'job', {lineCount: log.length});

const look = async (options: Parameters<typeof openWindow>[0] = {}) => {
	const window = await openWindow({
		state: {terminals: [job]},
		events: [{type: 'terminal.opened', terminalId: 1}],
		log,
		snapshot: snapshotOf(1, ['the live screen']),
		...options,
	});
	open.push(window);
	await window.waitFor('the live screen');
	return window;
};

test('lines are selected while output arrives, and copied by their numbers', async () => {
	const window = await look();
	await window.press('shift+up');
	await window.waitFor(/selecting.* line 500 of 500/);
	await window.press('up', 'up', 'V', 'up');
	window.emit({type: 'terminal.changed', terminal: {...job, lineCount: 600, revision: 9}});
	window.show(snapshotOf(1, ['a newer screen']));
	await window.waitFor('2 lines · y copy');
	expect(await window.text()).toContain('line 497 of the log');
	await window.press('y');
	expect(window.callsOf('copySpan')).toEqual([
		[1, {from: {line: 497, column: 0}, to: {line: 498, column: Number.MAX_SAFE_INTEGER}}],
	]);
	await window.waitFor('a newer screen');
});

test('characters are selected over pages, from one place to the other', async () => {
	const window = await look();
	await window.press('ctrl+]', 'v');
	await window.waitFor('selecting');
	await window.press('w', 'v', 'pageup', 'pageup', 'b');
	await window.waitFor('line 468 of the log');
	await window.press('enter');
	const [[, span] = []] = window.callsOf('copySpan');
	expect(span).toEqual({from: {line: 468, column: 0}, to: {line: 500, column: 6}});
	await window.press('shift+up');
	await window.waitFor('selecting');
	await window.press('g');
	await window.waitFor('line 1 of the log');
	await window.press('G');
	await window.waitFor('line 500 of the log');
});

test('a search that found something is where the selection begins', async () => {
	const window = await look();
	await window.press('ctrl+f');
	await window.type('line 250 ');
	await window.press('enter');
	await window.waitFor('line 250 of the log');
	await window.press('shift+up', 'y');
	expect(window.callsOf('copySpan')).toEqual([[1, expect.objectContaining({from: {line: 250, column: 0}})]]);
});

test('while selecting no key reaches the program or the composer, and Esc goes back', async () => {
	const window = await look({events: [{type: 'terminal.entered', terminalId: 1}]});
	await window.press('ctrl+]', 'v');
	await window.waitFor('selecting');
	await window.type('xz');
	await window.paste('pasted');
	await window.press('escape');
	await window.waitFor('the live screen');
	expect(window.callsOf('typeInside')).toEqual([]);
	await window.type('x');
	expect(window.callsOf('typeInside')).toHaveLength(1);
	window.emit({type: 'terminal.opened', terminalId: 1});
	await window.press('shift+up', 'x', 'q');
	await window.press('z');
	expect(await window.text()).toMatch(/› z/);
});

test('of a full-screen program the rows of its screen are selected', async () => {
	const window = await look({
		snapshot: snapshotOf(1, ['the live screen', 'status: fine', 'end'], {isAlternateScreen: true}),
	});
	await window.press('shift+up', 'up', 'V', 'up');
	await window.waitFor('2 lines');
	window.show(snapshotOf(1, ['another', 'screen'], {isAlternateScreen: true}));
	await window.press('y');
	expect(window.callsOf('copyText')).toEqual([['the live screen\nstatus: fine', '2 rows of job']]);
});

test('Ctrl+] and y copies the output of the last command', async () => {
	const window = await look();
	await window.press('ctrl+]', 'y');
	expect(window.callsOf('copyOutput')).toEqual([[1]]);
});

test('the mouse selects: on the live screen the lines that stand there, whatever rows they take', async () => {
	const wrapped = 'w'.repeat(150);
	const window = await look({
		log: [...log.slice(0, 496), 'alpha beta', wrapped, 'gamma delta', 'the live screen'],
		snapshot: snapshotOf(1, [
			'alpha beta',
			'w'.repeat(120),
			'w'.repeat(30),
			'gamma delta',
			'the live screen',
		]),
		state: {terminals: [terminal(1, 'job', {lineCount: 500})]},
	});
	const gone = {...job, lineCount: 501, revision: 2};
	window.emit({type: 'terminal.changed', terminal: gone});
	await window.mouse('press', 6, 2);
	await window.mouse('move', 7, 2);
	await window.waitFor('selecting');
	await window.mouse('move', 4, 4);
	await window.mouse('release', 4, 4);
	await window.press('y');
	expect(window.callsOf('copySpan')).toEqual([
		[1, {from: {line: 497, column: 6}, to: {line: 499, column: 5}}],
	]);
	await window.mouse('press', 6, 2);
	await window.mouse('release', 6, 2);
	expect(await window.text()).not.toContain('selecting');
});

test('a click moves the cursor of a selection, and dragging over the edge goes on', async () => {
	const window = await look();
	await window.press('shift+up');
	await window.waitFor('line 500 of 500');
	await window.mouse('press', 5, 10);
	await window.waitFor('line 492 of 500');
	for (let row = 9; row > 0; row--) await window.mouse('move', 0, row);
	await window.mouse('move', 0, 1);
	await window.mouse('move', 0, 1);
	await window.press('y');
	expect(window.callsOf('copySpan')).toEqual([
		[1, {from: {line: 481, column: 0}, to: {line: 492, column: 6}}],
	]);
});

const command: Approval = {
	callId: 'c1',
	toolName: 'exec_command',
	askedAt: 0,
	subject: {kind: 'command', cmd: 'rm -rf dist', cwd: '/app'},
};

test('while an approval has the keys, nothing says that y copies', async () => {
	const window = await look();
	await window.press('shift+up', 'v');
	await window.waitFor('y copy');
	window.emit({type: 'approval.asked', approval: command});
	await window.waitFor('$ rm -rf dist');
	expect(await window.text()).not.toContain('y copy');
});

/** The selection alone, over a log that answers when and what the test wants. */
const select = (readLog: Actions['readLog']) => {
	const notices: string[] = [];
	const actions = {readLog, notice: (text: string) => notices.push(text)} as unknown as Actions;
	const store = createStore({...initialState('/app', 's1'), terminals: [job]});
	return {selecting: createSelecting({actions, store}), notices};
};

test('a log that cannot be read is said, and the keys go where they went before', async () => {
	const {selecting, notices} = select(async () => ({kind: 'refused', code: 'host-lost', message: 'Gone.'}));
	selecting.begin({id: 1, height: 10});
	await until(() => notices.length > 0);
	expect(notices).toEqual(['Gone.']);
	expect(selecting.get()).toBeUndefined();
});

test('a button let go before the log is read has selected all the way', async () => {
	const {selecting} = select(async (_, lines) => {
		const [from, to] = 'last' in lines ? [log.length - lines.last + 1, log.length] : lines;
		const numbered = log.slice(from - 1, to).map((text, index) => ({number: from + index, text, at: 0}));
		return {kind: 'log', lines: numbered, total: log.length, terminal: job};
	});
	selecting.setArea({
		...{left: 0, top: 0, width: 80, height: 10},
		locate: async ({column, row}) => ({line: 491 + row, column}),
		source: () => ({id: 1, height: 10}),
	});
	const point = (action: 'press' | 'move' | 'release', column: number, row: number) =>
		selecting.point({action, button: 'left', column, row} as MouseInput);
	point('press', 2, 1);
	point('move', 3, 1);
	point('move', 7, 4);
	point('release', 7, 4);
	await until(() => selecting.get()?.selection.anchor !== undefined);
	expect(selecting.get()?.selection).toEqual({
		anchor: {line: 492, column: 2},
		cursor: {line: 495, column: 7},
		kind: 'characters',
	});
});
