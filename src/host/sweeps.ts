// What an emulator does to whole screens (erase, scroll, insert and delete lines, reset, flip), made as cheap
// as what was printed since: rows that nobody touched after the last sweep are blank and stay so. It takes the
// place of @xterm/headless 6.0.0's own handlers, which write every cell of every row and allocate each row
// anew; a test holds both to the same grids. Knows the emulator's insides; nothing of bytes or lines.
import type {Terminal} from '@xterm/headless';

export type Sweeps = {
	/** Rows of the active screen outside of these hold nothing. Empty if `top` is greater than `bottom`. */
	touched(): {top: number; bottom: number};
	/** The rows of the active screen that scroll. */
	region(): {top: number; bottom: number};
	/** Changes the size of the grid. */
	resize(cols: number, rows: number): void;
};

export const createSweeps = (terminal: Terminal): Sweeps => {
	// Private, and pinned with the exact version; test/host/sweeps.test.ts fails if it is not as described.
	const {_inputHandler: input, _bufferService: service} = (terminal as unknown as {_core: Core})._core;
	const {buffers} = service;
	const states = new Map<Buffer, State>();
	const tracker = input._dirtyRowTracker;
	const stock = {clear: buffers._alt.clear, fill: buffers._alt.fillViewportRows};

	const bases = new Map<number, Base>();
	const blank = (background: number): Base => {
		const found = bases.get(background);
		if (found?.cells.length === service.cols * cellSize) return found;
		const base = makeBase(emptyCell, 0, background, service.cols);
		if (bases.size >= maxBases) bases.clear();
		bases.set(background, base);
		return base;
	};
	const stateOf = (buffer: Buffer): State => {
		const found = states.get(buffer);
		if (found) return found;
		const state: State = {base: blank(0), top: 0, bottom: service.rows - 1};
		states.set(buffer, state);
		return state;
	};
	/** Where the tab stops may be others than after a reset. */
	const ownTabs = new Set<Buffer>([buffers._normal, buffers._alt]);
	const changeTabs = () => {
		ownTabs.add(buffers._activeBuffer);
		return false;
	};
	states.set(buffers._normal, {base: blank(0), top: service.rows, bottom: -1});
	const forget = () => {
		tracker.start = service.rows;
		tracker.end = -1;
	};
	/** What the emulator's own handlers have touched since the last look. */
	const absorb = (): State => {
		const state = stateOf(buffers._activeBuffer);
		touch(state, tracker.start, tracker.end);
		forget();
		return state;
	};
	// The emulator forgets them before each write.
	tracker.clearRange = absorb;
	// Its own have the cursor's row in them, rows that it only moved over, and all rows once one scrolls.
	tracker.markDirty = row => {
		if (row < tracker.start) tracker.start = row;
		if (row > tracker.end) tracker.end = row;
	};
	input.markRangeDirty = () => {};
	input._restrictCursor = (maxColumn = service.cols - 1) => {
		const buffer = buffers._activeBuffer;
		const {scrollTop, scrollBottom} = buffer;
		const [top, bottom] = input._coreService.decPrivateModes.origin
			? [scrollTop, scrollBottom]
			: [0, service.rows - 1];
		buffer.x = clamp(buffer.x, 0, maxColumn);
		buffer.y = clamp(buffer.y, top, bottom);
	};
	input._setCursor = (x, y) => {
		const buffer = buffers._activeBuffer;
		buffer.x = x;
		buffer.y = input._coreService.decPrivateModes.origin ? buffer.scrollTop + y : y;
		input._restrictCursor();
	};

	/** Rows `from` to `to` of a screen become rows like `base`. */
	const fillRows = (buffer: Buffer, from: number, to: number, base: Base) => {
		const state = stateOf(buffer);
		const isSame = isSameBase(state.base, base);
		const isWhole = from === 0 && to === service.rows - 1;
		const first = isSame ? Math.max(from, state.top) : from;
		const last = isSame ? Math.min(to, state.bottom) : to;
		for (let row = first; row <= last; row++) {
			const line = buffer.lines.get(buffer.ybase + row);
			if (!line) continue;
			fillLine(line, base);
		}
		if (isWhole) Object.assign(state, {base, top: service.rows, bottom: -1});
		else if (!isSame) touch(state, from, to);
		else if (from <= state.top) state.top = Math.max(state.top, Math.min(to + 1, service.rows));
		else if (to >= state.bottom) state.bottom = Math.min(state.bottom, from - 1);
	};
	const eraseBase = () => blank(input._eraseAttrData().bg);

	const turned: (Line | undefined)[] = [];
	const rotate = (buffer: Buffer, from: number, height: number, offset: number) => {
		const start = buffer.ybase + from;
		turned.length = 0;
		for (let row = 0; row < height; row++) turned.push(buffer.lines.get(start + row));
		for (let row = 0; row < height; row++) buffer.lines.set(start + row, turned[(row + offset) % height]);
	};
	/** Rows `from` to `to` move up (down, if negative) by `count`; blank rows follow. */
	const shiftRows = (from: number, to: number, count: number, base: Base) => {
		const state = absorb();
		const buffer = buffers._activeBuffer;
		const height = to - from + 1;
		const steps = Math.min(Math.abs(count), height);
		const [lost, end] = count > 0 ? [from, from + steps - 1] : [to - steps + 1, to];
		fillRows(buffer, lost, end, base);
		const isBlank = isSameBase(state.base, base);
		if (steps === height) return;
		if (!isBlank) {
			rotate(buffer, from, height, count > 0 ? steps : height - steps);
			return touch(state, from, to);
		}
		// All but the rows in between are blank and the same: each changes places with the one where it goes.
		const first = Math.max(state.top, count > 0 ? from + steps : from);
		const last = Math.min(state.bottom, count > 0 ? to : to - steps);
		if (first > last) return;
		const moved = count > 0 ? -steps : steps;
		for (let step = 0; step <= last - first; step++) {
			const row = buffer.ybase + (count > 0 ? first + step : last - step);
			const line = buffer.lines.get(row);
			buffer.lines.set(row, buffer.lines.get(row + moved));
			buffer.lines.set(row + moved, line);
		}
		const follow = (row: number) => (row < from || row > to ? row : clamp(row + moved, from, to));
		state.top = follow(state.top);
		state.bottom = follow(state.bottom);
	};

	const eraseDisplay = ([param]: readonly Param[]) => {
		// The scrollback: nobody sees it, and what is in it may not be in the log yet.
		if (param === 3) return true;
		if (param !== 0 && param !== 1 && param !== 2) return false;
		input._restrictCursor(service.cols);
		const state = absorb();
		const buffer = buffers._activeBuffer;
		const {x, y} = buffer;
		const last = service.rows - 1;
		const base = eraseBase();
		const [from, to] = param === 0 ? [y, last] : param === 1 ? [0, y] : [0, last];
		// The cursor's row, if only a part of it goes.
		const isPart = (param === 0 && x > 0) || (param === 1 && x + 1 < service.cols);
		if (!isPart) fillRows(buffer, from, to, base);
		else if (param === 0) {
			eraseCells(buffer, [x, service.cols]);
			if (y < last) fillRows(buffer, y + 1, last, base);
		} else {
			eraseCells(buffer, [0, x + 1]);
			if (y > 0) fillRows(buffer, 0, y - 1, base);
		}
		if (isPart) touch(state, y, y);
		// A row whose beginning is gone is no row's end.
		const next = param === 1 && !isPart ? buffer.lines.get(buffer.ybase + y + 1) : undefined;
		if (next && y < last) next.isWrapped = false;
		return true;
	};
	const eraseCells = (buffer: Buffer, [from, to]: [number, number]) => {
		const line = buffer.lines.get(buffer.ybase + buffer.y);
		if (!line) return;
		line.replaceCells(from, to, buffer.getNullCell(input._eraseAttrData()));
		if (from === 0) line.isWrapped = false;
	};

	const scroll = (params: readonly Param[], direction: 1 | -1) => {
		const {scrollTop, scrollBottom} = buffers._activeBuffer;
		shiftRows(scrollTop, scrollBottom, direction * count(params), direction > 0 ? eraseBase() : blank(0));
		return true;
	};
	const shiftLines = (params: readonly Param[], direction: 1 | -1) => {
		input._restrictCursor();
		const buffer = buffers._activeBuffer;
		if (buffer.y < buffer.scrollTop || buffer.y > buffer.scrollBottom) return true;
		shiftRows(buffer.y, buffer.scrollBottom, direction * count(params), eraseBase());
		buffer.x = 0;
		return true;
	};
	let pattern: Base | undefined;
	/** All rows, whatever the margins are, as xterm and tmux do it. */
	const fillWithE = () => {
		absorb();
		const {fg} = input._curAttrData;
		const bg = input._curAttrData.bg & ~hasExtendedFlag; // what it stands for is kept elsewhere
		if (pattern?.fg !== fg || pattern.bg !== bg || pattern.cells.length !== service.cols * cellSize)
			pattern = makeBase(emptyCell | 0x45, fg, bg, service.cols);
		const buffer = buffers._activeBuffer;
		fillRows(buffer, 0, service.rows - 1, pattern);
		input._setCursor(0, 0);
		return true;
	};

	terminal.parser.registerCsiHandler({final: 'J'}, eraseDisplay);
	terminal.parser.registerCsiHandler({final: 'S'}, params => scroll(params, 1));
	terminal.parser.registerCsiHandler({final: 'T'}, params => scroll(params, -1));
	terminal.parser.registerCsiHandler({final: 'M'}, params => shiftLines(params, 1));
	terminal.parser.registerCsiHandler({final: 'L'}, params => shiftLines(params, -1));
	terminal.parser.registerEscHandler({intermediates: '#', final: '8'}, fillWithE);
	terminal.parser.registerEscHandler({final: 'H'}, changeTabs);
	terminal.parser.registerCsiHandler({final: 'g'}, changeTabs);
	// Rows went up, and a blank one came in at the end of the region.
	service.onScroll(() => {
		const state = absorb();
		if (isSameBase(state.base, blank(input._curAttrData.bg & colourMask)))
			state.top = Math.max(0, state.top - 1);
		else touch(state, 0, service.rows - 1);
	});

	/** As `Buffer.clear` makes it, but that the visible rows stay, to be filled when they are shown. */
	const clear = (buffer: Buffer) => {
		buffer.lines.trimStart(buffer.ybase);
		const {length} = buffer.lines;
		if (length !== 0 && length !== service.rows) {
			states.delete(buffer);
			ownTabs.delete(buffer);
			return stock.clear.call(buffer);
		}
		buffer.ydisp = buffer.ybase = buffer.x = buffer.y = buffer.scrollTop = 0;
		buffer.scrollBottom = service.rows - 1;
		if (ownTabs.delete(buffer)) buffer.setupTabStops();
	};
	const fill = (buffer: Buffer, attributes?: Attributes) => {
		if (buffer.lines.length === 0) states.delete(buffer);
		stock.fill.call(buffer, attributes);
		fillRows(buffer, 0, service.rows - 1, blank(attributes?.bg ?? 0));
	};
	buffers._alt.fillViewportRows = attributes => {
		absorb();
		fill(buffers._alt, attributes);
	};
	buffers._alt.clear = () => {
		absorb();
		clear(buffers._alt);
	};
	buffers.reset = () => {
		absorb();
		const {_normal: normal, _alt: alt} = buffers;
		for (const buffer of [normal, alt]) {
			clear(buffer);
			buffer.clearAllMarkers();
			Object.assign(buffer, {savedX: 0, savedY: 0, savedCharset: undefined});
			buffer.savedCurAttrData = new buffer.savedCurAttrData.constructor();
		}
		fill(normal);
		buffers._activeBuffer = normal;
		buffers._onBufferActivate.fire({activeBuffer: normal, inactiveBuffer: alt});
	};

	/** A wide character of which the edge cut a half goes: the next reflow would fail with an exception. */
	const mendEdge = (buffer: Buffer, cols: number) => {
		const {lines} = buffer;
		for (let row = 0; row < lines.length; row++) {
			const line = lines.get(row);
			if (line?.getWidth(cols - 1) === 2)
				line.replaceCells(cols - 1, cols, buffer.getNullCell({fg: 0, bg: 0}));
		}
	};

	return {
		touched() {
			const {top, bottom} = absorb();
			return {top, bottom};
		},
		region() {
			const {scrollTop: top, scrollBottom: bottom} = buffers._activeBuffer;
			return {top, bottom};
		},
		resize(cols, rows) {
			absorb();
			// The screen that is not shown has no rows, and room for no more than the new size: with more it
			// would scroll off rows that nobody could see.
			const isHidden = buffers._activeBuffer === buffers._normal;
			if (isHidden) stock.clear.call(buffers._alt);
			terminal.resize(cols, rows);
			if (isHidden) stock.clear.call(buffers._alt);
			mendEdge(buffers._normal, cols);
			mendEdge(buffers._alt, cols);
			states.clear();
			bases.clear();
			ownTabs.add(buffers._normal).add(buffers._alt);
		},
	};
};

/** Rows outside of `top` to `bottom` are as `base`. */
type State = {base: Base; top: number; bottom: number};
type Base = {cells: Uint32Array; content: number; fg: number; bg: number};
type Param = number | number[];

const cellSize = 3; // content, foreground, background
const emptyCell = 1 << 22; // no character, one column wide
const hasExtendedFlag = 0x10000000;
const colourMask = 0x03ffffff;
const maxBases = 16; // backgrounds that a program erases with

const touch = (state: State, from: number, to: number) => {
	state.top = Math.min(state.top, from);
	state.bottom = Math.max(state.bottom, to);
};
const count = ([param]: readonly Param[]): number => (typeof param === 'number' && param > 0 ? param : 1);
const clamp = (value: number, lowest: number, highest: number) => Math.min(highest, Math.max(lowest, value));
const isSameBase = (one: Base, other: Base) =>
	one.bg === other.bg && one.content === other.content && one.fg === other.fg;

const fillLine = (line: Line, base: Base) => {
	// A row of the alternate screen that was wider once keeps its length.
	if (line._data.length === base.cells.length) line._data.set(base.cells);
	else
		for (let at = 0; at < line._data.length; at += base.cells.length)
			line._data.set(base.cells.subarray(0, line._data.length - at), at);
	line.isWrapped = false;
};

const makeBase = (content: number, fg: number, bg: number, cols: number): Base => {
	const cells = new Uint32Array(cols * cellSize);
	for (let at = 0; at < cells.length; at += cellSize) {
		cells[at] = content;
		cells[at + 1] = fg;
		cells[at + 2] = bg;
	}
	return {cells, content, fg, bg};
};

type Line = {
	_data: Uint32Array;
	isWrapped: boolean;
	getWidth(column: number): number;
	replaceCells(from: number, to: number, cell: unknown): void;
};
type Attributes = {fg: number; bg: number};
type Buffer = {
	lines: {
		readonly length: number;
		get(index: number): Line | undefined;
		set(index: number, line: Line | undefined): void;
		trimStart(count: number): void;
	};
	x: number;
	y: number;
	ybase: number;
	ydisp: number;
	scrollTop: number;
	scrollBottom: number;
	savedX: number;
	savedY: number;
	savedCharset: unknown;
	savedCurAttrData: {constructor: new () => Buffer['savedCurAttrData']};
	clear(): void;
	clearAllMarkers(): void;
	fillViewportRows(attr?: Attributes): void;
	getNullCell(attr: Attributes): unknown;
	setupTabStops(): void;
};
type Core = {
	_bufferService: {
		readonly cols: number;
		readonly rows: number;
		onScroll(listener: () => void): unknown;
		buffers: {
			_normal: Buffer;
			_alt: Buffer;
			_activeBuffer: Buffer;
			_onBufferActivate: {fire(event: {activeBuffer: Buffer; inactiveBuffer: Buffer}): void};
			reset(): void;
		};
	};
	_inputHandler: {
		_coreService: {decPrivateModes: {origin: boolean}};
		_curAttrData: Attributes;
		_dirtyRowTracker: {start: number; end: number; clearRange(): unknown; markDirty(row: number): void};
		markRangeDirty(from: number, to: number): void;
		_eraseAttrData(): Attributes;
		_restrictCursor(maxColumn?: number): void;
		_setCursor(x: number, y: number): void;
	};
};
