// One terminal's emulator: bytes in through the filter; out come the grid, the log's lines and the replies
// that programs ask of a terminal. Knows no process, file or client.

import {UnicodeGraphemesAddon} from '@xterm/addon-unicode-graphemes';
import {type ITerminalAddon, Terminal} from '@xterm/headless';
import {createFilter} from './filter.js';
import {readRuns} from './grid.js';
import type {KeyModes} from './keys.js';
import {createLines, maxScrolls, scrollbackRows} from './lines.js';
import {findPlainBlock, lastPlainLines, type PlainBlock} from './plain.js';
import type {Snapshot} from './protocol.js';
import {addRepeats} from './repeats.js';
import {createSlices} from './slices.js';
import {createSweeps} from './sweeps.js';
import {createTurns, type Turns} from './turns.js';

export type Screen = {
	/**
	 * Feeds bytes through the filter into the emulator, at once as far as there is time in this turn of the
	 * event loop, the rest in later ones. `parsed` is called when they are in the grid, maybe before this
	 * returns. Many writes may be in flight; they keep their order. The bytes must not change until then.
	 */
	write(bytes: Uint8Array, parsed: () => void): void;
	resize(cols: number, rows: number): void;
	/** All of protocol.ts's Snapshot but id. */
	snapshot(): Omit<Snapshot, 'kind' | 'id'>;
	/** The log lines that are not final yet (on the main screen), oldest first, soft wraps joined, without trailing empty ones. */
	liveLines(): string[];
	/** Up to n (at most 16) last non-empty rendered lines, scrolled off or not; of the alternate screen while it is shown. */
	lastLines(n: number): string[];
	/** Whether text stands left of it on its row, as after a prompt; row and column from 0. */
	cursor(): {row: number; column: number; isAfterText: boolean; isLineEmpty: boolean; isVisible: boolean};
	/** The cursor's log line, counted from the first that is not final, from 0. */
	cursorLine(): number;
	modes(): KeyModes;
	readonly isAlternateScreen: boolean;
	/** What the program calls itself: readable, one line, bounded. */
	readonly title: string;
	/** Grows with every change of the grid. */
	readonly revision: number;
	/** Bytes that were written and are not in the grid yet. */
	readonly pendingBytes: number;
	/** All that was written is in the grid when this returns, however long that takes. */
	drain(): void;
	/** The program is gone: what is pending is parsed now, all live lines become final. */
	finish(): void;
	dispose(): void;
};

export type OutputMark = {what: 'begins' | 'ended'; line: number; isLineBegun: boolean};

export type ScreenOptions = {
	cols: number;
	rows: number;
	/** A pipe has no line discipline: LF means CR LF. Nobody reads replies. */
	isPipe: boolean;
	/** A log line became final, or a full-screen stretch ended: `[vim, 12 s]`. */
	onLine(text: string): void;
	/** Many lines at once, of plain text. The bytes are used before it returns. Left out: onLine for each. */
	onPlainLines?(bytes: Uint8Array, contents: Pick<PlainBlock, 'lines' | 'characters'>): void;
	/** A reply of the emulator to a query of the program, to be written to the program. */
	onReply(bytes: Uint8Array): void;
	onTitle?: ((title: string) => void) | undefined;
	/** A shell says that a command's output begins or has ended, at the cursor's line, counted as `cursorLine` does. */
	onMark?: ((mark: OutputMark) => void) | undefined;
	/** Name of the foreground program, for the line that stands for a full-screen stretch. */
	programName?: (() => string | undefined) | undefined;
	/** The emulator threw, and so many bytes are not in the grid: the screen is to be disposed of. Left out: it throws. */
	onFailure?(error: unknown, lostBytes: number): void;
	/** Shared with the other screens of this process. Left out: there are none. */
	turns?: Turns;
	/** Milliseconds since 1970. */
	now(): number;
};

export const createScreen = (options: ScreenOptions): Screen => {
	const {isPipe, now} = options;
	// The last lines that are final: a screen that was just cleared still has something to say.
	const recent: string[] = [];
	let recentCount = 0;
	const remember = (text: string) => {
		if (text !== '') recent[recentCount++ % recentLines] = text;
	};
	const onPlainLines =
		options.onPlainLines ??
		((bytes: Uint8Array) => {
			for (const line of lastPlainLines(bytes, bytes.length)) options.onLine(line);
		});
	const onLine = (text: string) => {
		remember(text);
		options.onLine(text);
	};
	const recentFinals = () => [
		...recent.slice(recentCount % recentLines),
		...recent.slice(0, recentCount % recentLines),
	];
	let cols = clampSize(options.cols);
	let rows = clampSize(options.rows);
	let title = '';
	let revision = 0;
	let isDisposed = false;
	const terminal = createTerminal(cols, rows, isPipe);
	const sweeps = createSweeps(terminal);
	addRepeats(terminal);
	const lines = createLines(terminal, onLine, sweeps.touched);
	const filter = createFilter({
		cols,
		rows,
		onTitle(text) {
			if (text === title) return;
			title = text;
			revision++;
			options.onTitle?.(text);
		},
	});

	const buffers = terminal.buffer;
	const isMainScreen = () => buffers.active.type === 'normal';
	let isCursorVisible = true;
	let isSgrMouse = false;
	const clearMain = () => {
		if (isMainScreen()) lines.clear();
		return false;
	};
	terminal.parser.registerCsiHandler({final: 'J'}, ([param]) => {
		if (!isMainScreen()) return false;
		const {cursorX, cursorY} = buffers.active;
		// Erasing from the top left corner on clears the screen as much as `CSI 2 J` does.
		const isWhole = param === 2 || (param === 0 && cursorX === 0 && cursorY === 0);
		return isWhole ? clearMain() : false;
	});
	terminal.parser.registerEscHandler({final: 'c'}, () => {
		leaveAlternate();
		lines.reset();
		isCursorVisible = true;
		isSgrMouse = false;
		return false;
	});
	terminal.parser.registerEscHandler({intermediates: '#', final: '8'}, clearMain);
	for (const final of ['h', 'l']) {
		terminal.parser.registerCsiHandler({prefix: '?', final}, params => {
			if (params.includes(25)) isCursorVisible = final === 'h';
			if (params.includes(1006)) isSgrMouse = final === 'h';
			return false;
		});
	}
	terminal.parser.registerCsiHandler({intermediates: '!', final: 'p'}, () => {
		isCursorVisible = true;
		return false;
	});
	terminal.parser.registerCsiHandler({final: 'S'}, ([param]) => {
		const {top, bottom} = sweeps.region();
		if (isMainScreen() && top === 0) lines.scrollOff(Math.min(bottom + 1, Number(param) || 1));
		return false;
	});

	terminal.parser.registerCsiHandler({final: 'M'}, () => {
		// The row that comes to the top may continue another line than the one that has scrolled off.
		if (isMainScreen() && buffers.active.cursorY === 0) lines.collect();
		return false;
	});

	let marksLeft = marksAtOnce;
	terminal.parser.registerOscHandler(133, mark => {
		if (marksLeft-- > 0 && isMainScreen()) {
			const what = mark === 'C' ? 'begins' : 'ended';
			options.onMark?.({what, line: lines.aboveCursor(), isLineBegun: buffers.active.cursorX > 0});
		}
		return true;
	});

	let alternate: {since: number; revision: number; name: string | undefined} | undefined;
	const leaveAlternate = () => {
		if (!alternate) return;
		const took = now() - alternate.since;
		const isProbe = took < shortestStretchMs && alternate.revision === revision;
		const name = alternate.name || options.programName?.() || 'full screen';
		alternate = undefined;
		if (!isProbe) onLine(`[${name}, ${readableDuration(took)}]`);
	};
	buffers.onBufferChange(active => {
		if (active.type === 'alternate') {
			lines.settle();
			alternate = {since: now(), revision, name: options.programName?.()};
		} else if (alternate) {
			lines.collect();
			leaveAlternate();
		}
	});

	if (!isPipe) {
		const isAllowed = createReplyLimit(now);
		terminal.onData(data => {
			if (data !== '' && isKnownReply(data) && isAllowed()) options.onReply(Buffer.from(data, 'latin1'));
		});
	}

	const feed = (slice: Uint8Array) => {
		sweeps.write(() => writeNow(terminal, slice));
		lines.collect();
		marksLeft = marksAtOnce;
		revision++;
	};
	/** Takes what will have scrolled off at the end of a block of plain lines right into the log. */
	const takePlainLines = (bytes: Uint8Array): number => {
		const region = sweeps.region();
		const hasRegion = region.top > 0 || region.bottom < rows - 1;
		if (bytes.length < smallestPlainBlock || !filter.isPlain || hasRegion || !isMainScreen()) return 0;
		const {wraparoundMode, insertMode} = terminal.modes;
		const block = wraparoundMode && !insertMode ? findPlainBlock(bytes, rows, !isPipe) : undefined;
		if (!block) return 0;
		feed(bytes.subarray(0, block.firstLine));
		if (!lines.isAtEnd()) return block.firstLine;
		lines.settle();
		const plain = bytes.subarray(block.firstLine, block.lastScreen);
		for (const line of lastPlainLines(plain, recentLines)) remember(line);
		onPlainLines(plain, block);
		return block.lastScreen;
	};
	const slices = createSlices({
		turns: options.turns ?? createTurns(),
		prepare: bytes => filter.push(bytes),
		cols: () => cols,
		maxRows: maxScrolls,
		take: takePlainLines,
		feed,
		...(options.onFailure && {onFailure: options.onFailure}),
	});

	const active = () => buffers.active;
	const rowText = (row: number): string =>
		active()
			.getLine(active().baseY + row)
			?.translateToString(true) ?? '';

	return {
		write(bytes, parsed) {
			if (isDisposed) return parsed();
			slices.push(bytes, parsed);
		},
		resize(newCols, newRows) {
			cols = clampSize(newCols);
			rows = clampSize(newRows);
			if (cols === terminal.cols && rows === terminal.rows) return;
			filter.resize(cols, rows);
			lines.resize(cols, rows, () => sweeps.resize(cols, rows));
			revision++;
		},
		snapshot: () => ({
			revision,
			cols,
			rows,
			lines: readRuns(active(), {cols, rows}),
			cursor: {
				row: active().cursorY,
				column: Math.min(active().cursorX, cols - 1),
				isVisible: isCursorVisible,
			},
			isAlternateScreen: !isMainScreen(),
			...(terminal.modes.mouseTrackingMode !== 'none' && {wantsMouse: true as const}),
			title,
		}),
		liveLines: () => lines.live(),
		lastLines(n) {
			if (isMainScreen()) {
				return [...recentFinals(), ...lines.live()].filter(line => line.trim() !== '').slice(-n);
			}
			const found: string[] = [];
			for (let row = rows - 1; row >= 0 && found.length < n; row--) {
				const text = rowText(row).trimEnd();
				if (text.trim() !== '') found.unshift(text);
			}
			return found;
		},
		cursor() {
			const {cursorX: column, cursorY: row} = active();
			const line = active().getLine(active().baseY + row);
			return {
				row,
				column,
				isAfterText: (line?.translateToString(true, 0, column) ?? '').trim() !== '',
				isLineEmpty: rowText(row).trim() === '',
				isVisible: isCursorVisible,
			};
		},
		cursorLine: () => lines.aboveCursor(),
		modes() {
			const modes = terminal.modes;
			return {
				applicationCursor: modes.applicationCursorKeysMode,
				applicationKeypad: modes.applicationKeypadMode,
				bracketedPaste: modes.bracketedPasteMode,
				focusEvents: modes.sendFocusMode,
				mouse: modes.mouseTrackingMode,
				isSgrMouse,
			};
		},
		get isAlternateScreen() {
			return !isMainScreen();
		},
		get title() {
			return title;
		},
		get revision() {
			return revision;
		},
		get pendingBytes() {
			return slices.pendingBytes;
		},
		drain: slices.drain,
		finish() {
			slices.drain();
			lines.finish();
			leaveAlternate();
		},
		dispose() {
			if (isDisposed) return;
			isDisposed = true;
			slices.drop();
			terminal.dispose();
		},
	};
};

// A program that only probes the other screen, or flips in a storm, showed nobody anything: there and back
// within one slice and so many milliseconds.
const shortestStretchMs = 100;
// A shell sends one or two a command; finding their lines costs a look at every row.
const marksAtOnce = 32;
const recentLines = 16;
const smallestPlainBlock = 512; // bytes; less is a person typing or a program talking

const createTerminal = (cols: number, rows: number, isPipe: boolean): Terminal => {
	const terminal = new Terminal({
		cols,
		rows,
		scrollback: scrollbackRows,
		convertEol: isPipe,
		allowProposedApi: true, // buffer, parser, unicode
		logLevel: 'off', // it writes to the console otherwise
		// What has scrolled off stays there when the screen grows: it is in the log. Nothing else in the
		// headless emulator depends on these.
		windowsPty: {backend: 'conpty', buildNumber: 21_376},
	});
	// The addon is typed for the browser's Terminal; it uses `unicode` only, which both have.
	terminal.loadAddon(new UnicodeGraphemesAddon() as unknown as ITerminalAddon);
	return terminal;
};

// xterm parses the first write after user input at once instead of in a timer, which costs a millisecond a
// write and leaves the grid behind. The empty input sends nothing.
const writeNow = (terminal: Terminal, bytes: Uint8Array): void => {
	let isParsed = false;
	terminal.input('');
	terminal.write(bytes, () => {
		isParsed = true;
	});
	if (!isParsed) throw new Error('The emulator did not parse a write at once.');
};

/** xterm works from 2 columns and 1 row on; the largest grid that a client may ask for. */
const clampSize = (size: number): number => Math.min(1_000, Math.max(2, Math.floor(size) || 2));

// A reply must not carry what the asker chose: a mode that the emulator does not know is echoed by number.
const isKnownReply = (data: string): boolean => !/^\x1b\[\??\d+;0\$y$/.test(data);

const repliesAtOnce = 64; // an editor's start asks about ten questions
const repliesPerSecond = 200;

const createReplyLimit = (now: () => number): (() => boolean) => {
	let left = repliesAtOnce;
	let since = now();
	return () => {
		const at = now();
		left = Math.min(repliesAtOnce, left + (Math.max(0, at - since) * repliesPerSecond) / 1_000);
		since = at;
		if (left < 1) return false;
		left--;
		return true;
	};
};

const readableDuration = (ms: number): string => {
	const seconds = Math.max(0, Math.round(ms / 1_000));
	if (seconds < 60) return `${seconds} s`;
	if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
	return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
};
