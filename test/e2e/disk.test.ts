// Faults of the disk under the built program: it says what is not saved and goes on, and what is saved again when it
// can be is whole, with the gap on record.
import {execFileSync} from 'node:child_process';
import {
	existsSync,
	linkSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {findWorkspace} from '../../src/workspace.js';
import {
	canTrace,
	failChanges,
	type Mend,
	mountSmallDisk,
	refuseSpace,
	type SmallDisk,
} from '../support/disk.js';
import {kill} from '../support/kill.js';
import {call, text} from '../support/model-server.js';
import {setStage} from '../support/stage.js';
import {findHost, findWindow, keys, processesOf, startTandem, type Tandem} from '../support/tandem.js';
import {until} from '../support/until.js';

const stage = setStage();

let disk: SmallDisk | undefined;
// Before the stage removes what is mounted there.
afterEach(() => {
	for (const pid of disk ? processesOf(stage.place.home) : []) kill(pid);
	disk?.unmount();
	disk = undefined;
});

const mountHome = () => {
	disk = mountSmallDisk(stage.place.home);
	return disk;
};

const state = (...names: string[]) =>
	join(stage.place.home, 'workspaces', findWorkspace(stage.place.folder).key, ...names);

const sessionFile = () => {
	const [name = ''] = readdirSync(state('sessions')).filter(each => each.endsWith('.jsonl'));
	return state('sessions', name);
};

/** More than what is left of a page of the disk. */
const long = (word: string) => keys.paste(`${word} ${'x'.repeat(9_000)}`);

const send = async (tandem: Tandem, text: string) => {
	tandem.type(text);
	await tandem.sees(/\[Pasted text/);
	tandem.type(keys.enter);
};

/** Stops what still runs. */
const quit = async (tandem: Tandem, isRunning = false) => {
	await tandem.submit('/quit');
	if (isRunning) await tandem.sees('quit:');
	// It stops nothing before the question was seen for a while.
	await until(() => {
		if (!tandem.text().includes('quit:')) return true;
		tandem.type('s');
		return false;
	}, 'the question to be answered');
	await tandem.ends(0);
};

const processes = () => [findWindow(stage.place.home), findHost(stage.place.home)];

/** How it begins, and what is said; resolves with how it ends. */
type Fault = {begin(): Mend | Promise<Mend>; says?: string};

const fileLimit: Fault = {
	begin: () => refuseSpace(processes()),
	says: 'Not being saved: it has reached the allowed file size',
};

const failing = (error: 'EDQUOT' | 'EROFS', says: string): Fault =>
	// Where nobody may trace the first is all there is.
	canTrace()
		? {
				begin: () => failChanges(error, {pids: processes(), files: [sessionFile(), ...journalFiles()]}),
				says: `Not being saved: ${says}`,
			}
		: fileLimit;

/** Some of them may not be there yet. */
const journalFiles = () => ['bytes.000', 'lines.000'].map(name => state('terminals', '1', name));

/** The turn has ended, and it is still so. */
const staysSaid = async (tandem: Tandem, says: string) => {
	await tandem.sees(says);
	await tandem.submit('/status');
	await tandem.sees('not saved in');
	tandem.type(keys.escape);
	await tandem.loses('esc close');
	expect(tandem.text()).toContain(says);
};

const faults: Record<string, Fault> = {
	'files that may not grow': fileLimit,
	// There is room for a small record again: it is saved, and the line is gone.
	'a disk that is full': {begin: () => disk?.fill() ?? refuseSpace(processes())},
	'a quota that is used up': failing('EDQUOT', 'your disk quota is used up'),
	'a file system that becomes read-only under open files': failing('EROFS', 'the file system is read-only'),
};

test.each(Object.entries(faults))(
	'%s: told, nothing is done unsaved, terminals go on; then all is saved again, and the gap is on record',
	async (name, {begin, says}) => {
		if (name.includes('disk')) mountHome();
		const model = await stage.play([text('First answer.'), text('Third answer.')]);
		const tandem = await stage.open();
		await tandem.submit('the first');
		await tandem.sees('First answer.');
		await tandem.loses('to interrupt');
		await tandem.submit('!n=0; while sleep 0.1; do n=$((n + 1)); echo "row $n $(printf %0999d 0)"; done');
		await tandem.sees(/row \d/);

		const mend = await begin();
		await send(tandem, long('the second'));
		await tandem.sees('Interrupted.');
		expect(model.requests).toHaveLength(1);
		await tandem.sees('log not saved');
		if (says) await staysSaid(tandem, says);

		await mend();
		await send(tandem, long('the third'));
		await tandem.sees('Third answer.');
		await tandem.loses('Not being saved');
		await tandem.loses('log not saved');
		await quit(tandem, true);

		const logs = await startTandem({place: stage.place, args: ['logs', '1']});
		await logs.sees(/row \d+ 0/);
		const next = await stage.open({args: ['resume', '--last', '-a', 'full', '--trust']});
		await next.sees('Third answer.');
		next.type(keys.pageUp);
		next.type(keys.pageUp);
		await next.sees('First answer.');
		expect(next.text()).not.toContain('the second');
		const lines = readFileSync(sessionFile(), 'utf8').trim().split('\n');
		const numbers = lines.flatMap(line => (line.startsWith('{"v":') ? [JSON.parse(line).seq] : []));
		expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
		expect(numbers.at(-1)).toBeGreaterThan(numbers.length);
	},
);

test('a session’s file that is deleted or replaced: told, never said to be saved, and /new saves again', async () => {
	await stage.play([text('First answer.'), text('Second answer.'), text('Third answer.')]);
	const tandem = await stage.open();
	await tandem.submit('the first');
	await tandem.sees('First answer.');
	await tandem.loses('to interrupt');
	const file = sessionFile();
	rmSync(file);
	writeFileSync(file, 'somebody else’s');
	await tandem.submit('the second');
	await tandem.sees('Not being saved: another file stands in its place; /new starts another session');
	await tandem.submit('once more');
	await tandem.sees('Second answer.');
	expect(readFileSync(file, 'utf8')).toBe('somebody else’s');
	await tandem.loses('to interrupt');
	await tandem.submit('/new');
	await tandem.submit('the third');
	await tandem.sees('Third answer.');
	await tandem.loses('Not being saved');
	await quit(tandem);
	rmSync(file);
	expect(readFileSync(sessionFile(), 'utf8')).toContain('Third answer.');
});

test('the folder of a terminal’s log that is removed costs the log and nothing else', async () => {
	await stage.play([call('exec_command', {cmd: 'echo from $((40 + 2))'}), text('Ran.')]);
	const tandem = await stage.open();
	await tandem.submit('!n=0; while sleep 0.1; do n=$((n + 1)); echo row $n; done');
	await tandem.sees(/row \d/);
	rmSync(state('terminals'), {recursive: true});
	// It goes on, and is seen.
	const shown = () => Number(/row (\d+)/.exec(tandem.text())?.[1] ?? 0);
	const before = shown();
	await tandem.until('later rows', () => (shown() > before + 5 ? true : undefined));
	await tandem.submit('run one');
	await tandem.sees('Ran.');
	await quit(tandem, true);
});

test('links and pipes in the place of our files are not followed, not waited for and not written into', async () => {
	const target = join(stage.place.root, 'precious');
	writeFileSync(target, 'precious');
	const plant = {
		link: (path: string) => symlinkSync(target, path),
		pipe: (path: string) => execFileSync('mkfifo', [path]),
		second: (path: string) => linkSync(target, path),
	};
	// Everything is there once.
	const first = await stage.open();
	await first.submit('!echo $((40 + 2))');
	await first.sees('42');
	await quit(first);
	await until(() => !existsSync(state('host.lock')), 'the end of the host');
	const session = sessionFile();
	const planted: [keyof typeof plant, string][] = [
		['pipe', state('host.lock')],
		['pipe', state('host-start.lock')],
		['link', state('host.sock')],
		['link', state('host.token')],
		['second', state('next-id')],
		['pipe', state('history.jsonl')],
		['link', state('window.jsonl')],
		['pipe', state('sessions', 'a-pipe.jsonl')],
		['second', `${session.slice(0, -6)}-x.jsonl`],
		['pipe', join(stage.place.home, 'config.toml')],
	];
	for (const [how, path] of planted) {
		rmSync(path, {force: true});
		plant[how](path);
	}
	const second = await stage.open();
	await second.sees(/config\.toml is not used: it is no file/);
	await second.sees(/host\.sock: that\s+is\s+a\s+link\.\s+Remove it/);
	rmSync(state('host.sock'));
	// The counter of ids is no file of ours: terminals are refused, with what to remove.
	await second.submit('!echo $((40 + 3))');
	await second.sees('it ended at its start');
	expect(readFileSync(target, 'utf8')).toBe('precious');
	await quit(second);

	rmSync(state('next-id'));
	renameSync(session, `${session}.aside`);
	symlinkSync(target, session);
	const id = session.replace(/^.*\/|\.jsonl$/g, '');
	const refused = await startTandem({place: stage.place, args: ['resume', id, '--trust']});
	await refused.sees('There is no session');
	await refused.ends(1);

	const third = await stage.open();
	await third.submit('!echo $((40 + 4))');
	await third.sees('44');
	expect(readFileSync(target, 'utf8')).toBe('precious');
	mkdirSync(join(stage.place.root, 'elsewhere'));
	await quit(third);
	renameSync(state('sessions'), state('aside'));
	symlinkSync(join(stage.place.root, 'elsewhere'), state('sessions'));
	const fourth = await stage.open();
	await fourth.submit('!echo $((40 + 5))');
	await fourth.sees('Not being saved: A link, a pipe or a file of somebody else stands in its place.');
	expect(readdirSync(join(stage.place.root, 'elsewhere'))).toEqual([]);
});
