// What can be asked of a folder's terminals from any shell: the words that each verb takes, and its help. What a
// verb does stands in the file of its name.
import type {Verb} from './verbs.js';

export type TerminalVerb = Verb & {
	/** Options with a value, each name with the one it means. */
	values?: Readonly<Record<string, string>>;
	flags?: Readonly<Record<string, string>>;
	/** How many words it takes. */
	words: readonly [least: number, most: number];
	/** The first word ends the options: the rest is somebody else's command line. */
	isCommandLine?: true;
};

const any = Number.POSITIVE_INFINITY;

export const terminalVerbs = [
	{
		name: 'ps',
		usage: '[--json] [--all]',
		rows: [['ps', 'list the terminals of this folder']],
		about: 'Lists the terminals of this folder, those that have ended too.',
		options: [
			['--json', 'one JSON object a line, for programs'],
			['--all', 'of every folder'],
		],
		flags: {'--json': '--json', '--all': '--all'},
		words: [0, 0],
	},
	{
		name: 'logs',
		usage: 'NAME [-f] [--grep RE] [--since 5m] [-n LINES]',
		rows: [['logs NAME', 'print what a terminal has printed; -f goes on with it']],
		about: 'Prints the log of a terminal, by name or id, also of one that has ended.',
		options: [
			['-f, --follow', 'go on with what it prints, until it ends'],
			['--grep RE', 'only lines that match'],
			['--since 5m', 'only lines of the last 5 minutes (ms, s, m, h, d)'],
			['-n, --lines LINES', 'only the last so many lines'],
		],
		values: {'--grep': '--grep', '--since': '--since', '-n': '--lines', '--lines': '--lines'},
		flags: {'-f': '--follow', '--follow': '--follow'},
		words: [1, 1],
	},
	{
		name: 'attach',
		usage: 'NAME',
		rows: [['attach NAME', 'go inside a terminal; Ctrl+] Esc comes back']],
		about: `Shows a terminal on the full screen and hands every key to its program. Ctrl+]
is the way out: Ctrl+] Esc detaches, and the program runs on.`,
		options: [],
		words: [1, 1],
	},
	{
		name: 'run',
		usage: '[--name NAME] -- COMMAND',
		rows: [['run -- COMMAND', 'start a command in a terminal that keeps running']],
		about: `Starts a command in a terminal of this folder, prints its name and comes back
at once. One word is a shell's command line, several are a command with its
arguments.`,
		options: [['--name NAME', 'what to call it; default: from the command']],
		values: {'--name': '--name'},
		words: [1, any],
		isCommandLine: true,
	},
	{
		name: 'send',
		usage: 'NAME KEYS…',
		rows: [['send NAME KEYS…', 'type into a terminal']],
		about: `Types into a terminal. A word that names a key is that key (Enter, C-c, Up, F5,
M-x), any other is typed as it is: tandem send dev "npm test" Enter`,
		options: [['-l, --literal', 'type every word as it is']],
		flags: {'-l': '--literal', '--literal': '--literal'},
		words: [2, any],
	},
	{
		name: 'wait',
		usage: 'NAME [--until CONDITION] [--timeout 10m]',
		rows: [['wait NAME', 'wait until it ends, listens, prints …']],
		about: `Waits until something is true of a terminal. Exit code 0: it is. 1: it can't
become true any more, or the time is over.`,
		options: [
			['--until exit', 'it has ended (the default)'],
			['--until port[=N]', 'it listens on a port, or on this one'],
			['--until pattern=RE', 'a line of its output matches, from the start on'],
			['--until screen=RE', 'a row of its screen matches'],
			['--until quiet=MS', 'it has printed nothing for so many milliseconds'],
			['--timeout 10m', 'give up after that (ms, s, m, h, d)'],
		],
		values: {'--until': '--until', '--timeout': '--timeout'},
		words: [1, 1],
	},
	{
		name: 'stop',
		usage: 'NAME… | --all',
		rows: [['stop NAME', 'end a terminal with all of its processes']],
		about: `TERM to the whole process tree, KILL after 3 seconds. What could not be ended
is named, and the exit code is 1.`,
		options: [['--all', 'every terminal of this folder']],
		flags: {'--all': '--all'},
		words: [0, any],
	},
	{
		name: 'restart',
		usage: 'NAME',
		rows: [['restart NAME', "run a terminal's command again"]],
		about: `The same command, folder, environment, name and size. One that still runs is
stopped first.`,
		options: [],
		words: [1, 1],
	},
	{
		name: 'forget',
		usage: 'NAME…',
		rows: [['forget NAME', 'remove an ended terminal and its log']],
		about: 'Removes ended terminals and their logs.',
		options: [],
		words: [1, any],
	},
] as const satisfies readonly TerminalVerb[];

export type TerminalVerbName = (typeof terminalVerbs)[number]['name'];

export const findTerminalVerb = (
	name: string | undefined,
): (TerminalVerb & {name: TerminalVerbName}) | undefined => terminalVerbs.find(verb => verb.name === name);

/** What was given to a verb. */
export type VerbArguments = {
	words: readonly string[];
	/** By the names that the table says are meant. */
	values: Readonly<Record<string, string>>;
	flags: ReadonlySet<string>;
};
