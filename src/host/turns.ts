// The time that all screens of a process take together before the event loop goes on: what is typed into one
// terminal must not wait for each of the others. Knows time; no screens and no bytes.

export type Turns = {
	/**
	 * Calls `act` with the moment when it has to be done: at once if nobody waits and this turn of the event loop
	 * has time left, else in a later one, in order.
	 */
	enter(act: (deadline: number) => void): void;
};

const turnMs = 8; // half a frame: a key typed meanwhile waits no longer
const shareMs = 2; // with less most of it would go into the change from one to the next

export const createTurns = (): Turns => {
	let waiting: ((deadline: number) => void)[] = [];
	let leftMs = turnMs;
	let isScheduled = false;
	let isRunning = false;

	const run = (act: (deadline: number) => void, mostMs: number) => {
		const started = performance.now();
		isRunning = true;
		try {
			act(started + Math.min(leftMs, mostMs));
		} finally {
			isRunning = false;
			leftMs -= performance.now() - started;
			schedule();
		}
	};
	const schedule = () => {
		if (!isScheduled) setImmediate(onTurn);
		isScheduled = true;
	};
	const onTurn = () => {
		isScheduled = false;
		leftMs = turnMs;
		const due = waiting;
		waiting = [];
		let next = 0;
		try {
			while (leftMs > 0) {
				const act = due[next];
				if (!act) return;
				next++;
				run(act, Math.max(shareMs, turnMs / due.length));
			}
		} finally {
			waiting = [...due.slice(next), ...waiting];
		}
	};

	return {
		enter(act) {
			if (!isRunning && waiting.length === 0 && leftMs > 0) return run(act, turnMs);
			waiting.push(act);
			schedule();
		},
	};
};
