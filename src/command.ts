// What a slash command is, and how a typed line names one, or is a line for the shell. The table of slash commands
// is commands/index.ts.
import type {Actions} from './actions.js';
import type {State} from './state.js';
import {nearest} from './text/nearest.js';

export type Command = {
	/** Without the slash. */
	name: string;
	aliases?: readonly string[];
	/** One line for the popup and /help. */
	summary: string;
	usage: string;
	/** How many words may stand after it; absent: none. */
	takes?: number;
	/** Why it can't run while a turn runs; absent: it can. */
	idleOnly?: string;
	/** What may stand after it, for completion. */
	complete?(state: State): string[];
	run(context: {state: State; actions: Actions; commands: readonly Command[]}, args: readonly string[]): void;
};

/** A slash line's command name and arguments; undefined for any other text, a path such as `/etc/hosts` included. */
export const parseLine = (line: string): {name: string; args: string[]} | undefined => {
	const match = /^\/([a-z][\w-]*|\?)(?:\s+(.*))?$/is.exec(line.trim());
	return match ? {name: (match[1] ?? '').toLowerCase(), args: splitWords(match[2] ?? '')} : undefined;
};

/** What stands after the `!` of a shell line; undefined for any other text. */
export const parseShellLine = (line: string): string | undefined => {
	const text = line.trim();
	return text.startsWith('!') ? text.slice(1).trim() : undefined;
};

/** By name, alias, or a beginning that only one command has. */
export const findCommand = (commands: readonly Command[], name: string): Command | undefined => {
	const exact = commands.find(command => namesOf(command).includes(name));
	if (exact) return exact;
	const [only, ...others] = commands.filter(command => command.name.startsWith(name));
	return others.length === 0 ? only : undefined;
};

/** Why it can't run with so many words after it, for the person; undefined: it can. */
export const tooMany = ({name, usage, takes = 0}: Command, args: readonly string[]): string | undefined => {
	if (args.length <= takes) return undefined;
	return takes === 0
		? `Nothing was done: /${name} takes nothing after it.`
		: `Nothing was done: that is more than ${usage} takes.`;
};

/** For the person who typed it, with the name that was most likely meant. */
export const noSuchCommand = (commands: readonly Command[], name: string): string => {
	const near = nearest(name, commands.flatMap(namesOf));
	return `There is no /${name}. ${near === undefined ? '' : `Did you mean /${near}? `}/help lists the commands.`;
};

const namesOf = ({name, aliases = []}: Command): string[] => [name, ...aliases];

/** At blanks, but for those in quotes or behind a backslash. A quote that nobody closed reaches to the end. */
const splitWords = (text: string): string[] => {
	const pattern = /\s+|\\(.)|"((?:\\.|[^"\\])*)"?|'([^']*)'?|([^\s\\"']+|\\$)/gs;
	const words: string[] = [];
	let word: string | undefined;
	for (const [, escaped, double, single, bare] of text.matchAll(pattern)) {
		const piece = escaped ?? double?.replace(/\\(.)/gs, '$1') ?? single ?? bare;
		if (piece !== undefined) {
			word = (word ?? '') + piece;
			continue;
		}
		if (word !== undefined) words.push(word);
		word = undefined;
	}
	return word === undefined ? words : [...words, word];
};
