// The live screens that somebody looks at: each watched once, its newest snapshot at hand for whoever comes later.
// They never go through the state, but they are told with its frames: whatever changes, a frame is painted once.
import type {Snapshot} from '../src/host/protocol.js';
import type {Store} from '../src/store.js';

export type Screens = ReturnType<typeof createScreens>;

/** A screen that has not come by then is not waited for: its place is shown without it. */
const defaultPatienceMs = 100;
/** A snapshot that comes so soon after a key is taken for its echo. */
const echoMs = 100;

type Watched = {watchers: number; latest?: Snapshot; isLate: boolean; stop(): void};

export const createScreens = (
	store: Pick<Store, 'frame'>,
	watch: (id: number, listener: (snapshot: Snapshot) => void) => () => void,
	patienceMs = defaultPatienceMs,
) => {
	const watched = new Map<number, Watched>();
	let typedAt = Number.NEGATIVE_INFINITY;

	const start = (id: number): Watched => {
		const screen: Watched = {watchers: 0, isLate: false, stop: () => {}};
		watched.set(id, screen);
		const patience = setTimeout(() => {
			screen.isLate = true;
			store.frame();
		}, patienceMs);
		const stopWatching = watch(id, snapshot => {
			const isEcho = performance.now() - typedAt < echoMs;
			typedAt = Number.NEGATIVE_INFINITY;
			screen.latest = snapshot;
			store.frame(isEcho);
		});
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
		/** Until the returned function is called. */
		watch(id: number): () => void {
			const screen = watched.get(id) ?? start(id);
			screen.watchers++;
			return () => {
				screen.watchers--;
				if (screen.watchers === 0) screen.stop();
			};
		},
		/** A key went to a program: what it shows of it does not wait for the frame. */
		typed() {
			typedAt = performance.now();
		},
	};
};
