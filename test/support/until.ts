// Waits for something to be true, looking at every turn of the event loop that brings anything.
import {setTimeout as sleep} from 'node:timers/promises';

/** Resolves when it holds; rejects after a deadline that is generous for a loaded machine. */
export const until = async (
	holds: () => boolean | undefined | Promise<boolean | undefined>,
	what = String(holds),
	deadlineMs = 30_000,
): Promise<void> => {
	const deadline = performance.now() + deadlineMs;
	while (!(await holds())) {
		if (performance.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
		await sleep(5);
	}
};
