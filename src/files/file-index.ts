// The files of the workspace for `@`: listed when they are first asked for and again when that was long ago, in the
// background. A search looks at what is known by now and never waits.
import {fuzzyMatch} from '../text/fuzzy.js';
import {walkFiles} from './walk.js';

export type FileIndex = ReturnType<typeof createFileIndex>;

// A walk of these takes about a second, a search among them about 10 ms.
const limits = {files: 50_000, folders: 20_000};
const freshMs = 5_000;
/** Only the likeliest are compared letter by letter. */
const mostCompared = 300;

type Known = {path: string; lower: string; nameAt: number};

export const createFileIndex = ({folder, now}: {folder: string; now(): number}) => {
	let known: readonly Known[] = [];
	let listedAt = Number.NEGATIVE_INFINITY;
	let isListing = false;
	const listeners = new Set<() => void>();

	const list = async () => {
		isListing = true;
		const {paths} = await walkFiles(folder, limits);
		known = paths.map(path => ({path, lower: path.toLowerCase(), nameAt: path.lastIndexOf('/') + 1}));
		listedAt = now();
		isListing = false;
		for (const listener of listeners) listener();
	};

	return {
		/** The best matches among the files known by now, best first. */
		find(query: string, most: number): string[] {
			if (!isListing && now() - listedAt > freshMs) void list();
			return rank(known, query).slice(0, most);
		},
		/** Told when the files are known anew. */
		subscribe(listener: () => void) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
	};
};

const rank = (known: readonly Known[], query: string): string[] => {
	if (query === '') return known.slice(0, mostCompared).map(({path}) => path);
	const letters = query.toLowerCase();
	const likely: Known[][] = [[], [], [], []];
	for (const file of known) likely[unlikeliness(file, letters)]?.push(file);
	return likely
		.flat()
		.slice(0, mostCompared)
		.flatMap((file, index) => {
			const match = fuzzyMatch(query, file.path);
			return match ? [{path: file.path, score: match.score, index}] : [];
		})
		.sort((left, right) => right.score - left.score || left.index - right.index)
		.map(({path}) => path);
};

/** 0 to 3 for what matches at all. */
const unlikeliness = ({lower, nameAt}: Known, letters: string): number => {
	const at = lower.lastIndexOf(letters);
	if (at === nameAt) return 0;
	if (at > nameAt) return 1;
	if (at >= 0) return 2;
	let from = 0;
	for (const letter of letters) {
		from = lower.indexOf(letter, from) + 1;
		if (from === 0) return Number.POSITIVE_INFINITY;
	}
	return 3;
};
