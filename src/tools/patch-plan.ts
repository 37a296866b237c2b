// From a patch to what would be written: reads the files, computes every new text and the diff, writes nothing.
import {lstat} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {PatchedFile} from '../agent/tool.js';
import {type Diff, unifiedDiff} from './diff.js';
import {type Location, locate, readText, whyUnreadable} from './files.js';
import {applyHunks} from './patch-apply.js';
import {type PatchOperation, parsePatch} from './patch-parse.js';

/** A file as it was and as it shall be; undefined: not there. `path` has no links in it. */
export type Change = {
	path: string;
	before: string | undefined;
	after: string | undefined;
	mode: number | undefined;
};

export type PatchPlan = {
	kind: 'planned';
	changes: Change[];
	files: PatchedFile[];
	diff: string;
	added: number;
	removed: number;
};

type Failed = {kind: 'failed'; message: string};
type Where = {cwd: string; workspace: string};
/** Files as the operations so far leave them: two sections may speak of one file. */
type Draft = Map<string, Change>;

export const planPatch = async (patch: string, where: Where): Promise<PatchPlan | Failed> => {
	const parsed = parsePatch(patch);
	if (parsed.kind === 'failed') return parsed;
	const draft: Draft = new Map();
	const files: PatchedFile[] = [];
	const diffs: Diff[] = [];
	for (const operation of parsed.operations) {
		const step = await planOperation(operation, draft, where);
		if (step.kind === 'failed') return {kind: 'failed', message: `${step.message}\nNothing was changed.`};
		files.push(...step.files);
		diffs.push(step.diff);
	}
	const changes = [...draft.values()].filter(({before, after}) => before !== after);
	for (const {path, after} of changes) {
		// A patch is finished or undone only where its own text can be read again.
		const reason = after === undefined ? undefined : whyUnreadable(after);
		if (reason === undefined) continue;
		return {kind: 'failed', message: `${path} ${reason}: write it with exec_command.\nNothing was changed.`};
	}
	return {
		kind: 'planned',
		changes,
		files,
		diff: diffs.map(({text}) => text).join('\n'),
		added: diffs.reduce((sum, {added}) => sum + added, 0),
		removed: diffs.reduce((sum, {removed}) => sum + removed, 0),
	};
};

type Step = {kind: 'step'; files: PatchedFile[]; diff: Diff} | Failed;

const planOperation = async (operation: PatchOperation, draft: Draft, where: Where): Promise<Step> => {
	const location = await locate(operation.path, where);
	const file = await openDraft(location, draft);
	if (file.kind === 'failed') return file;
	if (operation.kind === 'add') return planAdd(operation, location, file.change);
	if (file.change.after === undefined)
		return failedAt(location, 'does not exist. Paths start at the session folder');
	const isLeaving = operation.kind === 'delete' || operation.moveTo !== undefined;
	if (isLeaving && (await isLink(resolve(where.cwd, operation.path)))) {
		return failedAt(
			location,
			`is reached by the link ${operation.path}: name the file itself, or remove the link with rm`,
		);
	}
	return operation.kind === 'delete'
		? planDelete(location, file.change)
		: planUpdate(operation, location, file.change, draft, where);
};

const planAdd = (operation: {lines: string[]}, location: Location, change: Change): Step => {
	if (change.after !== undefined) return failedAt(location, 'exists already: use `*** Update File:`');
	change.after = operation.lines.map(line => `${line}\n`).join('');
	const edits = [{start: 0, removed: 0, added: operation.lines}];
	const diff = unifiedDiff(undefined, location.shown, [], operation.lines.length > 0 ? edits : []);
	return {kind: 'step', files: [patched(location, 'add')], diff};
};

const planDelete = (location: Location, change: Change): Step => {
	const lines = (change.after ?? '').split('\n');
	if (lines.at(-1) === '') lines.pop();
	change.after = undefined;
	const diff = unifiedDiff(location.shown, undefined, lines, [{start: 0, removed: lines.length, added: []}]);
	return {kind: 'step', files: [patched(location, 'delete')], diff};
};

const planUpdate = async (
	operation: Extract<PatchOperation, {kind: 'update'}>,
	location: Location,
	change: Change,
	draft: Draft,
	where: Where,
): Promise<Step> => {
	const applied = applyHunks(location.shown, change.after ?? '', operation.hunks);
	if (applied.kind === 'failed') return applied;
	const target = operation.moveTo === undefined ? undefined : await locate(operation.moveTo, where);
	const shown = target?.shown ?? location.shown;
	const diff = unifiedDiff(location.shown, shown, applied.oldLines, applied.edits);
	if (!target || target.real === location.real) {
		change.after = applied.text;
		return {kind: 'step', files: [patched(location, 'update')], diff};
	}
	const moved = await openDraft(target, draft);
	if (moved.kind === 'failed') return moved;
	if (moved.change.after !== undefined)
		return failedAt(target, 'exists already: delete it first, or move to another name');
	moved.change.after = applied.text;
	moved.change.mode = change.mode;
	change.after = undefined;
	return {kind: 'step', files: [patched(location, 'move'), patched(target, 'add')], diff};
};

const openDraft = async (
	location: Location,
	draft: Draft,
): Promise<{kind: 'open'; change: Change} | Failed> => {
	const known = draft.get(location.real);
	if (known) return {kind: 'open', change: known};
	const file = await readText(location.real);
	if (file.kind === 'unreadable') return failedAt(location, file.reason);
	const before = file.kind === 'text' ? file.text : undefined;
	const mode = file.kind === 'text' ? file.mode : undefined;
	const change = {path: location.real, before, after: before, mode};
	draft.set(location.real, change);
	return {kind: 'open', change};
};

const failedAt = ({shown}: Location, what: string): Failed => ({
	kind: 'failed',
	message: `${shown} ${what}.`,
});

const patched = ({shown, isInside}: Location, change: PatchedFile['change']): PatchedFile => ({
	path: shown,
	change,
	...(!isInside && {isOutside: true}),
});

const isLink = async (path: string): Promise<boolean> =>
	lstat(path).then(
		info => info.isSymbolicLink(),
		() => false,
	);
