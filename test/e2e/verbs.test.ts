// The verbs of any shell, as the built program: without a window, beside one, and after the host's end.
import {execFile, spawn} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {makePlace, processesOf} from '../support/tandem.js';
import {until} from '../support/until.js';

const launcher = resolve('src/tandem.sh');
let place: ReturnType<typeof makePlace>;

beforeEach(() => {
	place = makePlace();
});
afterEach(() => place.remove());

const environment = () => ({
	...process.env,
	TANDEM_HOME: place.home,
	HOME: place.home,
	OPENAI_API_KEY: 'sk-test',
});

const lockFile = () => {
	const workspaces = join(place.home, 'workspaces');
	return join(workspaces, readdirSync(workspaces)[0] ?? '', 'host.lock');
};
const hostPid = (): number => JSON.parse(readFileSync(lockFile(), 'utf8')).pid;
const isHostAlive = () => processesOf(place.home).includes(hostPid());

/** Runs a verb to its end. */
const tandem = (...args: string[]): Promise<{code: number; out: string; err: string}> =>
	new Promise(done => {
		execFile('sh', [launcher, ...args], {cwd: place.folder, env: environment()}, (error, out, err) => {
			const code = error ? Number(error.code) : 0;
			done({code, out, err});
		});
	});

/** A verb that goes on. */
const follow = (...args: string[]) => {
	const child = spawn('sh', [launcher, ...args], {cwd: place.folder, env: environment()});
	let out = '';
	child.stdout.on('data', data => {
		out += data;
	});
	const ended = new Promise<number>(done => child.on('exit', code => done(code ?? -1)));
	return {text: () => out, ended, interrupt: () => child.kill('SIGINT')};
};

test('run, ps, send, wait, logs, stop, restart and forget, from any subfolder', async () => {
	mkdirSync(join(place.folder, 'deep/down'), {recursive: true});
	for (const all of [[], ['--all']])
		expect(await tandem('ps', ...all)).toMatchObject({code: 0, out: expect.stringContaining('No terminals')});
	expect(await tandem('run', '--name', 'calc', '--', 'python3 -q')).toMatchObject({
		code: 0,
		out: 'Started calc (1).\n',
	});
	expect((await tandem('wait', 'calc', '--until', 'screen=>>>')).code).toBe(0);
	expect((await tandem('send', 'calc', 'print(6*7)', 'Enter')).code).toBe(0);
	expect((await tandem('wait', '1', '--until', 'pattern=^42$', '--timeout', '1m')).out).toBe('matched: 42\n');
	expect((await tandem('-C', join(place.folder, 'deep/down'), 'ps')).out).toMatch(/^1 +calc +.*python3 -q$/m);
	const [row = ''] = (await tandem('ps', '--json')).out.split('\n');
	expect(JSON.parse(row)).toMatchObject({id: 1, name: 'calc', startedBy: 'user'});
	expect((await tandem('logs', 'calc', '--grep', '^42')).out).toBe('42\n');
	expect((await tandem('restart', 'calc')).out).toBe('Restarted as calc (2).\n');
	expect((await tandem('stop', 'calc')).out).toBe('Stopped calc (2).\n');
	expect((await tandem('wait', '2')).out).toMatch(/SIGTERM|exited/);
	expect((await tandem('forget', '1', '2')).out).toBe('Forgot calc (1).\nForgot calc (2).\n');
	expect((await tandem('ps')).out).toContain('No terminals');
});

test('a window inside a terminal is refused, with what to use instead', async () => {
	await tandem('run', '--name', 'inner', '--', `sh ${launcher}`);
	expect((await tandem('wait', 'inner')).code).toBe(0);
	expect((await tandem('logs', 'inner')).out).toMatch(/use the window around it.*tandem ps, logs, run, stop/);
});

test('a command gets the person’s environment without the key of the model’s server', async () => {
	await tandem('run', '--name', 'env', '--', 'sh', '-c', 'echo "key=$OPENAI_API_KEY home=$HOME"; sleep 60');
	await tandem('wait', 'env', '--until', 'pattern=key=');
	expect((await tandem('logs', 'env')).out).toBe(`key= home=${place.home}\n`);
});

test('logs -f goes on until the end, and ends well on Ctrl+C', async () => {
	await tandem('run', '--name', 'count', '--', 'for i in 1 2 3; do echo line $i; read x; done');
	const all = follow('logs', '-f', 'count');
	await until(() => all.text().includes('line 1'));
	await tandem('send', 'count', 'Enter');
	await until(() => all.text().includes('line 2'));
	const some = follow('logs', '-f', '-n', '1', 'count');
	await tandem('send', 'count', 'Enter');
	await until(() => some.text().includes('line 3'));
	some.interrupt();
	expect(await some.ended).toBe(130);
	await tandem('send', 'count', 'Enter');
	expect(await all.ended).toBe(0);
	expect(all.text().match(/line \d/g)).toEqual(['line 1', 'line 2', 'line 3']);
});

test('what printed control sequences arrives as text, and a reader that has enough ends nothing badly', async () => {
	await tandem(
		'run',
		'--name',
		'bad',
		'--',
		String.raw`printf '\033]0;title\007\033[31mred\033[0m ok\n'; seq 100000`,
	);
	await tandem('wait', 'bad');
	const {out} = await tandem('logs', 'bad');
	expect(out.startsWith('red ok\n1\n2\n')).toBe(true);
	expect(out.endsWith('\n100000\n')).toBe(true);
	expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
	const piped = await new Promise<string>(done => {
		const line = `sh '${launcher}' logs bad | head -n 1; echo "\${PIPESTATUS[0]}"`;
		execFile('bash', ['-c', line], {cwd: place.folder, env: environment()}, (_, output) => done(output));
	});
	expect(piped).toBe('red ok\n0\n');
});

test('after the host has ended, ps and logs read what it left; what needs a running terminal says so', async () => {
	await tandem('run', '--name', 'once', '--', 'echo all of it');
	await tandem('wait', 'once');
	process.kill(hostPid(), 'SIGKILL');
	await until(() => !isHostAlive());
	expect((await tandem('ps')).out).toMatch(/once +exit 0/);
	expect((await tandem('logs', 'once')).out).toBe('all of it\n');
	expect(await tandem('send', 'once', 'x', 'Enter')).toMatchObject({
		code: 1,
		err: expect.stringContaining('does not run'),
	});
	expect(await tandem('stop', '--all')).toMatchObject({code: 0, out: 'Nothing runs.\n'});
	expect((await tandem('forget', 'once')).out).toBe('Forgot once (1).\n');
});

test.each([
	[['logs'], 2, 'needs more'],
	[['logs', 'a', 'b'], 2, 'does not take "b"'],
	[['ps', '--jsn'], 2, 'did you mean --json?'],
	[['wait', 'x', '--until', 'foo'], 2, '--until takes'],
	[['logs', 'x', '--since', 'noon'], 2, '--since takes a duration'],
	[['logs', 'x', '--grep', '('], 2, '--grep'],
	[['stop'], 2, '--all'],
	[['stop', 'nobody'], 1, 'no terminal "nobody"'],
	[['-C', '/nowhere', 'ps'], 2, '/nowhere is no folder'],
	[['attach', 'x'], 1, 'needs a terminal'],
])('%j is answered with the next step', async (args, code, words) => {
	const answer = await tandem(...args);
	expect(answer).toMatchObject({code, err: expect.stringContaining(words)});
});
