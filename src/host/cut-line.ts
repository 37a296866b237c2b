// The line that is being printed when its screen changes its size. The emulator does not wrap it anew: it cuts off
// what does not fit, and leaves the cursor somewhere in the rest. This keeps what the line was, and sees where the
// program goes on: it prints on, goes back a little, or draws the line again. Knows the emulator's insides; nothing
// of files or readers.
import type {Terminal} from '@xterm/headless';
import {joinFlag, widthOf} from './cells.js';

export type CutLine = {
	readonly isPending: boolean;
	/** The line as it was, before and after the cursor: what is printed now stands between the two. */
	begin(before: string, after: string): void;
	/** What the line is, of which these rows can be read. */
	mend(rows: string): string;
	/** The same before and after a place. */
	split(place: number): Halves;
	/** The line has been taken. */
	end(): void;
};

export type Halves = {before: string; after: string};

/** Places in the line's rows are counted in cells, row after row. */
export type CutRows = {
	/** The cursor's, if it stands in this line. */
	cursor(): number | undefined;
	/** The text of the rows, all of it or what stands before a place. */
	read(before?: number): string;
};

/**
 * What is printed from the place `from` on, up to `to`, comes after `before`, however little of that can be seen,
 * and takes the place of as much of `after`. `back`: so many columns of `before` are after it in truth.
 */
type Line = {before: string; after: string; back: number; from: number; to: number};

export const createCutLine = (terminal: Terminal, rows: CutRows): CutLine => {
	// Private, and pinned with the exact version; test/host/screen.test.ts fails if it is not as described.
	const input = (terminal as unknown as {_core: Core})._core._inputHandler;
	const {print, backspace} = input;
	const buffers = terminal.buffer;
	let line: Line | undefined;

	/** Where the cursor stands in a line that was cut. */
	const here = (): number | undefined =>
		line && buffers.active.type === 'normal' ? rows.cursor() : undefined;

	const indexAfter = (text: string, columns: number): number =>
		columnIndex(text, columns, input._unicodeService);
	const halves = ({before, after, back}: Line): Halves => {
		if (back === 0) return {before, after};
		const index = before.length - lengthOfEnd(before, back, input._unicodeService);
		return {before: before.slice(0, index), after: before.slice(index) + after};
	};
	const mend = (text: string): string => {
		if (!line) return text;
		const {before, after} = halves(line);
		const printed = text.slice(rows.read(line.from).length, rows.read(line.to).length);
		return before + printed + after.slice(indexAfter(after, line.to - line.from));
	};
	const split = (place: number): Halves => {
		const whole = mend(rows.read());
		if (!line || place < line.from) return halve(whole, indexAfter(whole, place));
		const start = rows.read(line.from).length;
		const end = rows.read(Math.min(place, line.to)).length;
		const index = halves(line).before.length + Math.max(0, end - start);
		const beyond = Math.max(0, place - line.to);
		return halve(whole, index + indexAfter(whole.slice(index), beyond));
	};

	/** Cells from a place up to another have changed, or are about to. */
	const touch = (from: number, to: number) => {
		if (!line) return;
		// The cursor was put there: the line is drawn over, and what of it is not stays as it was.
		if (from < line.from) line = {before: '', after: mend(rows.read()), back: 0, from: 0, to: 0};
		line.to = Math.max(line.to, to);
	};
	/** The cursor goes back from where it is: before what is seen there stands what was cut off. */
	const goBack = (columns: number) => {
		const place = here();
		if (!line || place === undefined || place < line.from) return;
		// Behind the last column it goes back from that one.
		const target = place - columns - (buffers.active.cursorX === terminal.cols ? 1 : 0);
		if (target >= line.from) return;
		const isUntouched = place === line.from && place === line.to;
		const {before, after, back} = isUntouched ? line : {...split(place), back: 0};
		line = {before, after, back: back + columns, from: target, to: target};
	};
	const eraseRight = (place: number) => {
		if (!line) return;
		if (place < line.from) line = undefined;
		else {
			const {before, after} = halves(line);
			line = {...line, before, back: 0, after: after.slice(0, indexAfter(after, place - line.from))};
		}
	};
	const eraseRow = (place: number) => {
		const rowOf = (at: number) => Math.floor(at / terminal.cols);
		if (line && rowOf(place) === rowOf(line.from)) line = undefined;
	};

	input.print = (codes, start, end) => {
		const place = here();
		if (!line || place === undefined) return print.call(input, codes, start, end);
		const printed = codes.subarray(start, end);
		const joined = place === line.from && place === line.to ? joinLast(line, printed) : 0;
		if (joined === printed.length) return;
		touch(place, place);
		print.call(input, codes, start + joined, end);
		touch(place, rows.cursor() ?? place);
	};
	/**
	 * Takes what belongs to the last character before: that one may be cut off, and another stand in its place. How
	 * many of the codes it has taken that are not to be seen.
	 */
	const joinLast = (to: Line, codes: Uint32Array): number => {
		const {text, count, state} = joinedTo(input._parser.precedingJoinState, codes, input._unicodeService);
		if (count === 0) return 0;
		const isSeen = rows.read(to.from).at(-1) === to.before.at(-1);
		to.before += text;
		if (isSeen) return 0;
		input._parser.precedingJoinState = state;
		return count;
	};
	input.backspace = () => {
		if (line && buffers.active.cursorX > 0) goBack(1);
		return backspace.call(input);
	};
	const watch = (final: string, act: (place: number, param: number) => void) =>
		terminal.parser.registerCsiHandler({final}, ([param]) => {
			const place = here();
			if (place !== undefined) act(place, typeof param === 'number' ? param : 0);
			return false;
		});
	const watchErase = (final: string) =>
		watch(final, (place, param) => (param === 0 ? eraseRight(place) : eraseRow(place)));
	watchErase('J');
	watchErase('K');
	watch('D', (_, count) => {
		// As far as it goes: to the beginning of what is seen.
		if (Math.max(1, count) < buffers.active.cursorX) goBack(Math.max(1, count));
	});
	watch('X', (place, count) => touch(place, place + Math.max(1, count)));
	watch('b', (place, count) =>
		touch(place, place + Math.max(1, count) * widthOf(input._parser.precedingJoinState)),
	);
	for (const final of ['P', '@'])
		watch(final, place => touch(place, (Math.floor(place / terminal.cols) + 1) * terminal.cols));

	return {
		get isPending() {
			return line !== undefined;
		},
		begin(before, after) {
			const place = rows.cursor() ?? 0;
			line = {before, after, back: 0, from: place, to: place};
		},
		mend,
		split,
		end() {
			line = undefined;
		},
	};
};

const halve = (text: string, index: number): Halves => ({
	before: text.slice(0, index),
	after: text.slice(index),
});

/** Index of the first character of a text that begins after so many columns. */
const columnIndex = (text: string, columns: number, unicode: Unicode): number => {
	let index = 0;
	let column = 0;
	let state = 0;
	for (const character of text) {
		const properties = unicode.charProperties(character.codePointAt(0) ?? 0, state);
		const isJoined = (properties & joinFlag) !== 0;
		if (!isJoined && column >= columns) break;
		column += widthOf(properties) - (isJoined ? widthOf(state) : 0);
		state = properties;
		index += character.length;
	}
	return index;
};

// More than the code units that characters of one column have.
const unitsOfColumn = 16;

/** How many code units the last columns of a text have. */
const lengthOfEnd = (text: string, columns: number, unicode: Unicode): number => {
	const end = text.slice(-columns * unitsOfColumn);
	const all = columnCount(end, unicode);
	return end.length - columnIndex(end, Math.max(0, all - columns), unicode);
};

const columnCount = (text: string, unicode: Unicode): number => {
	let column = 0;
	let state = 0;
	for (const character of text) {
		const properties = unicode.charProperties(character.codePointAt(0) ?? 0, state);
		column += widthOf(properties) - (properties & joinFlag ? widthOf(state) : 0);
		state = properties;
	}
	return column;
};

/** The first of these characters, which become a part of the one before. */
const joinedTo = (preceding: number, codes: Uint32Array, unicode: Unicode) => {
	let [text, count, state] = ['', 0, preceding];
	for (const code of codes) {
		const properties = unicode.charProperties(code, state);
		if ((properties & joinFlag) === 0) break;
		text += String.fromCodePoint(code);
		count++;
		state = properties;
	}
	return {text, count, state};
};

type Unicode = {charProperties(code: number, preceding: number): number};
type InputHandler = {
	_parser: {precedingJoinState: number};
	_unicodeService: Unicode;
	print(codes: Uint32Array, start: number, end: number): void;
	backspace(): boolean;
};
type Core = {_inputHandler: InputHandler};
