// Plain text, line after line, needs no emulator to become log lines: only the last screenful will ever be
// seen. This finds how much of a block is that plain, and what lines it holds. Pure.
import {skim} from './skim.js';

export type PlainBlock = {
	/** Bytes up to and with the first line feed: the rest of a line that has begun before. */
	firstLine: number;
	/** Where the last screenful begins: the lines before it will have scrolled off. */
	lastScreen: number;
	/** In between: how many lines, and their characters with one more for the end of each. */
	lines: number;
	characters: number;
};

// Below that the emulator is as fast.
const worthLines = 16;

/**
 * The part of a block that can be taken without an emulator of so many rows, or undefined. `needsReturn`:
 * a line feed alone does not begin at the left.
 */
export const findPlainBlock = (
	bytes: Uint8Array,
	rows: number,
	needsReturn: boolean,
): PlainBlock | undefined => {
	const firstLine = bytes.indexOf(lineFeed) + 1;
	if (firstLine === 0 || firstLine > maxFirstLine) return undefined;
	const plain = scanPlain(bytes, needsReturn);
	if (plain.lines <= rows + worthLines || firstLine >= plain.end) return undefined;
	let lastScreen = plain.end;
	for (let count = 0; count <= rows; count++) lastScreen = bytes.lastIndexOf(lineFeed, lastScreen - 1);
	lastScreen++;
	const block = bytes.subarray(firstLine, lastScreen);
	const edges = [bytes.subarray(0, firstLine), bytes.subarray(lastScreen, plain.end)];
	const [first, last] = edges.map(edge => scanPlain(edge, needsReturn).trimmed);
	const trimmed = plain.trimmed - (first ?? 0) - (last ?? 0);
	if (plain.isAscii)
		return {firstLine, lastScreen, lines: plain.lines - 1 - rows, characters: block.length - trimmed};
	const text = readText(block);
	if (text.includes(byteOrderMark)) return undefined; // emulators skip it
	return {firstLine, lastScreen, lines: plain.lines - 1 - rows, characters: text.length - trimmed};
};

/** The last lines of plain bytes that end with a line feed, as they read. */
export const lastPlainLines = (bytes: Uint8Array, count: number): string[] => {
	let start = bytes.length;
	for (let line = 0; line <= count && start >= 0; line++)
		start = start === 0 ? -1 : bytes.lastIndexOf(lineFeed, start - 1);
	return readText(bytes.subarray(start + 1))
		.split('\n')
		.slice(0, -1)
		.map(trimPlainLine);
};

/** A line without the carriage return and the blanks at its end. */
export const trimPlainLine = (line: string): string => {
	let end = line.length;
	while (end > 0 && (line.charCodeAt(end - 1) === 0x20 || line.charCodeAt(end - 1) === 0x0d)) end--;
	return end === line.length ? line : line.slice(0, end);
};

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const maxFirstLine = 4_096; // it is fed at once
const byteOrderMark = '\ufeff';

const readText = (bytes: Uint8Array): string =>
	Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

/**
 * `end`: the index of the first byte that is more than text and line ends. Before it: how many lines end, and
 * how many blanks and returns stand at their ends. The bytes are valid UTF-8.
 */
const scanPlain = (bytes: Uint8Array, needsReturn: boolean) => {
	const {length} = bytes;
	let [lines, trimmed, all, at] = [0, 0, 0, 0];
	while (at < length) {
		const skimmed = skim(bytes, at, needsReturn);
		lines += skimmed.lines;
		trimmed += skimmed.returns;
		at += skimmed.bytes;
		if (skimmed.bytes > 0 && bytes[at - 1] === carriageReturn) at--;
		for (const stop = Math.min(length, at + closerLook); at < stop; at++) {
			const byte = bytes[at] ?? 0;
			if (byte >= 0x20 && byte !== 0x7f) all |= byte;
			else if (byte === lineFeed && (!needsReturn || bytes[at - 1] === carriageReturn)) {
				lines++;
				for (let end = at - 1; end >= 0 && isTrimmed(bytes[end]); end--) trimmed++;
			} else if (byte !== carriageReturn || bytes[at + 1] !== lineFeed)
				return {end: at, lines, trimmed, isAscii: all < 0x80};
		}
	}
	return {end: at, lines, trimmed, isAscii: all < 0x80};
};

// Where one vector wants it, the next ones often do.
const closerLook = 1_024;

const isTrimmed = (byte: number | undefined): boolean => byte === 0x20 || byte === carriageReturn;
