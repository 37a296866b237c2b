// Finds a few typed letters in a name, in order but not side by side, and says how well they fit.

export type Match = {
	/** Higher is better; only comparable for the same query. */
	score: number;
	/** Indices into the text (code units) of the letters found. */
	positions: number[];
};

// Names and paths are short; the search costs query times text.
const longestText = 512;

/** The best match of all letters of the query, or undefined. An empty query matches everything alike. */
export const fuzzyMatch = (query: string, text: string): Match | undefined => {
	const letters = query.toLowerCase().replaceAll(' ', '');
	const name = text.slice(0, longestText);
	const lower = name.toLowerCase();
	// Lower-casing may change the length (İ): then positions would lie.
	const searched = lower.length === name.length ? lower : name;
	if (letters === '') return {score: 0, positions: []};
	if (!isSubsequence(letters, searched)) return undefined;
	return bestMatch(letters, searched, name);
};

/** The candidates that match, best first; equals keep their order. */
export const fuzzyFilter = <T>(
	query: string,
	candidates: readonly T[],
	nameOf: (candidate: T) => string,
): {candidate: T; match: Match}[] =>
	candidates
		.flatMap(candidate => {
			const match = fuzzyMatch(query, nameOf(candidate));
			return match ? [{candidate, match}] : [];
		})
		.sort((left, right) => right.match.score - left.match.score);

const isSubsequence = (letters: string, text: string): boolean => {
	let found = 0;
	for (let index = 0; index < text.length; index++) if (text[index] === letters[found]) found++;
	return found >= letters.length;
};

// A letter at the start of a word says most, one right after the last found nearly as much.
const bonuses = {start: 10, wordStart: 8, adjacent: 7, letter: 1, gap: -0.2, lead: -0.1};

const bestMatch = (letters: string, text: string, original: string): Match | undefined => {
	/** Best score of the letters so far when the last one stands at this index, and where the one before stood. */
	let scores: number[] = [];
	const origins: number[][] = [];
	for (let letter = 0; letter < letters.length; letter++) {
		const next: number[] = new Array(text.length).fill(Number.NEGATIVE_INFINITY);
		const from: number[] = new Array(text.length).fill(-1);
		let best = Number.NEGATIVE_INFINITY;
		let bestAt = -1;
		for (let index = 0; index < text.length; index++) {
			// The best place for the letter before, the gap's cost growing with each step.
			const before = index > 0 ? (scores[index - 1] ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
			best += bonuses.gap;
			if (index > 1 && (scores[index - 2] ?? Number.NEGATIVE_INFINITY) + bonuses.gap > best) {
				best = (scores[index - 2] ?? 0) + bonuses.gap;
				bestAt = index - 2;
			}
			if (text[index] !== letters[letter]) continue;
			const own = bonuses.letter + placeBonus(original, index);
			if (letter === 0) {
				next[index] = own + index * bonuses.lead;
				continue;
			}
			const adjacent = before + bonuses.adjacent;
			next[index] = own + Math.max(adjacent, best);
			from[index] = adjacent >= best ? index - 1 : bestAt;
		}
		scores = next;
		origins.push(from);
	}
	return traceBack(scores, origins, text.length);
};

const placeBonus = (text: string, index: number): number => {
	if (index === 0) return bonuses.start;
	const before = text[index - 1] ?? '';
	const isWordStart = /[\s/\\_.:-]/.test(before) || (/[a-z]/.test(before) && /[A-Z]/.test(text[index] ?? ''));
	return isWordStart ? bonuses.wordStart : 0;
};

const traceBack = (
	scores: readonly number[],
	origins: readonly number[][],
	length: number,
): Match | undefined => {
	const score = Math.max(...scores);
	if (score === Number.NEGATIVE_INFINITY) return undefined;
	const positions: number[] = [];
	let index = scores.indexOf(score);
	for (let letter = origins.length - 1; letter >= 0; letter--) {
		positions.unshift(index);
		index = origins[letter]?.[index] ?? -1;
	}
	// Of two equal matches the shorter name is the better one.
	return {score: score - length * 0.01, positions};
};
