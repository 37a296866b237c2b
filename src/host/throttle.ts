// Many changes, few calls: at most one in an interval, the last one never lost.

export type Throttle = {
	/** Calls within the interval. */
	soon(): void;
	/** Calls now, and counts as the interval's call. */
	atOnce(): void;
	stop(): void;
};

/**
 * `intervalMs` is asked at each change. Time is the monotonic clock's: intervals do not follow a change of the
 * system's time.
 */
export const createThrottle = (call: () => void, intervalMs: () => number): Throttle => {
	let timer: NodeJS.Timeout | undefined;
	let calledAt = Number.NEGATIVE_INFINITY;
	const run = () => {
		clearTimeout(timer);
		timer = undefined;
		calledAt = performance.now();
		call();
	};
	return {
		soon() {
			if (timer) return;
			const left = calledAt + intervalMs() - performance.now();
			timer = setTimeout(run, Math.max(0, left));
		},
		atOnce: run,
		stop() {
			clearTimeout(timer);
			timer = undefined;
		},
	};
};
