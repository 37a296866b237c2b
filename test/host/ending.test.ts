// Every way in which a process leaves its terminal, and every way in which a terminal is ended.
import {spawn} from 'node:child_process';
import {randomInt} from 'node:crypto';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {createEnding} from '../../src/host/ending.js';
import {createFamily} from '../../src/host/family.js';
import type {Host} from '../../src/host/host.js';
import {createPool} from '../../src/host/pool.js';
import {listChildren, readProcess} from '../../src/host/processes.js';
import {stopTree} from '../../src/host/stop.js';
import {kill} from '../support/kill.js';
import {until} from '../support/until.js';

let folder: string;
let host: Host;
/** How far the clock was set, in milliseconds. */
let clockShift: number;
/** An argument of every `sleep` that a test starts: it finds them whatever they have done. */
let age: string;
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-ending-'));
	clockShift = 0;
	host = await createPool({
		stateFolder: join(folder, 'state'),
		runtimeFolder: join(folder, 'run'),
		now: () => Date.now() + clockShift,
	});
	age = `300.${randomInt(1e9, 1e10 - 1)}`;
});
afterEach(async () => {
	await host.close();
	for (const pid of alive()) kill(pid);
	rmSync(folder, {recursive: true, force: true});
});

const alive = (): number[] =>
	readdirSync('/proc')
		.map(Number)
		.filter(Number.isInteger)
		.filter(pid => {
			try {
				const isOurs = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(age);
				return isOurs && pid !== process.pid && readProcess(pid)?.state !== 'Z';
			} catch {
				return false; // it has just ended
			}
		});

const start = async (script: string, tty = true) => {
	const path = join(folder, 'script');
	writeFileSync(path, script.replaceAll('AGE', age));
	const started = await host.start({
		cmd: `bash ${path}`,
		cwd: folder,
		tty,
		env: {PATH: '/usr/bin:/bin'},
		cols: 80,
		rows: 24,
		startedBy: 'user',
		shell: '/bin/sh',
	});
	if (started.kind === 'refused') throw new Error(started.message);
	const {id} = started.terminal;
	await host.wait(id, {timeoutMs: 20_000, pattern: '^ready$', from: {line: 1, seen: []}});
	return id;
};

const awkward = `
	sh -c 'trap "" HUP INT TERM; sleep AGE & wait' &
	sh -c 'kill -STOP $$; exec sleep AGE' &
	(sleep AGE &)
	setsid sleep AGE &
	setsid setsid sh -c 'trap "" HUP TERM; sleep AGE' &
	nohup sleep AGE >/dev/null 2>&1 &
	sleep AGE & disown
	env -i sleep AGE &
	env -i setsid sleep AGE </dev/null >/dev/null 2>&1 &
	# What a daemon does: nothing of it is left that would tell where it comes from.
	(env -i setsid sh -c '(cd /; exec sleep AGE) & exit' </dev/null >/dev/null 2>&1 &)
`;
const sleepers = 10;

const ends: Record<string, (id: number) => Promise<unknown>> = {
	stop: id => host.stop(id, {by: 'user', graceMs: 100}),
	restart: async id => {
		writeFileSync(join(folder, 'script'), 'echo again');
		await host.restart(id, {by: 'user'});
	},
	'the end of the host': () => host.close(),
};

test.for(Object.keys(ends))('%s leaves nothing alive', async way => {
	const id = await start(`${awkward}\necho ready\nsleep AGE`);
	await until(() => alive().length > sleepers);
	await ends[way]?.(id);
	expect(alive()).toEqual([]);
});

test('what such a command leaves behind is named while it lives, and waited for when it ends', async () => {
	await start(`${awkward}\necho ready`, false);
	await until(async () => {
		const [info] = await host.list();
		return info?.state.kind === 'running' && info.leftovers.length >= sleepers;
	});
	expect((await host.list())[0]?.state).toEqual({kind: 'running', shellExit: {code: 0}});
	await until(() => alive().length >= sleepers);
	await until(async () => {
		const [last] = await host.list();
		for (const {pid} of last?.leftovers ?? []) kill(pid);
		return last?.state.kind === 'ended';
	});
});

test('who ends after his parent is waited for, though the leader stands still', async () => {
	await start('(for i in 1 2 3; do (sleep 0.2 &); done) & sleep AGE &\necho ready', false);
	// Adopted once its shell is gone.
	await until(async () => {
		const state = (await host.list())[0]?.state;
		return state?.kind === 'running' && state.shellExit !== undefined && alive().length === 1;
	});
	const leader = readProcess(alive()[0] ?? 0)?.parent ?? 0;
	const children = () => (listChildren(leader) ?? []).map(readProcess);
	await until(() => children().length === 1 && children()[0]?.state !== 'Z');
});

test('a program that says in the leader’s words that nobody is left is still there', async () => {
	const id = await start(`
		trap '' HUP
		token=$(tr '\\0' '\\n' <"/proc/$(ps -o ppid= $PPID | tr -d ' ')/environ" | sed -n 's/^TANDEM_LEADER=//p')
		[ -n "$token" ] || token=$(tr '\\0' '\\n' <"/proc/$PPID/environ" | sed -n 's/^TANDEM_LEADER=//p')
		echo "has a token: \${token:+yes}"; echo ready
		printf '\\033_%s;0A\\033\\\\' "$token"
		exec sleep AGE`);
	await until(async () => {
		const [info] = await host.list();
		return info?.state.kind === 'ended' || (info?.leftovers.length ?? 0) > 0;
	});
	const log = await host.log(id, {lines: {last: 10}, maxChars: 1000});
	expect(log).toMatchObject({
		lines: expect.arrayContaining([expect.objectContaining({text: 'has a token: yes'})]),
	});
	expect((await host.list())[0]).toMatchObject({state: {kind: 'running', shellExit: {code: 0}}});
	await host.stop(id, {by: 'user', graceMs: 100});
	expect(alive()).toEqual([]);
});

test('a command that starts others while it is ended does not get away', async () => {
	const id = await start(`
		trap 'for i in 1 2 3 4 5 6 7 8 9; do (env -i setsid sh -c "sleep AGE & wait" </dev/null >/dev/null 2>&1 &); done' TERM
		echo ready
		while :; do sleep 0.01; done`);
	await host.stop(id, {by: 'user', graceMs: 300});
	expect(alive()).toEqual([]);
});

test('a tree that multiplies stands still and ends', async () => {
	const id = await start(`
		# At most 3 + 15 + 75 + 375 processes, a new one every few milliseconds.
		grow() {
			[ $1 -gt 3 ] && exec sleep AGE
			for n in 1 2 3 4 5; do grow $(($1 + 1)) & sleep 0.02; done
			wait
		}
		for i in 1 2 3; do grow 1 & done
		echo ready
		wait`);
	await until(() => alive().length > 20);
	const {survivors} = (await host.stop(id, {by: 'user', signal: 'KILL'})) as {survivors: unknown[]};
	expect(survivors).toEqual([]);
	expect(alive()).toEqual([]);
});

test('a process that is never twice the same is caught', async () => {
	writeFileSync(
		join(folder, 'jump'),
		`setsid env -i /bin/sh ${join(folder, 'jump')} ${age} </dev/null >/dev/null 2>&1 &\nexit\n`,
	);
	const id = await start(`sh ${join(folder, 'jump')} AGE\necho ready\nsleep AGE`);
	await host.stop(id, {by: 'user', graceMs: 100});
	await until(() => alive().length === 0);
});

test('what cannot be ended is named with its pid and command', async () => {
	const id = await start('echo ready\nexec sleep AGE');
	await until(() => alive().length === 1);
	const [pid] = alive();
	const kill = process.kill.bind(process);
	// As a process of another user, or one in an uninterruptible wait.
	const spy = vi.spyOn(process, 'kill').mockImplementation((target, signal) => {
		if (target === pid) throw Object.assign(new Error('kill EPERM'), {code: 'EPERM'});
		return kill(target, signal);
	});
	try {
		expect(await host.stop(id, {by: 'user', graceMs: 50})).toMatchObject({
			kind: 'stopped',
			survivors: [{pid, command: `sleep ${age}`}],
		});
	} finally {
		spy.mockRestore();
	}
});

test('a clock that is set back by hours lengthens no wait, and hides neither a prompt nor a port', async () => {
	const id = await start(`echo ready; printf 'Name: '; read name; python3 -u -m http.server 0 & sleep AGE`);
	const wait = host.wait(id, {timeoutMs: 700, pattern: 'never'});
	clockShift = -5 * 3_600_000;
	expect(await wait).toMatchObject({reason: {kind: 'time-over'}});
	expect(await host.wait(id, {timeoutMs: 20_000, input: 'prompt'})).toMatchObject({
		reason: {kind: 'waiting-for-input'},
	});
	const listening = host.wait(id, {timeoutMs: 20_000, port: true});
	await host.write(id, {by: 'user', chars: 'x\n'});
	expect(await listening).toMatchObject({reason: {kind: 'listening'}});
});

test('a clock that is set back by hours lengthens no stop', async () => {
	const id = await start(`trap 'echo heard' TERM; echo ready\nwhile :; do sleep AGE & wait; done`);
	const stopped = host.stop(id, {by: 'user', graceMs: 1_000});
	await host.wait(id, {timeoutMs: 20_000, pattern: '^heard$', from: {line: 1, seen: []}});
	clockShift = -5 * 3_600_000;
	await stopped;
	expect(alive()).toEqual([]);
});

test('who has a lower number than the leader is found when pids may have gone round, whatever the clock says', async () => {
	const member = spawn('sleep', [age], {env: {TANDEM_TERM: age}});
	let leader = member;
	// The numbers may go round just now.
	while ((leader.pid ?? 0) <= (member.pid ?? 0)) leader = spawn('sleep', [age]);
	const identity = {pid: leader.pid ?? 0, startTime: readProcess(leader.pid ?? 0)?.startTime ?? 0};
	const found: number[] = [];
	vi.useFakeTimers({toFake: ['Date'], now: Date.now() - 5 * 3_600_000});
	try {
		const ending = createEnding({
			leader: identity,
			leaderSince: performance.now() - 3_000,
			family: createFamily({mark: age, streams: () => []}),
			isPipe: false,
			isParsing: () => false,
			onLeftovers: (_, members) => found.push(...members.map(({pid}) => pid)),
			onEnd: () => found.push(0),
		});
		ending.commandEnded({code: 0}, false);
		expect(found).toEqual([member.pid]);
		member.kill();
		ending.leaderEnded({code: 0});
		ending.drained();
		await until(() => found.includes(0));
	} finally {
		vi.useRealTimers();
	}
});

test('where a look at the processes takes longer than their end may, they are ended all the same', async () => {
	await start("trap '' TERM\necho ready\nexec sleep AGE");
	await until(() => alive().length === 1);
	const found = readProcess(alive()[0] ?? 0);
	if (!found) throw new Error('It is not there.');
	const family = createFamily({mark: 'another', streams: () => [], remembered: [found]});
	const clock = performance.now.bind(performance);
	let late = 0;
	const spy = vi.spyOn(performance, 'now').mockImplementation(() => clock() + late);
	const select: typeof family.select = processes => {
		late += 1_000;
		return family.select(processes);
	};
	try {
		const slow = Object.create(family, {select: {value: select}});
		expect(await stopTree({family: slow, signal: 'SIGTERM', graceMs: 0})).toEqual([]);
	} finally {
		spy.mockRestore();
	}
	expect(alive()).toEqual([]);
});

test('the number of a process that is gone is not signalled, whoever has it now', async () => {
	await start('echo ready\nexec sleep AGE');
	await until(() => alive().length === 1);
	const found = readProcess(alive()[0] ?? 0);
	if (!found) throw new Error('It is not there.');
	const family = createFamily({
		mark: 'another',
		streams: () => [],
		remembered: [{pid: found.pid, startTime: found.startTime - 1}],
	});
	expect(await stopTree({family, signal: 'SIGTERM', graceMs: 0})).toEqual([]);
	expect(alive()).toEqual([found.pid]);
});
