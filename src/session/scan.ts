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

/** Of a file that comes piece by piece, each event is handed on as it is found. */
export const createScanner = (take: (event: DurableEvent) => void) => {
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
	const open: Buffer[] = [];
	const damaged = (reason: string) => scan.damage.push({line: scan.line, reason});

	/** The line between two places. */
	const takeLine = (bytes: Buffer, from: number, to: number) => {
		let [start, end] = [from, to];
		while (start < end && bytes[start] === 0) start++;
		while (start < end && bytes[end - 1] === 0) end--;
		const nuls = to - from - (end - start);
		if (nuls > 0) damaged(`${nuls} NUL bytes, as a power cut leaves them`);
		if (start === end) return;
		const read = readLine(bytes, start, end);
		if (read.kind !== 'damaged') return takeRecord(read);
		damaged(read.reason);
		const glued = findGlued(bytes.subarray(start, end));
		if (glued) takeRecord(glued);
		else scan.skipped++;
	};

	const takeRecord = (record: WholeLine) => {
		if (record.seq <= scan.lastSeq) return damaged(`record ${record.seq} stands here again`);
		const missing = record.seq - scan.lastSeq - 1 - scan.skipped;
		if (missing > 0) damaged(`${missing} records are missing before it`);
		scan.lastSeq = record.seq;
		scan.skipped = 0;
		if (record.kind === 'foreign') {
			scan.version = Math.max(scan.version, record.version);
			return;
		}
		scan.count++;
		take(record.event);
	};

	return {
		/** The bytes are not kept. */
		add(bytes: Buffer) {
			let start = 0;
			// Bytes, not characters: U+2028 and the like are no line breaks.
			for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
				if (open.length > 0) {
					open.push(bytes.subarray(start, end));
					const line = Buffer.concat(open.splice(0));
					takeLine(line, 0, line.length);
					scan.goodBytes += line.length + 1;
				} else {
					takeLine(bytes, start, end);
					scan.goodBytes += end + 1 - start;
				}
				scan.line++;
				start = end + 1;
			}
			if (start < bytes.length) open.push(Buffer.from(bytes.subarray(start)));
		},
		end(): Scan {
			const tail = Buffer.concat(open);
			if (tail.length === 0 || readLine(tail).kind === 'damaged') return {...scan, tail};
			takeLine(tail, 0, tail.length);
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

type WholeLine = Exclude<ReadLine, {kind: 'damaged'}>;

/** An append that failed, and the next one right behind it: the second is whole. */
const findGlued = (text: Buffer): WholeLine | undefined => {
	const start = text.lastIndexOf('{"v":');
	if (start <= 0) return undefined;
	const read = readLine(text.subarray(start));
	return read.kind === 'damaged' ? undefined : read;
};
