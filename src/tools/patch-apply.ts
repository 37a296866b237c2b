// Applies hunks to the text of one file. Pure: the file's lines in, its new text and the changes out. Line
// endings and a missing final newline stay as they are, context lines stay as the file has them.
import type {Hunk, HunkLine} from './patch-parse.js';

/** Lines `start` to `start + removed` (from 0) of the old file become `added`. */
export type Edit = {start: number; removed: number; added: string[]};

export type AppliedPatch =
	| {kind: 'applied'; text: string; oldLines: string[]; edits: Edit[]}
	| {kind: 'failed'; message: string};

export const applyHunks = (path: string, text: string, hunks: readonly Hunk[]): AppliedPatch => {
	// A byte order mark is no part of the first line, or that line could not be replaced without losing it.
	const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
	const file = splitLines(text.slice(mark.length));
	const oldLines = file.map(line => line.text);
	const edits: Edit[] = [];
	let from = 0;
	for (const [index, hunk] of hunks.entries()) {
		const place = locate(oldLines, hunk, from);
		if (place.kind === 'missing') {
			return {kind: 'failed', message: mismatch(path, index, hunk, oldLines, from, place.missing)};
		}
		edits.push(...editsOf(hunk.lines, place.at));
		from = place.at + hunk.lines.filter(({kind}) => kind !== 'add').length;
	}
	return {kind: 'applied', text: mark + joinLines(file, edits), oldLines, edits};
};

type FileLine = {text: string; ending: string};

const splitLines = (text: string): FileLine[] =>
	(text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map(line => {
		const ending = line.endsWith('\r\n') ? '\r\n' : line.endsWith('\n') ? '\n' : '';
		return {text: line.slice(0, line.length - ending.length), ending};
	});

const joinLines = (file: readonly FileLine[], edits: readonly Edit[]): string => {
	const usual = file.filter(({ending}) => ending === '\r\n').length * 2 > file.length ? '\r\n' : '\n';
	const endsOpen = file.at(-1)?.ending === '';
	let at = 0;
	const changed = edits.flatMap(({start, removed, added}): FileLine[] => {
		const kept = file.slice(at, start);
		const replaced = file[start]?.ending;
		at = start + removed;
		return [...kept, ...added.map(text => ({text, ending: (removed > 0 && replaced) || usual}))];
	});
	const lines = [...changed, ...file.slice(at)];
	return lines
		.map(({text, ending}, index) => text + (index === lines.length - 1 && endsOpen ? '' : ending || usual))
		.join('');
};

type Place = {kind: 'found'; at: number} | {kind: 'missing'; missing: 'anchor' | 'lines'};

const locate = (lines: readonly string[], hunk: Hunk, from: number): Place => {
	let start = from;
	for (const anchor of hunk.anchors) {
		const at = findLines(lines, [anchor], start);
		if (at === undefined) return {kind: 'missing', missing: 'anchor'};
		start = at + 1;
	}
	const old = oldLinesOf(hunk.lines);
	if (old.length === 0)
		return {kind: 'found', at: hunk.anchors.length > 0 && !hunk.isAtEnd ? start : lines.length};
	const last = lines.length - old.length;
	if (hunk.isAtEnd && last >= start && findLines(lines, old, last) !== undefined)
		return {kind: 'found', at: last};
	// The anchor itself is often repeated as the first line of the context.
	const at =
		findLines(lines, old, start) ?? (hunk.anchors.length > 0 ? findLines(lines, old, start - 1) : undefined);
	return at === undefined ? {kind: 'missing', missing: 'lines'} : {kind: 'found', at};
};

const oldLinesOf = (lines: readonly HunkLine[]): string[] =>
	lines.filter(({kind}) => kind !== 'add').map(({text}) => text);

// Ever more forgiving: models lose trailing blanks first, then the indentation.
const comparisons: ((text: string) => string)[] = [text => text, text => text.trimEnd(), text => text.trim()];

const findLines = (lines: readonly string[], wanted: readonly string[], from: number): number | undefined => {
	for (const simplify of comparisons) {
		const simple = wanted.map(simplify);
		for (let at = Math.max(0, from); at + wanted.length <= lines.length; at++) {
			if (simple.every((text, offset) => simplify(lines[at + offset] ?? '') === text)) return at;
		}
	}
	return;
};

/** Each run of removed and added lines is one edit. */
const editsOf = (lines: readonly HunkLine[], start: number): Edit[] => {
	const edits: Edit[] = [];
	let at = start;
	let open: Edit | undefined;
	for (const {kind, text} of lines) {
		if (kind === 'keep') {
			at++;
			open = undefined;
			continue;
		}
		if (!open) {
			open = {start: at, removed: 0, added: []};
			edits.push(open);
		}
		if (kind === 'add') open.added.push(text);
		else {
			open.removed++;
			at++;
		}
	}
	return edits;
};

const mismatch = (
	path: string,
	index: number,
	hunk: Hunk,
	lines: readonly string[],
	from: number,
	missing: 'anchor' | 'lines',
): string => {
	const wanted = missing === 'anchor' ? hunk.anchors : oldLinesOf(hunk.lines);
	const before = findLines(lines, wanted, 0);
	const head = `Hunk ${index + 1} of ${path} (patch line ${hunk.at}) does not match the file`;
	if (missing === 'lines' && before !== undefined && before < from) {
		return `${head} after line ${from}, but it does at line ${before + 1}: put the hunks in the order of the file, without overlap.`;
	}
	const shown = wanted.slice(0, 12).map(text => `  ${text}`);
	return [
		`${head}${from > 0 ? ` from line ${from + 1} on` : ''}. ${missing === 'anchor' ? 'Looked for the `@@` line' : 'Looked for'}:`,
		...shown,
		...(lines.length === 0
			? ['The file is empty.']
			: ['The nearest lines of the file are:', ...nearest(lines, wanted)]),
	].join('\n');
};

// Comparing every line of a huge file with every line of a huge hunk would block the interface.
const maxComparisons = 2_000_000;

/** Numbered lines of the place that has most in common with what was looked for. */
const nearest = (lines: readonly string[], wanted: readonly string[]): string[] => {
	const sample = wanted.slice(0, Math.max(1, Math.floor(maxComparisons / lines.length)));
	let best = {at: 0, score: -1};
	for (let at = 0; at < lines.length; at++) {
		const score = sample.reduce((sum, text, offset) => sum + likeness(text, lines[at + offset] ?? ''), 0);
		if (score > best.score) best = {at, score};
	}
	const first = Math.max(0, best.at - 2);
	return lines
		.slice(first, Math.min(lines.length, best.at + Math.min(wanted.length, 12) + 2))
		.map((text, offset) => `${first + offset + 1}: ${text}`);
};

/** 1 for the same words, less for a common beginning or end. */
const likeness = (left: string, right: string): number => {
	const [a, b] = [left.trim(), right.trim()];
	if (a === b) return a === '' ? 0.1 : 1;
	const longest = Math.max(a.length, b.length);
	let head = 0;
	while (head < a.length && head < b.length && a[head] === b[head]) head++;
	let tail = 0;
	while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
	return ((head + tail) / longest) * 0.9;
};
