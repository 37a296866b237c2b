// A screen that outlives a fault of its emulator: what throws costs what stands on the screen and what is not in
// the grid yet, is said in the log, and another emulator goes on. Knows nothing of emulators.
import {createScreen, type Screen, type ScreenOptions} from './screen.js';

export const createContainedScreen = (
	options: ScreenOptions,
	/** Told at the first fault alone: a program can make as many as it likes. */
	onFault: (error: unknown) => void,
): Screen => {
	let size = {cols: options.cols, rows: options.rows};
	let earlierRevisions = 0;
	let isTold = false;

	const make = (): Screen => {
		const screen = createScreen({
			...options,
			...size,
			// A screen that was replaced has nothing more to say.
			onFailure(error, lostBytes) {
				if (screen === current) replace(error, lostBytes);
			},
		});
		return screen;
	};
	let current = make();

	const replace = (error: unknown, lostBytes: number) => {
		if (!isTold) onFault(error);
		isTold = true;
		const failed = current;
		for (const line of readLines(failed)) options.onLine(line);
		options.onLine(describeLoss(lostBytes));
		earlierRevisions += failed.revision + 1;
		current = make();
		failed.dispose();
	};
	/** What fails is done once more, by a screen that has seen nothing. */
	const use = <Value>(act: (screen: Screen) => Value): Value => {
		try {
			return act(current);
		} catch (error) {
			replace(error, current.pendingBytes);
			return act(current);
		}
	};

	return {
		write: (bytes, parsed) => current.write(bytes, parsed),
		resize(cols, rows) {
			size = {cols, rows};
			use(screen => screen.resize(cols, rows));
		},
		snapshot() {
			const snapshot = use(screen => screen.snapshot());
			return {...snapshot, revision: earlierRevisions + snapshot.revision};
		},
		liveLines: () => use(screen => screen.liveLines()),
		lastLines: n => use(screen => screen.lastLines(n)),
		cursor: () => use(screen => screen.cursor()),
		cursorLine: () => use(screen => screen.cursorLine()),
		modes: () => use(screen => screen.modes()),
		get isAlternateScreen() {
			return current.isAlternateScreen;
		},
		get title() {
			return current.title;
		},
		get revision() {
			return earlierRevisions + current.revision;
		},
		get pendingBytes() {
			return current.pendingBytes;
		},
		drain: () => current.drain(),
		finish() {
			current.drain();
			use(screen => screen.finish());
		},
		dispose: () => current.dispose(),
	};
};

/** What stood there, if that can still be read. */
const readLines = (screen: Screen): string[] => {
	try {
		return screen.liveLines();
	} catch {
		return []; // the loss is said all the same
	}
};

const describeLoss = (bytes: number): string =>
	`[tandem: this screen failed and was started anew; ${bytes} bytes of output were not shown]`;
