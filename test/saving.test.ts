import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {DurableEvent} from '../src/events.js';
import {createSaving} from '../src/saving.js';
import {openSessionLog} from '../src/session/log.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-saving-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const turn = (turnId: string): DurableEvent => ({type: 'turn.started', turnId, at: 1});

const begin = () => {
	const file = join(folder, 'sessions', 's.jsonl');
	const told: (string | undefined)[] = [];
	const saving = createSaving({open: () => openSessionLog(file), onTrouble: message => told.push(message)});
	return {file, told, saving};
};

test('what could not be saved is told, later events are saved, and the gap stands in the file', async () => {
	// A file where the folder should be: nobody can write there, root neither.
	writeFileSync(join(folder, 'sessions'), '');
	const {file, told, saving} = begin();
	expect(await saving.save(turn('a'))).toBe(false);
	expect(await saving.save(turn('b'))).toBe(false);
	expect(told.at(-1)).toContain("can't be written");
	rmSync(join(folder, 'sessions'));
	expect(await saving.save(turn('c'))).toBe(true);
	expect(told.at(-1)).toBeUndefined();
	await saving.close();

	const events: DurableEvent[] = [];
	const log = await openSessionLog(file, event => events.push(event));
	if (log.kind === 'failed') throw new Error(log.message);
	expect(events).toEqual([turn('c')]);
	expect(log.damage).toEqual([{line: 1, reason: '2 records are missing before it'}]);
	await log.close();
});

test('whose session it is comes first, however late: the gap is before it', async () => {
	writeFileSync(join(folder, 'sessions'), '');
	const {file, saving} = begin();
	const started: DurableEvent = {
		type: 'session.started',
		sessionId: 's',
		workspace: '/w',
		model: 'm',
		tandem: '1.0.0',
		at: 1,
	};
	expect(await saving.save(started)).toBe(false);
	expect(await saving.save(turn('a'))).toBe(false);
	expect(saving.isOnDisk()).toBe(false);
	rmSync(join(folder, 'sessions'));
	expect(await Promise.all([saving.save(turn('b')), saving.save(turn('c'))])).toEqual([true, true]);
	expect(saving.isOnDisk()).toBe(true);
	await saving.close();

	const events: DurableEvent[] = [];
	const log = await openSessionLog(file, event => events.push(event));
	if (log.kind === 'failed') throw new Error(log.message);
	expect(events).toEqual([started, turn('b'), turn('c')]);
	expect(log.damage).toEqual([{line: 1, reason: '1 records are missing before it'}]);
	await log.close();
});

test('at the end of a turn what was not saved is not said to be', async () => {
	const told: (string | undefined)[] = [];
	const log = await openSessionLog(join(folder, 's.jsonl'));
	if (log.kind === 'failed') throw new Error(log.message);
	let isFull = true;
	const append: typeof log.append = event =>
		isFull ? Promise.reject(new Error('the disk is full')) : log.append(event);
	const saving = createSaving({
		open: async () => ({...log, append}),
		onTrouble: message => told.push(message),
	});
	expect(await saving.save(turn('a'))).toBe(false);
	await saving.sync();
	expect(told.at(-1)).toBe('the disk is full');
	isFull = false;
	expect(await saving.save(turn('b'))).toBe(true);
	expect(told.at(-1)).toBeUndefined();
	await saving.close();
});

test('a file that is deleted meanwhile is never said to be saved', async () => {
	const {file, told, saving} = begin();
	expect(await saving.save(turn('a'))).toBe(true);
	rmSync(file);
	expect(await saving.save(turn('b'))).toBe(false);
	expect(await saving.save(turn('c'))).toBe(false);
	expect(told.at(-1)).toContain('was deleted');
	expect(saving.isOnDisk()).toBe(false);
	await saving.close();
});

test('a file that was replaced by another one is not written into, and not said to be saved', async () => {
	const {file, told, saving} = begin();
	expect(await saving.save(turn('a'))).toBe(true);
	rmSync(file);
	writeFileSync(file, 'somebody else’s');
	expect(await saving.save(turn('b'))).toBe(false);
	expect(told.at(-1)).toContain('another file stands in its place');
	await saving.close();
	expect(readFileSync(file, 'utf8')).toBe('somebody else’s');
});
