// What could stand at the cursor, from whoever knows: commands of a slash line, files after `@`, words of a shell
// line once Tab asked for them, earlier messages while they are searched. Pure but for the sources it is given.
import type {Command} from '../src/command.js';
import type {TextBuffer} from '../src/editor/buffer.js';
import {type History, searchHistory} from '../src/editor/history.js';
import type {State} from '../src/state.js';
import {type Completion, completionsOf} from './completion-items.js';

/** What the window knows of files; searching never waits. */
export type Files = {
	find(query: string, most: number): string[];
	/** Told when there are other files to find. */
	subscribe(listener: () => void): () => void;
	/** `head`: the line up to its last word; `words`: what that could become. */
	completeShellWord(line: string): Promise<{head: string; words: string[]}>;
};

export const noFiles: Files = {
	find: () => [],
	subscribe: () => () => {},
	completeShellWord: async line => ({head: line, words: []}),
};

const mostFiles = 30;
const mostMessages = 100;

/** The query of the mention that ends at the cursor; undefined: there is none. */
export const mentionAt = ({text, cursor}: TextBuffer): {typed: string; query: string} | undefined => {
	if (/^\S/u.test(text.slice(cursor))) return undefined;
	const found = /(?:^|\s)(@(?:"([^"\n]*)|([^\s"]*)))$/u.exec(text.slice(0, cursor));
	return found ? {typed: found[1] ?? '', query: found[2] ?? found[3] ?? ''} : undefined;
};

export const mentions = (buffer: TextBuffer, files: Files): Completion[] => {
	const mention = mentionAt(buffer);
	if (!mention || buffer.text.startsWith('!')) return [];
	const found = files.find(mention.query, mostFiles);
	// What is written in full needs no popup in the way of Enter.
	if (found.includes(mention.query)) return [];
	return found.map(path => ({
		...wordItem(path, mention.typed.length, `@${/\s/u.test(path) ? `"${path}"` : path} `),
	}));
};

export const shellWords = (head: string, words: readonly string[], line: string): Completion[] =>
	words.map(word => wordItem(word, line.length - head.length, word.endsWith('/') ? word : `${word} `));

export const slashItems = (
	{text, cursor}: TextBuffer,
	commands: readonly Command[],
	state: State,
): Completion[] => (cursor < text.length ? [] : completionsOf(text, commands, state));

/** Newest first. */
export const earlierMessages = (history: History, query: string): Completion[] => {
	const texts =
		query === ''
			? [...new Set(history.messages.toReversed())]
			: searchHistory(history, query).map(({text}) => text);
	return texts.slice(0, mostMessages).map(text => ({line: text, label: text, summary: '', isCertain: false}));
};

/** In place of what was typed of the word. */
const wordItem = (label: string, erase: number, insert: string): Completion => ({
	line: '',
	label,
	summary: '',
	isCertain: false,
	edit: {erase, insert},
});

/** What all of them begin with. */
export const commonStart = (words: readonly string[]): string => {
	const [first = '', ...others] = words;
	let length = first.length;
	for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
	return first.slice(0, length);
};
