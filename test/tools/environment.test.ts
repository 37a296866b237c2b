import {chmod, mkdir, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {childEnvironment, commandEnvironment} from '../../src/tools/environment.js';
import {captureLogin, createLoginCapture} from '../../src/tools/login.js';
import {temporaryFolder} from './context.js';

test('provider keys and what is internal are withheld and named; settings of the person are not', () => {
	const result = childEnvironment({
		env: {
			OPENAI_API_KEY: 'a',
			MY_KEY: 'b',
			TANDEM_TOKEN: 'c',
			TANDEM_HOME: '/t',
			PATH: '/bin',
			GONE: undefined,
		},
		login: {OPENAI_API_KEY: 'from the profile'},
		providerKeys: ['MY_KEY'],
	});
	expect(result.env).toEqual({PATH: '/bin', TANDEM_HOME: '/t'});
	expect(result.withheld.sort()).toEqual(['MY_KEY', 'OPENAI_API_KEY', 'TANDEM_TOKEN']);
});

test('the config can give one back', () => {
	const {env} = childEnvironment({
		env: {OPENAI_API_KEY: 'a', MY_KEY: 'b'},
		providerKeys: ['MY_KEY'],
		pass: ['MY_KEY'],
	});
	expect(env).toEqual({MY_KEY: 'b'});
});

test('NODE_OPTIONS of the launcher goes, that of the person comes back', () => {
	const launcher = {NODE_OPTIONS: '--launcher'};
	expect(childEnvironment({env: {...launcher, TANDEM_NODE_OPTIONS: ''}}).env).toEqual({});
	expect(childEnvironment({env: {...launcher, TANDEM_NODE_OPTIONS: '--own'}}).env).toEqual({
		NODE_OPTIONS: '--own',
	});
	expect(childEnvironment({env: {NODE_OPTIONS: '--own'}}).env).toEqual({NODE_OPTIONS: '--own'});
});

test('the login shell adds to PATH and does not push aside what is activated', () => {
	const {env} = childEnvironment({
		env: {PATH: '/venv/bin:/usr/bin', A: 'old', PWD: '/here'},
		login: {PATH: '/usr/local/bin:/usr/bin', A: 'new', B: 'b', PWD: '/there', SHLVL: '2'},
	});
	expect(env).toEqual({PATH: '/venv/bin:/usr/bin:/usr/local/bin', A: 'new', B: 'b', PWD: '/here'});
});

test('pagers do not wait for keys, unless the call asks for one', () => {
	const env = commandEnvironment({PAGER: 'less', A: 'a'}, {GIT_PAGER: 'delta'});
	expect(env).toEqual({A: 'a', PAGER: 'cat', GIT_PAGER: 'delta', GH_PAGER: 'cat'});
});

const homeWith = async (profile: string) => {
	const home = await temporaryFolder();
	await writeFile(join(home, '.profile'), profile);
	return {home, env: {HOME: home, PATH: process.env.PATH ?? '/usr/bin:/bin', KEPT: 'multi\nline'}};
};

test('a real login shell is asked, whatever its start files print', async () => {
	const {env} = await homeWith('echo noise; echo more >&2; export FROM_PROFILE="a=b c"\n');
	const login = await captureLogin('/bin/sh', env);
	expect(login).toMatchObject({FROM_PROFILE: 'a=b c', KEPT: 'multi\nline'});
});

test('a shell that fails or is not there is no environment', async () => {
	const {env} = await homeWith('exit 3\n');
	expect(await captureLogin('/bin/sh', env)).toBeUndefined();
	expect(await captureLogin('/nowhere/sh', env)).toBeUndefined();
});

test('something that the start files leave running does not hold the capture', async () => {
	const {env} = await homeWith('sleep 30 & export PID_OF_SLEEP=$!\n');
	const login = await captureLogin('/bin/sh', env);
	process.kill(Number(login?.PID_OF_SLEEP), 'SIGKILL');
	expect(login).toHaveProperty('KEPT');
});

test('the shell is asked again only when a start file has changed', async () => {
	const {home, env} = await homeWith('echo x >> "$HOME/asked"; export ASKED=$(grep -c x "$HOME/asked")\n');
	await mkdir(join(home, 'sub'));
	await chmod(home, 0o700);
	const capture = createLoginCapture();
	expect((await capture('/bin/sh', env))?.ASKED).toBe('1');
	expect((await capture('/bin/sh', env))?.ASKED).toBe('1');
	await utimes(join(home, '.profile'), 1, 1);
	expect((await capture('/bin/sh', env))?.ASKED).toBe('2');
});
