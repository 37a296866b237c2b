import {
	cpSync,
	existsSync,
	mkdtempSync,
	readFileSync,
	realpathSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Host} from '../../src/host/host.js';
import {lineHash} from '../../src/host/log.js';
import {createPool} from '../../src/host/pool.js';
import type {TerminalInfo} from '../../src/host/protocol.js';
import {createRecords} from '../../src/host/records.js';
import {until} from '../support/until.js';

let folder: string;
let hosts: Host[];
let errors: unknown[];
beforeEach(() => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-records-')));
	hosts = [];
	errors = [];
});
afterEach(async () => {
	for (const host of hosts) await host.close();
	rmSync(folder, {recursive: true, force: true});
});

const open = async (name: string, now?: () => number) => {
	const host = await createPool({
		stateFolder: join(folder, name),
		runtimeFolder: join(folder, `${name}-run`),
		onError: error => errors.push(error),
		...(now && {now}),
	});
	hosts.push(host);
	return host;
};

const start = async (host: Host, cmd: string): Promise<TerminalInfo> => {
	const env = {PATH: '/usr/bin:/bin', SECRET: 'not-for-the-disk'};
	const size = {cols: 80, rows: 24};
	const started = await host.start({
		cmd,
		cwd: folder,
		tty: true,
		env,
		...size,
		startedBy: 'user',
		shell: '/bin/sh',
	});
	if (started.kind === 'refused') throw new Error(started.message);
	return started.terminal;
};

const run = async (host: Host, cmd: string) => {
	const {id} = await start(host, cmd);
	await host.wait(id, {timeoutMs: 20_000});
	return id;
};

test('the next host lists the ended terminals, reads their logs and gives out other ids', async () => {
	const first = await open('state');
	const id = await run(first, 'echo hello; exit 4');
	await first.close();
	const second = await open('state');
	const [info] = await second.list();
	expect(info).toMatchObject({id, state: {kind: 'ended', exit: {code: 4}}, lastLines: ['hello']});
	expect(await second.read(id, {maxChars: 100})).toMatchObject({lines: [{number: 1, text: 'hello'}]});
	expect(JSON.stringify(await second.snapshot(id))).toContain('hello');
	expect(await second.stop(id)).toMatchObject({code: 'ended'});
	const refused = await second.restart(id, {by: 'user'});
	expect(refused).toMatchObject({
		code: 'not-restartable',
		message: expect.stringMatching(/earlier host.*echo hello; exit 4 \(in /),
	});
	expect((await start(second, 'true')).id).toBeGreaterThan(id);
});

test('an id is not given out again, though its terminal was forgotten or the counter was lost', async () => {
	const first = await open('state');
	const id = await run(first, 'true');
	await first.forget(id);
	const next = await run(first, 'true');
	expect(next).toBe(id + 1);
	await first.close();
	rmSync(join(folder, 'state', 'next-id'));
	expect(await run(await open('state'), 'true')).toBe(next + 1);
});

test('terminals of a host that died are lost, not ended, and their survivors can be stopped', async () => {
	const dying = await open('state');
	const {id} = await start(dying, 'echo before; exec sleep 60');
	await dying.wait(id, {timeoutMs: 20_000, pattern: 'before', from: {line: 1, seen: []}});
	await dying.rename(id, 'server');
	// What a host that died leaves: its folder as it is, and the processes.
	cpSync(join(folder, 'state'), join(folder, 'left'), {recursive: true});
	const next = await open('left');
	const [lost] = await next.list();
	expect(lost).toMatchObject({id, name: 'server', state: {kind: 'lost'}, leftovers: [{command: 'sleep 60'}]});
	expect(await next.restart(id, {by: 'user'})).toMatchObject({
		code: 'not-restartable',
		message: expect.stringContaining('lost with its host'),
	});
	expect(await next.write(id, {by: 'user', chars: 'x'})).toMatchObject({code: 'ended'});
	expect(await next.forget(id)).toMatchObject({code: 'still-running'});
	expect(await next.stop(id)).toMatchObject({kind: 'stopped', survivors: [], terminal: {leftovers: []}});
	expect(await next.forget(id)).toEqual({kind: 'forgotten'});
	expect(await next.list()).toEqual([]);
});

test('pids of another boot are nobody’s, and nothing is signalled', async () => {
	const dying = await open('state');
	const {id} = await start(dying, 'exec sleep 60');
	cpSync(join(folder, 'state'), join(folder, 'left'), {recursive: true});
	const record = join(folder, 'left', 'terminals', String(id), 'terminal.json');
	const {readFileSync} = await import('node:fs');
	const text = readFileSync(record, 'utf8').replace(/"bootId":"[^"]+"/, '"bootId":"another"');
	writeFileSync(record, text);
	const next = await open('left');
	expect(await next.list()).toMatchObject([{id, state: {kind: 'lost'}, leftovers: []}]);
	expect(await next.stop(id)).toMatchObject({code: 'ended'});
	expect((await dying.list())[0]?.state).toEqual({kind: 'running'});
});

test('files are private, and no environment is among them', async () => {
	const host = await open('state');
	const id = await run(host, 'true');
	const record = join(folder, 'state', 'terminals', String(id), 'terminal.json');
	expect(statSync(record).mode & 0o777).toBe(0o600);
	expect(statSync(join(folder, 'state', 'terminals', String(id))).mode & 0o777).toBe(0o700);
	const {readFileSync} = await import('node:fs');
	expect(readFileSync(record, 'utf8')).not.toContain('not-for-the-disk');
});

test('a record that cannot be read is told and left alone, the others are listed', async () => {
	const first = await open('state');
	const [torn, whole] = [await run(first, 'true'), await run(first, 'true')];
	await first.close();
	const record = join(folder, 'state', 'terminals', String(torn), 'terminal.json');
	writeFileSync(record, '{"info":');
	const second = await open('state');
	expect((await second.list()).map(({id}) => id)).toEqual([whole]);
	expect(String(errors[0])).toContain(`terminal ${torn}`);
	expect(existsSync(record)).toBe(true);
});

test('the record of a command that is forgotten with its answer is written once', async () => {
	const records = createRecords(join(folder, 'state'), error => errors.push(error));
	const host = await open('state');
	const {id} = await start(host, 'true');
	const record = records.readAll().find(({info}) => info.id === id);
	await host.wait(id, {timeoutMs: 20_000, exit: true});
	// As it was at the start: the end is written after the answer.
	expect(records.readAll()).toEqual([record]);
	expect(await host.snapshot(id)).toMatchObject({kind: 'snapshot', id});
	await host.forget(id);
	await host.close();
	expect(records.readAll()).toEqual([]);
	expect(errors).toEqual([]);
});

test('the record of an ended command is on disk when its host closes', async () => {
	const host = await open('state');
	const id = await run(host, 'true');
	await host.close();
	const [record] = createRecords(join(folder, 'state'), error => errors.push(error)).readAll();
	expect(record?.info).toMatchObject({id, state: {kind: 'ended'}});
});

test('the logs of ended terminals go after 14 days', async () => {
	const first = await open('state');
	const id = await run(first, 'true');
	await first.close();
	const later = await open('state', () => Date.now() + 15 * 24 * 3_600_000);
	expect(await later.list()).toEqual([]);
	expect(existsSync(join(folder, 'state', 'terminals', String(id)))).toBe(false);
});

test('beyond 2 GB the oldest logs go, also while the host lives, and never a running one’s', async () => {
	let time = Date.now();
	const host = await open('state', () => time);
	const oldest = await start(host, 'sleep 60');
	const ended = [await run(host, 'echo one'), await run(host, 'echo two'), await run(host, 'echo three')];
	const terminalFolder = (id: number) => join(folder, 'state', 'terminals', String(id));
	// Sparse: they take no space.
	for (const id of [oldest.id, ...ended]) {
		const padding = join(terminalFolder(id), 'padding');
		writeFileSync(padding, '');
		truncateSync(padding, 900 * 1024 ** 2);
	}
	time += 2 * 3_600_000;
	const last = await run(host, 'echo four');
	const kept = (await host.list()).map(({id}) => id);
	expect(kept).toEqual([oldest.id, ...ended.slice(1), last]);
	expect(existsSync(terminalFolder(ended[0] ?? 0))).toBe(false);
	await host.stop(oldest.id, {by: 'user', signal: 'KILL'});
});

test('the log of a lost terminal is read, and goes after 14 days too', async () => {
	const first = await open('state');
	const {id} = await start(first, 'seq 100; printf "\\033[1mno end"; sleep 60');
	await first.wait(id, {timeoutMs: 20_000, pattern: 'no end', from: {line: 1, seen: []}});
	const bytes = join(folder, 'state', 'terminals', String(id), 'bytes.000');
	await until(() => existsSync(bytes) && readFileSync(bytes, 'utf8').endsWith('no end'));
	cpSync(join(folder, 'state'), join(folder, 'copy'), {recursive: true});
	await first.close();
	const second = await open('copy');
	expect(await second.log(id, {maxChars: 10_000, lines: {last: 3}})).toMatchObject({
		kind: 'log',
		terminal: {state: {kind: 'lost'}},
		lines: [
			{number: 100, text: '100'},
			{number: 101, text: 'no end'},
			{
				number: 102,
				text: '[the terminal host died here: what was printed in its last 100 ms may be missing]',
			},
		],
	});
	// Whoever had read all of it is told as well.
	const position = {line: 101, seen: [lineHash('no end')]};
	expect(await second.read(id, {from: position, maxChars: 1_000})).toMatchObject({
		lines: [{number: 102, text: expect.stringContaining('host died here')}],
	});
	const later = await open('copy', () => Date.now() + 15 * 24 * 3_600_000);
	expect(await later.list()).toEqual([]);
});

test('a disk that takes nothing more is a refusal', async () => {
	const host = await open('state');
	rmSync(join(folder, 'state'), {recursive: true});
	const env = {PATH: '/usr/bin:/bin'};
	const request = {cmd: 'true', cwd: folder, tty: true, env, cols: 80, rows: 24, startedBy: 'user'} as const;
	expect(await host.start(request)).toMatchObject({kind: 'refused', code: 'disk'});
});
