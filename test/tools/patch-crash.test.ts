// A process that ends, or a disk that fails, at every point of a patch that changes several files: all of it or
// nothing, what is said of it is true, and nothing is left lying about.
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {mendPatches} from '../../src/tools/patch-mend.js';
import {buildPatchWriter, type Fault} from '../support/patch-writer.js';

const before: Record<string, string> = {'a.txt': 'one\ntwo\n', 'gone.txt': 'bye\n', 'moved.txt': 'x\n'};
const after: Record<string, string> = {'a.txt': 'one\nTWO\n', 'new/b.txt': 'b\n', 'to/deep/moved.txt': 'y\n'};

const patch = `*** Begin Patch
*** Update File: a.txt
@@
 one
-two
+TWO
*** Delete File: gone.txt
*** Update File: moved.txt
*** Move to: to/deep/moved.txt
@@
-x
+y
*** Add File: new/b.txt
+b
*** End Patch`;

let root: string;
let run: Awaited<ReturnType<typeof buildPatchWriter>>;
let places = 0;

beforeAll(async () => {
	root = mkdtempSync(join(tmpdir(), 'tandem-crash-'));
	run = await buildPatchWriter(root);
});
afterAll(() => rmSync(root, {recursive: true}));

const makePlace = () => {
	const folder = join(root, String(++places));
	const place = {workspace: join(folder, 'work'), records: join(folder, 'state/patches')};
	mkdirSync(place.workspace, {recursive: true});
	for (const [path, text] of Object.entries(before)) writeFileSync(join(place.workspace, path), text);
	chmodSync(join(place.workspace, 'a.txt'), 0o750);
	return place;
};

type Place = ReturnType<typeof makePlace>;

/** Every file of the workspace, hidden ones too. */
const filesOf = ({workspace}: Place): Record<string, string> => {
	const paths = readdirSync(workspace, {recursive: true, encoding: 'utf8'}).sort();
	return Object.fromEntries(
		paths
			.filter(path => statSync(join(workspace, path)).isFile())
			.map(path => [path, readFileSync(join(workspace, path), 'utf8')]),
	);
};

/** Folders that stand empty would be litter too. */
const expectWhole = (place: Place, what: string, litter: Record<string, string> = {}) => {
	const files = filesOf(place);
	const isAfter = 'new/b.txt' in files;
	expect(files, what).toEqual({...(isAfter ? after : before), ...litter});
	expect(existsSync(join(place.workspace, 'to')), what).toBe(isAfter);
	expect(existsSync(join(place.workspace, 'new')), what).toBe(isAfter);
	expect(statSync(join(place.workspace, 'a.txt')).mode & 0o777, what).toBe(0o750);
	return isAfter ? 'after' : 'before';
};

const recordsOf = ({records}: Place) =>
	existsSync(records) ? readdirSync(records).filter(name => name.endsWith('.json')) : [];

const mend = ({records, workspace}: Place) => mendPatches(records, {workspace, now: 1});

const write = async (fault?: Fault, hasRecord = true) => {
	const place = makePlace();
	const end = await run(place.workspace, hasRecord ? place.records : '', {patch, ...(fault && {fault})});
	return {place, end};
};

/** Every change and sync of a patch that nothing disturbs. */
const writeTraced = async (hasRecord = true) => {
	const place = makePlace();
	const trace = join(place.workspace, '..', 'trace');
	await run(place.workspace, hasRecord ? place.records : '', {patch, trace});
	expect(expectWhole(place, 'not disturbed')).toBe('after');
	const lines = readFileSync(trace, 'utf8').trim().split('\n');
	return {place, steps: lines.map((line): string[] => JSON.parse(line))};
};

/** In fours: they mostly wait for processes to begin and to end. */
const forEachPoint = async (check: (at: number) => Promise<'goes on' | 'over'>): Promise<number> => {
	for (let first = 1; ; first += 4) {
		const ends = await Promise.all([0, 1, 2, 3].map(offset => check(first + offset)));
		const over = ends.indexOf('over');
		if (over >= 0) return first + over - 1;
	}
};

test.each(['before', 'torn'] as const)(
	'killed at any change of a file (%s), the next start makes the patch whole or undoes it, and says which',
	async kind => {
		const seen = new Set<string>();
		const points = await forEachPoint(async at => {
			const {place, end} = await write({at, kind});
			if (end.kind === 'done') {
				expect(expectWhole(place, `not killed at ${at}`)).toBe('after');
				return 'over';
			}
			const hasRecord = recordsOf(place).length > 0;
			const first = await mend(place);
			const what = expectWhole(place, `killed ${kind} change ${at}`);
			seen.add(what);
			expect(first.troubles).toEqual([]);
			expect(first.mended.length, `killed ${kind} change ${at}`).toBe(hasRecord ? 1 : 0);
			if (!hasRecord) {
				expect(what).toBe('before');
				return 'goes on';
			}
			const [patch] = first.mended;
			const words =
				what === 'after' ? /complete now: a\.txt, gone\.txt, moved\.txt/ : /undone, nothing of it/;
			expect(patch).toMatchObject({
				call: {sessionId: 's', callId: 'c'},
				outcome: expect.stringMatching(words),
				news: expect.stringMatching(words),
			});
			// The person is told once; the model's session may go on much later.
			const [again] = (await mend(place)).mended;
			expect(again).toMatchObject({outcome: patch?.outcome, news: undefined});
			await again?.forget();
			expect(recordsOf(place)).toEqual([]);
			return 'goes on';
		});
		expect(points).toBeGreaterThan(kind === 'torn' ? 5 : 20);
		expect([...seen].sort()).toEqual(['after', 'before']);
	},
);

test.each([
	['', true],
	[' with no place for a record', false],
] as const)(
	'a change of a file that fails%s leaves all or nothing, and the answer is true',
	async (_, hasRecord) => {
		const answers = new Set<boolean>();
		const points = (await writeTraced(hasRecord)).steps.length;
		await forEachPoint(async at => {
			const {place, end} = await write({at, kind: 'error'}, hasRecord);
			if (end.kind === 'ended') throw new Error('it was ended');
			const {output, isError = false} = JSON.parse(end.result);
			// What can't be removed stays, named as ours.
			const litter = Object.entries(filesOf(place)).filter(([path]) => path.includes('.tandem-'));
			expect(litter.length).toBeLessThanOrEqual(1);
			const what = expectWhole(place, `failed at ${at}: ${output}`, Object.fromEntries(litter));
			expect(what).toBe(isError ? 'before' : 'after');
			if (isError) expect(output).toMatch(/^The patch could not be written: EIO.*Nothing was changed\.$/);
			answers.add(isError);
			// The record may be what could not be removed.
			expect((await mend(place)).troubles).toEqual([]);
			expect(recordsOf(place).length).toBeLessThanOrEqual(isError ? 0 : 1);
			return at < points ? 'goes on' : 'over';
		});
		expect(answers.size).toBe(2);
	},
);

/** Where a patch is cut off when some of its files are new and some are old. */
let middle = 0;

const cutInTheMiddle = async (): Promise<Place> => {
	const {place, at} = await cutFrom(
		middle || 1,
		files => files['a.txt'] === after['a.txt'] && 'moved.txt' in files,
	);
	middle = at;
	return place;
};

/** Cut off at the first point from `first` on that left the files so. */
const cutFrom = async (first: number, isThere: (files: Record<string, string>) => boolean) => {
	for (let at = first; ; at++) {
		const {place, end} = await write({at, kind: 'before'});
		if (end.kind === 'done') throw new Error('it was never between two files');
		if (isThere(filesOf(place))) return {place, at};
	}
};

test.each([
	['finishes', 'after', () => {}],
	['undoes', 'before', (place: Place) => writeFileSync(join(place.workspace, 'moved.txt'), 'mine\n')],
] as const)('killed at any point while it %s, the next start does it', async (_, expected, touch) => {
	await cutInTheMiddle();
	const points = await forEachPoint(async at => {
		const place = await cutInTheMiddle();
		touch(place);
		const end = await run(place.workspace, place.records, {fault: {at, kind: 'before'}});
		expect((await mend(place)).troubles).toEqual([]);
		const files = filesOf(place);
		if (expected === 'after') expect(files, `killed at ${at}`).toEqual(after);
		else expect(files, `killed at ${at}`).toEqual({...before, 'moved.txt': 'mine\n'});
		return end.kind === 'done' ? 'over' : 'goes on';
	});
	expect(points).toBeGreaterThan(8);
});

test('what somebody has changed since stays, and the rest is undone', async () => {
	const place = await cutInTheMiddle();
	writeFileSync(join(place.workspace, 'moved.txt'), 'mine\n');
	const {mended} = await mend(place);
	expect(filesOf(place)).toEqual({...before, 'moved.txt': 'mine\n'});
	expect(mended[0]?.news).toMatch(/undone/);

	const second = await cutInTheMiddle();
	writeFileSync(join(second.workspace, 'a.txt'), 'mine\n');
	await keepsOldText(second, 'a.txt');
});

/** The text before the patch is nowhere else: it stays, until the person who was told removes it. */
const keepsOldText = async (place: Place, path: string) => {
	const [mended] = (await mend(place)).mended;
	const kept = new RegExp(
		`because somebody changed them since: ${path} \\(as it was before the patch: (\\.tandem-\\w+)\\)\\.`,
	);
	const [, copy = ''] = kept.exec(mended?.news ?? '') ?? [];
	expect(mended?.outcome).toContain(copy);
	const files = {...before, [path]: 'mine\n', [copy]: before[path]};
	expect(filesOf(place)).toEqual(files);
	const [again] = (await mend(place)).mended;
	await again?.forget();
	await mend(place);
	expect(filesOf(place)).toEqual(files);
};

test('a removed file that somebody has made anew since stays, and is named', async () => {
	const {place} = await cutFrom(middle || 1, files => !('gone.txt' in files) && 'moved.txt' in files);
	writeFileSync(join(place.workspace, 'gone.txt'), 'mine\n');
	await keepsOldText(place, 'gone.txt');
});

test('what a power cut must not undo is synced before the next step builds on it', async () => {
	const {place, steps} = await writeTraced();
	const isRecord = (path = '') => path.startsWith(place.records);
	const find = (from: number, fits: (step: string[]) => boolean) =>
		steps.findIndex((step, index) => index >= from && fits(step));
	const isSync = (path: string) => (step: string[]) => step[0] === 'sync' && step[1] === path;

	const places = steps.flatMap(([what = '', path = '', to = ''], index) =>
		(what === 'rename' && !isRecord(path)) || (what === 'rm' && !path.includes('.tandem-') && !isRecord(path))
			? [{index, path, to}]
			: [],
	);
	const [first, last] = [places[0]?.index ?? -1, places.at(-1)?.index ?? -1];
	expect(places.map(({path, to}) => to || path).sort()).toEqual(
		['a.txt', 'gone.txt', 'moved.txt', 'new/b.txt', 'to/deep/moved.txt'].map(path =>
			join(place.workspace, path),
		),
	);
	// New texts, then the names of the backups, then the record that says so: before any place changes.
	const before = steps.slice(0, first);
	for (const {path, to} of places) if (to !== '') expect(before.some(isSync(path)), path).toBe(true);
	const lastLink = steps.findLastIndex(([what]) => what === 'link');
	const namesSynced = find(lastLink, isSync(place.workspace));
	const written = find(namesSynced, ([what, path]) => what === 'rename' && isRecord(path));
	const recordSynced = find(written, isSync(place.records));
	expect(steps[written - 1]).toEqual(['sync', steps[written]?.[1]]);
	expect([lastLink, namesSynced, written, recordSynced, first]).toEqual(
		[lastLink, namesSynced, written, recordSynced, first].toSorted((a, b) => a - b),
	);
	expect(lastLink).toBeGreaterThan(0);
	// And the backups go when the places are safe.
	const placesSynced = find(last, isSync(place.workspace));
	const firstRemoved = find(last, ([what, path = '']) => what === 'rm' && path.includes('.tandem-'));
	expect(placesSynced).toBeGreaterThan(last);
	expect(firstRemoved).toBeGreaterThan(placesSynced);
});

test('a patch that a living process writes is left alone', async () => {
	const place = await cutInTheMiddle();
	const [name = ''] = recordsOf(place);
	const file = join(place.records, name);
	const record = JSON.parse(readFileSync(file, 'utf8'));
	const {identify} = await import('../../src/process-identity.js');
	writeFileSync(file, JSON.stringify({...record, owner: identify()}));
	const files = filesOf(place);
	expect(await mend(place)).toEqual({mended: [], troubles: []});
	expect(filesOf(place)).toEqual(files);
});

test('a record that nobody can read is said', async () => {
	const place = makePlace();
	mkdirSync(place.records, {recursive: true});
	writeFileSync(join(place.records, 'x.json'), '{"call":');
	expect((await mend(place)).troubles).toEqual([expect.stringMatching(/x\.json can't be read/)]);
});
