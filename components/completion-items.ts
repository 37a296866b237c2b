// What could stand at the cursor of a slash line: names of commands, then what the command offers. Pure.
import type {Command} from '../src/command.js';
import type {State} from '../src/state.js';
import {fuzzyFilter} from '../src/text/fuzzy.js';

export type Completion = {
	/** The whole line once this is chosen. */
	line: string;
	label: string;
	summary: string;
	/** Whether Enter may choose it without the person having picked it. */
	isCertain: boolean;
	/** Changes the word at the cursor, not the line: so many characters before it are replaced. */
	edit?: {erase: number; insert: string};
};

export const completionsOf = (text: string, commands: readonly Command[], state: State): Completion[] => {
	const [, name = '', rest] = /^\/(\S*)(?:\s+(.*))?$/su.exec(text) ?? [];
	if (!text.startsWith('/') || text.includes('\n')) return [];
	if (!/\s/u.test(text)) return names(name, commands);
	const command = commands.find(each => each.name === name || each.aliases?.includes(name));
	return command ? argumentsOf(command, rest ?? '', state) : [];
};

const names = (typed: string, commands: readonly Command[]): Completion[] => {
	const byName = fuzzyFilter(typed, commands, ({name}) => name).map(({candidate}) => ({
		command: candidate,
		name: candidate.name,
	}));
	// An alias is only offered when it is meant.
	const byAlias = commands
		.filter(command => !byName.some(found => found.command === command))
		.flatMap(command =>
			(command.aliases ?? []).filter(alias => alias.startsWith(typed)).map(name => ({command, name})),
		);
	return [...byName, ...byAlias].map(({command, name}) => ({
		line: `/${name}${command.complete ? ' ' : ''}`,
		label: `/${name}`,
		summary: command.summary,
		isCertain: true,
	}));
};

const argumentsOf = (command: Command, rest: string, state: State): Completion[] => {
	const words = rest.split(/\s+/u);
	const typed = words.at(-1) ?? '';
	const before = words.slice(0, -1).join(' ');
	return fuzzyFilter(typed, command.complete?.(state) ?? [], name => name)
		.filter(({candidate}) => candidate !== typed)
		.map(({candidate}) => ({
			line: `/${command.name} ${before === '' ? '' : `${before} `}${quoted(candidate)}`,
			label: candidate,
			summary: '',
			isCertain: typed !== '',
		}));
};

/** A name with blanks is one word all the same. */
const quoted = (name: string): string =>
	/[\s"'\\]/u.test(name) ? `"${name.replace(/["\\]/gu, '\\$&')}"` : name;
