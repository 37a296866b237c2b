import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {connect, createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createDiagnostics} from '../../src/diagnostics.js';
import {protocolVersion} from '../../src/host/messages.js';
import {type HostServer, serveHost} from '../../src/host/server.js';
import {createDecoder, encodeFrame} from '../../src/host/wire.js';
import {createMemoryHost, type MemoryHost} from '../support/memory-host.js';
import {until} from '../support/until.js';

let folder = '';
let host: MemoryHost;
let server: HostServer | undefined;
const sockets: Socket[] = [];

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-server-'));
	host = createMemoryHost();
});
afterEach(() => {
	for (const socket of sockets.splice(0)) socket.destroy();
	server?.stopListening();
	server?.goodbye('The test is over.');
	server = undefined;
	rmSync(folder, {recursive: true, force: true});
});

const path = () => join(folder, 'host.sock');
const tokenFile = () => join(folder, 'host.token');
const serve = async (helloDeadlineMs?: number) => {
	server = await serveHost({
		host,
		socketPath: path(),
		tokenFile: tokenFile(),
		tandem: '0.1.0',
		diagnostics: createDiagnostics(join(folder, 'host.jsonl')),
		...(helloDeadlineMs !== undefined && {helloDeadlineMs}),
	});
	return server;
};

const hello = (some: object = {}) => ({
	type: 'hello',
	token: server?.token,
	protocol: protocolVersion,
	tandem: '0.1.0',
	client: 'test',
	capabilities: [],
	...some,
});

/** A client made of bytes. */
const open = async () => {
	const socket = connect(path());
	sockets.push(socket);
	const decoder = createDecoder(64_000_000);
	const messages: {type: string; [field: string]: unknown}[] = [];
	let isClosed = false;
	socket.on('data', bytes => messages.push(...(decoder.push(bytes).messages as typeof messages)));
	socket.on('error', () => {});
	socket.on('close', () => {
		isClosed = true;
	});
	await once(socket, 'connect');
	return {
		socket,
		messages,
		send: (...sent: unknown[]) => socket.write(Buffer.concat(sent.map(encodeFrame))),
		closed: () => until(() => isClosed),
		next: (type: string, count = 1) =>
			until(() => messages.filter(message => message.type === type).length >= count),
		isClosed: () => isClosed,
	};
};
const openWelcomed = async () => {
	const client = await open();
	client.send(hello());
	await client.next('welcome');
	return client;
};

test('socket and token are 0600 whatever the umask, and the token is 32 bytes', async () => {
	const before = process.umask(0);
	try {
		await serve();
	} finally {
		process.umask(before);
	}
	expect(lstatSync(path()).mode & 0o777).toBe(0o600);
	expect(lstatSync(tokenFile()).mode & 0o777).toBe(0o600);
	expect(readFileSync(tokenFile(), 'utf8')).toMatch(/^[0-9a-f]{64}$/);
});

test('every start has a token of its own and removes its files at the end', async () => {
	const {token} = await serve();
	server?.stopListening();
	expect(() => lstatSync(path())).toThrow('ENOENT');
	expect(() => lstatSync(tokenFile())).toThrow('ENOENT');
	expect((await serve()).token).not.toBe(token);
});

test('a welcome tells versions and all terminals; the token in the first frame is enough', async () => {
	await serve();
	await host.start({
		cmd: 'x',
		cwd: '/',
		tty: true,
		env: {},
		cols: 80,
		rows: 24,
		startedBy: 'user',
	});
	const client = await openWelcomed();
	expect(client.messages).toMatchObject([
		{type: 'welcome', protocol: protocolVersion, tandem: '0.1.0', pid: process.pid, terminals: [{id: 1}]},
	]);
});

test.each([
	['a wrong token', () => [hello({token: 'f'.repeat(64)})]],
	['an empty token', () => [hello({token: ''})]],
	['no hello', () => [{type: 'request', id: 1, method: 'list', params: {}}]],
	['a number', () => [7]],
])('%s in the first frame is dropped without an answer, and so is what follows', async (_, frames) => {
	await serve();
	const client = await open();
	client.send(...frames(), hello(), {type: 'request', id: 1, method: 'start', params: {}});
	await client.closed();
	expect(client.messages).toEqual([]);
	expect(server?.clientCount()).toBe(0);
});

test('a client that sends its hello byte by byte, or nothing, is dropped at the deadline', async () => {
	await serve(300);
	const silent = await open();
	const slow = await open();
	const timer = setInterval(() => slow.socket.write('{'), 20);
	await Promise.all([silent.closed(), slow.closed()]);
	clearInterval(timer);
	expect(server?.clientCount()).toBe(0);
});

test('the deadline is 2 s', async () => {
	await serve();
	const from = performance.now();
	await (await open()).closed();
	expect(performance.now() - from).toBeGreaterThan(1_900);
});

test('a frame of 1 GB before the token costs 64 kB, not memory', async () => {
	await serve();
	const client = await open();
	const block = Buffer.alloc(1_000_000, 'x');
	const before = process.memoryUsage().rss;
	for (let written = 0; written < 1_000 && !client.isClosed(); written++) {
		if (!client.socket.write(block)) {
			await Promise.race([new Promise(resolve => client.socket.once('drain', resolve)), client.closed()]);
		}
	}
	await client.closed();
	expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
	await openWelcomed();
});

test('another major version is refused with words that name both; it may list and stop, and nothing else', async () => {
	await serve();
	const start = {cmd: 'x', cwd: '/', tty: true, env: {}, cols: 80, rows: 24, startedBy: 'user'} as const;
	await host.start({...start, name: 'dev'});
	const client = await open();
	client.send(
		hello({protocol: {major: 9, minor: 2}, tandem: '9.9.9'}),
		{type: 'request', id: 1, method: 'start', params: start},
		{type: 'request', id: 2, method: 'list', params: {}},
		{type: 'request', id: 3, method: 'stop', params: {id: 'x'}},
		{type: 'request', id: 4, method: 'stop', params: {id: 7}},
		{type: 'request', id: 5, method: 'stop', params: {id: 1, request: {by: 'model', signal: 'INT'}}},
	);
	await until(() => client.messages.length === 6);
	const [refused, ...answers] = client.messages;
	expect(refused).toMatchObject({type: 'refused', protocol: protocolVersion, tandem: '0.1.0'});
	expect(refused?.message).toMatch(/0\.1\.0 \(protocol 1\.0\).*9\.9\.9 \(protocol 9\.2\)/);
	const dev = {id: 1, name: 'dev', cmd: 'x', cwd: '/', startedAt: expect.any(Number)};
	expect(answers.toSorted((a, b) => Number(a.id) - Number(b.id))).toEqual([
		{type: 'response', id: 1, ok: null, error: {code: 'unknown-method', message: expect.any(String)}},
		{type: 'response', id: 2, ok: {kind: 'list', terminals: [{...dev, state: {kind: 'running'}}]}},
		{type: 'response', id: 3, ok: expect.objectContaining({kind: 'refused', code: 'bad-argument'})},
		{type: 'response', id: 4, ok: expect.objectContaining({kind: 'refused', code: 'unknown-terminal'})},
		{
			type: 'response',
			id: 5,
			ok: {
				kind: 'stopped',
				terminal: {...dev, state: {kind: 'ended', exit: {signal: 'SIGINT'}, at: 0}},
				survivors: [],
			},
		},
	]);
	expect(client.isClosed()).toBe(false);
	await openWelcomed();
});

test('a higher minor version, unknown fields and unknown messages are welcome', async () => {
	await serve();
	const client = await open();
	client.send(hello({protocol: {major: protocolVersion.major, minor: 99}, future: true}));
	client.send({type: 'dance'}, {type: 'request', id: 1, method: 'ping', params: {loud: true}, future: 1});
	await client.next('response');
	expect(client.messages.at(-1)).toEqual({type: 'response', id: 1, ok: {kind: 'pong'}});
});

test('unknown methods and wrong arguments are answers; a host that throws is one too', async () => {
	await serve();
	const client = await openWelcomed();
	client.send({type: 'request', id: 1, method: 'dance', params: {}});
	client.send({type: 'request', id: 2, method: 'toString', params: {}});
	client.send({type: 'request', id: 3, method: 'resize', params: {id: 1, request: {cols: null, rows: 2}}});
	const start = {cmd: 'crash', cwd: '/', tty: true, env: {}, cols: 80, rows: 24, startedBy: 'user'};
	client.send({type: 'request', id: 4, method: 'start', params: start});
	await client.next('response', 4);
	const byId = new Map(client.messages.map(message => [message.id, message]));
	expect(byId.get(1)).toMatchObject({error: {code: 'unknown-method'}});
	expect(byId.get(2)).toMatchObject({error: {code: 'unknown-method'}});
	expect(byId.get(3)).toMatchObject({
		ok: {kind: 'refused', code: 'bad-argument', message: expect.stringContaining('request.cols')},
	});
	expect(byId.get(4)).toMatchObject({error: {code: 'failed', message: 'It crashed.'}});
	expect(readFileSync(join(folder, 'host.jsonl'), 'utf8')).toContain('It crashed.');
});

test('malformed frames end their own connection and no other', async () => {
	await serve();
	const good = await openWelcomed();
	for (const bad of ['{broken\n', '[]\n', '{"type":"request","id":"x"}\n', '{"type":"cancel"}\n']) {
		const client = await openWelcomed();
		client.socket.write(bad);
		await client.closed();
	}
	good.send({type: 'request', id: 1, method: 'ping', params: {}});
	await good.next('response');
	expect(server?.clientCount()).toBe(1);
});

test('a client that goes away gives back what it drives, and only that', async () => {
	await serve();
	const start = {cmd: 'x', cwd: '/', tty: true, env: {}, cols: 80, rows: 24, startedBy: 'user'} as const;
	for (let count = 0; count < 2; count++) await host.start(start);
	const [gone, other] = [await openWelcomed(), await openWelcomed()];
	const drive = (id: number, client: string) => ({
		type: 'request',
		id: id + 10,
		method: 'drive',
		params: {id, request: {driver: 'user', client, cols: 60, rows: 20}},
	});
	gone.send(drive(1, 'gone'), drive(2, 'gone'));
	await gone.next('response', 2);
	other.send(drive(2, 'other'));
	await other.next('response');
	gone.socket.destroy();
	await until(() => server?.clientCount() === 1);
	expect(await host.list()).toMatchObject([{driver: 'model'}, {driver: 'user', driverClient: 'other'}]);
});

test('a client that goes away takes its waits and watches along, and no terminal', async () => {
	await serve();
	const client = await openWelcomed();
	const start = {cmd: 'x', cwd: '/', tty: true, env: {}, cols: 80, rows: 24, startedBy: 'user'};
	client.send({type: 'request', id: 1, method: 'start', params: start});
	await client.next('response');
	client.send({type: 'request', id: 2, method: 'wait', params: {id: 1, request: {timeoutMs: 600_000}}});
	client.send({type: 'request', id: 3, method: 'watch', params: {id: 1}});
	await client.next('response', 2);
	expect([host.waiting(), host.watched().length, host.subscribers()]).toEqual([1, 1, 1]);
	client.socket.destroy();
	await until(() => server?.clientCount() === 0);
	await until(() => host.waiting() === 0);
	expect([host.watched().length, host.subscribers()]).toEqual([0, 0]);
	expect(await host.list()).toMatchObject([{state: {kind: 'running'}}]);
});

test('a long request blocks no other, a cancel ends it, writes keep their order', async () => {
	await serve();
	const client = await openWelcomed();
	const start = {cmd: 'x', cwd: '/', tty: true, env: {}, cols: 80, rows: 24, startedBy: 'user'};
	client.send({type: 'request', id: 1, method: 'start', params: start});
	client.send({type: 'request', id: 2, method: 'wait', params: {id: 1, request: {timeoutMs: 600_000}}});
	for (let id = 3; id < 203; id++) {
		client.send({
			type: 'request',
			id,
			method: 'write',
			params: {id: 1, request: {by: 'user', chars: `${id}`}},
		});
	}
	await client.next('response', 201);
	expect(host.typed).toEqual(Array.from({length: 200}, (_, index) => `${index + 3}`));
	client.send({type: 'cancel', id: 2}, {type: 'cancel', id: 999});
	await client.next('response', 202);
	expect(client.messages.at(-1)).toMatchObject({id: 2, ok: {reason: {kind: 'aborted'}}});
});

test('a stuck client holds neither memory nor the others, and gets the newest screen when it wakes', async () => {
	await serve();
	const stuck = await openWelcomed();
	stuck.send({type: 'request', id: 1, method: 'watch', params: {id: 1}});
	await stuck.next('response');
	stuck.socket.pause();
	const lively = await openWelcomed();
	lively.send({type: 'request', id: 1, method: 'watch', params: {id: 1}});
	await lively.next('response');

	const text = 'x'.repeat(100_000);
	const before = process.memoryUsage().rss;
	for (let revision = 1; revision <= 2_000; revision++) {
		host.paint(1, text, revision);
		// 200 MB in all: whoever kept them would show it. The lively one takes its own in between.
		if (revision % 10 === 0) await until(() => lastRevision(lively.messages) > revision - 10);
		lively.messages.length = Math.min(lively.messages.length, 3);
	}
	host.paint(1, 'the last', 3_000);
	await until(() => lastRevision(lively.messages) === 3_000);
	expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
	expect(lastRevision(stuck.messages)).toBeLessThan(100);
	stuck.socket.resume();
	await until(() => lastRevision(stuck.messages) === 3_000);
	expect(stuck.messages.length).toBeLessThan(100);
});

test('an answer over 32 MB is an error that says so, and the connection lives on', async () => {
	await serve();
	const client = await openWelcomed();
	const start = {cmd: 'x', cwd: '/', tty: true, env: {}, cols: 80, rows: 24, startedBy: 'user'};
	client.send({type: 'request', id: 1, method: 'start', params: start});
	client.send({type: 'request', id: 2, method: 'read', params: {id: 1, request: {maxChars: 33_000_000}}});
	client.send({type: 'request', id: 3, method: 'ping', params: {}});
	await client.next('response', 3);
	expect(client.messages.find(({id}) => id === 2)).toMatchObject({error: {code: 'too-large'}});
});

test('a client that asks without reading is dropped before it costs memory without end', async () => {
	await serve();
	const client = await openWelcomed();
	const start = {cmd: 'x', cwd: '/', tty: true, env: {}, cols: 80, rows: 24, startedBy: 'user'};
	client.send({type: 'request', id: 1, method: 'start', params: start});
	await client.next('response');
	client.socket.pause();
	const read = {id: 1, request: {maxChars: 20_000_000}};
	client.send(
		...Array.from({length: 20}, (_, id) => ({type: 'request', id: id + 2, method: 'read', params: read})),
	);
	await until(() => server?.clientCount() === 0);
	await openWelcomed();
});

test('a socket that was left behind is replaced, one that answers is not', async () => {
	writeFileSync(path(), '');
	await serve();
	await openWelcomed();
	const again = serveHost({
		host,
		socketPath: path(),
		tokenFile: tokenFile(),
		tandem: '0.1.0',
		diagnostics: createDiagnostics(join(folder, 'host.jsonl')),
	});
	await expect(again).rejects.toMatchObject({code: 'EADDRINUSE'});
	await openWelcomed();
});

test('neither token nor requests stand in the diagnostics', async () => {
	const {token} = await serve();
	const client = await open();
	client.send(hello({token: `${token}x`}));
	await client.closed();
	const broken = await openWelcomed();
	broken.socket.write(`{"type":"request","params":"${token}"}\n{"${token}\n`);
	await broken.closed();
	expect(readFileSync(join(folder, 'host.jsonl'), 'utf8')).not.toContain(token);
});

test.runIf(process.getuid?.() === 0)('another user does not even reach the socket', async () => {
	await serve();
	const script = `require('net').connect(${JSON.stringify(path())}).on('error', error => console.log(error.code))`;
	const stranger = spawn(process.execPath, ['-e', script], {uid: 65_534, gid: 65_534, cwd: '/'});
	const [answer] = await once(stranger.stdout, 'data');
	expect(String(answer)).toBe('EACCES\n');
});

const lastRevision = (messages: {type: string; event?: unknown}[]): number => {
	const event = messages.filter(({type}) => type === 'event').at(-1)?.event as
		| {snapshot?: {revision: number}}
		| undefined;
	return event?.snapshot?.revision ?? -1;
};

// Kept to show that a foreign listener is not taken for a stale socket.
test('a listener that is no host keeps its socket', async () => {
	const other = createServer(socket => socket.destroy());
	other.listen(path());
	await once(other, 'listening');
	await expect(serve()).rejects.toMatchObject({code: 'EADDRINUSE'});
	other.close();
});
