// Plain text, line after line, needs no emulator to become log lines: only the last screenful will ever be
// seen. This finds how much of a block is that plain, and cuts it into lines. Pure.

export type PlainBlock = {
	/** Bytes up to and with the first line feed: the rest of a line that has begun before. */
	firstLine: number;
	/** Where the last screenful begins: the lines before it will have scrolled off. */
	lastScreen: number;
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
	const end = plainEnd(bytes, needsReturn);
	const firstLine = bytes.indexOf(lineFeed) + 1;
	if (firstLine === 0 || firstLine > maxFirstLine || firstLine >= end) return undefined;
	let lastScreen = end;
	for (let count = 0; count <= rows; count++) {
		lastScreen = bytes.lastIndexOf(lineFeed, lastScreen - 1);
		if (lastScreen < firstLine) return undefined;
	}
	lastScreen++;
	let worth = 0;
	for (let at = firstLine; at < lastScreen && worth < worthLines; worth++)
		at = bytes.indexOf(lineFeed, at) + 1;
	return worth < worthLines ? undefined : {firstLine, lastScreen};
};

/** Calls back with each line of plain bytes that end with a line feed, without its end and trailing blanks. */
export const forEachPlainLine = (bytes: Uint8Array, onLine: (text: string) => void): void => {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
	for (let start = 0; start < text.length; ) {
		const feed = text.indexOf('\n', start);
		let end = feed;
		while (end > start && (text.charCodeAt(end - 1) === 0x20 || text.charCodeAt(end - 1) === 0x0d)) end--;
		const line = text.slice(start, end);
		onLine(line.includes('\ufeff') ? line.replaceAll('\ufeff', '') : line); // emulators skip it
		start = feed + 1;
	}
};

const lineFeed = 0x0a;
const maxFirstLine = 4_096; // it is fed at once

/** The index of the first byte that is more than text and line ends. The bytes are valid UTF-8. */
const plainEnd = (bytes: Uint8Array, needsReturn: boolean): number => {
	const {length} = bytes;
	for (let at = 0; at < length; at++) {
		const byte = bytes[at] ?? 0;
		if (byte >= 0x20 && byte !== 0x7f) continue;
		if (byte === lineFeed) {
			if (needsReturn && bytes[at - 1] !== 0x0d) return at;
		} else if (byte !== 0x0d || bytes[at + 1] !== lineFeed) return at;
	}
	return length;
};
