// A terminal's log on disk: the first megabyte of its final lines and the last fifteen, in segment files that say
// themselves where they begin, so that they can be read after the host's death; and the last raw bytes, of which
// no line was made yet. Knows no emulator and no reader.
import {closeSync, constants, unlinkSync} from 'node:fs';
import {join} from 'node:path';
import {openOwnFile} from '../own-file.js';
import {createByteStore} from './byte-store.js';
import {trimPlainLine} from './plain.js';
import type {LogLine} from './protocol.js';
import {asError, blockCharacters, closeQuietly, listSegments, readText, writeAll} from './segments.js';

export type Journal = {
	/**
	 * Raw output, of which `use` makes lines if it can. The bytes are copied or written before it returns, but for
	 * those that have become plain lines meanwhile: they are there once.
	 */
	appendBytes(bytes: Uint8Array, use?: () => void): void;
	/** A final line, numbered from 1. `at`: milliseconds since 1970. */
	appendLine(text: string, at: number): void;
	/** Many final lines as they were printed, the last one's end included; what `contents` says of them is true. */
	appendPlainLines(bytes: Uint8Array, contents: {lines: number; characters: number}, at: number): void;
	/** Final lines so far, those dropped included. */
	readonly lineCount: number;
	/** Inclusive range; lines in the dropped middle (or never written) come back as gap. */
	lines(from: number, to: number): {lines: LogLine[]; gap?: LineRange};
	/** Characters of these lines as far as they are there, one more for the end of each. */
	characters(from: number, to: number): number;
	/** Ranges of lines that are there, oldest first, each cheap to read at once. */
	ranges(): LineRange[];
	/** Number of the first line at or after this time; lineCount + 1 if there is none. */
	firstLineSince(at: number): number;
	/** Why writing failed (disk full), while it does. Line numbers go on, the lines are a gap. */
	readonly writeError: Error | undefined;
	/** Everything buffered is written (not synced). */
	flush(): void;
	/** Can still be read. */
	close(): void;
};

export type LineRange = {from: number; to: number};

export const flushDelayMs = 100; // the most that a host's death can cost

/**
 * A new journal. The folder exists and is private; files are made 0600. Never throws for a failing disk:
 * `onErrorChanged` tells when writing begins to fail and when it works again.
 */
export const createJournal = (folder: string, now: () => number, onErrorChanged = () => {}): Journal => {
	const lines = createLineStore(folder, []);
	const bytes = createByteStore(folder);
	let timer: NodeJS.Timeout | undefined;
	const flush = () => {
		clearTimeout(timer);
		timer = undefined;
		const before = writeError();
		lines.flush(now());
		bytes.flush();
		if (writeError()?.message !== before?.message) onErrorChanged();
	};
	const writeError = () => lines.error ?? bytes.error;
	const flushSoon = () => {
		timer ??= setTimeout(flush, flushDelayMs);
	};
	return {
		...readers(lines),
		appendBytes(data, use = () => {}) {
			bytes.append(data, use);
			flushSoon();
		},
		appendLine(text, at) {
			lines.append(text, at);
			flushSoon();
		},
		appendPlainLines(plain, contents, at) {
			bytes.leaveOut(plain);
			lines.appendPlain(plain, contents, at);
			flushSoon();
		},
		get lineCount() {
			return lines.count;
		},
		get writeError() {
			return writeError();
		},
		flush,
		close() {
			flush();
			lines.close();
			bytes.close();
		},
	};
};

/** The journal of an ended or lost terminal, read only. A torn last line and missing segments are tolerated. */
export const openJournal = (folder: string): Journal => {
	const lines = createLineStore(folder, findLineSegments(folder));
	const refuse = () => {
		throw new Error('This journal is read only.');
	};
	return {
		...readers(lines),
		appendBytes: refuse,
		appendLine: refuse,
		appendPlainLines: refuse,
		lineCount: lines.count,
		writeError: undefined,
		flush() {},
		close() {},
	};
};

const readers = (store: LineStore): Pick<Journal, 'lines' | 'characters' | 'ranges' | 'firstLineSince'> => ({
	lines(from, to) {
		const first = Math.max(1, from);
		const last = Math.min(to, store.count);
		const lines: LogLine[] = [];
		let gap: LineRange | undefined;
		let next = first;
		for (const part of store.parts()) {
			if (part.from > last) break;
			if (part.to < next) continue;
			if (part.from > next) gap = {from: gap?.from ?? next, to: part.from - 1};
			const start = Math.max(next, part.from);
			const end = Math.min(last, part.to);
			const found = part.read(start, end);
			for (const line of found) lines.push(line);
			next = start + found.length;
			if (next <= end) {
				gap = {from: gap?.from ?? next, to: end};
				next = end + 1;
			}
		}
		if (next <= last) gap = {from: gap?.from ?? next, to: last};
		return gap ? {lines, gap} : {lines};
	},
	characters(from, to) {
		let total = 0;
		for (const part of store.parts()) {
			if (part.to < from || part.from > to) continue;
			if (part.from >= from && part.to <= to) total += part.characters;
			else {
				for (const line of part.read(Math.max(from, part.from), Math.min(to, part.to)))
					total += line.text.length + 1;
			}
		}
		return total;
	},
	ranges: () => store.parts().map(({from, to}) => ({from, to})),
	firstLineSince(at) {
		for (const part of store.parts()) {
			if (part.lastAt < at) continue;
			const line = part.read(part.from, part.to).find(candidate => candidate.at >= at);
			if (line) return line.number;
		}
		return store.count + 1;
	},
});

/** A run of lines in one place: a segment file, or memory. */
type Part = LineRange & {characters: number; lastAt: number; read(from: number, to: number): LogLine[]};

type LineStore = {
	readonly count: number;
	readonly error: Error | undefined;
	parts(): Part[];
	append(text: string, at: number): void;
	appendPlain(bytes: Uint8Array, contents: {lines: number; characters: number}, at: number): void;
	flush(now: number): void;
	close(): void;
};

type LineSegment = LineRange & {
	path: string;
	index: number;
	/** Of the file; of the lines in it, each with one for its end. */
	bytes: number;
	textBytes: number;
	characters: number;
	lastAt: number;
};

const headBytes = 1 << 20; // of lines: how a program began explains most of what follows
const tailBytes = 15 << 20; // of the last lines, at the least
// What may be kept beyond these, as long as it takes no more than twice that on the disk; smaller segments would
// cost a flood a tenth more.
const segmentTextBytes = 1 << 20;
// With the times, and the returns of plain lines: lines of some length take little more than what is kept of
// them, lines of a few characters up to twice that, and empty ones would take eight times as much.
const mostBytes = 32 << 20;

// A segment begins with `#FIRSTLINE TIME` and holds one `DELTA text` a line; DELTA is the time in
// milliseconds since TIME, base 36. After `@COUNT DELTA` so many lines follow as they are, or were printed.
const createLineStore = (folder: string, found: LineSegment[]): LineStore => {
	const segments = found;
	let count = segments.at(-1)?.to ?? 0;
	let base = 0;
	let file: number | undefined;
	let error: Error | undefined;
	// Lines not yet written, and the last ones written: readers want the end most of all.
	let recent: Batch | undefined;
	let previous: Batch | undefined;

	const startSegment = (from: number, at: number) => {
		if (file !== undefined) closeSync(file);
		file = undefined;
		const index = (segments.at(-1)?.index ?? -1) + 1;
		const path = join(folder, `lines.${String(index).padStart(3, '0')}`);
		file = openOwnFile(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC);
		const header = `#${from} ${at}\n`;
		writeAll(file, Buffer.from(header));
		base = at;
		const segment = {
			path,
			index,
			from,
			to: from - 1,
			bytes: header.length,
			textBytes: 0,
			characters: 0,
			lastAt: at,
		};
		segments.push(segment);
		return segment;
	};
	/** Removes what lies between the first and the last lines that are kept. */
	const dropMiddle = () => {
		let head = 0;
		for (let kept = 0; kept < headBytes && head < segments.length; head++)
			kept += segments[head]?.textBytes ?? 0;
		let tail = sum(segments.slice(head), segment => segment.textBytes);
		let total = sum(segments, segment => segment.bytes);
		while (head < segments.length - 1) {
			const oldest = segments[head];
			if (!oldest || (tail - oldest.textBytes < tailBytes && total <= mostBytes)) return;
			segments.splice(head, 1);
			tail -= oldest.textBytes;
			total -= oldest.bytes;
			unlinkSync(oldest.path);
		}
	};

	/** The segment that takes the lines from `first` on, if it is there already. */
	const lastSegment = (first: number): LineSegment | undefined => {
		const segment = segments.at(-1);
		if (!segment || file === undefined || segment.to !== first - 1) return undefined;
		const isFull = segment.textBytes >= segmentTextBytes || segment.bytes >= 2 * segmentTextBytes;
		return isFull ? undefined : segment;
	};
	const write = (segment: LineSegment, data: Uint8Array) => {
		if (file !== undefined) writeAll(file, data);
		segment.bytes += data.length;
	};

	const writeOut = (batch: Batch) => {
		const first = batch.from + batch.written;
		const last = batch.from + batch.texts.length - 1;
		const segment = lastSegment(first) ?? startSegment(first, batch.times[batch.written] ?? 0);
		const {data, textBytes} = formatLines(batch, base);
		write(segment, data);
		segment.to = last;
		segment.textBytes += textBytes;
		segment.characters += charactersFrom([batch], first, last);
		segment.lastAt = Math.max(segment.lastAt, batch.times.at(-1) ?? 0);
		dropMiddle();
	};

	/** What fails is a gap: memory must stay bounded, and it is named when it is read. */
	const tryToWrite = (attempt: () => void) => {
		try {
			attempt();
			error = undefined;
		} catch (cause) {
			error = asError(cause);
			// A torn write must not glue the next line to it: go on in a new segment.
			if (file !== undefined) closeQuietly(file);
			file = undefined;
			previous = undefined;
			recent = undefined;
		}
	};

	const flush = () => {
		const batch = recent;
		if (!batch || batch.written === batch.texts.length) return;
		tryToWrite(() => {
			writeOut(batch);
			batch.written = batch.texts.length;
		});
	};

	return {
		get count() {
			return count;
		},
		get error() {
			return error;
		},
		append(text, at) {
			count++;
			if (recent && recent.characters > blockCharacters && recent.written === recent.texts.length) {
				previous = recent;
				recent = undefined;
			}
			recent ??= {from: count, texts: [], times: [], characters: 0, written: 0};
			recent.texts.push(text);
			recent.times.push(at);
			recent.characters += text.length + 1;
			if (recent.characters > blockCharacters) flush();
		},
		appendPlain(bytes, contents, at) {
			flush();
			previous = undefined;
			recent = undefined;
			const first = count + 1;
			count += contents.lines;
			tryToWrite(() => {
				const segment = lastSegment(first) ?? startSegment(first, at);
				write(segment, Buffer.from(blockHeader(contents.lines, at - base)));
				write(segment, bytes);
				segment.to = count;
				const hasReturns = bytes.at(-2) === carriageReturn;
				segment.textBytes += bytes.length - (hasReturns ? contents.lines : 0);
				segment.characters += contents.characters;
				segment.lastAt = Math.max(segment.lastAt, at);
				dropMiddle();
			});
		},
		flush,
		parts() {
			const inMemory = [previous, recent].filter(batch => batch !== undefined);
			const memoryFrom = inMemory[0]?.from ?? count + 1;
			const parts: Part[] = [];
			for (const segment of segments) {
				const to = Math.min(segment.to, memoryFrom - 1);
				if (to < segment.from) continue;
				parts.push({
					from: segment.from,
					to,
					lastAt: segment.lastAt,
					characters: segment.characters - charactersFrom(inMemory, to + 1, segment.to),
					read: (from, last) => readSegment(segment, from, last),
				});
			}
			for (const batch of inMemory) parts.push(batchPart(batch));
			return parts;
		},
		close() {
			if (file !== undefined) closeQuietly(file);
			file = undefined;
			previous = undefined;
			recent = undefined;
		},
	};
};

/** What of the batch is not written yet, as a segment with this base holds it. */
const formatLines = ({texts, times, written}: Batch, base: number): {data: Buffer; textBytes: number} => {
	let text = '';
	let timeBytes = 0;
	for (let start = written; start < texts.length; ) {
		const at = times[start] ?? 0;
		let end = start;
		while (end < texts.length && times[end] === at && !endsInBlank(texts[end] ?? '')) end++;
		const isBlock = end - start > 1;
		if (!isBlock) end = start + 1;
		const time = isBlock ? blockHeader(end - start, at - base) : `${encodeTime(at - base)} `;
		timeBytes += time.length;
		text += time;
		for (let i = start; i < end; i++) text += `${texts[i] ?? ''}\n`;
		start = end;
	}
	const data = Buffer.from(text);
	return {data, textBytes: data.length - timeBytes};
};

const encodeTime = (delta: number): string => Math.max(0, delta).toString(36);
const blockHeader = (lines: number, delta: number): string => `@${lines} ${encodeTime(delta)}\n`;
const carriageReturn = 0x0d;

/** Whether it would read otherwise as a plain line: a part of one that was too long to be kept whole. */
const endsInBlank = (text: string): boolean => {
	const last = text.charCodeAt(text.length - 1);
	return last === 0x20 || last === carriageReturn;
};

const sum = <T>(items: T[], of: (item: T) => number): number =>
	items.reduce((total, item) => total + of(item), 0);

type Batch = {from: number; texts: string[]; times: number[]; characters: number; written: number};

const batchPart = (batch: Batch): Part => ({
	from: batch.from,
	to: batch.from + batch.texts.length - 1,
	lastAt: batch.times.at(-1) ?? 0,
	characters: batch.characters,
	read: (from, to) =>
		batch.texts.slice(from - batch.from, to - batch.from + 1).map((text, offset) => ({
			number: from + offset,
			text,
			at: batch.times[from - batch.from + offset] ?? 0,
		})),
});

const charactersFrom = (batches: Batch[], from: number, to: number): number => {
	let total = 0;
	for (const batch of batches) {
		const last = Math.min(to - batch.from, batch.texts.length - 1);
		for (let i = Math.max(0, from - batch.from); i <= last; i++) total += (batch.texts[i]?.length ?? 0) + 1;
	}
	return total;
};

const readSegment = (segment: LineSegment, from: number, to: number): LogLine[] => {
	const text = readText(segment.path);
	if (text === undefined) return [];
	const header = /^#(\d+) (\d+)\n/.exec(text);
	if (!header) return [];
	const base = Number(header[2]);
	const lines: LogLine[] = [];
	let plainUntil = 0;
	let plainAt = 0;
	let number = segment.from;
	for (let start = header[0].length; number <= to; ) {
		const end = text.indexOf('\n', start);
		if (end < 0) break; // torn: the host died in the middle of this write
		if (number < plainUntil) {
			if (number >= from) lines.push({number, text: trimPlainLine(text.slice(start, end)), at: plainAt});
			number++;
		} else {
			const space = text.indexOf(' ', start);
			const isPlain = text.charCodeAt(start) === plainSign;
			if (isPlain) {
				plainUntil = number + Number(text.slice(start + 1, space));
				plainAt = base + Number.parseInt(text.slice(space + 1, end), 36);
			} else {
				const at = () => base + Number.parseInt(text.slice(start, space), 36);
				if (number >= from) lines.push({number, text: text.slice(space + 1, end), at: at()});
				number++;
			}
		}
		start = end + 1;
	}
	return lines;
};

const plainSign = 0x40; // @

const findLineSegments = (folder: string): LineSegment[] => {
	const segments: LineSegment[] = [];
	for (const {path, index} of listSegments(folder, 'lines')) {
		const text = readText(path);
		const header = text === undefined ? undefined : /^#(\d+) (\d+)\n/.exec(text);
		if (text === undefined || !header) continue;
		const from = Number(header[1]);
		const segment = {
			path,
			index,
			from,
			to: Number.MAX_SAFE_INTEGER,
			bytes: text.length,
			textBytes: 0,
			characters: 0,
			lastAt: 0,
		};
		const lines = readSegment(segment, from, Number.MAX_SAFE_INTEGER);
		segments.push({
			...segment,
			to: from + lines.length - 1,
			characters: lines.reduce((total, line) => total + line.text.length + 1, 0),
			lastAt: lines.at(-1)?.at ?? Number(header[2]),
		});
	}
	return segments;
};
