// Which of some names somebody meant who mistyped one.

/** The candidate that takes the fewest typing slips, or undefined if none is near. */
export const nearest = (typed: string, candidates: readonly string[]): string | undefined => {
	// A third of the letters wrong is a slip, more is another word.
	const most = Math.max(1, Math.floor(typed.length / 3));
	let best: string | undefined;
	let bestDistance = most + 1;
	for (const candidate of candidates) {
		if (Math.abs(candidate.length - typed.length) >= bestDistance) continue;
		const distance = countSlips(typed.toLowerCase(), candidate.toLowerCase());
		if (distance >= bestDistance) continue;
		best = candidate;
		bestDistance = distance;
	}
	return best;
};

/** Letters put in, left out, exchanged, or two side by side swapped. */
const countSlips = (from: string, to: string): number => {
	let previous: number[] = [];
	let row = Array.from({length: to.length + 1}, (_, index) => index);
	for (let i = 1; i <= from.length; i++) {
		const next = [i];
		for (let j = 1; j <= to.length; j++) {
			const isSame = from[i - 1] === to[j - 1];
			const replaced = (row[j - 1] ?? 0) + (isSame ? 0 : 1);
			const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
			const swapped = isSwapped ? (previous[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
			next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		previous = row;
		row = next;
	}
	return row[to.length] ?? 0;
};
