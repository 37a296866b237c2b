// Writes the changes of a patch, all or none, whatever fails and whenever the process ends: prepared beside their
// places, on record, then renamed; a failure puts back what was there, a crash is mended at the next start.
import {randomBytes} from 'node:crypto';
import {chmod, copyFile, link, lstat, mkdir, rename, rm, rmdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {identify} from '../process-identity.js';
import {sha256} from '../sha256.js';
import {syncPath} from '../sync-path.js';
import {readText} from './files.js';
import type {Change} from './patch-plan.js';
import {
	type PatchCall,
	type PatchRecord,
	type RecordedFile,
	removeRecord,
	saveRecord,
} from './patch-record.js';

export type WrittenPatch = {kind: 'written'} | {kind: 'failed'; message: string};

/** `folder`: where the record is kept, private. Without one a failure is put back all the same, a crash is not. */
export const writeChanges = async (
	changes: readonly Change[],
	{folder, call}: {folder: string | undefined; call: PatchCall},
): Promise<WrittenPatch> => {
	const record: PatchRecord = {
		call,
		owner: identify(),
		phase: 'preparing',
		files: changes.map(toRecorded),
		folders: await missingFolders(changes),
	};
	const file = folder && join(folder, `${randomBytes(6).toString('hex')}.json`);
	const enter = async (phase: PatchRecord['phase']) => {
		record.phase = phase;
		if (file !== undefined) await saveRecord(file, record);
	};
	try {
		await enter('preparing');
		await prepare(changes, record);
		await syncNames(record);
		await enter('writing');
		for (const each of record.files) await commit(each);
		await syncNames(record);
		await enter('written');
	} catch (error) {
		return {kind: 'failed', message: await takeBack(error, record, enter, file)};
	}
	await tidy(record, file);
	return {kind: 'written'};
};

/** Where a file stands between how it was and how it shall be; `foreign`: somebody else has written it. */
export const stateOf = async (file: RecordedFile): Promise<'open' | 'committed' | 'foreign'> => {
	const now = await readText(file.path);
	const digest = now.kind === 'text' ? sha256(now.text) : now.kind === 'missing' ? null : undefined;
	if (digest === file.after && (file.temporary === null || (await isRenamed(file)))) return 'committed';
	return digest === file.before ? 'open' : 'foreign';
};

export const commit = async ({path, temporary}: RecordedFile): Promise<void> => {
	if (temporary === null) await rm(path);
	else await rename(temporary, path);
};

/** What somebody else has written since stays; `oldText`: where the text before the patch is, if nowhere else. */
export type KeptFile = {path: string; oldText: string | undefined};

/** Puts back what was there. */
export const undo = async ({files}: PatchRecord): Promise<{kept: KeptFile[]; failed: string[]}> => {
	const [kept, failed]: [KeptFile[], string[]] = [[], []];
	for (const file of files.toReversed()) {
		try {
			const state = await stateOf(file);
			if (state === 'committed') {
				if (file.backup === null) await rm(file.path);
				else await rename(file.backup, file.path);
			} else if (state === 'foreign' && (file.temporary === null || (await isRenamed(file)))) {
				// What was to be removed leaves no trace of it: it may have been made anew since.
				kept.push({path: file.path, oldText: await lastCopy(file)});
			}
		} catch (error) {
			failed.push(wordsOf(error));
		}
	}
	return {kept, failed};
};

/** The backup, unless it is but a second name of what stands in its place. */
const lastCopy = async ({path, backup}: RecordedFile): Promise<string | undefined> => {
	if (backup === null || !(await exists(backup))) return undefined;
	const [now, old] = await Promise.all([lstat(path), lstat(backup)]);
	return now.ino === old.ino && now.dev === old.dev ? undefined : backup;
};

/** Removes what stands beside the places, then the record. What can't be removed is only litter, named as ours. */
const tidy = async (record: PatchRecord, file: string | undefined): Promise<void> => {
	await removeLitter(record);
	if (file !== undefined) await removeRecord(file).catch(() => undefined);
};

/** A text that is nowhere else is none. */
export const removeLitter = async (
	{phase, files, folders}: PatchRecord,
	kept: readonly KeptFile[] = [],
): Promise<void> => {
	const precious = new Set(kept.map(({oldText}) => oldText));
	for (const {temporary, backup} of files) {
		for (const path of [temporary, backup])
			if (path !== null && !precious.has(path)) await rm(path, {force: true}).catch(() => undefined);
	}
	if (phase === 'written') return;
	// Not empty: somebody has put something there.
	for (const made of folders.toReversed()) await rmdir(made).catch(() => undefined);
};

const toRecorded = ({path, before, after}: Change): RecordedFile => ({
	path,
	before: before === undefined ? null : sha256(before),
	after: after === undefined ? null : sha256(after),
	temporary: after === undefined ? null : nameBeside(path),
	backup: before === undefined ? null : nameBeside(path),
});

const nameBeside = (path: string): string => join(dirname(path), `.tandem-${randomBytes(6).toString('hex')}`);

const missingFolders = async (changes: readonly Change[]): Promise<string[]> => {
	const missing = new Set<string>();
	for (const {path, after} of changes) {
		if (after === undefined) continue;
		for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
			if (missing.has(folder) || (await exists(folder))) break;
			missing.add(folder);
		}
	}
	return [...missing].sort((a, b) => a.length - b.length);
};

const prepare = async (changes: readonly Change[], {files}: PatchRecord) => {
	for (const [index, {temporary}] of files.entries()) {
		const {path, after = '', mode} = changes[index] ?? expected();
		if (temporary === null) continue;
		await mkdir(dirname(path), {recursive: true});
		await writeFile(temporary, after, {flag: 'wx'});
		if (mode !== undefined) await chmod(temporary, mode);
		await syncPath(temporary);
	}
	for (const change of changes) await refuseIfChanged(change);
	for (const {path, backup} of files) {
		// A second name for the old file costs nothing; not every file system has it.
		if (backup !== null) await link(path, backup).catch(() => copyAndSync(path, backup));
	}
};

const copyAndSync = async (path: string, backup: string) => {
	await copyFile(path, backup);
	await syncPath(backup);
};

/** What was made, renamed or removed beside the files and in their places is so after a power cut, too. */
export const syncNames = async ({files, folders}: PatchRecord): Promise<void> => {
	const changed = new Set([...files.map(({path}) => dirname(path)), ...folders.map(path => dirname(path))]);
	for (const folder of changed) await syncPath(folder).catch(ignoreUnsyncable);
};

// Not every file system syncs folders, and nobody need be allowed to read one. One that is gone has no names.
const unsyncable = ['EINVAL', 'ENOTSUP', 'ENOSYS', 'EACCES', 'ENOENT'];

const ignoreUnsyncable = (error: unknown) => {
	if (!(error instanceof Error && 'code' in error && unsyncable.includes(String(error.code)))) throw error;
};

const expected = (): never => {
	throw new Error('a recorded file has no change');
};

/** Somebody else may have written since the patch was computed, and shown to the person. */
const refuseIfChanged = async ({path, before}: Change) => {
	const now = await readText(path);
	const text = now.kind === 'text' ? now.text : undefined;
	if (now.kind === 'unreadable' || text !== before)
		throw new Error(`${path} was changed meanwhile, read it again`);
};

/** After a failure; resolves with what is told. */
const takeBack = async (
	error: unknown,
	record: PatchRecord,
	enter: (phase: PatchRecord['phase']) => Promise<void>,
	file: string | undefined,
): Promise<string> => {
	const reason = `The patch could not be written: ${wordsOf(error)}.`;
	if (record.phase !== 'preparing') {
		// Without it a crash in here would be taken for one while writing: the next start undoes it as well.
		await enter('undoing').catch(() => undefined);
		const {kept, failed} = await undo(record);
		const problems = [...kept.map(wordsOfKept), ...failed];
		if (problems.length > 0) return `${reason} Could not be put back: ${problems.join('; ')}`;
		await syncNames(record)
			.then(() => enter('undone'))
			.catch(() => undefined);
	}
	await tidy(record, file);
	return `${reason} Nothing was changed.`;
};

const wordsOfKept = ({path, oldText}: KeptFile): string =>
	`${path} was changed meanwhile${oldText === undefined ? '' : `, its text before the patch is in ${oldText}`}`;

/** Whether the new text has gone to its place. */
export const isRenamed = async ({temporary}: RecordedFile): Promise<boolean> =>
	temporary !== null && !(await exists(temporary));

const exists = (path: string): Promise<boolean> =>
	lstat(path).then(
		() => true,
		() => false,
	);

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
