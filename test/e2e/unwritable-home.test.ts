// A home that nothing can be stored in: the window says so and works all the same, and once it can be written what
// comes later is saved, with the gap on record. The verbs have one line for it.
import {execFile, spawnSync} from 'node:child_process';
import {chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {findWorkspace} from '../../src/workspace.js';
import {mountSmallDisk, type SmallDisk} from '../support/disk.js';
import {call, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {cleanEnvironment, keys, launcher, type Tandem} from '../support/tandem.js';

const stage = setStage();
const isRoot = process.getuid?.() === 0;
const somebody = 65_534;

const asUser = (user: number) =>
	['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', launcher] as const;

/** Who is not root, or may not become somebody who can run the program where it is, has fewer ways. */
const canBeSomebody =
	isRoot && spawnSync('setpriv', [...asUser(somebody).slice(1), '--version'], {cwd: '/'}).status === 0;

let disk: SmallDisk | undefined;
// Before the stage removes what is mounted there.
afterEach(() => {
	disk?.unmount();
	disk = undefined;
});

/** How it comes about, what is said of it, how it goes away. `user`: whose window it is, if not ours. */
type Obstacle = {make(): void; says: RegExp; mend(): void; user?: number};

const workspaces = () => join(stage.place.home, 'workspaces');
const workspace = () => join(workspaces(), findWorkspace(stage.place.folder).key);

const aFile: Obstacle = {
	make: () => writeFileSync(workspaces(), ''),
	says: /A file stands where a folder should be\. Make \S+ a folder that can be written, or set TANDEM_HOME to one/,
	mend: () => rmSync(workspaces()),
};

const obstacles: Record<string, Obstacle> = {
	'a file where a folder should be': aFile,
	'a folder that is open to others': {
		make() {
			mkdirSync(workspace(), {recursive: true});
			chmodSync(workspace(), 0o777);
		},
		says: /tandem does not use \S+: it is open to others\. Run: chmod 700 \S+, or set TANDEM_HOME/,
		mend: () => chmodSync(workspace(), 0o700),
	},
	'a home without permission':
		isRoot && !canBeSomebody
			? aFile
			: {
					make() {
						chmodSync(stage.place.root, 0o755);
						chmodSync(stage.place.folder, 0o777);
						chmodSync(stage.place.home, 0o555);
					},
					says: /No permission\. Make \S+ a folder that can be written, or set TANDEM_HOME to one/,
					mend: () => chmodSync(stage.place.home, 0o777),
					...(isRoot && {user: somebody}),
				},
	// Who may neither mount nor give files away has the first again.
	'a file system that is read-only': {
		make() {
			disk = mountSmallDisk(stage.place.home);
			if (disk) disk.makeReadOnly();
			else aFile.make();
		},
		says: /(?:The file system is read-only|A file stands where a folder should be)\. Make \S+ a folder/,
		mend: () => (disk ? disk.makeWritable() : aFile.mend()),
	},
	'a folder of somebody else': isRoot
		? {
				make() {
					mkdirSync(workspace(), {recursive: true, mode: 0o700});
					chownSync(workspace(), somebody, somebody);
				},
				says: /tandem does not use \S+: it belongs to user 65534\. Have it given to you, or set TANDEM_HOME/,
				mend: () => chownSync(workspace(), 0, 0),
			}
		: aFile,
};

const open = async ({user}: Obstacle, ...args: string[]): Promise<Tandem> => {
	const tandem = await stage.open(
		user === undefined ? {args} : {args: [], through: [...asUser(user), ...args]},
	);
	await tandem.sees('› ask');
	return tandem;
};

const sessionFile = () => {
	const names = readdirSync(join(workspace(), 'sessions'));
	return join(workspace(), 'sessions', names.find(name => name.endsWith('.jsonl')) ?? '');
};

/** Whatever the rows in which it stands. */
const seesWrapped = (tandem: Tandem, words: RegExp) =>
	tandem.until(String(words), () => words.test(tandem.text().replace(/\s+/g, ' ')) || undefined);

const patch = '*** Begin Patch\n*** Add File: new.txt\n+made\n*** End Patch';

test.each(Object.entries(obstacles))(
	'%s: a banner, the model works, nothing is called saved; then what comes later is',
	async (_, obstacle) => {
		obstacle.make();
		const model = await stage.play([
			call('exec_command', {cmd: 'echo $((40 + 2))'}),
			call('apply_patch', {input: patch}),
			text('First answer.'),
			call('exec_command', {cmd: 'echo $((40 + 3))'}),
			text('Second answer.'),
		]);
		const tandem = await open(obstacle, '-a', 'full', '--trust');
		await seesWrapped(tandem, new RegExp(`! Not being saved: ${obstacle.says.source}`));
		await tandem.sees('Until then there are no terminals');
		await tandem.submit('!echo $((40 + 1))');
		await tandem.sees('not started');
		await tandem.submit('the first');
		await tandem.sees('First answer.');
		expect(lastOutput(model.requests[1] ?? expect.fail())).toMatch(obstacle.says);
		expect(readFileSync(join(stage.place.folder, 'new.txt'), 'utf8')).toBe('made\n');
		await tandem.submit('/status');
		await tandem.sees(/not saved in/);
		tandem.type(keys.escape);
		await tandem.loses('not saved in');
		expect(tandem.text()).toContain('Not being saved');

		obstacle.mend();
		await tandem.submit('the second');
		await tandem.sees('Second answer.');
		await tandem.loses('Not being saved');
		expect(lastOutput(model.requests[4] ?? expect.fail())).toContain('43');
	},
);

test('what comes after the obstacle is gone can be resumed, in its folder, and says what is missing', async () => {
	aFile.make();
	await stage.play([text('First answer.'), text('Second answer.')]);
	const tandem = await open(aFile, '-a', 'full', '--trust');
	await tandem.submit('the first');
	await tandem.sees('First answer.');
	aFile.mend();
	await tandem.submit('the second');
	await tandem.sees('Second answer.');
	await tandem.submit('/quit');
	await tandem.sees(/Resume with: tandem resume/);
	await tandem.ends(0);

	const next = await open(aFile, 'resume', '--last', '--trust');
	await next.sees('Second answer.');
	await seesWrapped(next, /Line 1 of this session's file can't be read: \d+ records are missing before it/);
	expect(next.text()).not.toContain('First answer.');
	const [, head = ''] = /^(.*)\n/.exec(readFileSync(sessionFile(), 'utf8')) ?? [];
	expect(JSON.parse(head).event).toMatchObject({type: 'session.started', workspace: stage.place.folder});
});

test('what was never saved is not offered to be resumed', async () => {
	aFile.make();
	const tandem = await open(aFile, '--trust');
	await tandem.submit('hello');
	await tandem.sees('I understand:');
	await tandem.submit('/new');
	await seesWrapped(tandem, /Not being saved/);
	await tandem.submit('hello');
	await tandem.sees('I understand:');
	await tandem.submit('/quit');
	await tandem.ends(0);
	expect(tandem.text()).toContain('This session is not saved.');
	expect(tandem.text()).not.toContain('Resume with');
});

test('a prompt that came before the banner is not acted on until it is sent again', async () => {
	aFile.make();
	const model = await stage.play([text('First answer.')]);
	const tandem = await open(aFile, '-a', 'full', '--trust', 'the first');
	await tandem.sees('The turn was stopped because it could not be saved. Send again');
	expect(model.requests).toEqual([]);
	await tandem.submit('the first');
	await tandem.sees('First answer.');
});

/** Of a verb, without a terminal. */
const runVerb = (...args: string[]) =>
	new Promise<{code: number; lines: string[]}>(done => {
		const env = {...cleanEnvironment(), TANDEM_HOME: stage.place.home, HOME: stage.place.home};
		const command = canBeSomebody ? [...asUser(somebody)] : [launcher];
		const [file = '', ...rest] = [...command, ...args];
		execFile(file, rest, {cwd: stage.place.folder, env}, (error, out, err) =>
			done({code: error ? Number(error.code) : 0, lines: `${out}${err}`.trim().split('\n')}),
		);
	});

/** Whoever runs the verb cannot go into it. */
const closeHome = () => {
	if (isRoot && !canBeSomebody) {
		rmSync(stage.place.home, {recursive: true});
		return writeFileSync(stage.place.home, '');
	}
	chmodSync(stage.place.root, 0o755);
	chmodSync(stage.place.folder, 0o777);
	chmodSync(stage.place.home, 0o000);
};

test.each([
	['ps'],
	['ps', '--all'],
	['logs', 'dev'],
	['run', '--', 'true'],
	['stop', 'dev'],
	['restart', 'dev'],
	['forget', 'dev'],
	['demo'],
])('tandem %s: one line that says what is wrong, and exit 1', async (...args) => {
	closeHome();
	const {code, lines} = await runVerb(...args);
	chmodSync(stage.place.home, 0o700);
	expect(lines).toEqual([expect.stringMatching(/no permission|a file stands where a folder should be/i)]);
	expect(lines[0]).toContain(stage.place.home);
	expect(code).toBe(1);
});

test('tandem ps --all where nothing was ever kept', async () => {
	rmSync(stage.place.home, {recursive: true});
	chmodSync(stage.place.root, 0o777);
	chmodSync(stage.place.folder, 0o777);
	expect(await runVerb('ps', '--all')).toEqual({
		code: 0,
		lines: ['No terminals. Start one with: tandem run -- COMMAND'],
	});
});
