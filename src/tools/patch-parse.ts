// The V4A patch format, from text to operations. Knows no files.

export type PatchOperation =
	| {kind: 'add'; path: string; lines: string[]}
	| {kind: 'delete'; path: string}
	| {kind: 'update'; path: string; moveTo?: string; hunks: Hunk[]};

export type Hunk = {
	/** Number of the patch's line where it begins, from 1. */
	at: number;
	/** Texts after `@@`: lines of the file to go to first, one inside the other. */
	anchors: string[];
	lines: HunkLine[];
	/** `*** End of File`: the lines are the file's last. */
	isAtEnd: boolean;
};

export type HunkLine = {kind: 'keep' | 'remove' | 'add'; text: string};

export type ParsedPatch = {kind: 'parsed'; operations: PatchOperation[]} | {kind: 'failed'; message: string};

const beginMark = '*** Begin Patch';
const endMark = '*** End Patch';
const fileMarks = {add: '*** Add File: ', delete: '*** Delete File: ', update: '*** Update File: '} as const;
const moveMark = '*** Move to: ';
const endOfFileMark = '*** End of File';

/** What is wrong is said with the line and what is expected there. */
export const parsePatch = (text: string): ParsedPatch => {
	const lines = text.replace(/\r\n/g, '\n').split('\n');
	while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
	let at = lines.findIndex(line => line.trim() !== '');
	if (lines[at]?.trim() !== beginMark) return wrong(Math.max(0, at), lines, `\`${beginMark}\``);
	if (lines.at(-1)?.trim() !== endMark) return wrong(lines.length, lines, `\`${endMark}\` as the last line`);
	const body = lines.slice(0, -1);
	const operations: PatchOperation[] = [];
	at++;
	while (at < body.length) {
		if (body[at]?.trim() === '') {
			at++;
			continue;
		}
		const read = readOperation(body, at);
		if (read.kind === 'failed') return read;
		operations.push(read.operation);
		at = read.next;
	}
	if (operations.length === 0) return wrong(at, body, 'at least one file');
	return {kind: 'parsed', operations};
};

type ReadOperation =
	| {kind: 'read'; operation: PatchOperation; next: number}
	| {kind: 'failed'; message: string};

const readOperation = (lines: readonly string[], at: number): ReadOperation => {
	const line = lines[at] ?? '';
	const kind = (['add', 'delete', 'update'] as const).find(name =>
		line.startsWith(fileMarks[name].trimEnd()),
	);
	const path = kind && line.slice(fileMarks[kind].length).trim();
	if (!kind || !path) {
		return wrong(at, lines, '`*** Add File: PATH`, `*** Update File: PATH` or `*** Delete File: PATH`');
	}
	if (kind === 'delete') return {kind: 'read', operation: {kind, path}, next: at + 1};
	return kind === 'add' ? readAdd(lines, at + 1, path) : readUpdate(lines, at + 1, path);
};

const readAdd = (lines: readonly string[], start: number, path: string): ReadOperation => {
	const added: string[] = [];
	let at = start;
	for (; at < lines.length && !isMark(lines[at]); at++) {
		const line = lines[at] ?? '';
		if (!line.startsWith('+')) return wrong(at, lines, `a line of ${path} that begins with \`+\``);
		added.push(line.slice(1));
	}
	return {kind: 'read', operation: {kind: 'add', path, lines: added}, next: at};
};

const readUpdate = (lines: readonly string[], start: number, path: string): ReadOperation => {
	let at = start;
	const moveTo = lines[at]?.startsWith(moveMark) ? lines[at++]?.slice(moveMark.length).trim() : undefined;
	const hunks: Hunk[] = [];
	while (at < lines.length && !isMark(lines[at])) {
		const read = readHunk(lines, at, hunks.length === 0);
		if (read.kind === 'failed') return read;
		if (read.hunk) hunks.push(read.hunk);
		at = read.next;
	}
	if (hunks.length === 0 && moveTo === undefined)
		return wrong(at, lines, `a hunk for ${path} that begins with \`@@\``);
	return {kind: 'read', operation: {kind: 'update', path, ...(moveTo && {moveTo}), hunks}, next: at};
};

type ReadHunk = {kind: 'read'; hunk: Hunk | undefined; next: number} | {kind: 'failed'; message: string};

const readHunk = (lines: readonly string[], start: number, isFirst: boolean): ReadHunk => {
	const hunk: Hunk = {at: start + 1, anchors: [], lines: [], isAtEnd: false};
	let at = start;
	for (; isAnchor(lines[at]); at++) {
		const text = (lines[at] ?? '').slice(2).trim();
		// Some models write line numbers as in a unified diff: they say nothing about where it is.
		if (text !== '' && !/^-\d+(,\d+)? \+\d+(,\d+)?( @@)?$/.test(text)) hunk.anchors.push(text);
	}
	if (at === start && !isFirst) return wrong(at, lines, '`@@`, or a line that begins with space, `+` or `-`');
	for (; at < lines.length && !isAnchor(lines[at]) && !isMark(lines[at]); at++) {
		const line = lines[at] ?? '';
		const kind = lineKinds[line[0] ?? ' '];
		if (!kind) return wrong(at, lines, 'a line that begins with space, `+` or `-`, or `@@`');
		hunk.lines.push({kind, text: line.slice(1)});
	}
	if (lines[at]?.trim() === endOfFileMark) {
		hunk.isAtEnd = true;
		at++;
	}
	dropTrailingBlank(hunk, lines[at]);
	if (hunk.lines.length === 0) return wrong(at, lines, 'lines after `@@` that begin with space, `+` or `-`');
	return {kind: 'read', hunk, next: at};
};

const lineKinds: Record<string, HunkLine['kind']> = {' ': 'keep', '-': 'remove', '+': 'add'};

/** A wholly empty line before the next file separates files; it is no context. */
const dropTrailingBlank = (hunk: Hunk, next: string | undefined) => {
	if (next !== undefined && !isMark(next)) return;
	while (hunk.lines.length > 1 && hunk.lines.at(-1)?.kind === 'keep' && hunk.lines.at(-1)?.text === '')
		hunk.lines.pop();
};

const isAnchor = (line: string | undefined): boolean => line?.startsWith('@@') ?? false;

const isMark = (line: string | undefined): boolean =>
	/^\*\*\* (?:(?:Add|Update|Delete) File:|End )/.test(line ?? '');

const wrong = (
	index: number,
	lines: readonly string[],
	expected: string,
): {kind: 'failed'; message: string} => {
	const line = lines[index];
	const found = line === undefined ? 'the patch ends' : `found ${JSON.stringify(line.slice(0, 120))}`;
	return {kind: 'failed', message: `Patch line ${index + 1}: expected ${expected}, ${found}.`};
};
