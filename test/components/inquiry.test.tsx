// What the model asks with `ask_user`, above the composer.
import {afterEach, expect, test} from 'vitest';
import type {Inquiry} from '../../src/events.js';
import {initialState, reduce} from '../../src/state.js';
import {until} from '../support/until.js';
import {openWindow, snapshotOf, terminal, type Window} from '../support/window.js';

const open: Window[] = [];
afterEach(() => {
	for (const window of open.splice(0)) window.unmount();
});

const choices = ['PostgreSQL', 'SQLite', 'Redis'];
const turn = {id: 't1', startedAt: 0, phase: {kind: 'thinking'}, text: '', reasoning: ''} as const;

const ask = async (inquiry: Partial<Inquiry> = {}, options: Parameters<typeof openWindow>[0] = {}) => {
	const window = await openWindow({...options, state: {turn, ...options.state}});
	open.push(window);
	window.emit({
		type: 'inquiry.asked',
		inquiry: {callId: 'c1', question: 'Which database?', choices, ...inquiry},
	});
	await window.waitFor('the model asks');
	return window;
};

/** From now on a key is meant for the question. */
const armed = async (window: Window) => {
	await window.lines();
	window.pass(200);
};

test('a choice is selected with the arrows and taken with Enter, or with its digit', async () => {
	const window = await ask();
	await armed(window);
	await window.waitFor('▸ 1 PostgreSQL');
	await window.press('down', 'down', 'down', 'up');
	await window.waitFor('▸ 3 Redis');
	await window.press('enter');
	expect(window.callsOf('answerInquiry')).toEqual([['c1', {kind: 'answered', text: 'Redis'}]]);
	expect(await window.text()).not.toContain('the model asks');
	window.emit({type: 'inquiry.asked', inquiry: {callId: 'c2', question: 'And now?', choices}});
	await window.waitFor('▸ 1 PostgreSQL');
	await armed(window);
	await window.press('2');
	expect(window.callsOf('answerInquiry').slice(1)).toEqual([['c2', {kind: 'answered', text: 'SQLite'}]]);
	window.emit({type: 'inquiry.asked', inquiry: {callId: 'c3', question: 'At last?', choices}});
	await window.waitFor('At last?');
	await armed(window);
	// No choice has this number: it begins an answer in own words.
	await window.press('9', '2');
	await window.waitFor('› 92');
	expect(window.callsOf('answerInquiry')).toHaveLength(2);
});

test('a key on its way to something else chooses nothing, and a message being typed stays one', async () => {
	const window = await ask();
	await window.press('enter', '1');
	expect(window.callsOf('answerInquiry')).toEqual([]);
	await armed(window);
	await window.type('use 2 of them');
	await window.press('enter');
	expect(window.callsOf('answerInquiry')).toEqual([]);
	expect(window.callsOf('submit')).toEqual([['1use 2 of them']]);
});

test('that a key answers is seen: the title stands out from then on, without anything else happening', async () => {
	const window = await ask();
	await window.lines();
	const isBold = () => window.frames.at(-1)?.includes('\u001b[1mthe model asks') ?? false;
	expect(isBold()).toBe(false);
	window.pass(200);
	await until(isBold);
});

test('Esc gives no answer and the turn goes on; Ctrl+C interrupts it', async () => {
	const window = await ask();
	await window.press('ctrl+c');
	expect(window.callsOf('interrupt')).toHaveLength(1);
	await window.press('escape');
	expect(window.callsOf('answerInquiry')).toEqual([['c1', {kind: 'dismissed'}]]);
	expect(window.callsOf('interrupt')).toHaveLength(1);
});

test('asked to type in a terminal, Enter goes inside, and its frame says why', async () => {
	const window = await ask(
		{question: 'Please type the token.', choices: [], terminal: {id: 1, name: 'login'}},
		{
			state: {terminals: [terminal(1, 'login')]},
			events: [{type: 'terminal.opened', terminalId: 1}],
			snapshot: snapshotOf(1, ['Token: ']),
		},
	);
	expect(await window.text()).toMatch(/1 login · Please type the token\.[\s\S]*type in login \(1\)/);
	await window.press('enter');
	expect(window.callsOf('takeOver')).toEqual([]);
	await armed(window);
	await window.press('enter');
	expect(window.callsOf('takeOver')).toEqual([[1]]);
	await window.waitFor(/login · {2}you type {2}· Please type the token/);
	await window.waitFor('ctrl+] esc comes back here');
});

test('a question of any length leaves room to answer it, on any screen', async () => {
	const question = 'A long story. '.repeat(200);
	for (const rows of [8, 12, 24, 60]) {
		const window = await ask({question}, {columns: 60, rows});
		await armed(window);
		await window.press('down', 'down');
		const text = await window.text();
		expect(text, `${rows} rows`).toContain('your own words');
		if (rows > 8) expect(text, `${rows} rows`).toMatch(/more rows: see the conversation[\s\S]*▸ 3 Redis/);
	}
});

test('what a question says is shown, not obeyed', async () => {
	const window = await ask({question: 'a\u001b[2Jb\u202ec', choices: ['x\u001b]0;t\u0007y']});
	const text = await window.text();
	expect(text).toMatch(/a\S*\[2Jb\S*c/);
	expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
});

test('a question is gone with its call, and with the conversation', () => {
	const inquiry = {callId: 'c1', question: 'Which?', choices};
	const asked = reduce(initialState('/app', 's1'), {type: 'inquiry.asked', inquiry});
	expect(asked.inquiries).toEqual([inquiry]);
	expect(reduce(asked, {type: 'inquiry.closed', callId: 'c1'}).inquiries).toEqual([]);
	expect(reduce(asked, {type: 'session.replaced', sessionId: 's2'}).inquiries).toEqual([]);
});
