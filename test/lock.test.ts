import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Worker} from 'node:worker_threads';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {findLockHolder, tryLock} from '../src/lock.js';
import {bundle} from './support/bundle.js';

let folder = '';
let file = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-lock-'));
	file = join(folder, 'lock');
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const nonce = 'a'.repeat(16);

test('a lock is held until it is released, and leaves nothing behind', () => {
	const lock = tryLock(file);
	expect(lock.kind).toBe('acquired');
	expect(tryLock(file)).toEqual({kind: 'held', pid: process.pid});
	expect(statSync(file).mode & 0o777).toBe(0o600);
	if (lock.kind === 'acquired') lock.release();
	expect(readdirSync(folder)).toEqual([]);
});

test('the lock of a process that was killed is broken', async () => {
	const child = spawn('sleep', ['60']);
	const holder = {...JSON.parse(heldContent()), pid: child.pid, startTime: startTime(child.pid)};
	writeFileSync(file, JSON.stringify(holder));
	expect(tryLock(file)).toEqual({kind: 'held', pid: child.pid});
	child.kill('SIGKILL');
	await once(child, 'exit');
	expect(tryLock(file).kind).toBe('acquired');
	expect(readdirSync(folder)).toEqual(['lock']);
});

test('a reused pid, another boot and a torn file do not hold a lock', () => {
	const holder = JSON.parse(heldContent());
	for (const content of [
		JSON.stringify({...holder, startTime: '1', nonce}),
		JSON.stringify({...holder, bootId: 'another', nonce}),
		JSON.stringify({pid: holder.pid, startTime: holder.startTime, boot: 'another', nonce}),
		JSON.stringify({pid: holder.pid, startTime: '1', bootId: holder.bootId}),
		'',
		'{"pid":',
	]) {
		rmSync(file, {force: true});
		writeFileSync(file, content);
		expect(findLockHolder(file)).toBeUndefined();
		expect(tryLock(file).kind).toBe('acquired');
	}
});

test('a living process holds its lock in every form that a tandem has written', () => {
	const {pid, startTime, bootId} = JSON.parse(heldContent());
	for (const holder of [
		{pid, startTime, bootId},
		{pid, startTime, boot: bootId, nonce},
		{pid, startTime, nonce},
		{pid, nonce},
		{pid},
	]) {
		writeFileSync(file, JSON.stringify(holder));
		expect(tryLock(file)).toEqual({kind: 'held', pid});
		expect(findLockHolder(file)).toBe(pid);
	}
});

test('a late release does not remove the lock of a successor', () => {
	const first = tryLock(file);
	rmSync(file);
	const second = tryLock(file);
	if (first.kind === 'acquired') first.release();
	expect(second.kind).toBe('acquired');
	expect(tryLock(file).kind).toBe('held');
});

test.each([
	['lock', 'acquired', JSON.stringify({pid: 1, startTime: 'never', nonce})],
	['lock', 'acquired', ''],
	['session', 'log', JSON.stringify({pid: 1, startTime: 'never'})],
])('of many that find a stale lock at once exactly one gets it: %s, %s, %s', async (what, won, stale) => {
	// Between the look at a stale lock and its end anything may happen: the moment is made long.
	const entry = await bundle('test/support/lock-racer.ts', [
		{
			file: 'src/lock.ts',
			from: '\t\tbreakStale(file, found.nonce);',
			to: 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * 10); breakStale(file, found.nonce);',
		},
	]);
	try {
		for (let round = 0; round < 10; round++) {
			writeFileSync(what === 'session' ? `${file}.lock` : file, stale);
			const gate = new SharedArrayBuffer(4);
			const workerData = {what, file, gate};
			const racers = Array.from({length: 4}, () => new Worker(entry.file, {workerData}));
			await Promise.all(racers.map(racer => once(racer, 'message')));
			const answers = racers.map(racer => once(racer, 'message'));
			Atomics.store(new Int32Array(gate), 0, 1);
			Atomics.notify(new Int32Array(gate), 0);
			const kinds = (await Promise.all(answers)).map(([kind]) => kind);
			expect(kinds.filter(kind => kind === won)).toHaveLength(1);
			await Promise.all(racers.map(racer => racer.terminate()));
		}
	} finally {
		entry.remove();
	}
});

const heldContent = () => {
	const lock = tryLock(file);
	const content = readFileSync(file, 'utf8');
	if (lock.kind === 'acquired') lock.release();
	return content;
};

const startTime = (pid: number | undefined) => {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
};
