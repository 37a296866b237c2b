import {mkdtempSync, rmSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {DurableEvent} from '../../src/events.js';
import {createSessionId, listSessions, sessionFile} from '../../src/session/list.js';
import {openSessionLog} from '../../src/session/log.js';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-list-'));
});

afterEach(() => rmSync(folder, {recursive: true, force: true}));

const start: DurableEvent = {
	type: 'session.started',
	sessionId: 's',
	workspace: '/project',
	model: 'm',
	tandem: '0.1.0',
	at: 5,
};

const openSession = async (id: string) => {
	const log = await openSessionLog(join(folder, `${id}.jsonl`));
	if (log.kind === 'failed') throw new Error(log.message);
	return log;
};

const writeSession = async (id: string, changedAt: number, text?: string) => {
	const log = await openSession(id);
	await log.append(start);
	if (text !== undefined) {
		await log.append({type: 'message.sent', messageId: 'm', text, notices: [], told: [], at: 6});
	}
	await log.close();
	utimesSync(join(folder, `${id}.jsonl`), changedAt, changedAt);
};

test('sessions are listed with their first words, the last written first', async () => {
	await writeSession('a', 100, 'fix the\n\tlogin route');
	await writeSession('b', 300, 'newest');
	await writeSession('c', 200, 'x'.repeat(1_000_000));
	await writeSession('empty', 400);
	writeFileSync(join(folder, 'broken.jsonl'), 'no session\n');
	writeFileSync(join(folder, 'notes.txt'), '');
	const sessions = await listSessions(folder);
	expect(sessions.map(({id, firstWords}) => [id, firstWords])).toEqual([
		['b', 'newest'],
		['c', 'x'.repeat(200)],
		['a', 'fix the login route'],
	]);
	expect(sessions[0]).toMatchObject({startedAt: 5, changedAt: 300_000, openIn: undefined});
});

test('a session of shell lines alone is one too', async () => {
	const log = await openSession('a');
	await log.append(start);
	await log.append({type: 'shell.sent', shellId: 's1', cmd: 'npm test', at: 6});
	await log.close();
	expect(await listSessions(folder)).toMatchObject([{id: 'a', firstWords: '!npm test'}]);
});

test('a session that is open says in which process', async () => {
	await writeSession('a', 100, 'hello');
	const log = await openSession('a');
	expect((await listSessions(folder))[0]).toMatchObject({openIn: process.pid});
	await log.close();
	expect((await listSessions(folder))[0]).toMatchObject({openIn: undefined});
});

test('a folder that is not there has no sessions', async () => {
	expect(await listSessions(join(folder, 'none'))).toEqual([]);
});

test('an id can not leave the folder', () => {
	expect(sessionFile('/s', '20261123-0706-k3f9')).toBe('/s/20261123-0706-k3f9.jsonl');
	for (const id of ['', '../x', 'a/b', '.', '..', '-x', 'a\0', 'a.b', 'x'.repeat(65)]) {
		expect(sessionFile('/s', id), id).toBeUndefined();
	}
});

test('new ids sort by time and are ids', () => {
	const id = createSessionId(Date.UTC(2026, 10, 23, 7, 6), () => 0.5);
	expect(id).toMatch(/^20261123-0706-[a-z0-9]{4}$/);
	expect(sessionFile('/s', id)).toBeDefined();
	expect(createSessionId(0, () => 0.999) < createSessionId(60_000, () => 0)).toBe(true);
});
