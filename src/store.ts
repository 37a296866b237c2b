// Holds the state and tells whoever listens, at most once a frame.
import type {Event} from './events.js';
import {reduce, type State} from './state.js';

export type Store = ReturnType<typeof createStore>;

// A call that has just begun is often over within this: to paint it half done would hold it up.
const callGraceMs = 40;
// However many calls follow each other, what happens is seen by then.
const longestMs = 100;

export const createStore = (initial: State, frameMs = 33) => {
	let state = initial;
	let pending: NodeJS.Timeout | undefined;
	let latest: NodeJS.Timeout | undefined;
	const listeners = new Set<() => void>();
	let toldAt = Number.NEGATIVE_INFINITY;
	const notify = () => {
		toldAt = performance.now();
		clearTimeout(pending);
		clearTimeout(latest);
		pending = undefined;
		latest = undefined;
		for (const listener of listeners) listener();
	};

	return {
		get: () => state,
		dispatch(event: Event, isTyped = false) {
			state = reduce(state, event);
			// React renders once per notification, however small: token deltas must share one. A typed key must not
			// wait for the frame, nor the end of a turn, for which a person may have pressed one.
			if (isTyped || event.type === 'turn.ended') return notify();
			latest ??= setTimeout(notify, longestMs);
			if (event.type === 'call.started') {
				clearTimeout(pending);
				pending = setTimeout(notify, callGraceMs);
			}
			pending ??= setTimeout(notify, frameMs);
		},
		/** Something outside of the state has changed: told at once if the last frame is long enough ago. */
		frame(isTyped = false) {
			const left = toldAt + frameMs - performance.now();
			if (isTyped || left <= 0) notify();
			else pending ??= setTimeout(notify, left);
		},
		subscribe(listener: () => void) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
	};
};
