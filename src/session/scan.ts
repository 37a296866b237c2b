// Reads the bytes of a session file: every record that is whole, and where the others were. Pure.
import type {DurableEvent} from '../events.js';
import {formatVersion, type ReadLine, readLine} from './schema.js';

/** `line` counts from 1. */
export type Damage = {line: number; reason: string};

export type Scan = {
	damage: Damage[];
	/** Records that are events of this version. */
	count: number;
	/** The highest format version found. */
	version: number;
	lastSeq: number;
	/** Damaged lines since the last record: records, most likely, whose numbers are not known. */
	skipped: number;
	/** Bytes up to and with the last line feed; behind them stands a torn tail, or nothing. */
	goodBytes: number;
	/** The torn tail, and the number of its line. */
	tail: Buffer;
	line: number;
	/** The last record is whole but for its line feed. */
	needsNewline: boolean;
};

type Take = (event: DurableEvent) => void;

/** Of a file that comes piece by piece, each event is handed on as it is found. */
export const createScanner = (take: Take) => {
	const scan: Scan = {
		damage: [],
		count: 0,
		version: formatVersion,
		lastSeq: 0,
		skipped: 0,
		goodBytes: 0,
		tail: Buffer.alloc(0),
		line: 1,
		needsNewline: false,
	};
	/** A line whose end has not come, in pieces: joined once, however long it is. */
	let open: Buffer[] = [];

	return {
		/** The bytes are not kept. */
		add(bytes: Buffer) {
			let start = 0;
			// Bytes, not characters: U+2028 and the like are no line breaks.
			for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
				const piece = bytes.subarray(start, end);
				const line = open.length > 0 ? Buffer.concat([...open, piece]) : piece;
				open = [];
				takeLine(scan, line, take);
				scan.goodBytes += line.length + 1;
				scan.line++;
				start = end + 1;
			}
			if (start < bytes.length) open.push(Buffer.from(bytes.subarray(start)));
		},
		end(): Scan {
			const tail = Buffer.concat(open);
			if (tail.length === 0 || readLine(tail).kind === 'damaged') return {...scan, tail};
			takeLine(scan, tail, take);
			return {...scan, goodBytes: scan.goodBytes + tail.length, needsNewline: true};
		},
	};
};

/** Of bytes that are there already. */
export const scanSession = (bytes: Buffer): Scan & {events: DurableEvent[]} => {
	const events: DurableEvent[] = [];
	const scanner = createScanner(event => events.push(event));
	scanner.add(bytes);
	return {...scanner.end(), events};
};

const takeLine = (scan: Scan, found: Buffer, take: Take) => {
	const {line} = scan;
	const text = withoutNul(found);
	if (text.length < found.length) {
		scan.damage.push({line, reason: `${found.length - text.length} NUL bytes, as a power cut leaves them`});
	}
	if (text.length === 0) return;
	const read = readLine(text);
	if (read.kind !== 'damaged') return takeRecord(scan, read, take);
	scan.damage.push({line, reason: read.reason});
	const glued = findGlued(text);
	if (glued) return takeRecord(scan, glued, take);
	scan.skipped++;
};

/** An append that failed, and the next one right behind it: the second is whole. */
const findGlued = (text: Buffer): Exclude<ReadLine, {kind: 'damaged'}> | undefined => {
	const start = text.lastIndexOf('{"v":');
	if (start <= 0) return undefined;
	const read = readLine(text.subarray(start));
	return read.kind === 'damaged' ? undefined : read;
};

const takeRecord = (scan: Scan, record: Exclude<ReadLine, {kind: 'damaged'}>, take: Take) => {
	const {line} = scan;
	if (record.seq <= scan.lastSeq) {
		scan.damage.push({line, reason: `record ${record.seq} stands here again`});
		return;
	}
	const missing = record.seq - scan.lastSeq - 1 - scan.skipped;
	if (missing > 0) scan.damage.push({line, reason: `${missing} records are missing before it`});
	scan.lastSeq = record.seq;
	scan.skipped = 0;
	if (record.kind === 'event') {
		scan.count++;
		take(record.event);
		return;
	}
	scan.version = Math.max(scan.version, record.version);
};

const withoutNul = (line: Buffer): Buffer => {
	let start = 0;
	while (line[start] === 0) start++;
	let end = line.length;
	while (end > start && line[end - 1] === 0) end--;
	return line.subarray(start, end);
};
