// A unified diff of edits that are known already: no searching for differences.
import type {Edit} from './patch-apply.js';

export type Diff = {text: string; added: number; removed: number};

const contextLines = 3;

/** `from` or `to` is undefined for a file that is added or deleted. */
export const unifiedDiff = (
	from: string | undefined,
	to: string | undefined,
	oldLines: readonly string[],
	edits: readonly Edit[],
): Diff => {
	const head = [`--- ${from ?? '/dev/null'}`, `+++ ${to ?? '/dev/null'}`];
	let shift = 0;
	const body = grouped(edits, oldLines.length).flatMap(group => {
		const lines = hunkLines(group, oldLines);
		const oldCount = group.end - group.start;
		const change = group.edits.reduce((sum, {added, removed}) => sum + added.length - removed, 0);
		const oldStart = group.start + (oldCount === 0 ? 0 : 1);
		const newStart = group.start + shift + (oldCount + change === 0 ? 0 : 1);
		shift += change;
		return [`@@ -${oldStart},${oldCount} +${newStart},${oldCount + change} @@`, ...lines];
	});
	return {
		text: [...head, ...body].join('\n'),
		added: edits.reduce((sum, {added}) => sum + added.length, 0),
		removed: edits.reduce((sum, {removed}) => sum + removed, 0),
	};
};

/** From line `start` to before line `end` of the old file, from 0. */
type Group = {start: number; end: number; edits: Edit[]};

const grouped = (edits: readonly Edit[], lineCount: number): Group[] => {
	const groups: Group[] = [];
	for (const edit of edits) {
		const start = Math.max(0, edit.start - contextLines);
		const end = Math.min(lineCount, edit.start + edit.removed + contextLines);
		const last = groups.at(-1);
		if (last && start <= last.end) {
			last.end = end;
			last.edits.push(edit);
		} else groups.push({start, end, edits: [edit]});
	}
	return groups;
};

const hunkLines = (group: Group, oldLines: readonly string[]): string[] => {
	let at = group.start;
	const lines = group.edits.flatMap(({start, removed, added}) => {
		const kept = oldLines.slice(at, start);
		at = start + removed;
		return [
			...kept.map(text => ` ${text}`),
			...oldLines.slice(start, at).map(text => `-${text}`),
			...added.map(text => `+${text}`),
		];
	});
	return [...lines, ...oldLines.slice(at, group.end).map(text => ` ${text}`)];
};
