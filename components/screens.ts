// The live screens that somebody looks at: each watched once, its newest snapshot at hand for whoever comes later.
// Never goes through the store.
import type {Snapshot} from '../src/host/protocol.js';

export type Screens = ReturnType<typeof createScreens>;

/** A screen that has not come by then is not waited for: its place is shown without it. */
const patienceMs = 100;

type Watched = {listeners: Set<() => void>; latest?: Snapshot; isLate: boolean; stop(): void};

export const createScreens = (watch: (id: number, listener: (snapshot: Snapshot) => void) => () => void) => {
	const watched = new Map<number, Watched>();

	const start = (id: number): Watched => {
		const screen: Watched = {listeners: new Set(), isLate: false, stop: () => {}};
		watched.set(id, screen);
		const tell = () => {
			for (const listener of [...screen.listeners]) listener();
		};
		const stopWatching = watch(id, snapshot => {
			screen.latest = snapshot;
			tell();
		});
		const patience = setTimeout(() => {
			screen.isLate = true;
			tell();
		}, patienceMs);
		screen.stop = () => {
			clearTimeout(patience);
			stopWatching();
			watched.delete(id);
		};
		return screen;
	};

	return {
		/** Undefined until the first snapshot has come. */
		latest: (id: number): Snapshot | undefined => watched.get(id)?.latest,
		/** There is something to show, or nothing to wait for. */
		isReady(id: number): boolean {
			const screen = watched.get(id);
			return screen !== undefined && (screen.latest !== undefined || screen.isLate);
		},
		/** Watches until the returned function is called. */
		subscribe(id: number, listener: () => void): () => void {
			const screen = watched.get(id) ?? start(id);
			screen.listeners.add(listener);
			return () => {
				screen.listeners.delete(listener);
				if (screen.listeners.size === 0) screen.stop();
			};
		},
	};
};
