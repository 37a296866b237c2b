// The client and the host as the processes that they are.
import {type ChildProcess, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {type ClientOptions, connectHost, createHostClient, type HostClient} from '../../src/host/client.js';
import type {HostEvent, StartRequest} from '../../src/host/host.js';
import {hostArgs} from '../../src/host/main.js';
import type {Snapshot} from '../../src/host/protocol.js';
import {encodeFrame} from '../../src/host/wire.js';
import {tryLock} from '../../src/lock.js';
import {resolveWorkspacePaths, type WorkspacePaths} from '../../src/paths.js';
import {bundle} from '../support/bundle.js';
import {pidsWith, readQuietly} from '../support/host-process.js';
import {kill} from '../support/kill.js';
import {until} from '../support/until.js';

const uid = process.getuid?.() ?? 0;
const key = '0123456789abcdef';
let hostEntry: Awaited<ReturnType<typeof bundle>>;
let clientEntry: Awaited<ReturnType<typeof bundle>>;
let stateFolder = '';
let paths: WorkspacePaths;
const clients: HostClient[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
	hostEntry = await bundle('test/support/host-entry.ts');
	clientEntry = await bundle('test/support/client-entry.ts');
});
afterAll(() => {
	hostEntry.remove();
	clientEntry.remove();
});
beforeEach(() => {
	stateFolder = mkdtempSync(join(tmpdir(), 'tandem-client-'));
	const resolved = resolveWorkspacePaths({stateFolder, key, uid});
	if (resolved.kind === 'failed') throw new Error(resolved.message);
	paths = resolved;
});
afterEach(async () => {
	for (const client of clients.splice(0)) await client.close();
	for (const child of children.splice(0)) child.kill('SIGKILL');
	for (const pid of hostPids()) kill(pid);
	await until(() => hostPids().length === 0);
	rmSync(stateFolder, {recursive: true, force: true});
});

/** The host processes of this test's state folder, whoever started them. */
const hostPids = (): number[] => pidsWith(`--state\0${stateFolder}\0`, 'cmdline');

const options = (some: Partial<ClientOptions> = {}): ClientOptions => ({
	paths,
	uid,
	tandem: '0.1.0',
	client: 'test',
	spawn: {
		execPath: process.execPath,
		entry: hostEntry.file,
		args: [...hostArgs(stateFolder, key), '--idle-ms', '300'],
		env: {...process.env, OPENAI_API_KEY: 'sk-must-not-be-seen'},
	},
	...some,
});
const create = (some: Partial<ClientOptions> = {}) => {
	const client = createHostClient(options(some));
	clients.push(client);
	return client;
};
const connected = async (some: Partial<ClientOptions> = {}) => {
	const client = create(some);
	const outcome = await client.connect();
	expect(outcome).toMatchObject({kind: 'connected'});
	return client;
};
const request = (some: Partial<StartRequest> = {}): StartRequest => ({
	cmd: 'x',
	cwd: '/',
	tty: true,
	env: {},
	cols: 80,
	rows: 24,
	startedBy: 'user',
	...some,
});
const onlyHostPid = () => {
	const [pid, ...others] = hostPids();
	expect(others).toEqual([]);
	if (pid === undefined) throw new Error('There is no host.');
	return pid;
};
const collect = (client: HostClient) => {
	const events: HostEvent[] = [];
	client.subscribe(event => events.push(event));
	return events;
};

test('the first client starts the host, detached and without keys, all files private', async () => {
	const before = process.umask(0);
	try {
		await connected();
	} finally {
		process.umask(before);
	}
	const pid = onlyHostPid();
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ');
	expect(Number(stat?.[3])).toBe(pid); // leader of a session of its own
	expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('sk-must-not-be-seen');
	const token = readFileSync(paths.tokenFile, 'utf8');
	expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(token);
	expect(lstatSync(paths.stateFolder).mode & 0o777).toBe(0o700);
	for (const name of readdirSync(paths.stateFolder)) {
		const {mode} = lstatSync(join(paths.stateFolder, name));
		expect([name, mode & 0o077]).toEqual([name, 0]);
	}
	expect(existsSync(paths.startLockFile)).toBe(false);
});

test('a client without a way to start one says that no host runs', async () => {
	const {spawn: _, ...rest} = options();
	expect(await connectHost(rest)).toMatchObject({kind: 'refused', code: 'host-lost'});
	expect(existsSync(paths.stateFolder)).toBe(false);
});

test('every request goes to the host and its answer comes back', async () => {
	const client = await connected();
	const started = await client.start(request({name: 'dev'}));
	expect(started).toMatchObject({kind: 'started', terminal: {id: 1, name: 'dev'}});
	expect(await client.write(1, {by: 'user', chars: 'x'})).toEqual({kind: 'written'});
	expect(await client.wait(1, {timeoutMs: 1})).toMatchObject({reason: {kind: 'time-over'}});
	expect(await client.read(1, {maxChars: 3})).toMatchObject({lines: [{text: 'xxx'}]});
	expect(await client.log(1, {maxChars: 3})).toMatchObject({kind: 'log'});
	expect(await client.snapshot(1)).toMatchObject({kind: 'snapshot', id: 1});
	expect(await client.resize(1, {cols: 80, rows: 24})).toEqual({kind: 'resized'});
	expect(await client.rename(1, 'api')).toEqual({kind: 'renamed', name: 'api'});
	expect(await client.stop(1)).toMatchObject({kind: 'stopped', survivors: []});
	expect(await client.list()).toMatchObject([{id: 1, state: {kind: 'ended'}}]);
	expect(await client.forget(1)).toEqual({kind: 'forgotten'});
	expect(await client.snapshot(1)).toMatchObject({kind: 'refused', code: 'unknown-terminal'});
	await expect(client.start(request({cmd: 'crash'}))).rejects.toThrow('It crashed.');
});

test('clients of one host see the same terminals, and changes by events', async () => {
	const [one, two] = [await connected(), await connected()];
	const events = collect(two);
	await one.start(request({name: 'dev'}));
	await until(() => events.some(event => event.type === 'terminal.changed'));
	expect(await two.list()).toMatchObject([{name: 'dev'}]);
	await one.forget(1);
	await until(() => events.some(event => event.type === 'terminal.forgotten'));
	expect(await (await connected()).connect()).toEqual({kind: 'connected', terminals: []});
});

test('two watchers of a terminal cost one watch, and each sees the screen at once', async () => {
	const client = await connected();
	await client.start(request());
	const seen: [Snapshot[], Snapshot[]] = [[], []];
	const undo = client.watch(1, snapshot => seen[0].push(snapshot));
	await until(() => seen[0].length === 1);
	const undoSecond = client.watch(1, snapshot => seen[1].push(snapshot));
	await until(() => seen[1].length === 1);
	undo();
	undo();
	undoSecond();
	expect(await client.connect()).toMatchObject({kind: 'connected'});
});

test('an abort ends a wait at once, before it is sent too, and the terminal lives on', async () => {
	const client = await connected();
	await client.start(request());
	const controller = new AbortController();
	const wait = client.wait(1, {timeoutMs: 600_000}, controller.signal);
	controller.abort();
	expect(await wait).toMatchObject({kind: 'waited', reason: {kind: 'aborted'}, terminal: {id: 1}});
	expect(await client.wait(1, {timeoutMs: 600_000}, AbortSignal.abort())).toMatchObject({
		reason: {kind: 'aborted'},
	});
	expect(await client.list()).toMatchObject([{state: {kind: 'running'}}]);
});

test('twenty times two starts at once give exactly one host', async () => {
	for (let round = 0; round < 20; round++) {
		const [one, two] = [create(), create()];
		const outcomes = await Promise.all([one.connect(), two.connect()]);
		expect(outcomes.map(outcome => (outcome.kind === 'refused' ? outcome.message : outcome.kind))).toEqual([
			'connected',
			'connected',
		]);
		await one.start(request());
		expect(await two.list()).toHaveLength(1);
		process.kill(onlyHostPid(), 'SIGKILL');
		// The socket and the lock of the dead are still there: the next round replaces them.
		await Promise.all([one.close(), two.close()]);
		await until(() => hostPids().length === 0);
	}
});

test('starts from several processes give exactly one host', async () => {
	const windows = Array.from({length: 4}, () => {
		const child = spawn(process.execPath, [clientEntry.file, stateFolder, key, hostEntry.file]);
		children.push(child);
		return child;
	});
	const answers = await Promise.all(windows.map(({stdout}) => once(stdout, 'data')));
	expect(answers.map(([bytes]) => String(bytes))).toEqual(Array(4).fill('"connected"\n'));
	onlyHostPid();
});

test('kill -9 of the client that started it leaves the host and its terminals', async () => {
	const child = spawn(process.execPath, [clientEntry.file, stateFolder, key, hostEntry.file]);
	children.push(child);
	await once(child.stdout, 'data');
	const client = await connected();
	await client.start(request());
	const pid = onlyHostPid();
	child.kill('SIGKILL');
	await once(child, 'exit');
	expect(await client.list()).toMatchObject([{state: {kind: 'running'}}]);
	expect(onlyHostPid()).toBe(pid);
});

test('kill -9 of the host: open requests are answered, the loss is told, a new host is there', async () => {
	const client = await connected();
	await client.start(request());
	const pid = onlyHostPid();
	const events = collect(client);
	const wait = client.wait(1, {timeoutMs: 600_000});
	const killedAt = performance.now();
	process.kill(pid, 'SIGKILL');
	expect(await wait).toMatchObject({kind: 'refused', code: 'host-lost'});
	expect(performance.now() - killedAt).toBeLessThan(10 * 5_000);
	await until(() => events.some(({type}) => type === 'host.connected'));
	expect(events.map(({type}) => type)).toEqual(['host.lost', 'host.connected']);
	expect(onlyHostPid()).not.toBe(pid);
	expect(await client.write(1, {by: 'user', chars: 'x'})).toMatchObject({code: 'unknown-terminal'});
});

test('while the host is gone what ran is unknown, and requests say so', async () => {
	const {spawn: _, ...rest} = options();
	const starter = await connected();
	await starter.start(request());
	const outcome = await connectHost(rest);
	if (outcome.kind === 'refused') throw new Error(outcome.message);
	await starter.close();
	const events = collect(outcome.host);
	process.kill(onlyHostPid(), 'SIGKILL');
	await until(() => events.length > 0);
	expect(await outcome.host.list()).toMatchObject([{id: 1, state: {kind: 'unknown'}}]);
	expect(await outcome.host.snapshot(1)).toMatchObject({kind: 'refused', code: 'host-lost'});
	await outcome.host.close();
});

test('SIGTERM stops the terminals, tells the clients, removes socket, token and lock', async () => {
	const client = await connected();
	await client.start(request());
	const events = collect(client);
	process.kill(onlyHostPid(), 'SIGTERM');
	await until(() => events.some(({type}) => type === 'host.lost'));
	expect(events).toMatchObject([
		{type: 'terminal.changed', terminal: {state: {kind: 'ended'}}},
		{type: 'host.lost', reason: expect.stringContaining('SIGTERM')},
	]);
	await until(() => hostPids().length === 0);
	for (const file of [paths.socketPath, paths.tokenFile, paths.lockFile])
		expect(existsSync(file)).toBe(false);
	// It was ended by intention: it comes back when it is asked for, and not before.
	expect(await client.list()).toEqual([]);
	onlyHostPid();
});

test('a host without terminals and clients ends by itself; SIGHUP does not end it', async () => {
	const client = await connected();
	process.kill(onlyHostPid(), 'SIGHUP');
	await client.start(request());
	await client.close();
	const other = await connected();
	expect(await other.list()).toMatchObject([{state: {kind: 'running'}}]);
	await other.stop(1);
	await other.close();
	await until(() => hostPids().length === 0);
	for (const file of [paths.socketPath, paths.tokenFile, paths.lockFile])
		expect(existsSync(file)).toBe(false);
});

test('a host that is idle stays while a terminal runs', async () => {
	const client = await connected();
	await client.start(request());
	await client.close();
	const pid = onlyHostPid();
	// Twice the idle time passes before a second host could have ended too.
	const other = mkdtempSync(join(tmpdir(), 'tandem-client-other-'));
	const args = [hostEntry.file, ...hostArgs(other, key), '--idle-ms', '600'];
	const second = spawn(process.execPath, args, {stdio: 'ignore'});
	await once(second, 'exit');
	rmSync(other, {recursive: true, force: true});
	expect(onlyHostPid()).toBe(pid);
});

test('a host beside a living one steps back', async () => {
	await connected();
	const pid = onlyHostPid();
	const second = spawn(process.execPath, [hostEntry.file, ...hostArgs(stateFolder, key)], {stdio: 'ignore'});
	const [code] = await once(second, 'exit');
	expect(code).toBe(75);
	expect(onlyHostPid()).toBe(pid);
	await (await connected()).start(request());
});

test('an uncaught error in the host is noted and costs nobody', async () => {
	const client = await connected();
	await client.start(request());
	await client.start(request({cmd: 'uncaught'}));
	await until(() => readQuietly(paths.diagnosticsFile).includes('Thrown for a test'));
	expect(await client.list()).toHaveLength(2);
	expect(readFileSync(paths.diagnosticsFile, 'utf8')).toContain('printed for a test');
});

test('a host that hangs is told within twice the beat, and its return too; it is not replaced', async () => {
	const client = await connected({heartbeatMs: 300});
	await client.start(request());
	const events = collect(client);
	const pid = onlyHostPid();
	process.kill(pid, 'SIGSTOP');
	await until(() => events.some(({type}) => type === 'host.lost'));
	process.kill(pid, 'SIGCONT');
	await until(() => events.some(({type}) => type === 'host.connected'));
	expect(events.at(-1)).toMatchObject({type: 'host.connected', terminals: [{id: 1}]});
	expect(onlyHostPid()).toBe(pid);
});

test('a host that cannot start is a refusal that names its diagnostics', async () => {
	const bad = join(stateFolder, 'bad.mjs');
	writeFileSync(bad, 'throw new Error("broken package");');
	const how = {execPath: process.execPath, entry: bad, args: [], env: {}};
	const outcome = await connectHost(options({spawn: how}));
	expect(outcome).toMatchObject({
		kind: 'refused',
		code: 'host-lost',
		message: expect.stringContaining(paths.diagnosticsFile),
	});
	expect(readFileSync(paths.diagnosticsFile, 'utf8')).toContain('broken package');
	const none = {...how, execPath: join(stateFolder, 'no-node')};
	expect(await connectHost(options({spawn: none}))).toMatchObject({
		code: 'host-lost',
		message: expect.stringContaining('ENOENT'),
	});
	expect(existsSync(paths.startLockFile)).toBe(false);
});

test('a state folder that cannot be made or is open to others is a refusal that names it', async () => {
	mkdirSync(paths.stateFolder, {recursive: true});
	const {mode} = lstatSync(paths.stateFolder);
	expect(mode & 0o055).not.toBe(0);
	expect(await connectHost(options())).toMatchObject({
		code: 'disk',
		message: expect.stringContaining(paths.stateFolder),
	});
	const nowhere = resolveWorkspacePaths({stateFolder: '/dev/null', key, uid});
	if (nowhere.kind === 'failed') throw new Error(nowhere.message);
	expect((await connectHost(options({paths: nowhere}))).kind).toBe('refused');
});

test('somebody who answers at the socket without being a host is not believed for ever', async () => {
	mkdirSync(paths.stateFolder, {recursive: true, mode: 0o700});
	const other = createServer(socket => socket.destroy());
	other.listen(paths.socketPath);
	await once(other, 'listening');
	writeFileSync(paths.tokenFile, 'f'.repeat(64));
	const outcome = await connectHost(options({startDeadlineMs: 500}));
	expect(outcome).toMatchObject({kind: 'refused', code: 'host-lost'});
	other.close();
});

test('a host of another version that tells nothing but that is asked once, and what to do is said', async () => {
	mkdirSync(paths.stateFolder, {recursive: true, mode: 0o700});
	const lock = tryLock(paths.lockFile);
	let asked = 0;
	const other = createServer(socket => {
		asked++;
		const refused = {type: 'refused', protocol: {major: 2, minor: 0}, tandem: '2.0.0', message: 'Another.'};
		const error = {code: 'unknown-method', message: 'No list.'};
		socket.write(encodeFrame(refused));
		socket.write(encodeFrame({type: 'response', id: 1, ok: null, error}));
	});
	other.listen(paths.socketPath);
	await once(other, 'listening');
	writeFileSync(paths.tokenFile, 'f'.repeat(64));
	expect(await connectHost(options())).toMatchObject({
		kind: 'refused',
		code: 'host-version',
		message: expect.stringMatching(
			new RegExp(`^Another\\. .* with that version, .*: kill ${process.pid}\\.$`),
		),
	});
	expect(asked).toBe(1);
	other.close();
	if (lock.kind === 'acquired') lock.release();
});

test('files in the wrong place are refusals, and neither the client nor a later one suffers', async () => {
	mkdirSync(paths.stateFolder, {recursive: true, mode: 0o700});
	for (const file of [paths.startLockFile, paths.diagnosticsFile]) {
		mkdirSync(file);
		expect(await connectHost(options())).toMatchObject({kind: 'refused', code: 'disk'});
		rmSync(file, {recursive: true});
	}
	await connected();
});

test('a client that is closed while it looks for a host gives up at once', async () => {
	mkdirSync(paths.stateFolder, {recursive: true, mode: 0o700});
	const idle = join(stateFolder, 'idle.mjs');
	writeFileSync(idle, 'setTimeout(() => {}, 3_000);');
	const client = create({
		spawn: {execPath: process.execPath, entry: idle, args: hostArgs(stateFolder, key), env: {}},
	});
	const outcome = client.connect();
	await until(() => existsSync(paths.startLockFile));
	await client.close();
	expect(await outcome).toMatchObject({code: 'host-lost'});
	expect(existsSync(paths.startLockFile)).toBe(false);
});

test('an abort of a wait needs no host', async () => {
	const {spawn: _, ...rest} = options();
	const client = createHostClient(rest);
	const wait = client.wait(1, {timeoutMs: 1_000}, AbortSignal.abort());
	expect(await wait).toMatchObject({kind: 'refused', code: 'unknown-terminal'});
});

test('a closed client answers with refusals and its host lives on', async () => {
	const client = await connected();
	await client.start(request());
	const wait = client.wait(1, {timeoutMs: 600_000});
	await client.close();
	expect(await wait).toMatchObject({code: 'host-lost'});
	expect(await client.snapshot(1)).toMatchObject({code: 'host-lost'});
	expect(await (await connected()).list()).toMatchObject([{state: {kind: 'running'}}]);
});

test('a request over 32 MB is a refusal, and the connection lives on', async () => {
	const client = await connected();
	await client.start(request());
	expect(await client.write(1, {by: 'user', chars: 'x'.repeat(33_000_000)})).toMatchObject({
		kind: 'refused',
		code: 'bad-argument',
	});
	expect(await client.write(1, {by: 'user', chars: 'x'.repeat(5_000_000)})).toEqual({kind: 'written'});
});

test('a state folder too deep for a socket works through the temp folder', async () => {
	const deep = join(stateFolder, 'd'.repeat(100));
	// In a folder that all of this machine share.
	const own = randomBytes(8).toString('hex');
	const resolved = resolveWorkspacePaths({stateFolder: deep, key: own, uid});
	if (resolved.kind === 'failed') throw new Error(resolved.message);
	expect(resolved.socketPath).toMatch(new RegExp(`^/tmp/tandem-\\d+/${own}/`));
	const how = options().spawn;
	const client = await connected({
		paths: resolved,
		...(how && {spawn: {...how, args: [...hostArgs(deep, own), '--idle-ms', '1000']}}),
	});
	await client.start(request());
	await client.stop(1);
	await client.close();
	await until(() => !existsSync(resolved.socketPath));
	rmSync(resolved.socketFolder, {recursive: true, force: true});
});
