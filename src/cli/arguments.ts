// What the command line asks for. Pure: knows neither files nor the process.

import {approvalModes, isApprovalMode} from '../approval-modes.js';
import type {ApprovalMode} from '../events.js';
import {nearest} from '../text/nearest.js';
import {findTerminalVerb, type TerminalVerbName, type VerbArguments} from './terminal-verbs.js';
import {parseVerbArguments} from './verb-arguments.js';
import {type Verb, verbNames, verbRows, verbs} from './verbs.js';

export type Options = {
	/** `-C`: the folder to start in, as given. */
	cwd: string | undefined;
	model: string | undefined;
	approvals: ApprovalMode | undefined;
	isTrusted: boolean;
	/** `--config`: KEY=VALUE each, as given. */
	config: string[];
};

export type Invocation =
	| {kind: 'window'; prompt: string | undefined; options: Options}
	/** `id` undefined and not `isLast`: the person chooses from the list. */
	| {kind: 'resume'; id: string | undefined; isLast: boolean; options: Options}
	/** The guided tour. */
	| {kind: 'demo'; options: Options}
	/** Asks or does something about terminals, without a window but for `attach`. `cwd` as given. */
	| {kind: 'verb'; verb: TerminalVerbName; cwd: string | undefined; arguments: VerbArguments}
	/** Started by a window, never by a person. */
	| {kind: 'host'; args: string[]}
	/** Of one verb, or of everything. */
	| {kind: 'help'; verb?: Verb}
	| {kind: 'version'}
	/** For standard error; the exit code is 2. */
	| {kind: 'usage-error'; message: string};

export const helpText = `Usage: tandem [options] [prompt]
       tandem VERB --help

A full-screen terminal agent shell: a model and you side by side, with real
terminals that keep running.

${verbRows([
	['', 'open a window in this folder'],
	['"fix the bug"', 'open a window and send this'],
])}

Options:
  -C DIR                 start in this folder
  -m, --model MODEL      talk to this model
  -a, --approvals MODE   ask (before anything that changes something),
                         auto-edit (patches in this folder do not ask) or
                         full (never asks)
      --trust            trust this folder for this run
      --config KEY=VALUE set a key of the configuration for this run
      --version          print the version
  -h, --help             print this help

Environment: OPENAI_API_KEY, OPENAI_BASE_URL, TANDEM_MODEL, TANDEM_WIRE_API
(responses or chat), TANDEM_HOME, NO_COLOR, FORCE_COLOR.
`;

/** `args` without the program's name. */
export const parseArguments = (args: readonly string[]): Invocation => {
	if (args[0] === 'host') return {kind: 'host', args: args.slice(1)};
	const asked = terminalVerb(args);
	if (asked) return asked;
	const read = readOptions(args);
	if (typeof read === 'string') return {kind: 'usage-error', message: `${read}\nTry tandem --help.`};
	const {options, words, literalWords, flags} = read;
	if (flags.has('--help')) {
		const verb = verbs.find(({name}) => name === words[0]);
		return {kind: 'help', ...(verb && {verb})};
	}
	if (flags.has('--version')) return {kind: 'version'};
	const [verb, ...rest] = words;
	const isLast = flags.has('--last');
	if (verb === 'resume') return resume({ids: [...rest, ...literalWords], isLast, options});
	if (verb === 'demo' && !isLast) return demo([...rest, ...literalWords], options);
	if (findTerminalVerb(verb)) {
		return usageError(
			`Of the options only -C may stand before ${verb}: tandem [-C DIR] ${verb} …. To send the word: tandem -- ${verb} …`,
		);
	}
	if (isLast) return usageError('--last belongs to resume: tandem resume --last.');
	if (verb !== undefined && words.length === 1 && literalWords.length === 0) {
		const meant = nearest(verb, verbNames);
		if (meant) {
			return usageError(
				`Unknown command "${verb}"; did you mean ${meant}? To send the word: tandem -- ${verb}`,
			);
		}
	}
	return {kind: 'window', prompt: [...words, ...literalWords].join(' ') || undefined, options};
};

/** `-C DIR` may stand before the verb too. */
const terminalVerb = (args: readonly string[]): Invocation | undefined => {
	const place = args[0] === '-C' ? 2 : 0;
	const verb = findTerminalVerb(args[place]);
	if (!verb) return;
	const parsed = parseVerbArguments(verb, [...args.slice(0, place), ...args.slice(place + 1)]);
	switch (parsed.kind) {
		case 'help':
			return {kind: 'help', verb};
		case 'wrong':
			return {kind: 'usage-error', message: `${parsed.message}\nTry tandem ${verb.name} --help.`};
		case 'parsed':
			return {kind: 'verb', verb: verb.name, cwd: parsed.cwd, arguments: parsed.arguments};
	}
};

const resume = (asked: {ids: string[]; isLast: boolean; options: Options}): Invocation => {
	const {ids, isLast, options} = asked;
	const [id, ...more] = ids;
	if (more.length > 0) return usageError(`resume takes one session, not ${ids.length}.`);
	if (id !== undefined && isLast) return usageError('resume takes a session or --last, not both.');
	return {kind: 'resume', id, isLast, options};
};

const demo = (more: string[], options: Options): Invocation => {
	if (more.length > 0) return usageError('demo takes no more words. To send them: tandem -- demo …');
	if (options.cwd !== undefined) return usageError('demo plays in a copy of its own: leave out -C.');
	return {kind: 'demo', options};
};

const usageError = (message: string): Invocation => ({
	kind: 'usage-error',
	message: `${message}\nTry tandem --help.`,
});

type Read = {options: Options; words: string[]; literalWords: string[]; flags: Set<string>};

/** Each name with the one it means. */
const valuedNames: Record<string, string> = {
	'-C': '-C',
	'-m': '--model',
	'--model': '--model',
	'-a': '--approvals',
	'--approvals': '--approvals',
	'--config': '--config',
};
const flagNames: Record<string, string> = {
	'--trust': '--trust',
	'--version': '--version',
	'--help': '--help',
	'-h': '--help',
	'--last': '--last',
};

/** The options apart from the words, or what is wrong. */
const readOptions = (args: readonly string[]): Read | string => {
	const read: Read = {
		options: {cwd: undefined, model: undefined, approvals: undefined, isTrusted: false, config: []},
		words: [],
		literalWords: [],
		flags: new Set(),
	};
	for (let index = 0; index < args.length; index++) {
		const arg = args[index] ?? '';
		if (arg === '--') {
			read.literalWords.push(...args.slice(index + 1));
			break;
		}
		if (!arg.startsWith('-') || arg === '-') {
			read.words.push(arg);
			continue;
		}
		const {name, value} = splitOption(arg);
		const flag = flagNames[name];
		if (flag !== undefined) {
			if (value !== undefined) return `${name} takes no value.`;
			read.flags.add(flag);
			continue;
		}
		const option = valuedNames[name];
		if (option === undefined) return unknownOption(name);
		const given = value ?? args[++index];
		if (given === undefined || given === '') return `${name} needs a value.`;
		const problem = setOption(read.options, option, given);
		if (problem !== undefined) return problem;
	}
	read.options.isTrusted = read.flags.has('--trust');
	return read;
};

/** `--model=x`, `-mx`. */
const splitOption = (arg: string): {name: string; value: string | undefined} => {
	const long = /^(--[^=]*)=(.*)$/s.exec(arg);
	if (long) return {name: long[1] ?? '', value: long[2]};
	const name = arg.slice(0, 2);
	if (!arg.startsWith('--') && arg.length > 2 && name in valuedNames) return {name, value: arg.slice(2)};
	return {name: arg, value: undefined};
};

/** Says what is wrong, if anything is. */
const setOption = (options: Options, option: string, value: string): string | undefined => {
	if (option === '-C') options.cwd = value;
	if (option === '--model') options.model = value;
	if (option === '--config') options.config.push(value);
	if (option !== '--approvals') return undefined;
	if (!isApprovalMode(value)) {
		return `-a can't be "${value}"; allowed: ${Object.keys(approvalModes).join(', ')}.`;
	}
	options.approvals = value;
};

const unknownOption = (name: string): string => {
	const meant = nearest(name, [...Object.keys(valuedNames), ...Object.keys(flagNames)]);
	return `Unknown option ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
};
