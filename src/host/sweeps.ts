// What an emulator does to whole screens (erase, scroll, insert and delete lines, reset, flip), made to cost a
// pointer a row: erased rows are sheets until something is printed there. It takes the place of
// @xterm/headless 6.0.0's own handlers, which write every cell of every row and allocate each row anew; a
// test holds both to the same grids. Knows the emulator's insides; nothing of bytes or lines.
import type {Terminal} from '@xterm/headless';
import {type Cell, dropExtendedAttributes, quickenRows} from './cells.js';
import {createSheets, isSameSheet, peekRow, type Row, type RowList, type Sheet} from './sheets.js';

export type Sweeps = {
	/** Rows of the active screen outside of these hold nothing. Empty if `top` is greater than `bottom`. */
	touched(): {top: number; bottom: number};
	/** The rows of the active screen that scroll. */
	region(): {top: number; bottom: number};
	/** The emulator writes within; outside of it rows are only read. */
	write(act: () => void): void;
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

	const sheets = createSheets({
		cols: () => service.cols,
		makeRow: () => buffers._normal.getBlankLine({fg: 0, bg: 0}),
	});
	const {blank} = sheets;
	sheets.watch(buffers._normal.lines);
	sheets.watch(buffers._alt.lines);
	dropExtendedAttributes(input._curAttrData);
	quickenRows(buffers._normal.getBlankLine({fg: 0, bg: 0}));
	sheets.put(buffers._normal.lines, {from: 0, to: service.rows - 1}, blank(0));
	const stateOf = (buffer: Buffer): State => {
		const found = states.get(buffer);
		if (found) return found;
		const state: State = {base: blank(0), top: 0, bottom: service.rows - 1};
		states.set(buffer, state);
		return state;
	};
	/** Where the tab stops may be others than after a reset. */
	const ownTabs = new Set<Buffer>([buffers._normal, buffers._alt]);
	let tabStops: (true | undefined)[] = [];
	const findTabStops = () => {
		tabStops = new Array(service.cols);
		for (let column = 0; column < service.cols; column += tabWidth) tabStops[column] = true;
	};
	findTabStops();
	const changeTabs = () => {
		ownTabs.add(buffers._activeBuffer);
		return false;
	};
	const clearTab = ([param]: readonly Param[]) => {
		changeTabs();
		if (param !== 0) return false;
		const {tabs, x} = buffers._activeBuffer;
		// One that is deleted, as the emulator does it, makes the way to the next stop several times as slow.
		if (x < service.cols) tabs[x] = undefined;
		return true;
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
	const fillRows = (buffer: Buffer, from: number, to: number, base: Sheet) => {
		const state = stateOf(buffer);
		const isSame = isSameSheet(state.base, base);
		const isWhole = from === 0 && to === service.rows - 1;
		const first = isSame ? Math.max(from, state.top) : from;
		const last = isSame ? Math.min(to, state.bottom) : to;
		sheets.put(buffer.lines, {from: buffer.ybase + first, to: buffer.ybase + last}, base);
		if (isWhole) Object.assign(state, {base, top: service.rows, bottom: -1});
		else if (!isSame) touch(state, from, to);
		else if (from <= state.top) state.top = Math.max(state.top, Math.min(to + 1, service.rows));
		else if (to >= state.bottom) state.bottom = Math.min(state.bottom, from - 1);
	};
	const eraseBase = () => blank(input._eraseAttrData().bg);

	/** Rows `from` to `to` move up (down, if negative) by `count`; blank rows follow. */
	const shiftRows = (from: number, to: number, count: number, base: Sheet) => {
		const state = absorb();
		const buffer = buffers._activeBuffer;
		const height = to - from + 1;
		if (Math.abs(count) >= height) return fillRows(buffer, from, to, base);
		sheets.shift(buffer.lines, {from: buffer.ybase + from, to: buffer.ybase + to, count}, base);
		if (!isSameSheet(state.base, base)) return touch(state, from, to);
		const isMoved = (row: number) => row >= from && row <= to;
		const [top, bottom] = [state.top, state.bottom].map(row =>
			isMoved(row) ? clamp(row - count, from, to) : row,
		);
		Object.assign(state, {top, bottom});
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
		const next = param === 1 && !isPart && y < last ? peekRow(buffer.lines, buffer.ybase + y + 1) : undefined;
		if (next && !next.isSheet) next.isWrapped = false;
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
	/** All rows, whatever the margins are, as xterm and tmux do it. */
	const fillWithE = () => {
		absorb();
		fillRows(buffers._activeBuffer, 0, service.rows - 1, sheets.pattern(0x45, input._curAttrData));
		input._setCursor(0, 0);
		return true;
	};
	const reverseIndex = () => {
		input._restrictCursor();
		const {y, scrollTop, scrollBottom} = buffers._activeBuffer;
		if (y === scrollTop) shiftRows(scrollTop, scrollBottom, -1, eraseBase());
		else buffers._activeBuffer.y--;
		input._restrictCursor();
		return true;
	};
	/** A line feed on the last row of the region. */
	const scrollByOne = (attributes: Attributes, isWrapped = false) => {
		const buffer = buffers._activeBuffer;
		const {lines, scrollTop} = buffer;
		const base = blank(attributes.bg);
		const bottom = buffer.ybase + buffer.scrollBottom;
		if (scrollTop > 0) sheets.shift(lines, {from: buffer.ybase + scrollTop, to: bottom, count: 1}, base);
		else pushRow(buffer, base);
		if (isWrapped) Object.assign(lines.get(buffer.ybase + buffer.scrollBottom) ?? {}, {isWrapped});
		buffer.ydisp = buffer.ybase;
		service._onScroll.fire(buffer.ydisp);
	};
	/** The first row of the screen goes to the scrollback. */
	const pushRow = (buffer: Buffer, base: Sheet) => {
		const {lines} = buffer;
		const below = service.rows - 1 - buffer.scrollBottom;
		if (lines.isFull) lines.recycle();
		else {
			lines.push(base);
			buffer.ybase++;
		}
		const last = lines.length - 1;
		sheets.put(lines, {from: last, to: last}, base);
		if (below > 0) sheets.shift(lines, {from: last - below, to: last, count: -1}, base);
	};

	terminal.parser.registerCsiHandler({final: 'J'}, eraseDisplay);
	terminal.parser.registerCsiHandler({final: 'S'}, params => scroll(params, 1));
	terminal.parser.registerCsiHandler({final: 'T'}, params => scroll(params, -1));
	terminal.parser.registerCsiHandler({final: 'M'}, params => shiftLines(params, 1));
	terminal.parser.registerCsiHandler({final: 'L'}, params => shiftLines(params, -1));
	terminal.parser.registerEscHandler({intermediates: '#', final: '8'}, fillWithE);
	terminal.parser.registerEscHandler({final: 'M'}, reverseIndex);
	service.scroll = scrollByOne;
	terminal.parser.registerEscHandler({final: 'H'}, changeTabs);
	terminal.parser.registerCsiHandler({final: 'g'}, clearTab);
	// Rows went up, and a blank one came in at the end of the region.
	service.onScroll(() => {
		const state = absorb();
		if (isSameSheet(state.base, blank(input._curAttrData.bg & colourMask)))
			state.top = Math.max(0, state.top - 1);
		else touch(state, 0, service.rows - 1);
	});

	const clearAll = (buffer: Buffer) => {
		stock.clear.call(buffer);
		sheets.watch(buffer.lines);
	};
	/** As `Buffer.clear` makes it, but that the visible rows stay, to be filled when they are shown. */
	const clear = (buffer: Buffer) => {
		buffer.lines.trimStart(buffer.ybase);
		const {length} = buffer.lines;
		if (length !== 0 && length !== service.rows) {
			states.delete(buffer);
			ownTabs.delete(buffer);
			return clearAll(buffer);
		}
		buffer.ydisp = buffer.ybase = buffer.x = buffer.y = buffer.scrollTop = 0;
		buffer.scrollBottom = service.rows - 1;
		if (ownTabs.delete(buffer)) buffer.tabs = tabStops.slice();
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
			if (isHidden) clearAll(buffers._alt);
			const {_normal: normal} = buffers;
			const isSavedByAlternate = !isHidden && normal.savedY === normal.ybase + normal.y;
			sheets.write(() => {
				sheets.open(buffers._normal.lines);
				sheets.open(buffers._alt.lines);
				terminal.resize(cols, rows);
				if (isHidden) clearAll(buffers._alt);
				mendEdge(buffers._normal, cols);
				mendEdge(buffers._alt, cols);
			});
			// What is wrapped anew pushes the saved cursor down, even if as many rows go at the top.
			if (isSavedByAlternate) Object.assign(normal, {savedX: normal.x, savedY: normal.ybase + normal.y});
			sheets.forget();
			findTabStops();
			states.clear();
			ownTabs.add(buffers._normal).add(buffers._alt);
		},
		write: sheets.write,
	};
};

/** Rows outside of `top` to `bottom` are as `base`. */
type State = {base: Sheet; top: number; bottom: number};
type Param = number | number[];

const tabWidth = 8;
const colourMask = 0x03ffffff;

const touch = (state: State, from: number, to: number) => {
	state.top = Math.min(state.top, from);
	state.bottom = Math.max(state.bottom, to);
};
const count = ([param]: readonly Param[]): number => (typeof param === 'number' && param > 0 ? param : 1);
const clamp = (value: number, lowest: number, highest: number) => Math.min(highest, Math.max(lowest, value));
type Attributes = {fg: number; bg: number};
type Buffer = {
	lines: RowList & {
		readonly isFull: boolean;
		push(row: Sheet): void;
		recycle(): void;
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
	getBlankLine(attr: Attributes): Row;
	getNullCell(attributes: Pick<Attributes, 'fg' | 'bg'>): Cell;
	tabs: (true | undefined)[];
};
type Core = {
	_bufferService: {
		readonly cols: number;
		readonly rows: number;
		onScroll(listener: () => void): unknown;
		_onScroll: {fire(row: number): void};
		scroll(attributes: Attributes, isWrapped?: boolean): void;
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
