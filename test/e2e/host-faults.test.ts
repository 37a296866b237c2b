// The host hangs, or dies, under a window: told, survivors named and ended, and quitting works all the same.
import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {commandOf, findHost, keys, processesOf} from '../support/tandem.js';
import {until} from '../support/until.js';

const stage = setStage();

const isOnDisk = (text: string): boolean => spawnSync('grep', ['-rq', text, stage.place.home]).status === 0;

test('a host that was killed: told within 5 s, survivors named and ended, a new host, the log still there', async () => {
	const tandem = await stage.open();
	await tandem.submit('!echo $((40 + 2)) before; setsid sleep 4321 & trap "" HUP; sleep 300');
	await tandem.sees('42 before');
	// A host's death may cost the last tenth of a second.
	await until(() => isOnDisk('42 before'), 'the log on disk');
	const killedAt = performance.now();
	process.kill(findHost(stage.place.home), 'SIGKILL');
	await tandem.sees(/The terminal host died, and with it: \S+ \(1\)/);
	expect(performance.now() - killedAt).toBeLessThan(10 * 5_000);
	await tandem.sees(/1 lost/);
	await tandem.sees(/there still runs: .*sleep 4321/);
	await tandem.submit('/stop 1');
	await tandem.sees(/What was left of \S+ \(1\) has ended/);
	await until(
		() => !processesOf(stage.place.home).some(pid => commandOf(pid).includes('sleep 4321')),
		'its end',
	);
	await tandem.submit('/logs 1');
	await tandem.sees(/log of .*the end/);
	await tandem.sees('42 before');
	tandem.type(keys.escape);
	await tandem.loses(/log of .*the end/);
	await tandem.submit('!echo $((40 + 3)) new');
	await tandem.sees('43 new');
});

test('the model reads what stood on the screens and in the logs of terminals that were lost', async () => {
	writeFileSync(join(stage.place.folder, 'notes.txt'), 'first note\nsecond note\n');
	const model = await stage.play([
		call('exec_command', {
			cmd: `seq 2000; printf 'Go on? '; read answer`,
			name: 'ask',
			max_output_tokens: 100,
		}),
		call('exec_command', {cmd: 'vim --clean notes.txt', name: 'edit', cols: 60, rows: 10}),
		text('Both wait.'),
		call('read_terminal', {session_id: 'ask', view: 'screen'}),
		call('read_terminal', {session_id: 1, grep: '^1[0-9]00$', context: 1}),
		call('read_terminal', {session_id: 1, lines: {last: 3}}),
		call('read_terminal', {session_id: 'edit', view: 'screen'}),
		call('write_stdin', {session_id: 1, chars: 'yes\n'}),
		text('They are lost.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('start them');
	await tandem.sees('Both wait.');
	await until(() => isOnDisk('Go on?') && isOnDisk('second note'), 'the logs on disk');
	process.kill(findHost(stage.place.home), 'SIGKILL');
	await tandem.sees(/2 lost/);
	for (let count = 0; count < 3; count++) await model.nextRequest();
	await tandem.submit('and now?');
	const told = await model.nextRequest();
	expect(JSON.stringify(told.body.input.at(-1))).toMatch(/ask[\s\S]*lost[\s\S]*edit[\s\S]*lost/);
	const next = async () => lastOutput(await model.nextRequest());
	const head =
		'Process lost: the host of terminal 1 died; what was printed until then can be read\nName: ask\n';
	const screen = await next();
	expect(screen.startsWith(head)).toBe(true);
	expect(screen).toMatch(
		/\nScreen:\n1962\n(\d+\n){37}2000\nGo on\?\nCursor: row 40, column 8\nScreen: 120x40$/,
	);
	const found = await next();
	expect(found.startsWith(head)).toBe(true);
	expect(found).toContain(
		'\nLog: 2002 lines, 10 of them match\n999- 999\n1000: 1000\n1001- 1001\n--\n1099- 1099\n',
	);
	expect(await next()).toContain(
		'\nLog: 2002 lines\n2000: 2000\n2001: Go on?\n2002: [the terminal host died here: ',
	);
	expect(await next()).toMatch(
		/^Process lost: .*\nName: edit\n.*\nScreen:\nfirst note\nsecond note\n(~\n){7}"notes.txt" 2L, 23B .*\nCursor: row 1, column 1\nScreen: 60x10, alternate screen/,
	);
	expect(await next()).toMatch(
		/^Terminal 1 \(ask\) was lost with its host\. Its log can still be read; start the command again to go on\.$/,
	);
	await tandem.sees('They are lost.');
});

test('a host that hangs: told, what runs is unknown, and quitting works', async () => {
	const tandem = await stage.open();
	await tandem.submit('!sleep 300');
	await tandem.sees(/1 running/);
	const host = findHost(stage.place.home);
	process.kill(host, 'SIGSTOP');
	try {
		const stoppedAt = performance.now();
		await tandem.sees('The terminal host does not answer');
		expect(performance.now() - stoppedAt).toBeLessThan(10 * 11_000);
		await tandem.sees('unknown');
		await tandem.submit('/quit');
		await tandem.ends(0);
		expect(tandem.text()).toContain('Not known whether these still run: sleep');
	} finally {
		process.kill(host, 'SIGCONT');
	}
});

test('terminals that were kept are told in one line, and shown', async () => {
	const first = await stage.open();
	await first.submit('!sleep 300');
	await first.sees(/1 running/);
	await first.submit('/quit');
	await first.sees(/Keep it running/);
	first.type('k');
	await first.ends(0);
	expect(first.text()).toContain('Still running: sleep');

	const second = await stage.open();
	await second.sees('Still running here: sleep (1)');
	await second.sees(/1 running/);
});

test('a command that needs rest is refused before a turn shows too: it does not come as a surprise later', async () => {
	const model = await stage.play([text('One.'), text('Two.')]);
	const first = await stage.open();
	await first.submit('first');
	await first.sees('One.');
	await first.submit('/quit');
	await first.ends(0);
	const tandem = await stage.open({args: ['resume', '--last', '-a', 'full', '--trust']});
	await tandem.sees('One.');
	const host = findHost(stage.place.home);
	process.kill(host, 'SIGSTOP');
	try {
		// The model is to hear of the terminals first, and their host does not answer.
		await tandem.submit('second');
		await tandem.submit('/new');
		await tandem.sees('/new: A turn is running');
	} finally {
		process.kill(host, 'SIGCONT');
	}
	await tandem.sees('Two.');
	expect(tandem.text()).toContain('One.');
	expect(model.requests).toHaveLength(2);
});
