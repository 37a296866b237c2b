// The leader that waits for the next command: whose it becomes, what it hands on, and that nothing is left of it.
import {mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Host, StartRequest} from '../../src/host/host.js';
import {createPool} from '../../src/host/pool.js';
import {listChildren, readProc, readProcess} from '../../src/host/processes.js';
import {startHostProcess, startRequest} from '../support/host-process.js';
import {until} from '../support/until.js';

let folder: string;
let host: Host;
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-leaders-'));
	host = await createPool({stateFolder: join(folder, 'state'), runtimeFolder: join(folder, 'run')});
});
afterEach(async () => {
	await host.close();
	rmSync(folder, {recursive: true, force: true});
});

/** Leaders of this host that were started ahead. */
const ahead = (of = process.pid): number[] =>
	(listChildren(of) ?? []).filter(
		pid =>
			readProcess(pid)?.state !== 'Z' &&
			/\0tandem\0\w*\0\/.*\/pipe-\w+\0$/.test(readProc(`${pid}/cmdline`) ?? ''),
	);

const run = async (cmd: string, options: Partial<StartRequest> = {}): Promise<string> => {
	const started = await host.start({...startRequest(cmd), cwd: folder, ...options});
	if (started.kind === 'refused') throw new Error(started.message);
	await host.wait(started.terminal.id, {timeoutMs: 20_000, exit: true});
	const reading = await host.read(started.terminal.id, {maxChars: 1_000_000});
	if (reading.kind === 'refused') throw new Error(reading.message);
	return reading.lines.map(({text}) => text).join('\n');
};

/** The one that waits, after a first command. */
const waiting = async (): Promise<number> => {
	await run('true');
	await until(() => ahead().length === 1);
	return ahead()[0] ?? 0;
};

test('the next command is run by the leader that waits, and another one waits then', async () => {
	expect(ahead()).toEqual([]);
	const pid = await waiting();
	expect((await host.list()).filter(({state}) => state.kind === 'running')).toEqual([]);
	expect(await run('echo $PPID; stty size; pwd', {cols: 91, rows: 17})).toBe(`${pid}\n17 91\n${folder}`);
	await until(() => ahead().length === 1 && ahead()[0] !== pid);
});

test('environment, folder and command are the same for a leader that waited and one that did not', async () => {
	const letters = Array.from({length: 0x7ff - 0x80}, (_, index) => String.fromCodePoint(0x80 + index)).join(
		'',
	);
	const odd = `it's "$HOME" \`echo\` \\ \\' \n\t${letters}`;
	const cwd = join(folder, `a 'folder' $x\n`);
	mkdirSync(cwd);
	const env = {
		PATH: '/usr/bin:/bin',
		ODD: odd,
		EMPTY: '',
		UID: '7',
		'not.a.name': "'",
		IFS: 'x',
		OLDPWD: '/nowhere',
	};
	const report = async (name: string) => {
		await run(`env -0 >'${folder}/${name}'; printf '%s' ${quote(odd)} >'${folder}/${name}-text'`, {
			cwd,
			env,
			shell: '/bin/sh',
		});
		expect(readFileSync(join(folder, `${name}-text`), 'utf8')).toBe(odd);
		const entries = readFileSync(join(folder, name), 'utf8').split('\0');
		return entries.filter(entry => !/^TANDEM_TERM=/.test(entry)).sort();
	};
	const first = await report('first');
	await until(() => ahead().length === 1);
	const [pid] = ahead();
	expect(await report('second')).toEqual(first);
	expect(first).toContain(`ODD=${odd}`);
	await until(() => !ahead().includes(pid ?? 0));
});

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

test.each([true, false])('a signal, a code and what is left behind are told as ever (tty %s)', async tty => {
	await waiting();
	for (const [cmd, exit] of [
		['exit 7', {code: 7}],
		['kill -KILL $$', {signal: 'SIGKILL'}],
	] as const) {
		await until(() => ahead().length === 1);
		const started = await host.start({...startRequest(cmd), tty, brief: {maxChars: 100}});
		if (started.kind === 'refused') throw new Error(started.message);
		const {id} = started.terminal;
		const state = started.ended?.reading.terminal.state ?? (await ended(id));
		expect(state).toMatchObject({exit});
	}
	await until(() => ahead().length === 1);
	const started = await host.start({...startRequest('sleep 60 & exit 3'), tty});
	if (started.kind === 'refused') throw new Error(started.message);
	const {id} = started.terminal;
	await host.wait(id, {timeoutMs: 20_000, exit: true});
	const [left] = (await host.list()).filter(terminal => terminal.id === id);
	expect(left?.state).toEqual({kind: 'running', shellExit: {code: 3}});
	expect(left?.leftovers).toHaveLength(1);
	await host.stop(id, {by: 'user', graceMs: 0});
});

const ended = async (id: number) => {
	await until(async () => (await host.list()).find(terminal => terminal.id === id)?.state.kind === 'ended');
	return (await host.list()).find(terminal => terminal.id === id)?.state;
};

test('a leader that somebody killed while it waited costs nothing but its being there', async () => {
	process.kill(await waiting(), 'SIGKILL');
	await until(() => ahead().length === 0);
	expect(await run('echo still')).toBe('still');
	await until(() => ahead().length === 1);
});

test('a command that no pipe takes at once is run all the same', async () => {
	const pid = await waiting();
	expect(await run(`: ${'x'.repeat(100_000)}; echo done`)).toBe('done');
	expect(ahead()).toContain(pid);
});

test('nothing of it is left when the host closes', async () => {
	const pid = await waiting();
	await host.close();
	await until(() => readProcess(pid) === undefined);
});

test('nothing of it is left when the host is killed', async () => {
	const {client, pid, end} = await startHostProcess();
	const started = await client.start(startRequest('true'));
	if (started.kind === 'refused') throw new Error(started.message);
	await until(() => ahead(pid).length === 1);
	const [left = 0] = ahead(pid);
	process.kill(pid, 'SIGKILL');
	await until(() => readProcess(left) === undefined);
	await end();
});
