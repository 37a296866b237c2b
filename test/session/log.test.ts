import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {
	appendFileSync,
	copyFileSync,
	existsSync,
	linkSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	unlinkSync,
	writeFileSync,
} from 'node:fs';
import {open} from 'node:fs/promises';
import {constants, tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {crc32} from 'node:zlib';
import {build} from 'esbuild';
import {afterEach, beforeEach, expect, onTestFinished, test} from 'vitest';
import type {DurableEvent} from '../../src/events.js';
import {openSessionLog, type SaveError, type SessionLog} from '../../src/session/log.js';
import {writeLine} from '../../src/session/schema.js';
import {longSession} from '../support/long-session.js';
import {until} from '../support/until.js';

let folder: string;
let file: string;
const opened: SessionLog[] = [];

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-session-'));
	file = join(folder, 'sessions', 's1.jsonl');
});

afterEach(async () => {
	for (const log of opened.splice(0)) await log.close();
	rmSync(folder, {recursive: true, force: true});
});

const openLog = async (path = file): Promise<SessionLog & {events: DurableEvent[]}> => {
	const events: DurableEvent[] = [];
	const log = await openSessionLog(path, event => events.push(event));
	if (log.kind === 'failed') throw new Error(log.message);
	opened.push(log);
	expect(log.count).toBe(events.length);
	return {...log, events};
};

const message = (text: string): DurableEvent => ({
	type: 'message.sent',
	messageId: text.slice(0, 8),
	text,
	notices: [],
	told: [],
	at: 1,
});

const texts = ({events}: {events: DurableEvent[]}) =>
	events.map(event => (event.type === 'message.sent' ? event.text : event.type));

/** A closed file with these messages. */
const writeSession = async (...messages: string[]) => {
	const log = await openLog();
	for (const text of messages) await log.append(message(text));
	await log.close();
};

test('what was appended is read again, in a private file in a private folder', async () => {
	await writeSession('one', 'zwei \u2028 \u{1f600} \n three');
	const log = await openLog();
	expect(texts(log)).toEqual(['one', 'zwei \u2028 \u{1f600} \n three']);
	expect(log.damage).toEqual([]);
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(statSync(join(folder, 'sessions')).mode & 0o777).toBe(0o700);
});

test('an appended event is in the file when append resolves', async () => {
	const log = await openLog();
	await log.append(message('one'));
	expect(readFileSync(file)).toEqual(writeLine(1, message('one')));
});

test('appends that are not waited for keep their order', async () => {
	const log = await openLog();
	await Promise.all(Array.from({length: 50}, (_, index) => log.append(message(`${index}`))));
	await log.close();
	expect(texts(await openLog())).toEqual(Array.from({length: 50}, (_, index) => `${index}`));
});

test('records of any length are read, wherever the pieces in which the file is read end', async () => {
	const sent = Array.from({length: 40}, (_, index) => `${index} ${'ü\u2028x'.repeat(index * 2_000)}`);
	await writeSession(...sent, 'y'.repeat(2_000_000), 'last');
	const log = await openLog();
	expect(texts(log)).toEqual([...sent, 'y'.repeat(2_000_000), 'last']);
	expect(log.damage).toEqual([]);
	await log.close();
	appendFileSync(file, 'z'.repeat(600_000));
	const torn = await openLog();
	expect(torn.damage).toEqual([{line: 43, reason: expect.stringContaining('torn off after 600000 bytes')}]);
	expect(torn.count).toBe(42);
});

test('of a long file the last events are handed over before the first is read, of a short one none are', async () => {
	const events = longSession({turns: 60, size: 20_000});
	const glances: (readonly DurableEvent[])[] = [];
	const read: DurableEvent[] = [];
	const open = () =>
		openSessionLog(
			file,
			event => {
				expect(glances).toHaveLength(1);
				read.push(event);
			},
			last => glances.push(last),
		);
	const lines = events.map((event, index) => writeLine(index + 1, event));
	mkdirSync(join(folder, 'sessions'));
	writeFileSync(file, Buffer.concat([...lines, ...Array<Buffer>(9).fill(Buffer.from('damaged\n'))]));
	const short = await openSessionLog(file, undefined, last => glances.push(last));
	if (short.kind === 'failed') throw new Error(short.message);
	await short.close();
	expect(glances).toEqual([]);

	const longer = Array.from({length: 8}, (_, part) =>
		events.map((event, index) => writeLine(part * events.length + index + 1, event)),
	);
	writeFileSync(file, Buffer.concat(longer.flat()));
	const log = await open();
	if (log.kind === 'failed') throw new Error(log.message);
	opened.push(log);
	expect(log.damage).toEqual([]);
	expect(read).toHaveLength(8 * events.length);
	const [last = []] = glances;
	expect(last.length).toBeGreaterThan(20);
	expect(last.length).toBeLessThan(events.length);
	expect(last).toEqual(read.slice(-last.length));
});

test('a second writer is refused with the process that has the session, and may open it afterwards', async () => {
	const first = await openLog();
	const second = await openSessionLog(file);
	expect(second).toMatchObject({kind: 'failed', code: 'in-use'});
	if (second.kind === 'failed') expect(second.message).toContain(String(process.pid));
	await first.append(message('one'));
	await first.close();
	expect(texts(await openLog())).toEqual(['one']);
});

const bootIdFile = '/proc/sys/kernel/random/boot_id';
const bootId = existsSync(bootIdFile) ? readFileSync(bootIdFile, 'utf8').trim() : undefined;

test.each([
	['another boot', JSON.stringify({pid: process.pid, startTime: '1', bootId: 'other'})],
	['a process whose pid is now taken', JSON.stringify({pid: process.pid, startTime: '1', bootId})],
	['nobody', 'no json'],
])('a lock of %s is stale', async (_, lock) => {
	await writeSession('one');
	writeFileSync(`${file}.lock`, lock);
	expect(texts(await openLog())).toEqual(['one']);
	expect(readdirSync(join(folder, 'sessions')).sort()).toEqual(['s1.jsonl', 's1.jsonl.lock']);
});

test.runIf(process.platform === 'linux')(
	'a lock of a process that has ended and is still listed is stale',
	async () => {
		await writeSession('one');
		// Nobody waits for the first: its parent has become another program.
		const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		onTestFinished(() => void parent.kill('SIGKILL'));
		const [pid] = await once(createInterface({input: parent.stdout}), 'line');
		const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
		await until(() => stat()[2] === 'Z', 'the zombie');
		writeFileSync(`${file}.lock`, JSON.stringify({pid: Number(pid), startTime: stat()[21], bootId}));
		expect(texts(await openLog())).toEqual(['one']);
	},
);

test('a file cut at any byte of its last two records gives all before, and goes on cleanly', async () => {
	await writeSession('one', 'two', 'three');
	const whole = readFileSync(file);
	const starts = [message('one'), message('two')].map((event, index) => writeLine(index + 1, event).length);
	const second = starts[0] ?? 0;
	const third = second + (starts[1] ?? 0);
	for (let cut = second; cut <= whole.length; cut++) {
		const path = join(folder, `cut-${cut}`, 's.jsonl');
		mkdirSync(join(folder, `cut-${cut}`));
		writeFileSync(path, whole.subarray(0, cut));
		const log = await openLog(path);
		// A record that lacks only its line feed is whole.
		const expected = [
			'one',
			...(cut >= third - 1 ? ['two'] : []),
			...(cut >= whole.length - 1 ? ['three'] : []),
		];
		expect(texts(log), `cut at ${cut}`).toEqual(expected);
		const isTorn = cut !== second && cut !== third && cut !== third - 1 && cut < whole.length - 1;
		expect(log.damage.length, `cut at ${cut}`).toBe(isTorn ? 1 : 0);
		await log.append(message('next'));
		await log.close();
		const again = await openLog(path);
		expect(texts(again)).toEqual([...expected, 'next']);
		expect(again.damage).toEqual([]);
		await again.close();
	}
});

test('a torn tail is kept in a file of its own', async () => {
	await writeSession('one');
	appendFileSync(file, '{"v":1,"seq":2,"ev');
	const log = await openLog();
	const [damage] = log.damage;
	expect(damage).toMatchObject({line: 2, reason: expect.stringContaining('18 bytes')});
	const aside = readdirSync(join(folder, 'sessions')).find(name => name.includes('.torn-')) ?? '';
	expect(readFileSync(join(folder, 'sessions', aside), 'utf8')).toBe('{"v":1,"seq":2,"ev');
});

test('a bad line in the middle is skipped, placed and left as it is', async () => {
	await writeSession('one', 'two', 'three');
	const damaged = readFileSync(file, 'utf8').replace('"text":"two"', '"text":"TWO"');
	writeFileSync(file, damaged);
	const log = await openLog();
	expect(texts(log)).toEqual(['one', 'three']);
	expect(log.damage).toEqual([{line: 2, reason: 'its checksum is wrong'}]);
	await log.append(message('four'));
	await log.close();
	expect(readFileSync(file, 'utf8').startsWith(damaged)).toBe(true);
	expect(texts(await openLog())).toEqual(['one', 'three', 'four']);
});

test('a record behind a torn one on the same line is found', async () => {
	await writeSession('one');
	const torn = writeLine(2, message('lost')).subarray(0, 40);
	appendFileSync(file, Buffer.concat([torn, writeLine(2, message('two')), writeLine(3, message('three'))]));
	const log = await openLog();
	expect(texts(log)).toEqual(['one', 'two', 'three']);
	expect(log.damage).toHaveLength(1);
});

test('missing and repeated records are said', async () => {
	await writeSession('one');
	appendFileSync(file, Buffer.concat([writeLine(1, message('one')), writeLine(4, message('four'))]));
	const log = await openLog();
	expect(texts(log)).toEqual(['one', 'four']);
	expect(log.damage).toEqual([
		{line: 2, reason: 'record 1 stands here again'},
		{line: 3, reason: '2 records are missing before it'},
	]);
});

test('blocks of NUL bytes are skipped and said', async () => {
	await writeSession('one');
	appendFileSync(file, Buffer.concat([Buffer.alloc(4096), writeLine(2, message('two'))]));
	const log = await openLog();
	expect(texts(log)).toEqual(['one', 'two']);
	expect(log.damage).toEqual([{line: 2, reason: expect.stringContaining('4096 NUL bytes')}]);
	await log.close();
	appendFileSync(file, Buffer.alloc(512));
	const again = await openLog();
	expect(texts(again)).toEqual(['one', 'two']);
	await again.append(message('three'));
	await again.close();
	expect(texts(await openLog())).toEqual(['one', 'two', 'three']);
});

test('events of a newer tandem are kept in the file and ignored', async () => {
	await writeSession('one');
	const foreign = {type: 'plan.changed', steps: []} as unknown as DurableEvent;
	const extended = Object.assign(message('three'), {colour: 'red'});
	appendFileSync(file, Buffer.concat([writeLine(2, foreign), writeLine(3, extended)]));
	const before = readFileSync(file);
	const log = await openLog();
	expect(texts(log)).toEqual(['one', 'three']);
	expect(log.damage).toEqual([]);
	await log.append(message('four'));
	await log.close();
	expect(readFileSync(file).subarray(0, before.length)).toEqual(before);
});

test('a newer format is opened for reading only and not touched', async () => {
	await writeSession('one');
	const body = '{"v":2,"seq":2,"event":{"type":"message.sent"}';
	const torn = '{"v":2,"se';
	appendFileSync(file, `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}\n${torn}`);
	const before = readFileSync(file);
	const log = await openLog();
	expect(texts(log)).toEqual(['one']);
	expect(log.readOnly).toContain('format 2');
	await expect(log.append(message('two'))).rejects.toMatchObject({name: 'SaveError', code: 'read-only'});
	await log.close();
	expect(readFileSync(file)).toEqual(before);
});

test('a link or a pipe in the place of the file is refused', async () => {
	await writeSession('one');
	const link = join(folder, 'sessions', 'link.jsonl');
	symlinkSync(file, link);
	expect(await openSessionLog(link)).toMatchObject({kind: 'failed', code: 'not-a-file'});
	const pipe = join(folder, 'sessions', 'pipe.jsonl');
	execFileSync('mkfifo', [pipe]);
	expect(await openSessionLog(pipe)).toMatchObject({kind: 'failed', code: 'not-a-file'});
	expect(readdirSync(join(folder, 'sessions')).filter(name => name.includes('.lock'))).toEqual([]);
});

test('a session with a second name is not written, and its user is never told to remove it', async () => {
	await writeSession('one');
	const before = readFileSync(file);
	const backup = join(folder, 'backup.jsonl');
	linkSync(file, backup);
	const refused = await openSessionLog(file);
	expect(refused).toMatchObject({
		kind: 'failed',
		code: 'second-name',
		message: expect.stringMatching(/second name.*move the copy into its place/),
	});
	expect(refused).not.toMatchObject({message: expect.stringMatching(/remove|delete/i)});
	// The advice, followed.
	copyAndReplace();
	const log = await openLog();
	expect(texts(log)).toEqual(['one']);
	await log.append(message('two'));
	expect(readFileSync(backup)).toEqual(before);
});

test('a folder that is a file is a refusal with the next step', async () => {
	writeFileSync(join(folder, 'sessions'), '');
	const failure = await openSessionLog(file);
	expect(failure).toMatchObject({kind: 'failed', code: 'not-writable'});
	if (failure.kind === 'failed') expect(failure.message).toContain('TANDEM_HOME');
});

test('a deleted file is noticed with the next event', async () => {
	const log = await openLog();
	await log.append(message('one'));
	unlinkSync(file);
	await expect(log.append(message('two'))).rejects.toMatchObject({
		code: 'deleted',
	} satisfies Partial<SaveError>);
	await expect(log.append(message('three'))).rejects.toMatchObject({code: 'deleted'});
});

test.each([
	['moved away', () => renameSync(file, `${file}.aside`), /^its file was deleted or moved; \/new/],
	['replaced by its copy', () => copyAndReplace(), /^another file stands in its place; \/new/],
	[
		'gone with its folder',
		() => renameSync(folder, `${folder}.aside`),
		/^its file was deleted or moved; \/new/,
	],
] as const)(
	'a file that is %s is noticed: nobody would find there what is written',
	async (_, take, words) => {
		const log = await openLog();
		await log.append(message('one'));
		take();
		onTestFinished(() => rmSync(`${folder}.aside`, {recursive: true, force: true}));
		await expect(log.append(message('two'))).rejects.toMatchObject({
			code: 'deleted',
			message: expect.stringMatching(words),
		});
	},
);

const copyAndReplace = () => {
	copyFileSync(file, `${file}.copy`);
	renameSync(`${file}.copy`, file);
};

test('an empty session leaves what somebody has put in the place of its file', async () => {
	const log = await openLog();
	rmSync(file);
	writeFileSync(file, 'somebody else’s');
	await log.close();
	expect(readFileSync(file, 'utf8')).toBe('somebody else’s');
});

test('a session in which nothing was said leaves no file, and a closed log takes nothing', async () => {
	const log = await openLog();
	await log.close();
	await log.close();
	expect(readdirSync(join(folder, 'sessions'))).toEqual([]);
	await expect(log.append(message('late'))).rejects.toMatchObject({code: 'closed'});
});

test('ten thousand records open within ten times the promised 300 ms', async () => {
	const lines = Array.from({length: 10_000}, (_, index) => writeLine(index + 1, message(`message ${index}`)));
	await writeSession();
	writeFileSync(file, Buffer.concat(lines), {mode: 0o600});
	const before = performance.now();
	const log = await openLog();
	expect(log.events).toHaveLength(10_000);
	expect(performance.now() - before).toBeLessThan(3_000);
});

/** A program that appends what its standard input tells it, one text a line, and answers each. */
const writerSource = `
import {createInterface} from 'node:readline';
import {openSessionLog} from './src/session/log.ts';
const log = await openSessionLog(process.argv[2]);
if (log.kind === 'failed') throw new Error(log.message);
for await (const text of createInterface({input: process.stdin})) {
	const event = {type: 'message.sent', messageId: 'm', text: text.repeat(100), notices: [], told: [], at: 1};
	await log.append(event).then(() => console.log('saved'), error => console.log(error.code + ' ' + error.message));
}
await log.close();
`;

const startWriter = async (prefix: string) => {
	const outfile = join(folder, 'writer.mjs');
	const stdin = {contents: writerSource, resolveDir: process.cwd(), loader: 'ts' as const};
	await build({stdin, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent'});
	const script = `${prefix} exec "$0" "$1" "$2"`;
	const child = spawn('sh', ['-c', script, process.execPath, outfile, file], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
	const ask = async (text: string): Promise<string> => {
		child.stdin.write(`${text}\n`);
		return (await lines.next()).value ?? 'ended';
	};
	return {child, ask};
};

const exited = (child: ChildProcess) => new Promise<void>(resolve => child.once('close', () => resolve()));

test.runIf(process.platform === 'linux')(
	'a disk that was full for a while costs the events of that while only',
	async () => {
		// A file size limit acts like a full disk: the write that meets it is cut in its middle.
		const {child, ask} = await startWriter('ulimit -S -f 4;');
		const answers: string[] = [];
		while (!answers.at(-1)?.startsWith('write-failed')) answers.push(await ask(`before ${answers.length}`));
		expect(await ask('still full')).toContain('write-failed');
		execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:unlimited']);
		expect(await ask('after')).toBe('saved');
		child.stdin.end();
		await exited(child);
		const log = await openLog();
		const saved = answers.flatMap((answer, index) => (answer === 'saved' ? [`before ${index}`] : []));
		expect(saved.length).toBeGreaterThan(0);
		expect(texts(log)).toEqual([...saved, 'after'].map(text => text.repeat(100)));
		expect(log.damage).toEqual([{line: saved.length + 1, reason: '2 records are missing before it'}]);
	},
);

/** Until it is undone every sync of a file's data fails, as on a network's file system whose quota is used up. */
const failSyncs = async () => {
	const probe = await open(folder, 'r');
	const prototype: {datasync(): Promise<void>} = Object.getPrototypeOf(probe);
	await probe.close();
	const {datasync} = prototype;
	const code = `Unknown system error -${constants.errno.EDQUOT}`; // Node knows no better.
	prototype.datasync = () =>
		Promise.reject(Object.assign(new Error(code), {code, errno: -constants.errno.EDQUOT}));
	const undo = () => {
		prototype.datasync = datasync;
	};
	onTestFinished(undo);
	return undo;
};

test('after a failed sync nothing is called saved that may be lost, until a later event is on the disk', async () => {
	const log = await openLog();
	await log.append(message('one'));
	const mend = await failSyncs();
	const failed = {code: 'sync-failed', message: expect.stringMatching(/^your disk quota is used up/)};
	await expect(log.sync()).rejects.toMatchObject(failed);
	await expect(log.append(message('two'))).rejects.toMatchObject(failed);
	mend();
	// The kernel has forgotten what it could not write.
	await expect(log.sync()).rejects.toMatchObject(failed);
	await log.append(message('three'));
	await log.sync();
	await log.close();
	expect(texts(await openLog())).toEqual(['one', 'two', 'three']);
});

test('a writer that was killed leaves every acknowledged event and no lock in the way', async () => {
	const {child, ask} = await startWriter('');
	expect(await ask('a')).toBe('saved');
	expect(await ask('b')).toBe('saved');
	const refused = await openSessionLog(file);
	expect(refused).toMatchObject({kind: 'failed', code: 'in-use'});
	const gone = exited(child);
	child.kill('SIGKILL');
	await gone;
	const log = await openLog();
	expect(texts(log)).toEqual(['a'.repeat(100), 'b'.repeat(100)]);
});

test('the file of the first format is read as it was', async () => {
	const copy = join(folder, 'golden.jsonl');
	copyFileSync('test/fixtures/session-v1.jsonl', copy);
	const log = await openLog(copy);
	expect(log.damage).toEqual([]);
	const lines = log.events.map((event, index) => writeLine(index + 1, event).toString());
	expect(lines.join('')).toBe(readFileSync(copy, 'utf8'));
	expect(new Set(log.events.map(({type}) => type)).size).toBe(11);
});
