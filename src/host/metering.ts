// When what the terminals use is looked at: while somebody looks and something runs, ever more seldom while
// nothing moves.

export type Metering = {
	/** Somebody looks now, or something has started or printed. */
	wake(): void;
	close(): void;
};

const firstMs = 500; // what starts has something to show by then
const busyMs = 2_000; // a person reads no faster
const longestMs = 32_000; // whoever computes in silence after a long quiet is seen by then

/** `look` says whether something has changed; `isWanted`, whether to look at all. */
export const createMetering = (options: {isWanted(): boolean; look(): boolean}): Metering => {
	const {isWanted, look} = options;
	let timer: NodeJS.Timeout | undefined;
	let delayMs = 0;

	const schedule = (nextMs: number) => {
		delayMs = nextMs;
		timer = setTimeout(() => {
			timer = undefined;
			if (isWanted()) schedule(look() ? busyMs : Math.min(longestMs, Math.max(busyMs, 2 * nextMs)));
		}, nextMs);
		timer.unref();
	};
	return {
		wake() {
			if ((timer && delayMs <= busyMs) || !isWanted()) return;
			clearTimeout(timer);
			schedule(timer ? busyMs : firstMs);
		},
		close: () => clearTimeout(timer),
	};
};
