// Sequences that do the same thing many times on the cursor's row: repeat the character before, go to a tab stop.
// They cost as much as the row is long, whatever their count. Knows the emulator's insides; nothing of bytes or
// lines.
import type {Terminal} from '@xterm/headless';
import {type Cell, cellSize, combinedFlag, fillCells, joinFlag, setCluster, widthOf} from './cells.js';
import type {Attributes, Row} from './sheets.js';

export const addRepeats = (terminal: Terminal): void => {
	// Private, and pinned with the exact version; test/host/sweeps.test.ts fails if it is not as described.
	const {_inputHandler: input, _bufferService: service} = (terminal as unknown as {_core: Core})._core;
	const cursorRow = (): Row => {
		const {lines, ybase, y} = service.buffers._activeBuffer;
		const row = lines.get(ybase + y);
		if (!row) throw new Error('The cursor stands on no row.');
		return row;
	};

	/** Columns from the cursor on become the character. How many of those that are left fitted into the row. */
	const fillRow = ({cell, width, text}: Character, left: number): number => {
		const buffer = service.buffers._activeBuffer;
		const row = cursorRow();
		const count = Math.min(left, Math.floor((service.cols - buffer.x) / width));
		const end = buffer.x + count * width;
		if (count > 0 && input._coreService.modes.insertMode)
			row.insertCells(buffer.x, count * width, buffer.getNullCell(input._curAttrData));
		fillCells(row, buffer.x, end, cell);
		if (width === 2)
			for (let column = buffer.x + 1; column < end; column += 2) row._data[column * cellSize] = 0;
		if (cell.content & combinedFlag)
			for (let column = buffer.x; column < end; column += width) setCluster(row, column, text);
		buffer.x = end;
		return count;
	};
	/** As after the last column of a row with automatic wrapping. */
	const wrap = () => {
		const buffer = service.buffers._activeBuffer;
		const row = cursorRow();
		for (; buffer.x < service.cols; buffer.x++) row.setCellFromCodepoint(buffer.x, 0, 1, input._curAttrData);
		buffer.x = 0;
		buffer.y++;
		if (buffer.y === buffer.scrollBottom + 1) {
			buffer.y--;
			service.scroll(input._eraseAttrData(), true);
			return;
		}
		buffer.y = Math.min(buffer.y, service.rows - 1);
		cursorRow().isWrapped = true;
	};
	const fillRows = (character: Character, count: number) => {
		const buffer = service.buffers._activeBuffer;
		input._dirtyRowTracker.markDirty(buffer.y);
		let left = Math.min(count, Math.floor(service.cols / character.width));
		left -= fillRow(character, left);
		while (left > 0 && input._coreService.decPrivateModes.wraparound) {
			wrap();
			left -= fillRow(character, left);
		}
		if (left > 0) {
			// Each of the others takes the place of the last one, if it is not too wide for it.
			buffer.x = service.cols - 1;
			if (character.width === 1) fillRow(character, 1);
		}
		const row = cursorRow();
		const isHalf = buffer.x < service.cols && row.getWidth(buffer.x) === 0 && !row.hasContent(buffer.x);
		if (isHalf) row.setCellFromCodepoint(buffer.x, 0, 1, input._curAttrData);
		input._dirtyRowTracker.markDirty(buffer.y);
	};
	/** Whether these, printed again, make the same character beside it. */
	const standAlone = (codes: readonly number[], joinState: number): boolean => {
		let state = joinState;
		return (
			codes.every((code, index) => {
				state = input._unicodeService.charProperties(code, state);
				return (state & joinFlag) === (index === 0 ? 0 : joinFlag);
			}) && widthOf(state) === widthOf(joinState)
		);
	};
	const repeatCharacter = (count: number) => {
		const joinState = input._parser.precedingJoinState;
		if (!joinState) return;
		const width = widthOf(joinState);
		const column = service.buffers._activeBuffer.x - width;
		const row = cursorRow();
		const text = row.getString(column);
		const codes = Array.from(text, character => character.codePointAt(0) ?? 0);
		if (codes.length > 0 && width > 0 && standAlone(codes, joinState)) {
			const {fg, bg, extended} = input._curAttrData;
			const cell = {content: row._data[column * cellSize] ?? 0, fg, bg, extended};
			return fillRows({cell, width, text}, codes.length === 1 ? count : Math.min(count, mostJoined));
		}
		const repeated = Array.from({length: Math.min(count, mostJoined)}, () => codes).flat();
		input.print(Uint32Array.from(repeated), 0, repeated.length);
	};

	const moveByTabs = (count: number, direction: 1 | -1) => {
		const buffer = service.buffers._activeBuffer;
		if (buffer.x >= service.cols) return;
		const edge = direction > 0 ? service.cols - 1 : 0;
		for (let left = count; left > 0 && buffer.x !== edge; left--)
			buffer.x = direction > 0 ? buffer.nextStop() : buffer.prevStop();
	};

	for (const [final, act] of [
		['b', repeatCharacter],
		['I', (count: number) => moveByTabs(count, 1)],
		['Z', (count: number) => moveByTabs(count, -1)],
	] as const) {
		terminal.parser.registerCsiHandler({final}, ([param]) => {
			act(typeof param === 'number' && param > 0 ? param : 1);
			return true;
		});
	}
};

type Character = {cell: Cell; width: number; text: string};

// Repeats of what is made of several code points. Terminals in use repeat none; each costs far more than a cell.
const mostJoined = 16;

type Core = {
	_bufferService: {
		readonly cols: number;
		readonly rows: number;
		buffers: {
			_activeBuffer: {
				lines: {get(index: number): Row | undefined};
				x: number;
				y: number;
				readonly ybase: number;
				readonly scrollBottom: number;
				getNullCell(attributes: Attributes): Cell;
				nextStop(): number;
				prevStop(): number;
			};
		};
		scroll(attributes: Attributes, isWrapped: boolean): void;
	};
	_inputHandler: {
		_coreService: {decPrivateModes: {wraparound: boolean}; modes: {insertMode: boolean}};
		_curAttrData: Attributes;
		_dirtyRowTracker: {markDirty(row: number): void};
		_parser: {precedingJoinState: number};
		_unicodeService: {charProperties(code: number, preceding: number): number};
		_eraseAttrData(): Attributes;
		print(codes: Uint32Array, start: number, end: number): void;
	};
};
