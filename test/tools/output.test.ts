// What the model reads of real programs: whole characters, final forms, each line once, and every cut with the
// call that reads what is missing.
import {expect, test} from 'vitest';
import {outputOf, setUp, terminalThat} from './real-terminals.js';

test('bytes that are no text are U+FFFD, and sequences in pieces are whole', async () => {
	const {run} = await setUp();
	const piece = String.raw`printf '\342\202'; sleep 0.1; printf '\254 \033[3'; sleep 0.1; printf '1mred\033[0'; sleep 0.1; printf 'm \377\376 end\n'`;
	expect(outputOf(await run('exec_command', {cmd: piece}))).toBe('€ red �� end');
	expect(outputOf(await run('exec_command', {cmd: piece, tty: false}))).toBe('€ red �� end');
});

test('a progress bar is its last form, and no line comes twice', async () => {
	const {run} = await setUp();
	const bar = String.raw`for i in 10 50 100; do printf '\rloading %3d%%' $i; sleep 0.2; done; echo; echo done; read go; echo more`;
	const first = outputOf(await run('exec_command', {cmd: bar, until: {pattern: '50%'}}));
	expect(first).toMatch(/^loading\s+50%$/);
	const second = outputOf(await run('write_stdin', {session_id: 1}));
	expect(second.trimEnd()).toBe('loading 100%\ndone');
	const third = outputOf(await run('write_stdin', {session_id: 1, keys: ['Enter']}));
	expect(third).not.toMatch(/loading|done/);
	expect(third).toContain('more');
});

test('what a search left out is read by the call that it names', async () => {
	const {run} = await setUp();
	await run('exec_command', {cmd: 'for i in $(seq 400); do echo "GET /$i"; done; read go', name: 'server'});
	const found = await run('read_terminal', {session_id: 1, grep: '5$', max_output_tokens: 50});
	const next = /… matches in lines \d+ to \d+ left out: read_terminal (\{.*\}) …/.exec(found)?.[1];
	const rest = await run('read_terminal', JSON.parse(next ?? ''));
	expect(rest).toContain('GET /205');
	expect(rest).not.toContain('GET /206');
});

test('while the user drives a terminal nothing is typed, and the answer says who does', async () => {
	const {host, run, news} = await setUp();
	await run('exec_command', {cmd: 'cat', name: 'cat'});
	await host.drive(1, {driver: 'user', client: 'window', cols: 90, rows: 30});
	await host.write(1, {by: 'user', chars: 'secret', keys: ['Enter']});
	const refused = await run('write_stdin', {session_id: 1, chars: 'mine', keys: ['Enter']});
	expect(refused).toMatch(/^The user is using this terminal: 1 \(cat\)\. Nothing was typed\./);
	expect(await news()).toEqual(['The user typed in terminal 1 (cat), and is using it now.']);
	await host.drive(1, {driver: 'model', client: 'window'});
	await terminalThat(host, 1, ({driver}) => driver === 'model');
	const typed = outputOf(await run('write_stdin', {session_id: 1, chars: 'now', keys: ['Enter']}));
	expect(typed).toContain('secret');
	expect(typed).not.toContain('mine');
	expect(await news()).toEqual([]);
});

test('a pattern sees what was printed while nobody read, from the start if it was never read', async () => {
	const {host, run, workspace} = await setUp();
	const started = await host.start({
		cmd: 'echo ready; sleep 60',
		cwd: workspace,
		tty: true,
		env: {PATH: '/usr/bin:/bin'},
		cols: 80,
		rows: 24,
		startedBy: 'user',
		name: 'theirs',
	});
	if (started.kind !== 'started') throw new Error(started.message);
	await terminalThat(host, started.terminal.id, ({lastLines}) => lastLines.includes('ready'));
	const found = await run('write_stdin', {
		session_id: 'theirs',
		until: {pattern: '^ready$'},
		yield_time_ms: 5_000,
	});
	expect(found).toContain('Returned because: matched "ready"');
	expect(outputOf(found)).toBe('ready');
});
