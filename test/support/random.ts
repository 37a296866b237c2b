/** Random numbers that a seed decides: integers from 0 to below a limit. */
export type Random = (limit: number) => number;

export const createRandom = (seed: number): Random => {
	let state = seed >>> 0;
	return limit => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * limit);
	};
};

export const pick = <Value>(random: Random, values: readonly Value[]): Value => {
	const value = values[random(values.length)];
	if (value === undefined) throw new Error('There is nothing to pick from.');
	return value;
};
