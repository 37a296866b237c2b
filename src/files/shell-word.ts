// What the last word of a shell line could become: a program of PATH at the beginning of a command, a path anywhere
// else. Only reads folders; runs nothing and knows no shell's own completion.
import {readdir, stat} from 'node:fs/promises';
import {homedir} from 'node:os';
import {isAbsolute, join} from 'node:path';

export type WordCompletions = {
	/** The line up to the word. */
	head: string;
	/** The words it could be, quoted as they are to stand in the line; a folder ends with `/`. */
	words: string[];
};

type Place = {cwd: string; path: string};

// More cannot be looked through.
const mostWords = 200;

export const completeShellWord = async (line: string, place: Place): Promise<WordCompletions> => {
	const {head, word} = lastWord(line);
	const isCommand = /(?:^|[;&|(]|&&|\|\|)\s*$/.test(head);
	const found =
		isCommand && !word.includes('/') ? await programs(word, place.path) : await paths(word, place.cwd);
	return {head, words: found.slice(0, mostWords).map(quote)};
};

/** The last word without its quotes and backslashes; `head` is what stands before it. */
const lastWord = (line: string): {head: string; word: string} => {
	const pieces = [...line.matchAll(/(?:\\.|"(?:\\.|[^"\\])*"?|'[^']*'?|[^\s\\"';&|()<>=])+$/gsu)];
	const raw = pieces[0]?.[0] ?? '';
	const word = raw.replace(
		/\\(.)|"((?:\\.|[^"\\])*)"?|'([^']*)'?/gsu,
		(_all, escaped, double, single) => escaped ?? double?.replace(/\\(.)/gsu, '$1') ?? single ?? '',
	);
	return {head: line.slice(0, line.length - raw.length), word};
};

const programs = async (start: string, path: string): Promise<string[]> => {
	if (start === '') return [];
	const folders = path.split(':').filter(isAbsolute);
	const lists = await Promise.all(folders.map(folder => readdir(folder).catch(() => [])));
	const names = new Set(lists.flat().filter(name => name.startsWith(start)));
	return [...names].sort();
};

const paths = async (word: string, cwd: string): Promise<string[]> => {
	const at = word.lastIndexOf('/') + 1;
	const [folder, start] = [word.slice(0, at), word.slice(at)];
	const real = folder.startsWith('~/') ? join(homedir(), folder.slice(2)) : folder;
	const inside = isAbsolute(real) ? real : join(cwd, real);
	const entries = await readdir(inside, {withFileTypes: true}).catch(() => []);
	const fitting = entries
		.filter(({name}) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
		.slice(0, mostWords);
	const named = await Promise.all(
		fitting.map(async entry => {
			const isFolder =
				entry.isDirectory() || (entry.isSymbolicLink() && (await isFolderAt(join(inside, entry.name))));
			return `${folder}${entry.name}${isFolder ? '/' : ''}`;
		}),
	);
	return named.sort();
};

const isFolderAt = (path: string): Promise<boolean> =>
	stat(path).then(
		found => found.isDirectory(),
		() => false,
	);

/** Backslashes before what a shell would read otherwise; a tilde at the start stays what it is. */
const quote = (word: string): string =>
	/[\0-\x1f\x7f]/.test(word)
		? `'${word.replaceAll("'", `'\\''`)}'`
		: word.replace(/[\s"'\\$`!#&()*;<>?[\]{|}]/gu, '\\$&').replace(/(?<=.)~/gu, '\\~');
