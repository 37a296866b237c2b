// The host was started by another version of tandem: what both understand is served; of another major version the
// terminals are seen and stopped, and never ended by the way.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {connect, type Socket} from 'node:net';
import {createInterface} from 'node:readline';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {hostArgs} from '../../src/host/main.js';
import {resolveWorkspacePaths} from '../../src/paths.js';
import {findWorkspace} from '../../src/workspace.js';
import {bundle} from '../support/bundle.js';
import {startRequest} from '../support/host-process.js';
import {setStage} from '../support/stage.js';
import {keys, startTandem} from '../support/tandem.js';
import {until} from '../support/until.js';

const stage = setStage();

const newer = (major: number, minor: number, ...edits: {file: string; from: string; to: string}[]) =>
	bundle('test/support/pool-entry.ts', [
		...edits,
		{file: 'pool-entry.ts', from: "tandem: '0.1.0'", to: "tandem: '9.9.9'"},
		{
			file: 'src/host/messages.ts',
			from: 'protocolVersion = {major: 1, minor: 0}',
			to: `protocolVersion = {major: ${major}, minor: ${minor}}`,
		},
	]);
let [otherMajor, otherMinor, silentMajor]: Awaited<ReturnType<typeof bundle>>[] = [];
beforeAll(async () => {
	[otherMajor, otherMinor] = [await newer(2, 0), await newer(1, 7)];
	silentMajor = await newer(2, 0, {
		file: 'src/host/answers.ts',
		from: 'isCoreMethod(method) ? answerCore(host, method, params)',
		to: 'isCoreMethod(method) && params === answerCore ? answerCore(host, method, params)',
	});
});
afterAll(() => {
	for (const entry of [otherMajor, otherMinor, silentMajor]) entry?.remove();
});

/** Starts the other version's host for the stage's folder, and terminals in it, as its own client would. */
const startHost = async (entry: string, major: number, commands: Record<string, string>) => {
	const {home, folder} = stage.place;
	const {key} = findWorkspace(folder);
	const paths = resolveWorkspacePaths({stateFolder: home, key, uid: process.getuid?.() ?? 0});
	if (paths.kind === 'failed') throw new Error(paths.message);
	const args = [entry, ...hostArgs(home, key), '--idle-ms', '300'];
	spawn(process.execPath, args, {detached: true, stdio: 'ignore'}).unref();
	const socket = await connected(paths.socketPath);
	// The token stands before the socket.
	const token = readFileSync(paths.tokenFile, 'utf8');
	const send = (message: object) => socket.write(`${JSON.stringify(message)}\n`);
	send({
		type: 'hello',
		token,
		protocol: {major, minor: 0},
		tandem: '9.9.9',
		client: 'test',
		capabilities: [],
	});
	const started = Object.entries(commands).map(([name, cmd], index) => {
		const env = {...startRequest(cmd).env, TANDEM_HOME: home};
		send({type: 'request', id: index, method: 'start', params: startRequest(cmd, {name, env})});
		return index;
	});
	for await (const line of createInterface({input: socket})) {
		const message = JSON.parse(line);
		if (message.type !== 'response') continue;
		expect(message.ok).toMatchObject({kind: 'started'});
		started.splice(started.indexOf(message.id), 1);
		if (started.length === 0) break;
	}
	socket.destroy();
};

/** The socket's file is there a moment before anybody listens. */
const connected = async (path: string): Promise<Socket> => {
	for (;;) {
		await until(() => existsSync(path), 'the socket');
		const socket = connect(path);
		const refused = await once(socket, 'connect').catch((error: NodeJS.ErrnoException) => error);
		if (!(refused instanceof Error)) return socket;
		if (refused.code !== 'ECONNREFUSED') throw refused;
	}
};

test('another major version: told in a line, listed, stopped one by one, and then this version takes over', async () => {
	await startHost(otherMajor?.file ?? '', 2, {dev: 'exec sleep 3021', nap: 'exec sleep 3022'});
	const tandem = await stage.open();
	await tandem.sees(
		'The terminals of this folder belong to tandem 9.9.9 (protocol 2.0); this is tandem 0.1.0',
	);
	await tandem.sees('go on and can be listed and stopped');
	await tandem.sees(/2 running/);
	await tandem.submit('/ps');
	await tandem.sees('enter open');
	await tandem.sees(/dev .*exec sleep 3021/);
	tandem.type(keys.escape);
	await tandem.loses('enter open');
	tandem.type(keys.alt('1'));
	await tandem.sees(/belong to tandem 9[\s\S]*belong to tandem 9/);
	expect(tandem.text()).not.toContain('esc back');
	await tandem.submit('!echo $((40 + 2))');
	await tandem.sees(/(?:belong to tandem 9[\s\S]*){3}/);
	await tandem.submit('/attach dev');
	await tandem.sees(/(?:belong to tandem 9[\s\S]*){4}/);
	expect(tandem.text()).not.toContain('you type');
	expect(tandem.text()).not.toContain('42');
	await tandem.submit('/stop dev');
	await tandem.sees(/1 running/);
	await until(() => !stage.isAlive('sleep 3021'), 'the end of dev');
	expect(stage.isAlive('sleep 3022')).toBe(true);

	const attach = await startTandem({place: stage.place, args: ['attach', 'nap']});
	await attach.ends(1);
	expect(attach.text()).toContain('belong to tandem 9.9.9');
	const ps = await startTandem({place: stage.place, args: ['ps']});
	await ps.ends(0);
	expect(ps.text()).toMatch(/belong to tandem 9\.9\.9[\s\S]*2 +nap +running/);

	// An end of its own is seen too.
	await stage.kill('sleep 3022');
	await tandem.sees('The host of the other version has ended: new terminals can be started.');
	await tandem.submit('!echo $((40 + 2))');
	await tandem.sees('42');
});

test('another major version: quitting leaves its terminals, and stopping all leaves nothing', async () => {
	await startHost(otherMajor?.file ?? '', 2, {dev: 'exec sleep 3023'});
	const first = await stage.open();
	await first.sees(/1 running/);
	await first.submit('/quit');
	await first.sees('Keep it running');
	first.type('k');
	await first.ends(0);
	expect(stage.isAlive('sleep 3023')).toBe(true);
	const stop = await startTandem({place: stage.place, args: ['stop', '--all']});
	await stop.ends(0);
	await until(() => !stage.isAlive('sleep 3023'), 'its end');
});

test('another major version that does not even tell its terminals: they live on, and what to do is said', async () => {
	await startHost(silentMajor?.file ?? '', 2, {dev: 'exec sleep 3025'});
	const tandem = await stage.open();
	await tandem.sees('no terminal host');
	await tandem.sees(/belong to tandem 9\.9\.9[\s\S]*with that version[\s\S]*kill\s+\d+/);
	const ps = await startTandem({place: stage.place, args: ['ps']});
	await ps.ends(1);
	expect(ps.text()).not.toContain('No terminals');
	expect(stage.isAlive('sleep 3025')).toBe(true);
	process.kill(Number(/kill\s+(\d+)/.exec(ps.text())?.[1]), 'SIGTERM');
	await until(() => !stage.isAlive('sleep 3025'), 'its end');
	await tandem.submit('!echo $((40 + 2))');
	await tandem.sees('42');
	await tandem.loses('no terminal host');
});

test('another minor version: everything that both understand', async () => {
	await startHost(otherMinor?.file ?? '', 1, {dev: 'echo from the other; exec sleep 3024'});
	const tandem = await stage.open();
	await tandem.sees('Still running here: dev (1)');
	tandem.type(keys.alt('1'));
	await tandem.sees('from the other');
	await tandem.sees('esc back');
	tandem.type(keys.escape);
	await tandem.loses('esc back');
	await tandem.submit('!echo $((40 + 2))');
	await tandem.sees('42');
	expect(stage.isAlive('sleep 3024')).toBe(true);
});
