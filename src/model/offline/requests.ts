// The handful of requests that the offline assistant understands, found in a person's sentence. Pure.

export type Request =
	| {kind: 'run'; cmd: string}
	| {kind: 'start'; cmd: string; name: string | undefined}
	| {kind: 'wait'; until: {pattern: string} | {exit: true} | {port: true}; terminal: string}
	| {kind: 'show'; terminal: string}
	/** `isLine`: Enter follows. */
	| {kind: 'type'; text: string; isLine: boolean; terminal: string}
	| {kind: 'press'; keys: string[]; terminal: string}
	| {kind: 'list'}
	| {kind: 'stop'; terminal: string}
	| {kind: 'apply'; path: string}
	| {kind: 'help'}
	/** "run the tests": words where a command should stand. */
	| {kind: 'no-command'; verb: string}
	| {kind: 'unknown'};

/** What it knows, for people: the request and what it does. */
export const knownRequests: readonly (readonly [string, string])[] = [
	['run npm test', 'runs a command and says how it ended'],
	['start npm run dev as web', 'starts it in a terminal named web'],
	['wait until ready in web', 'until a line matches; or: until web listens, until web ends'],
	['show web', "shows the terminal's screen"],
	['type 1 + 1 into node', 'types the line and presses Enter'],
	['press ctrl+c in web', 'presses keys: Esc, Up, ctrl+c, F5, …'],
	['what is running', 'lists the terminals'],
	['stop web', 'stops a terminal'],
	['apply fix.patch', 'applies a patch file'],
	['help', 'this list'],
];

/** Case, "please", quotes and a full stop do not matter. */
export const understand = (sentence: string): Request => {
	const words = withoutManners(sentence.trim());
	for (const [pattern, make] of table) {
		const found = pattern.exec(words);
		if (found) return make(found.slice(1).map((group = '') => group));
	}
	return {kind: 'unknown'};
};

type Rule = readonly [RegExp, (groups: string[]) => Request];

/** The first that fits counts, so the narrower ones stand before the wider. */
const table: readonly Rule[] = [
	[/^(?:help|\?|what can you do.*)$/i, () => ({kind: 'help'})],
	[
		/^(?:what(?:'s| is| are)? (?:still )?running|which terminals.*|(?:list|show)(?: me)?(?: all)?(?: the)? terminals|list|ps)$/i,
		() => ({kind: 'list'}),
	],
	[/^start (.+) (?:as|named|called) (\S+)$/is, ([cmd = '', name = '']) => start(cmd, bare(name))],
	[/^start (.+)$/is, ([cmd = '']) => start(cmd, undefined)],
	[/^(run|execute) (.+)$/is, ([verb = '', cmd = '']) => run(verb, cmd)],
	[
		/^wait (?:until|for) (?:terminal )?(\S+) (?:listens|is listening|to listen)$/i,
		([name = '']) => ({kind: 'wait', until: {port: true}, terminal: bare(name)}),
	],
	[
		/^wait (?:until|for) (?:terminal )?(\S+) (?:ends|has ended|exits|is done|to end|to exit)$/i,
		([name = '']) => ({kind: 'wait', until: {exit: true}, terminal: bare(name)}),
	],
	[
		/^wait (?:until|for) (.+) in (?:terminal )?(\S+)$/is,
		([pattern = '', name = '']) => ({
			kind: 'wait',
			until: {pattern: expression(pattern)},
			terminal: bare(name),
		}),
	],
	[/^show(?: me)? (?:terminal )?(\S+)$/i, ([name = '']) => ({kind: 'show', terminal: bare(name)})],
	[
		/^type (.+) in(?:to)? (?:terminal )?(\S+?)( without enter)?$/is,
		([text = '', name = '', without]) => ({
			kind: 'type',
			text: unquoted(text),
			isLine: !without,
			terminal: bare(name),
		}),
	],
	[
		/^press (.+) in (?:terminal )?(\S+)$/is,
		([keys = '', name = '']) => ({kind: 'press', keys: keyNames(keys), terminal: bare(name)}),
	],
	[/^(?:stop|kill|end) (?:terminal )?(\S+)$/i, ([name = '']) => ({kind: 'stop', terminal: bare(name)})],
	[/^apply(?: the patch)? (\S+)$/i, ([path = '']) => ({kind: 'apply', path: unquoted(path)})],
];

/** "Could you please run `ls`?" is `run \`ls\``. A stop or mark behind a letter ends the sentence, `.` alone is a folder. */
const withoutManners = (sentence: string): string =>
	sentence
		.replace(/^(?:(?:please|now|hey|ok|can you|could you|would you|will you)[,!]?\s+)+/i, '')
		.replace(/(?<=[\p{L}\p{N}`"'”’)])[.!?]+$/u, '')
		.replace(/[,\s]+please$/i, '');

/** Words that begin a noun, not a command line. */
const noun = /^(?:the|a|an|my|your|our|this|that|it|all|some)\b/i;

const run = (verb: string, cmd: string): Request =>
	noun.test(cmd) ? {kind: 'no-command', verb: verb.toLowerCase()} : {kind: 'run', cmd: unquoted(cmd)};

const start = (cmd: string, name: string | undefined): Request =>
	noun.test(cmd) ? {kind: 'no-command', verb: 'start'} : {kind: 'start', cmd: unquoted(cmd), name};

const quotes = ['""', "''", '``', '“”', '‘’'];

/** Without one pair of quotes around all of it; quotes that belong to parts of it stay. */
const unquoted = (text: string): string => {
	const inner = text.trim().slice(1, -1);
	const isQuoted = quotes.some(
		([open = '', close = '']) =>
			text.trim().length > 2 &&
			text.trim().startsWith(open) &&
			text.trim().endsWith(close) &&
			!inner.includes(open) &&
			!inner.includes(close),
	);
	return isQuoted ? inner : text.trim();
};

/** A terminal's name or number. */
const bare = (name: string): string => unquoted(name).replace(/^#(?=\d)/, '');

/** `/ready/` is the expression in it. */
const expression = (text: string): string => /^\/(.+)\/$/s.exec(text.trim())?.[1] ?? unquoted(text);

const modifiers: Record<string, string> = {ctrl: 'C', control: 'C', alt: 'M', meta: 'M', shift: 'S'};
const keyAliases: Record<string, string> = {
	escape: 'Esc',
	return: 'Enter',
	backspace: 'BSpace',
	del: 'Delete',
};

/** "Esc : q and Enter" to the names of keys; Ctrl+C, ctrl-c and ^C are one. */
const keyNames = (text: string): string[] =>
	unquoted(text)
		.split(/\s+(?:(?:and|then)\s+)*|,\s*/i)
		.filter(word => word !== '')
		.map(word => {
			const [, before = '', key = word] =
				/^((?:(?:ctrl|control|alt|meta|shift)[+-])+)(.+)$/i.exec(word) ?? [];
			const prefix = before
				.split(/[+-]/)
				.filter(Boolean)
				.map(modifier => `${modifiers[modifier.toLowerCase()]}-`)
				.join('');
			return prefix + (keyAliases[key.toLowerCase()] ?? key);
		});
