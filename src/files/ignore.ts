// Which files a folder's `.gitignore` leaves out, by git's rules. Pure. Patterns come from whoever wrote the
// repository: they are matched in time that grows with the length of pattern and path, never by a regular expression.

/** Relative to the folder whose file it is; with `/` between names. */
export type IgnoreRules = {isIgnored(path: string, isFolder: boolean): boolean | undefined};

/** The last pattern that matches decides; undefined: none does. */
export const parseIgnore = (text: string): IgnoreRules => {
	const rules = text.split('\n').flatMap(parseRule).toReversed();
	return {
		isIgnored(path, isFolder) {
			const names = path.split('/');
			const rule = rules.find(each => (isFolder || !each.isFolderOnly) && matchNames(each.names, names));
			return rule && !rule.isNegated;
		},
	};
};

type Rule = {names: readonly Name[]; isNegated: boolean; isFolderOnly: boolean};

/** Tokens of one name; `anyDepth` stands for any number of names, also none. */
type Name = readonly string[] | typeof anyDepth;

const anyDepth = '**';

// No path is longer; a pattern that is would only cost time.
const longestPattern = 4_096;

const parseRule = (line: string): Rule[] => {
	// Blanks at the end count only behind a backslash.
	let pattern = line.replace(/\r$/, '').replace(/(?<!\\) +$/, '');
	if (pattern === '' || pattern.startsWith('#') || pattern.length > longestPattern) return [];
	const isNegated = pattern.startsWith('!');
	if (isNegated) pattern = pattern.slice(1);
	const isFolderOnly = pattern.endsWith('/');
	if (isFolderOnly) pattern = pattern.slice(0, -1);
	if (pattern === '') return [];
	const isAnchored = pattern.includes('/');
	const names = pattern
		.replace(/^\//, '')
		.split('/')
		.map((name): Name => (name === anyDepth ? anyDepth : tokensOf(name)));
	// At the end it stands for what is inside, not for the folder itself.
	const end: Name[] = names.at(-1) === anyDepth ? [['*']] : [];
	return [{names: [...(isAnchored ? [] : ([anyDepth] as const)), ...names, ...end], isNegated, isFolderOnly}];
};

const matchNames = (pattern: readonly Name[], names: readonly string[]): boolean =>
	matchWithStars({
		pattern,
		subject: names,
		isStar: name => name === anyDepth,
		isMatch: (name, subject) => name !== anyDepth && matchName(name, subject),
	});

/** One name: `*`, `?`, `[a-z]`, `\` before a character that is meant. */
const matchName = (tokens: readonly string[], name: string): boolean =>
	matchWithStars({
		pattern: tokens,
		subject: [...name],
		isStar: token => token === '*',
		isMatch: matchCharacter,
	});

/** On a mismatch only the last star takes one more: that is enough, and no pattern makes it slow. */
const matchWithStars = <Piece, Subject>(parts: {
	pattern: readonly Piece[];
	subject: readonly Subject[];
	isStar(piece: Piece): boolean;
	isMatch(piece: Piece, subject: Subject): boolean;
}): boolean => {
	const {pattern, subject, isStar, isMatch} = parts;
	let at = 0;
	let star = -1;
	let taken = 0;
	let index = 0;
	while (index < subject.length) {
		const piece = pattern[at];
		const item = subject[index] as Subject; // index is below its length
		if (piece !== undefined && isStar(piece)) {
			star = at++;
			taken = index;
		} else if (piece !== undefined && isMatch(piece, item)) {
			at++;
			index++;
		} else if (star >= 0) {
			at = star + 1;
			index = ++taken;
		} else {
			return false;
		}
	}
	while (at < pattern.length && isStar(pattern[at] as Piece)) at++;
	return at === pattern.length;
};

/** `*` and `?` as themselves, a class with its brackets, anything else behind a backslash. */
const tokensOf = (pattern: string): string[] => {
	const tokens = pattern.match(/\\.|\[(?:[!^])?\]?(?:[^\]\\]|\\.)*\]|\*+|./gsu) ?? [];
	return tokens.map(token => (token.startsWith('*') ? '*' : token));
};

const matchCharacter = (token: string, character: string): boolean => {
	if (token === '?') return true;
	if (token.startsWith('\\')) return token.slice(1) === character;
	if (token.length > 1 && token.startsWith('[')) return matchClass(token.slice(1, -1), character);
	return token === character;
};

const matchClass = (content: string, character: string): boolean => {
	const isNegated = /^[!^]/.test(content);
	const items = [...(isNegated ? content.slice(1) : content).matchAll(/\\?(.)(?:-\\?(.))?/gsu)];
	const isIn = items.some(([, from = '', to = from]) => from <= character && character <= to);
	return isIn !== isNegated;
};
