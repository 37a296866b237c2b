// Writes the changes of a patch, all or none: prepared beside their places, then renamed; a failure puts back
// what was there.
import {randomBytes} from 'node:crypto';
import {chmod, copyFile, link, mkdir, rename, rm, rmdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {readText} from './files.js';
import type {Change} from './patch-plan.js';

export type WrittenPatch = {kind: 'written'} | {kind: 'failed'; message: string};

export const writeChanges = async (changes: readonly Change[]): Promise<WrittenPatch> => {
	/** In the order of doing; undone backwards. */
	const undo: (() => Promise<unknown>)[] = [];
	const backups: string[] = [];
	try {
		const prepared: {change: Change; temporary: string | undefined}[] = [];
		for (const change of changes) {
			prepared.push({change, temporary: await prepare(change, undo)});
		}
		for (const {change} of prepared) await refuseIfChanged(change);
		for (const {change, temporary} of prepared) await commit(change, temporary, undo, backups);
	} catch (error) {
		const unrestored = await runBackwards(undo);
		await removeAll(backups);
		const reason = error instanceof Error ? error.message : String(error);
		const state =
			unrestored.length === 0 ? 'Nothing was changed.' : `Could not be put back: ${unrestored.join('; ')}`;
		return {kind: 'failed', message: `The patch could not be written: ${reason}. ${state}`};
	}
	await removeAll(backups);
	return {kind: 'written'};
};

/** The new text in a file beside its place; undefined where the file only goes. */
const prepare = async (
	{path, after, mode}: Change,
	undo: (() => Promise<unknown>)[],
): Promise<string | undefined> => {
	if (after === undefined) return;
	const folder = dirname(path);
	const firstNew = await mkdir(folder, {recursive: true});
	if (firstNew !== undefined) undo.push(() => removeFolders(folder, firstNew));
	const temporary = temporaryName(path);
	undo.push(() => rm(temporary, {force: true}));
	await writeFile(temporary, after, {flag: 'wx'});
	if (mode !== undefined) await chmod(temporary, mode);
	return temporary;
};

const commit = async (
	{path, before}: Change,
	temporary: string | undefined,
	undo: (() => Promise<unknown>)[],
	backups: string[],
) => {
	const backup = temporaryName(path);
	if (before === undefined) undo.push(() => rm(path, {force: true}));
	else {
		// A second name for the old file costs nothing; not every file system has it.
		await link(path, backup).catch(() => copyFile(path, backup));
		backups.push(backup);
		undo.push(() => rename(backup, path));
	}
	if (temporary === undefined) await rm(path);
	else await rename(temporary, path);
};

/** Somebody else may have written since the patch was computed, and shown to the person. */
const refuseIfChanged = async ({path, before}: Change) => {
	const now = await readText(path);
	const text = now.kind === 'text' ? now.text : undefined;
	if (now.kind === 'unreadable' || text !== before)
		throw new Error(`${path} was changed meanwhile, read it again`);
};

const temporaryName = (path: string): string =>
	join(dirname(path), `.tandem-${randomBytes(6).toString('hex')}`);

const runBackwards = async (undo: (() => Promise<unknown>)[]): Promise<string[]> => {
	const problems: string[] = [];
	for (const step of undo.toReversed()) {
		await step().catch((error: unknown) =>
			problems.push(error instanceof Error ? error.message : String(error)),
		);
	}
	return problems;
};

const removeFolders = async (last: string, first: string) => {
	for (let folder = last; folder.length >= first.length; folder = dirname(folder)) await rmdir(folder);
};

const removeAll = async (paths: readonly string[]) => {
	// A file that can't be removed is only litter, named so that a person knows whose it is.
	await Promise.all(paths.map(path => rm(path, {force: true}).catch(() => undefined)));
};
