// When what the terminals use is looked at: while somebody looks and something runs, seldom when nothing moves.

export type Metering = {
	/** Somebody looks now, or something has started: the clock runs if it stood. */
	wake(): void;
	close(): void;
};

const firstMs = 500; // what starts has something to show by then
const busyMs = 2_000; // a person reads no faster
const idleMs = 10_000; // 16 quiet terminals cost some milliseconds a look

/** `look` says whether something has changed; `isWanted`, whether to look at all. */
export const createMetering = (options: {isWanted(): boolean; look(): boolean}): Metering => {
	const {isWanted, look} = options;
	let timer: NodeJS.Timeout | undefined;

	const schedule = (delayMs: number) => {
		timer = setTimeout(() => {
			timer = undefined;
			if (isWanted()) schedule(look() ? busyMs : idleMs);
		}, delayMs);
		timer.unref();
	};
	return {
		wake() {
			if (!timer && isWanted()) schedule(firstMs);
		},
		close: () => clearTimeout(timer),
	};
};
