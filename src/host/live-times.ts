// When the lines that are not final yet were last changed. It is told of them whenever somebody looks, which is
// many times a second while there is output and a client.

export type LiveTimes = {
	/** A time for each line, in milliseconds since 1970. `first`: the number of the first line. */
	of(lines: readonly string[], first: number): number[];
};

/** `changedAt`: when there was output last; what has changed since the last look has changed by then. */
export const createLiveTimes = (changedAt: () => number): LiveTimes => {
	let known = new Map<number, {text: string; at: number}>();
	return {
		of(lines, first) {
			const next = new Map<number, {text: string; at: number}>();
			lines.forEach((text, index) => {
				const before = known.get(first + index);
				next.set(first + index, before?.text === text ? before : {text, at: changedAt()});
			});
			known = next;
			return [...next.values()].map(({at}) => at);
		},
	};
};
