// Starts a turn when a terminal of the model's has ended while it was idle: the feature "Wake on exit". What ends
// shortly after one another is one turn, and a model whose terminals end and end again is stopped by the limit.

/** What ends within this time is told together: a stopped watcher takes its workers along. */
const burstMs = 500;
const mostInARow = 3;

export const createWaking = (parts: {
	/** The feature is on and nothing else is going on. */
	canWake(): boolean;
	/** A terminal has ended and the model does not know. */
	hasNews(): boolean;
	wake(): void;
	/** The limit is reached; said once. */
	onLimit(turns: number): void;
}) => {
	let inARow = 0;
	let timer: NodeJS.Timeout | undefined;
	const isDue = () => parts.canWake() && parts.hasNews();

	const wake = () => {
		timer = undefined;
		if (!isDue()) return;
		if (inARow < mostInARow) {
			inARow++;
			return parts.wake();
		}
		if (inARow > mostInARow) return;
		inARow++;
		parts.onLimit(mostInARow);
	};

	return {
		/** A terminal has changed, or a turn has ended. */
		look() {
			if (timer || !isDue()) return;
			timer = setTimeout(wake, burstMs);
			timer.unref();
		},
		/** A message of the person's: they are there again. */
		heardUser() {
			inARow = 0;
		},
	};
};
