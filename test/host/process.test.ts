// The host as it is: real terminals in a process of their own, over the socket.
import {readFileSync} from 'node:fs';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import type {HostEvent} from '../../src/host/host.js';
import type {Snapshot} from '../../src/host/protocol.js';
import {bundle} from '../support/bundle.js';
import {makeHostPlace, pidsWith, startRequest as request} from '../support/host-process.js';
import {kill} from '../support/kill.js';
import {until} from '../support/until.js';

let entry: Awaited<ReturnType<typeof bundle>>;
let place: ReturnType<typeof makeHostPlace>;

beforeAll(async () => {
	entry = await bundle('test/support/pool-entry.ts');
});
afterAll(() => entry.remove());
beforeEach(() => {
	place = makeHostPlace(entry.file, {...process.env, OPENAI_API_KEY: 'sk-must-not-be-seen'});
});
afterEach(() => place.end());

test('a command is started, typed into, waited for and read, through the socket', async () => {
	const client = await place.connect();
	expect(await client.start(request('read name; echo hello $name; exit 3'))).toMatchObject({kind: 'started'});
	expect(await client.write(1, {by: 'user', chars: 'ann', keys: ['Enter']})).toEqual({kind: 'written'});
	expect(await client.wait(1, {timeoutMs: 20_000, exit: true})).toMatchObject({
		reason: {kind: 'exited'},
		terminal: {state: {kind: 'ended', exit: {code: 3}}},
	});
	const reading = await client.read(1, {maxChars: 1_000});
	expect(reading).toMatchObject({kind: 'reading'});
	expect(JSON.stringify(reading)).toContain('hello ann');
});

test('a program sees the environment of its request, not that of the host or of who started it', async () => {
	const client = await place.connect();
	await client.start(request('env; tty', {env: {PATH: process.env.PATH ?? '', MINE: '1'}}));
	await client.wait(1, {timeoutMs: 20_000, exit: true});
	const text = JSON.stringify(await client.read(1, {maxChars: 10_000}));
	expect(text).toContain('MINE=1');
	expect(text).not.toContain('sk-must-not-be-seen');
	const token = readFileSync(place.paths.tokenFile, 'utf8');
	expect(text).not.toContain(token);
});

test('a watched screen follows the program, and a second client sees the same one', async () => {
	const [one, two] = [await place.connect(), await place.connect()];
	await one.start(request('read x; echo answer-$x; sleep 60'));
	const seen: Snapshot[] = [];
	two.watch(1, snapshot => seen.push(snapshot));
	await one.write(1, {by: 'user', chars: '42\r'});
	await until(() => seen.some(snapshot => JSON.stringify(snapshot.lines).includes('answer-42')));
	expect(await one.snapshot(1)).toEqual(await two.snapshot(1));
});

test('terminals live on without clients and are there for the next one', async () => {
	const first = await place.connect();
	await first.start(request('sleep 300', {name: 'nap'}));
	await first.close();
	const next = await place.connect();
	expect(await next.list()).toMatchObject([{id: 1, name: 'nap', state: {kind: 'running'}}]);
});

test('kill -9 of the host: its terminals are lost, not ended, and ids are not used again', async () => {
	const client = await place.connect();
	await client.start(request('sleep 300'));
	await client.start(request('exit 4'));
	await client.wait(2, {timeoutMs: 20_000, exit: true});
	const isEnded = async () => (await client.list()).some(({id, state}) => id === 2 && state.kind === 'ended');
	await until(isEnded);
	// The end is on disk right after it was answered: before the next question is.
	await client.list();
	const events: HostEvent[] = [];
	client.subscribe(event => events.push(event));
	for (const pid of place.pids()) kill(pid);
	await until(() => events.some(({type}) => type === 'host.connected'));
	const states = (await client.list()).map(({id, state}) => [id, state.kind]);
	expect(states.sort()).toEqual([
		[1, 'lost'],
		[2, 'ended'],
	]);
	expect(await client.write(1, {by: 'user', chars: 'x'})).toMatchObject({kind: 'refused'});
	expect(await client.start(request('true'))).toMatchObject({terminal: {id: 3}});
});

test('kill -9 of the host in the middle of floods: what they printed is there in order, each line once', async () => {
	const client = await place.connect();
	await client.start(request('seq 1000000000'));
	await client.start(request('seq 1000000000', {tty: false}));
	await until(async () => (await client.list()).every(({lineCount}) => lineCount > 50_000));
	const events: HostEvent[] = [];
	client.subscribe(event => events.push(event));
	for (const pid of place.pids()) process.kill(pid, 'SIGKILL');
	await until(() => events.some(({type}) => type === 'host.connected'));
	for (const id of [1, 2]) {
		const page = await client.log(id, {lines: {last: 10_000}, maxChars: 1_000_000});
		if (page.kind !== 'log') throw new Error(page.message);
		const numbers = page.lines.slice(0, -1).map(({text}) => Number(text));
		// The last one may be printed in part.
		numbers.pop();
		expect(numbers.length).toBeGreaterThan(5_000);
		expect(numbers.findIndex((number, index) => number <= (numbers[index - 1] ?? 0))).toBe(-1);
	}
});

test('SIGTERM of the host ends what its terminals had started', async () => {
	const client = await place.connect();
	const events: HostEvent[] = [];
	client.subscribe(event => events.push(event));
	const env = {PATH: process.env.PATH ?? '', TANDEM_PROCESS_TEST: place.paths.stateFolder};
	await client.start(request('sleep 300 & sleep 300', {env}));
	const started = () => pidsWith(`TANDEM_PROCESS_TEST=${place.paths.stateFolder}`, 'environ');
	await until(() => started().length >= 2);
	for (const pid of place.pids()) process.kill(pid, 'SIGTERM');
	await until(() => place.pids().length === 0);
	await until(() => events.some(({type}) => type === 'host.lost'));
	expect(started()).toEqual([]);
	expect(await client.list()).toMatchObject([{id: 1, state: {kind: 'ended'}}]);
});

test('a flood in one terminal delays neither another one nor the requests', async () => {
	const client = await place.connect();
	await client.start(request('yes'));
	client.watch(1, () => {});
	await client.start(request('cat'));
	for (const word of ['one', 'two', 'three']) {
		const from = performance.now();
		await client.write(2, {by: 'user', chars: `${word}\r`});
		const waited = await client.wait(2, {timeoutMs: 20_000, pattern: word, from: {line: 1, seen: []}});
		expect(waited).toMatchObject({reason: {kind: 'matched'}});
		expect(performance.now() - from).toBeLessThan(5_000);
	}
});
