// Reads the bytes of a session file: every record that is whole, and where the others were. Pure.
import type {DurableEvent} from '../events.js';
import {formatVersion, type ReadLine, readLine} from './schema.js';

/** `line` counts from 1. */
export type Damage = {line: number; reason: string};

export type Scan = {
	events: DurableEvent[];
	damage: Damage[];
	/** Whole records of types that this version does not know. */
	foreign: number;
	/** The highest format version found. */
	version: number;
	lastSeq: number;
	/** Damaged lines since the last record: records, most likely, whose numbers are not known. */
	skipped: number;
	/** Bytes up to and with the last line feed; behind them stands a torn tail, or nothing. */
	goodBytes: number;
	/** The last record is whole but for its line feed. */
	needsNewline: boolean;
};

export const scanSession = (bytes: Buffer): Scan => {
	const scan: Scan = {
		events: [],
		damage: [],
		foreign: 0,
		version: formatVersion,
		lastSeq: 0,
		skipped: 0,
		goodBytes: 0,
		needsNewline: false,
	};
	// Bytes, not characters: U+2028 and the like are no line breaks.
	for (let line = 1; scan.goodBytes < bytes.length; line++) {
		const end = bytes.indexOf(0x0a, scan.goodBytes);
		if (end < 0) {
			takeTail(scan, bytes.subarray(scan.goodBytes), line);
			break;
		}
		takeLine(scan, bytes.subarray(scan.goodBytes, end), line);
		scan.goodBytes = end + 1;
	}
	return scan;
};

const takeTail = (scan: Scan, tail: Buffer, line: number) => {
	if (readLine(tail).kind === 'damaged') return;
	takeLine(scan, tail, line);
	scan.goodBytes += tail.length;
	scan.needsNewline = true;
};

const takeLine = (scan: Scan, found: Buffer, line: number) => {
	const text = withoutNul(found);
	if (text.length < found.length) {
		scan.damage.push({line, reason: `${found.length - text.length} NUL bytes, as a power cut leaves them`});
	}
	if (text.length === 0) return;
	const read = readLine(text);
	if (read.kind !== 'damaged') return takeRecord(scan, read, line);
	scan.damage.push({line, reason: read.reason});
	const glued = findGlued(text);
	if (glued) return takeRecord(scan, glued, line);
	scan.skipped++;
};

/** An append that failed, and the next one right behind it: the second is whole. */
const findGlued = (text: Buffer): Exclude<ReadLine, {kind: 'damaged'}> | undefined => {
	const start = text.lastIndexOf('{"v":');
	if (start <= 0) return undefined;
	const read = readLine(text.subarray(start));
	return read.kind === 'damaged' ? undefined : read;
};

const takeRecord = (scan: Scan, record: Exclude<ReadLine, {kind: 'damaged'}>, line: number) => {
	if (record.seq <= scan.lastSeq) {
		scan.damage.push({line, reason: `record ${record.seq} stands here again`});
		return;
	}
	const missing = record.seq - scan.lastSeq - 1 - scan.skipped;
	if (missing > 0) scan.damage.push({line, reason: `${missing} records are missing before it`});
	scan.lastSeq = record.seq;
	scan.skipped = 0;
	if (record.kind === 'event') {
		scan.events.push(record.event);
		return;
	}
	scan.foreign++;
	scan.version = Math.max(scan.version, record.version);
};

const withoutNul = (line: Buffer): Buffer => {
	let start = 0;
	while (line[start] === 0) start++;
	let end = line.length;
	while (end > start && line[end - 1] === 0) end--;
	return line.subarray(start, end);
};
