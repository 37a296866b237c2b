// What was measured, by row and by whom.
import type {AgentName} from './agents.js';

/** `bare`: the same work without an agent. */
export type Who = AgentName | 'bare';

export type Samples = {
	add(who: Who, row: number, ...values: number[]): void;
	of(who: Who, row: number): readonly number[];
	/** Something to know about a row beside its figures. */
	remark(row: number, words: string): void;
	remarks(row: number): readonly string[];
};

export const createSamples = (): Samples => {
	const values = new Map<string, number[]>();
	const words = new Map<number, string[]>();
	return {
		add(who, row, ...more) {
			const key = `${who} ${row}`;
			values.set(key, [...(values.get(key) ?? []), ...more]);
		},
		of: (who, row) => values.get(`${who} ${row}`) ?? [],
		remark(row, text) {
			const known = words.get(row) ?? [];
			if (!known.includes(text)) words.set(row, [...known, text]);
		},
		remarks: row => words.get(row) ?? [],
	};
};
