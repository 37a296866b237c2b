// wait_terminal and restart_terminal on real terminals.
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {freePort} from '../support/web-project.js';
import {isAlive, outputOf, server, setUp, terminalThat} from './real-terminals.js';

test('the first of several ends the wait, which says which one and what it printed', async () => {
	const {host, run, news} = await setUp();
	await run('exec_command', {cmd: 'echo up; read go; echo done; exit 3', name: 'one'});
	await run('exec_command', {cmd: 'sleep 60', name: 'two', yield_time_ms: 250});
	const waiting = run('wait_terminal', {session_ids: [2, 'two'], until: {exit: true}, timeout_ms: 250});
	expect(await waiting).toMatch(
		/\nProcess running with session ID 2\nName: two\nReturned because: yield time over\n/,
	);
	await host.write(1, {by: 'model', keys: ['Enter']});
	const answer = await run('wait_terminal', {session_ids: ['one', 2], until: {exit: true}});
	expect(answer).toMatch(/^Returned because: terminal 1 \(one\): exited$/m);
	expect(answer).toContain('Terminal 1 (one): exited\nProcess exited with code 3\nOutput:\n\ndone');
	expect(answer).toContain('Terminal 2 (two): not yet\nProcess running with session ID 2');
	// Read here, so never told again.
	expect(await news()).toEqual([]);
	expect(await run('write_stdin', {session_id: 1})).not.toContain('done');
});

test('a wait for all ends when it holds for the last of them, and a pattern sees what came before', async () => {
	const {host, run} = await setUp();
	for (const [index, name] of ['a', 'b', 'c'].entries()) {
		const cmd = `read go; sleep 0.${2 * index}; echo ready ${name}; sleep 60`;
		await run('exec_command', {cmd, name, yield_time_ms: 250});
		await host.write(index + 1, {by: 'model', keys: ['Enter']});
	}
	const answer = await run('wait_terminal', {
		session_ids: ['a', 'b', 'c'],
		until: {pattern: '^ready'},
		all: true,
	});
	expect(answer).toContain(
		'Returned because: it holds for all: terminal 1 (a), terminal 2 (b), terminal 3 (c)',
	);
	for (const name of ['a', 'b', 'c']) expect(answer).toContain(`matched "ready ${name}"`);
});

test('a wait for all that an ended terminal can never satisfy says so at once', async () => {
	const {run} = await setUp();
	await run('exec_command', {cmd: 'read go', name: 'gone', yield_time_ms: 250});
	await run('exec_command', {cmd: 'sleep 60', name: 'on', yield_time_ms: 250});
	await run('write_stdin', {session_id: 'gone', keys: ['Enter'], until: {exit: true}});
	const before = Date.now();
	const ask = {session_ids: ['on', 'gone'], until: {pattern: 'never'}};
	expect(await run('wait_terminal', {...ask, all: true})).toContain(
		'Returned because: terminal 1 (gone) has ended, so it can never hold for all',
	);
	expect(await run('wait_terminal', {...ask, session_ids: ['gone']})).toContain(
		'Note: it has ended, so what you wait for can not come any more',
	);
	expect(Date.now() - before).toBeLessThan(2_000);
	// One that was over already does not keep a wait from the others.
	expect(await run('wait_terminal', {...ask, timeout_ms: 250})).toContain('Returned because: time over');
});

test('one that ends or asks while it is waited for is told, though the condition is another', async () => {
	const {run, workspace} = await setUp();
	await run('exec_command', {
		cmd: 'sleep 0.3; printf "Overwrite? "; read x',
		name: 'build',
		yield_time_ms: 250,
	});
	expect(await run('wait_terminal', {session_ids: ['build'], until: {pattern: 'x'}})).toContain(
		'Returned because: waiting for input',
	);
	const crash = 'until [ -e go ]; do sleep 0.02; done; exit 1';
	await run('exec_command', {cmd: crash, name: 'crash', yield_time_ms: 250});
	await run('exec_command', {cmd: 'sleep 60', name: 'other', yield_time_ms: 250});
	const waiting = run('wait_terminal', {session_ids: ['other', 'crash'], until: {port: true}});
	await writeFile(join(workspace, 'go'), '');
	expect(await waiting).toContain('Returned because: terminal 2 (crash) ended before it held');
});

test('the last words of an ended terminal are matched too', async () => {
	const {host, run} = await setUp();
	await run('exec_command', {cmd: 'read go; echo "Tests: 4 passed"', name: 'tests', yield_time_ms: 250});
	await host.write(1, {by: 'model', keys: ['Enter']});
	await terminalThat(host, 1, ({state}) => state.kind === 'ended');
	expect(await run('wait_terminal', {session_ids: ['tests'], until: {pattern: 'passed'}})).toContain(
		'Returned because: matched "Tests: 4 passed"',
	);
});

test('an unknown terminal, a wrong expression and a too long time are answered', async () => {
	const {host, run} = await setUp();
	expect(await run('wait_terminal', {session_ids: ['x']})).toContain('There is no terminal "x"');
	expect(await run('wait_terminal', {session_ids: [1], until: {screen: '('}})).toMatch(/^until.screen: /);
	await run('exec_command', {cmd: 'read go', name: 'short', yield_time_ms: 250});
	const waiting = run('wait_terminal', {session_ids: [1], until: {exit: true}, timeout_ms: 900_000});
	await host.write(1, {by: 'model', keys: ['Enter']});
	expect(await waiting).toContain('Note: timeout_ms was 900000, 600000 was used');
});

test('an interrupt ends a wait at once and no terminal', async () => {
	const {host, run, context} = await setUp();
	await run('exec_command', {cmd: 'sleep 60', name: 'long', yield_time_ms: 250});
	const waiting = run('wait_terminal', {session_ids: [1]});
	const before = Date.now();
	context.interrupt();
	expect(await waiting).toContain('Interrupted by the user while waiting.');
	expect(Date.now() - before).toBeLessThan(10 * 300);
	expect((await host.list())[0]?.state.kind).toBe('running');
});

test('a restarted server is handed back when it listens, under its old name', async () => {
	const {host, run, news} = await setUp();
	const port = await freePort();
	const first = await run('exec_command', {cmd: server(port), name: 'api', env: {COLOUR: 'red'}});
	expect(first).toContain(`Listening: http://localhost:${port}`);
	const again = await run('restart_terminal', {session_id: 'api'});
	expect(again).toContain(
		`Process running with session ID 2\nName: api\nReturned because: listening on port ${port}`,
	);
	expect(again).toContain('Note: terminal 1 (api) was ended and runs again as terminal 2');
	expect(outputOf(again)).toBe(`ready on http://localhost:${port}`);
	expect(await news()).toEqual([]);
	const stale = await run('restart_terminal', {session_id: 1});
	expect(stale).toContain('runs as terminal 2 (api). Give session_id 2');
	expect((await host.list()).filter(({state}) => state.kind === 'running')).toHaveLength(1);
});

test('a restart ends what the old command had left behind', async () => {
	const {run} = await setUp();
	const answer = await run('exec_command', {
		cmd: 'sleep 65 & until grep -q sleep /proc/$!/comm; do :; done; exit 0',
		name: 'left',
	});
	const pid = Number(/Still running: pid (\d+) sleep 65/.exec(answer)?.[1]);
	expect(isAlive(pid)).toBe(true);
	expect(await run('restart_terminal', {session_id: 'left'})).toContain('Name: left');
	expect(isAlive(pid)).toBe(false);
});
