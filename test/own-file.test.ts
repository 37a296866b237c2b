// What somebody has put in the place of tandem's own files is not followed, not waited for and not written into.
import {execFileSync} from 'node:child_process';
import {
	closeSync,
	constants,
	linkSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createDiagnostics} from '../src/diagnostics.js';
import {createJournal} from '../src/host/journal.js';
import {createRecords} from '../src/host/records.js';
import {tryLock} from '../src/lock.js';
import {openOwnFile} from '../src/own-file.js';
import {listSessions} from '../src/session/list.js';
import {openSessionLog} from '../src/session/log.js';

let folder: string;
let target: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-own-'));
	target = join(folder, 'precious');
	writeFileSync(target, 'precious');
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const plants = {
	'a link': (path: string) => symlinkSync(target, path),
	'a pipe': (path: string) => execFileSync('mkfifo', [path]),
	'a second name': (path: string) => linkSync(target, path),
};

const writing = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;

test('a file of our own is made private, and emptied if that is asked for', () => {
	const file = join(folder, 'own');
	closeSync(openOwnFile(file, writing));
	expect(statSync(file).mode & 0o777).toBe(0o600);
	writeFileSync(file, 'old');
	closeSync(openOwnFile(file, constants.O_WRONLY));
	expect(readFileSync(file, 'utf8')).toBe('old');
	closeSync(openOwnFile(file, writing));
	expect(readFileSync(file, 'utf8')).toBe('');
});

test('of a file with a second name nobody is told to remove it, and what is told to do works and loses nothing', () => {
	const file = join(folder, 'next-id');
	plants['a second name'](file);
	expect(() => openOwnFile(file, writing)).toThrow(
		/next-id has a second name elsewhere .*\. Copy it and move the copy into its place\.$/,
	);
	execFileSync('sh', ['-c', 'cp -p "$1" "$1.copy" && mv "$1.copy" "$1"', 'sh', file]);
	const descriptor = openOwnFile(file, constants.O_RDWR);
	expect(readFileSync(descriptor, 'utf8')).toBe('precious');
	closeSync(descriptor);
});

/** What opens or writes each of them, and says that it did not. */
const users: Record<string, {place: string; refuses(file: string): unknown}> = {
	'a file of ours': {
		place: 'own',
		refuses: file => expect(() => openOwnFile(file, writing)).toThrow(),
	},
	'a terminal’s lines': {
		place: 'lines.000',
		refuses(file) {
			const journal = createJournal(dirname(file), () => 0);
			journal.appendLine('one', 1);
			journal.flush();
			expect(journal.writeError).toBeInstanceOf(Error);
			journal.close();
		},
	},
	'a terminal’s bytes': {
		place: 'bytes.000',
		refuses(file) {
			const journal = createJournal(dirname(file), () => 0);
			journal.appendBytes(Buffer.from('one'));
			journal.flush();
			expect(journal.writeError).toBeInstanceOf(Error);
			journal.close();
		},
	},
	'the counter of ids': {
		place: 'next-id',
		refuses: file => expect(() => createRecords(dirname(file), () => {})).toThrow(),
	},
	'a session': {
		place: 'sessions/s1.jsonl',
		refuses: async file =>
			expect(await openSessionLog(file)).toMatchObject({
				kind: 'failed',
				code: expect.stringMatching(/^(not-a-file|second-name)$/),
			}),
	},
	'a session in the list': {
		place: 'sessions/s1.jsonl',
		refuses: async file => expect(await listSessions(dirname(file))).toEqual([]),
	},
	'the diagnostics': {
		place: 'window.jsonl',
		refuses: file => createDiagnostics(file).info('lost'),
	},
};

for (const [user, {place, refuses}] of Object.entries(users)) {
	test.each(Object.entries(plants))(`${user}: %s in its place is refused`, async (_, plant) => {
		const file = join(folder, place);
		mkdirSync(dirname(file), {recursive: true});
		plant(file);
		await refuses(file);
		expect(readFileSync(target, 'utf8')).toBe('precious');
	});
}

test('a folder of sessions or of terminals that is a link is not gone into', async () => {
	mkdirSync(join(folder, 'elsewhere'));
	for (const name of ['sessions', 'terminals']) symlinkSync(join(folder, 'elsewhere'), join(folder, name));
	expect(await openSessionLog(join(folder, 'sessions', 's1.jsonl'))).toMatchObject({code: 'not-a-file'});
	expect(() => createRecords(folder, () => {})).toThrow(/is a link/);
});

test('a pipe in the place of a lock holds up nobody and is broken, a link is an error', async () => {
	const file = join(folder, 'host.lock');
	plants['a pipe'](file);
	const lock = tryLock(file);
	expect(lock.kind).toBe('acquired');
	if (lock.kind === 'acquired') lock.release();
	plants['a link'](file);
	expect(() => tryLock(file)).toThrow(/ELOOP/);
	mkdirSync(join(folder, 'sessions'));
	const session = join(folder, 'sessions', 's1.jsonl');
	plants['a pipe'](`${session}.lock`);
	const log = await openSessionLog(session);
	expect(log.kind).toBe('log');
	if (log.kind === 'log') await log.close();
	expect(readFileSync(target, 'utf8')).toBe('precious');
});
