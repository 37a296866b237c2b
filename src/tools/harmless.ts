// Whether a command line can only read what is in the workspace: every part of it a known program with known
// options. What is not understood to the last character is not harmless. Pure; links and shells are looked at by
// whoever asks.

/** The paths it reads, as written, or undefined: it must be asked about. */
export const pathsOfHarmless = (line: string): string[] | undefined => {
	const commands = parse(line);
	if (!commands) return undefined;
	const paths = commands.map(pathsOf);
	return paths.every(found => found !== undefined) ? paths.flat() : undefined;
};

/** Shells whose words are these. */
export const knownShells: readonly string[] = ['sh', 'bash', 'dash', 'zsh', 'ksh'];

/**
 * Simple commands between `;`, `&&`, `||` and `|`. Words are plain characters or quoted ones without `$`, `` ` `` and
 * `\`: no expansion, no redirection, no assignment, no pattern, one line.
 */
const parse = (line: string): string[][] | undefined => {
	const token = /[ \t]+|(&&|\|\||;|\|)|((?:[\w.,:@+/-]|(?!^)=|'[^'\n\0]*'|"[^"$`\\!\n\0]*")+)/y;
	const commands: string[][] = [[]];
	let index = 0;
	while (index < line.length) {
		token.lastIndex = index;
		const found = token.exec(line);
		if (!found) return undefined;
		index = token.lastIndex;
		const [, separator, word] = found;
		if (separator) commands.push([]);
		if (word)
			commands.at(-1)?.push(word.replace(/'([^']*)'|"([^"]*)"/g, (_all, single, double) => single ?? double));
	}
	return commands.every(words => words.length > 0) ? commands : undefined;
};

type Program = {
	/** Each option as a whole word. */
	options: RegExp;
	/** Words before the paths: grep's pattern. Undefined: no word is a path. */
	wordsBefore: number | undefined;
	mostWords?: number;
};

const nothing = /^(?!)/;
const programs: Record<string, Program> = {
	pwd: {options: nothing, wordsBefore: undefined, mostWords: 0},
	whoami: {options: nothing, wordsBefore: undefined, mostWords: 0},
	true: {options: nothing, wordsBefore: undefined, mostWords: 0},
	date: {options: /^-u$/, wordsBefore: undefined, mostWords: 0},
	uname: {options: /^-[amnrs]+$/, wordsBefore: undefined, mostWords: 0},
	echo: {options: /^-n$/, wordsBefore: undefined},
	which: {options: /^-a$/, wordsBefore: undefined},
	ls: {options: /^-[1AFRSadhilrt]+$/, wordsBefore: 0},
	cat: {options: /^-[bn]+$/, wordsBefore: 0},
	head: {options: /^-(?:n|c)?\d+$/, wordsBefore: 0},
	tail: {options: /^-(?:n|c)?\d+$/, wordsBefore: 0},
	wc: {options: /^-[clmw]+$/, wordsBefore: 0},
	grep: {options: /^-[EFHchilnorvw]+$/, wordsBefore: 1},
	rg: {options: /^-[FSchilnovw]+$/, wordsBefore: 1},
};

const pathsOf = ([name = '', ...args]: readonly string[]): string[] | undefined => {
	const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
	if (!program) return undefined;
	const words = args.filter(arg => !arg.startsWith('-'));
	const options = args.filter(arg => arg.startsWith('-'));
	if (!options.every(option => program.options.test(option))) return undefined;
	if (words.length > (program.mostWords ?? Number.POSITIVE_INFINITY)) return undefined;
	return program.wordsBefore === undefined ? [] : words.slice(program.wordsBefore);
};
