import type {DurableEvent} from '../../src/events.js';
import {createFold} from '../../src/fold.js';

/** The conversation that a log with these events holds. */
export const foldAll = (events: readonly DurableEvent[]) => {
	const fold = createFold();
	for (const event of events) fold.add(event);
	return fold.end();
};
