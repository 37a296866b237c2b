import {expect, test} from 'vitest';
import type {SessionChoice} from '../../src/events.js';
import {noon, openWindow, terminal} from '../support/window.js';

const session = (id: string, firstWords: string, change: Partial<SessionChoice> = {}): SessionChoice => ({
	id,
	folder: '/home/ada/my-app',
	firstWords,
	changedAt: noon - 12 * 60_000,
	openIn: undefined,
	...change,
});

const three = [
	session('a', 'fix the login route'),
	session('b', 'write the tests', {openIn: 812, changedAt: noon - 3 * 3_600_000}),
	session('c', 'translate the manual', {folder: "/home/ada/it's here", changedAt: noon - 50 * 3_600_000}),
];

const open = (sessions: SessionChoice[] | undefined, size: {columns?: number; rows?: number} = {}) =>
	openWindow({
		...size,
		state: {sessions, terminals: [terminal(1, 'dev', {session: 'a'}), terminal(2, 'other', {session: 'x'})]},
		events: [{type: 'overlay.opened', overlay: 'resume'}],
	});

for (const [columns, rows] of [
	[80, 24],
	[120, 40],
	[200, 60],
] as const) {
	test(`each session says when, its first words, what still runs and where, at ${columns}x${rows}`, async () => {
		const lines = await (await open(three, {columns, rows})).lines();
		expect(lines).toContainEqual(expect.stringMatching(/^ ▸ +12m +fix the login route +running: dev$/));
		expect(lines).toContainEqual(expect.stringMatching(/^ +3h +write the tests +open in process 812$/));
		expect(lines).toContainEqual(expect.stringMatching(/^ +2d +translate the manual +in it's here$/));
	});
}

test('letters filter, by the words and by the folder, and Enter goes on with the one that fits best', async () => {
	const window = await open(three);
	await window.type('wri tst');
	expect(await window.text()).not.toContain('login');
	await window.press('enter');
	expect(window.callsOf('resumeSession')).toEqual([['b']]);
	expect(window.store.get().ui.overlay).toBeUndefined();
});

test('a session of another folder is not taken here: the command is told, ready to be pasted', async () => {
	const window = await open(three, {columns: 200, rows: 60});
	await window.press('down', 'down', 'enter');
	expect(window.callsOf('resumeSession')).toEqual([]);
	expect(await window.text()).toContain(`tandem resume -C '/home/ada/it'\\''s here' c`);
});

test('a hostile first message stays one row of plain text', async () => {
	const window = await open([session('a', '\x1b[2Jone\u202etwo')]);
	const lines = await window.lines();
	expect(lines.filter(line => line.includes('one'))).toHaveLength(1);
	expect(lines.join('\n')).not.toContain('\u202e');
});

test('while they are read, and where none fits, it says so', async () => {
	const reading = await open(undefined);
	expect(await reading.text()).toContain('Reading the sessions …');
	const window = await open(three);
	await window.type('zzz');
	expect(await window.text()).toContain('No session fits');
	await window.press('enter');
	expect(window.callsOf('resumeSession')).toEqual([]);
	expect(window.store.get().ui.overlay).toBe('resume');
});
