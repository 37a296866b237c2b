// The words and options behind a verb. Pure.
import {nearest} from '../text/nearest.js';
import type {TerminalVerb, VerbArguments} from './terminal-verbs.js';

export type ParsedVerb =
	| {kind: 'parsed'; cwd: string | undefined; arguments: VerbArguments}
	| {kind: 'help'}
	| {kind: 'wrong'; message: string};

/** `args` without the verb itself. */
export const parseVerbArguments = (verb: TerminalVerb, args: readonly string[]): ParsedVerb => {
	const words: string[] = [];
	const values: Record<string, string> = {};
	const flags = new Set<string>();
	const valued: Readonly<Record<string, string>> = {'-C': '-C', ...verb.values};
	for (let index = 0; index < args.length; index++) {
		const arg = args[index] ?? '';
		if (arg === '--') {
			words.push(...args.slice(index + 1));
			break;
		}
		if (!arg.startsWith('-') || arg === '-') {
			words.push(arg);
			if (!verb.isCommandLine) continue;
			words.push(...args.slice(index + 1));
			break;
		}
		const [, name = arg, given] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? [];
		if (name === '--help' || name === '-h') return {kind: 'help'};
		const flag = verb.flags?.[name];
		if (flag !== undefined && given === undefined) {
			flags.add(flag);
			continue;
		}
		const option = valued[name];
		if (option === undefined) return {kind: 'wrong', message: unknownOption(verb, name, flag !== undefined)};
		const value = given ?? args[++index];
		if (value === undefined || value === '') return {kind: 'wrong', message: `${name} needs a value.`};
		values[option] = value;
	}
	const wrong = checkWords(verb, words);
	if (wrong !== undefined) return {kind: 'wrong', message: wrong};
	const {'-C': cwd, ...rest} = values;
	return {kind: 'parsed', cwd, arguments: {words, values: rest, flags}};
};

const unknownOption = (verb: TerminalVerb, name: string, isFlag: boolean): string => {
	if (isFlag) return `${name} takes no value.`;
	const meant = nearest(name, [...Object.keys(verb.values ?? {}), ...Object.keys(verb.flags ?? {}), '-C']);
	return `tandem ${verb.name} has no option ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}.`;
};

const checkWords = (
	{name, usage, words: [least, most]}: TerminalVerb,
	given: readonly string[],
): string | undefined => {
	if (given.length < least) return `tandem ${name} needs more: tandem ${name} ${usage}`;
	if (given.length > most) return `tandem ${name} does not take "${given[most]}": tandem ${name} ${usage}`;
	return;
};
