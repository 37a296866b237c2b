// The files of a folder, without what git ignores there and without asking git: a repository's own configuration
// can make git run programs. Reads a folder at a time, so that keys get through.
import {constants} from 'node:fs';
import {open as openFile, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {type IgnoreRules, parseIgnore} from './ignore.js';

export type Walk = {
	/** Relative to the folder, nearest first. */
	paths: string[];
	/** There are more than were looked at. */
	isCut: boolean;
};

type Limits = {files: number; folders: number; signal?: AbortSignal};

// Read too whether it is ignored or not: no list of files is complete without knowing when to stop.
const neverShown = new Set(['.git', 'node_modules', '.hg', '.svn']);

/** Links are listed and not followed. What cannot be read is left out. */
export const walkFiles = async (root: string, limits: Limits): Promise<Walk> => {
	const paths: string[] = [];
	const open: {path: string; rules: Scope[]}[] = [{path: '', rules: await rootRules(root)}];
	let folders = 0;
	while (open.length > 0) {
		const folder = open.shift();
		if (!folder) break;
		const isFull = paths.length >= limits.files || ++folders > limits.folders;
		if (isFull || limits.signal?.aborted) return {paths: paths.slice(0, limits.files), isCut: true};
		const {path} = folder;
		const entries = await readdir(join(root, path), {withFileTypes: true}).catch(() => []);
		const own = entries.some(({name}) => name === '.gitignore')
			? await readRules(join(root, path, '.gitignore'), path)
			: [];
		const rules = [...folder.rules, ...own];
		for (const entry of entries) {
			const inside = path === '' ? entry.name : `${path}/${entry.name}`;
			const isFolder = entry.isDirectory();
			if (neverShown.has(entry.name) || isIgnored(rules, inside, isFolder)) continue;
			if (isFolder) open.push({path: inside, rules});
			else if (entry.isFile() || entry.isSymbolicLink()) paths.push(inside);
		}
	}
	return {paths: paths.slice(0, limits.files), isCut: paths.length > limits.files};
};

/** The rules of a `.gitignore`, and the folder they hold in. */
type Scope = {base: string; rules: IgnoreRules};

const rootRules = (root: string): Promise<Scope[]> => readRules(join(root, '.git', 'info', 'exclude'), '');

const readRules = async (file: string, base: string): Promise<Scope[]> => {
	const text = await readStart(file);
	return text === '' ? [] : [{base, rules: parseIgnore(text)}];
};

const mostBytes = 100_000; // beyond that it is no list of patterns

/** Empty: there is none, or it is no file. A pipe of that name must hold nobody up. */
const readStart = async (file: string): Promise<string> => {
	const handle = await openFile(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
	if (!handle) return '';
	try {
		if (!(await handle.stat()).isFile()) return '';
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
		return buffer.toString('utf8', 0, bytesRead);
	} catch {
		return ''; // Gone, or not to be read: then it has no word.
	} finally {
		await handle.close();
	}
};

/** The innermost file that has a word decides. */
const isIgnored = (scopes: readonly Scope[], path: string, isFolder: boolean): boolean => {
	for (let index = scopes.length - 1; index >= 0; index--) {
		const scope = scopes[index];
		if (!scope) continue;
		const relative = scope.base === '' ? path : path.slice(scope.base.length + 1);
		const answer = scope.rules.isIgnored(relative, isFolder);
		if (answer !== undefined) return answer;
	}
	return false;
};
