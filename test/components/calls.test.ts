import {expect, test} from 'vitest';
import {callRows} from '../../components/entries/call-rows.js';
import type {CallEntry} from '../../src/state.js';
import {width} from '../../src/text/width.js';

const call = (name: string, args: unknown, change: Partial<CallEntry> = {}): CallEntry => ({
	kind: 'call',
	id: 'e1',
	callId: 'c1',
	name,
	arguments: typeof args === 'string' ? args : JSON.stringify(args),
	status: 'done',
	display: {},
	...change,
});

const plain = (entry: CallEntry, columns = 80): string[] =>
	callRows(entry, columns).map(row => row.replaceAll(/\u001b\[[\d;]*m/gu, '').trimEnd());

test('a command that goes on is started, with its terminal and time at the end of the row', () => {
	const entry = call(
		'exec_command',
		{cmd: 'npm run dev', name: 'dev'},
		{
			display: {
				terminalId: 1,
				terminalName: 'dev',
				tail: ['VITE ready'],
				outcome: 'listening on http://localhost:5173',
			},
			startedAt: 0,
			endedAt: 1_100,
		},
	);
	expect(plain(entry)).toEqual([
		' • Started dev: npm run dev                                  terminal 1 · 1.1 s',
		'   │ VITE ready',
		'   └ listening on http://localhost:5173',
	]);
});

test('a command that ended was run; only a bad end gets words', () => {
	expect(plain(call('exec_command', {cmd: 'ls'}, {display: {tail: ['a.ts'], outcome: 'exit 0'}}))).toEqual([
		' • Ran ls',
		'   └ a.ts',
	]);
	expect(plain(call('exec_command', {cmd: 'make'}, {display: {tail: ['boom'], outcome: 'exit 2'}}))).toEqual([
		' • Ran make',
		'   │ boom',
		'   └ exit 2',
	]);
});

test('a running call says what it is doing', () => {
	expect(
		plain(
			call(
				'exec_command',
				{cmd: 'sleep 9'},
				{status: 'running', display: {terminalId: 2, terminalName: 'sleep'}},
			),
		)[0],
	).toContain('◦ Running sleep 9');
	expect(plain(call('read_file', {path: 'a.ts', lines: [1, 20]}, {status: 'running'}))).toEqual([
		' ◦ Reading a.ts lines 1–20',
	]);
});

test.each([
	[
		'write_stdin',
		{session_id: 3, chars: 'npm init\n', keys: ['C-c']},
		'Typed into terminal 3: npm init⏎ [C-c]',
	],
	['write_stdin', {session_id: 'dev'}, 'Watched dev'],
	['read_terminal', {session_id: 3, view: 'screen'}, 'Read the screen of terminal 3'],
	[
		'read_terminal',
		{session_id: 3, view: 'log', lines: {last: 20}},
		'Read the log of terminal 3 last 20 lines',
	],
	['read_terminal', {session_id: 'dev', grep: 'err.*'}, 'Searched dev for /err.*/'],
	[
		'wait_terminal',
		{session_ids: [1, 2], until: {exit: true, port: 3000}},
		'Waited for terminal 1, terminal 2: exit or port 3000',
	],
	['list_terminals', {}, 'Listed the terminals'],
	['stop_terminal', {session_id: 2}, 'Stopped terminal 2'],
	['search_files', {pattern: 'login', path: 'src'}, 'Searched src for /login/'],
	['list_files', {}, 'Listed .'],
	[
		'github__create_issue',
		{title: 'Bug', labels: ['a']},
		'Called github__create_issue title=Bug labels=["a"]',
	],
	['constructor', {}, 'Called constructor'],
])('%s %j reads "%s"', (name, args, text) => {
	expect(plain(call(name, args))[0]).toBe(` • ${text}`);
});

test('a patch names its files and shows its diff, as a tool and as a command', () => {
	const display = {diff: '--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1 +1 @@\n-old\n+new', added: 1, removed: 1};
	const rows = [' • Edited src/a.ts +1 −1', '   │ @@ -1 +1 @@', '   │ -old', '   └ +new'];
	expect(plain(call('apply_patch', {input: '*** Update File: src/a.ts'}, {display}))).toEqual(rows);
	expect(plain(call('exec_command', {cmd: 'apply_patch …'}, {display}))).toEqual(rows);
});

test('a long diff is cut and says by how much', () => {
	const diff = Array.from({length: 100}, (_, line) => `+${line}`).join('\n');
	const rows = plain(call('apply_patch', {}, {display: {diff, added: 100, removed: 0}}));
	expect(rows).toHaveLength(25);
	expect(rows.at(-1)).toBe('   └ … 77 more lines');
});

test('a failed call says why, torn arguments and hostile text hurt nobody', () => {
	const failed = call(
		'read_file',
		{path: 'nope'},
		{status: 'failed', output: 'No file nope.\nThere are: a, b.'},
	);
	expect(plain(failed)).toEqual([' • Read nope failed', '   │ No file nope.', '   └ There are: a, b.']);
	const torn = call('exec_command', '{"cmd": "rm -', {
		status: 'interrupted',
		startedAt: 1,
		display: {tail: ['\u001b[2J\u202Ex', '中'.repeat(200)]},
	});
	for (const row of callRows(torn, 40)) {
		expect(width(row)).toBeLessThanOrEqual(40);
		expect(row).not.toMatch(/\u001b(?!\[[\d;]*m)|\u202E/u);
	}
	expect(plain(torn, 40)[0]).toContain('interrupted');
});

test('what was not carried out is not told as done', () => {
	const command = (change: Partial<CallEntry>) => plain(call('exec_command', {cmd: 'rm x'}, change))[0];
	expect(command({status: 'denied'})).toBe(' • Not allowed: running rm x');
	expect(command({status: 'interrupted'})).toBe(' • Not done: running rm x');
	expect(command({status: 'interrupted', startedAt: 1})).toBe(' • Ran rm x interrupted');
});

test('a plan is a list of steps, with what is done and what is under way', () => {
	const plan = [
		{step: 'Read the handler', status: 'completed'},
		{step: 'Await the session', status: 'in_progress'},
		{step: 'Request it again', status: 'pending'},
	];
	expect(plain(call('update_plan', {explanation: 'The session is the cause.', plan}))).toEqual([
		' • Plan The session is the cause.',
		'   │ ✔ Read the handler',
		'   │ ▸ Await the session',
		'   └ · Request it again',
	]);
});
