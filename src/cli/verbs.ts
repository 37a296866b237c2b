// The verbs of the command line with their help: one row each. `--help` of a verb, the overview and the guess at a
// mistyped verb are made from it.
import {terminalVerbs} from './terminal-verbs.js';

export type Verb = {
	name: string;
	/** What may stand behind the name. */
	usage: string;
	/** For the overview. */
	rows: readonly (readonly [form: string, does: string])[];
	/** Whole lines of at most 79 columns. */
	about: string;
	options: readonly (readonly [option: string, does: string])[];
};

export const verbs: readonly Verb[] = [
	{
		name: 'demo',
		usage: '[options]',
		rows: [['demo', 'take a tour on a sample project; needs no model']],
		about: `Plays a guided tour on a small web project, in a temporary copy that it names:
starts the server, finds a bug in its log, patches it and checks. Into a pipe
it plays to its end in plain lines and stops its terminals.`,
		options: [],
	},
	{
		name: 'resume',
		usage: '[options] [id | --last]',
		rows: [
			['resume', 'choose one of the sessions to go on with'],
			['resume ID', 'go on with one of them'],
			['resume --last', 'go on with the newest one'],
		],
		about: `Goes on with an earlier session: the conversation is there again, and so are
the terminals that were kept running. Without an id you choose from the
sessions of this folder.`,
		options: [['--last', 'the newest session']],
	},
	...terminalVerbs,
];

export const verbNames: readonly string[] = verbs.map(({name}) => name);

/** The rows of all verbs for the overview, after those without one. */
export const verbRows = (before: Verb['rows']): string =>
	table(
		[...before, ...verbs.flatMap(({rows}) => rows)].map(([form, does]) => [`tandem ${form}`, does] as const),
	);

/** `tandem resume --help`. */
export const verbHelp = ({name, usage, rows, about, options}: Verb): string =>
	[
		`Usage: tandem ${name} ${usage}`,
		about,
		table(rows.map(([form, does]) => [`tandem ${form}`, does] as const)),
		...(options.length > 0 ? [`Options:\n${table(options)}`] : []),
		isTerminalVerb(name)
			? 'Option -C DIR: the terminals of that folder instead of this one.\n'
			: 'The options of tandem hold here too: tandem --help.\n',
	].join('\n\n');

const isTerminalVerb = (name: string): boolean => terminalVerbs.some(verb => verb.name === name);

const table = (rows: readonly (readonly [string, string])[]): string => {
	const width = Math.max(21, ...rows.map(([left]) => left.length));
	return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};
