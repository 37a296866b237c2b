// A session's file: opened by one writer, read as far as it can be read, appended to, never rewritten.
// Knows the records (schema.ts) as lines only; what they mean is the reducer's.
import {constants, type Stats} from 'node:fs';
import {type FileHandle, lstat, mkdir, open, rm, unlink} from 'node:fs/promises';
import {dirname} from 'node:path';
import {hasCode, reasonOf} from '../disk-errors.js';
import type {DurableEvent} from '../events.js';
import {type Lock, type LockOutcome, tryLock} from '../lock.js';
import {hasSecondName, isOwnFile, ownFileFlags, secondName} from '../own-file.js';
import {syncPath} from '../sync-path.js';
import {createScanner, type Damage, type Scan, scanSession} from './scan.js';
import {formatVersion, writeLine} from './schema.js';

export type SessionLog = {
	kind: 'log';
	/** How many events it had when it was opened. */
	count: number;
	/** What could not be read, and where: to be shown. */
	damage: Damage[];
	/** Why nothing can be appended (a newer tandem wrote it). */
	readOnly: string | undefined;
	/** Resolves when the event is written, so that it outlives this process. Rejects with `SaveError`. */
	append(event: DurableEvent): Promise<void>;
	/** Leaves the numbers of so many records free that could not be written before the log was open. */
	miss(count: number): void;
	/** Resolves when all that was appended outlives a power cut. Rejects with `SaveError`. */
	sync(): Promise<void>;
	/** Ends what is under way, syncs and lets others open the file; the log is done after it. Never rejects. */
	close(): Promise<void>;
};

/** `message` is for people and says the next step. */
export type SessionLogFailure = {
	kind: 'failed';
	code: 'in-use' | 'not-writable' | 'not-a-file' | 'second-name';
	message: string;
	cause?: unknown;
};

/** An event that is not on disk. `message` is for people: the reason, to stand after "Not being saved: ". */
export class SaveError extends Error {
	override readonly name = 'SaveError';
	readonly code: 'write-failed' | 'sync-failed' | 'deleted' | 'read-only' | 'closed';
	constructor(message: string, code: SaveError['code'], cause?: unknown) {
		super(message, {cause});
		this.code = code;
	}
}

/**
 * Opens or makes a session's file, hands its events to `take` in their order, and mends its end: a torn last line is
 * put aside in a file of its own. Of a long one `glance` gets the last events first: for the eye, nothing is known
 * of what stands before them.
 */
export const openSessionLog = async (
	file: string,
	take: (event: DurableEvent) => void = () => {},
	glance?: (last: readonly DurableEvent[]) => void,
): Promise<SessionLog | SessionLogFailure> => {
	let lock: LockOutcome | undefined;
	let handle: FileHandle | undefined;
	try {
		await mkdir(dirname(file), {recursive: true, mode: 0o700});
		if ((await lstat(dirname(file))).isSymbolicLink()) return notAFile(dirname(file));
		lock = tryLock(`${file}.lock`);
		if (lock.kind === 'held') return inUse(file, lock.pid);
		handle = await open(file, openFlags, 0o600);
		const stats = await handle.stat();
		if (!isOwnFile(stats)) {
			await handle.close();
			unlock(lock);
			return hasSecondName(stats) ? linkedElsewhere(file) : notAFile(file);
		}
		if (glance && stats.size > longBytes) glance(await readEnd(handle, stats.size));
		const scan = await readAndMend(file, handle, take);
		// Without it a new file's name may be lost in a power cut.
		if (stats.size === 0) await syncPath(dirname(file));
		return createLog({file, id: idOf(stats)}, handle, lock, scan);
	} catch (cause) {
		await handle?.close();
		if (lock?.kind === 'acquired') unlock(lock);
		return hasCode(cause, 'ELOOP') ? notAFile(file, cause) : notWritable(file, cause);
	}
};

const openFlags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | ownFileFlags;

type Take = (event: DurableEvent) => void;

const readAndMend = async (file: string, handle: FileHandle, take: Take): Promise<Scan> => {
	const scan = await readAll(handle, take);
	const {tail, goodBytes, line} = scan;
	// A newer format may end otherwise: its file stays as it is.
	if (tail.length === 0 || scan.version > formatVersion) return scan;
	const aside = `${file}.torn-${goodBytes}`;
	await putAside(aside, tail);
	await handle.truncate(goodBytes);
	await handle.datasync();
	scan.damage.push({line, reason: `torn off after ${tail.length} bytes; they are kept in ${aside}`});
	return scan;
};

// Half a frame's work: between two pieces keys are read and shown.
const pieceBytes = 262_144;

const readAll = async (handle: FileHandle, take: Take): Promise<Scan> => {
	const scanner = createScanner(take);
	const piece = Buffer.alloc(pieceBytes);
	for (let at = 0; ; ) {
		const {bytesRead} = await handle.read(piece, 0, piece.length, at);
		if (bytesRead === 0) return scanner.end();
		scanner.add(piece.subarray(0, bytesRead));
		at += bytesRead;
	}
};

// What is shorter is read in the time of a few frames.
const longBytes = 8_388_608;
// More than a screen of nearly every conversation, and read within a frame.
const endBytes = 1_048_576;

const readEnd = async (handle: FileHandle, size: number): Promise<DurableEvent[]> => {
	const {buffer, bytesRead} = await handle.read(Buffer.alloc(endBytes), 0, endBytes, size - endBytes);
	// It begins anywhere in a line.
	const start = buffer.indexOf(0x0a) + 1;
	return scanSession(buffer.subarray(start, bytesRead)).events;
};

const putAside = async (file: string, bytes: Buffer) => {
	// One that is there is of a window that died right after it was made.
	await rm(file, {force: true});
	const handle = await open(file, 'wx', 0o600);
	try {
		await handle.writeFile(bytes);
		await handle.datasync();
	} finally {
		await handle.close();
	}
};

/** `id`: whatever stands there under another one is another file. */
type Place = {file: string; id: string};

const createLog = (place: Place, handle: FileHandle, lock: Lock, scan: Scan): SessionLog => {
	const {file} = place;
	const readOnly =
		scan.version > formatVersion
			? `A newer tandem wrote this session (format ${scan.version}, this one knows ${formatVersion}). It can be read; to go on with it, update tandem.`
			: undefined;
	let {goodBytes, needsNewline} = scan;
	let nextSeq = scan.lastSeq + scan.skipped + 1;
	let mustMend = false;
	let hasUnsynced = false;
	let failure: SaveError | undefined;
	/** The last sync failed: until one succeeds each event is synced before it counts as written. */
	let unsafe: SaveError | undefined;
	let closing: Promise<void> | undefined;
	let queue = Promise.resolve();

	/** One after the other; a failed step does not stop the next. */
	const enqueue = (step: () => Promise<void>): Promise<void> => {
		const result = queue.then(step);
		queue = result.catch(() => {});
		return result;
	};

	const refuse = () => {
		if (failure) throw failure;
		if (readOnly) throw new SaveError(readOnly, 'read-only');
	};

	/** Takes back what a failed write left; if even that fails, a line feed keeps the next record apart. */
	const mend = async () => {
		try {
			await handle.truncate(goodBytes);
		} catch {
			needsNewline = true;
		}
		mustMend = false;
	};

	const write = async (event: DurableEvent) => {
		refuse();
		if (mustMend) await mend();
		const line = writeLine(nextSeq, event);
		const bytes = needsNewline ? Buffer.concat([newline, line]) : line;
		try {
			await writeAll(handle, bytes);
		} catch (cause) {
			mustMend = true;
			// Its number stays free: whoever reads the file sees that something is missing here.
			nextSeq++;
			await refuseIfLost();
			throw new SaveError(`${reasonOf(cause)} (${file})`, 'write-failed', cause);
		}
		goodBytes += bytes.length;
		nextSeq++;
		needsNewline = false;
		hasUnsynced = true;
		await refuseIfLost();
		if (unsafe) await sync();
	};

	const refuseIfLost = async () => {
		const lost = await lossOf(place);
		if (lost === undefined) return;
		failure = new SaveError(`${lost}; /new starts another session (${file})`, 'deleted');
		throw failure;
	};

	const sync = async () => {
		if (failure) throw failure;
		// The kernel forgets what it could not write: a second try, without a new record, would report success for
		// lost data. What is lost is known by its missing numbers.
		if (!hasUnsynced && unsafe) throw unsafe;
		if (!hasUnsynced) return;
		hasUnsynced = false;
		try {
			await handle.datasync();
			unsafe = undefined;
		} catch (cause) {
			unsafe = new SaveError(`${reasonOf(cause)} (${file})`, 'sync-failed', cause);
			throw unsafe;
		}
	};

	const shut = async () => {
		await sync().catch(() => {});
		failure = new SaveError('this session is closed', 'closed');
		await handle.close().catch(() => {});
		// A session in which nothing was said leaves nothing to resume.
		if (goodBytes === 0 && (await lossOf(place)) === undefined) await unlink(file).catch(() => {});
		unlock(lock);
	};

	return {
		kind: 'log',
		count: scan.count,
		damage: scan.damage,
		readOnly,
		append(event) {
			const written = enqueue(() => write(event));
			// Whoever waits for the end of a turn does not wait for the disk. A failed sync is told by the next step.
			if (event.type === 'turn.ended') void enqueue(sync).catch(() => {});
			return written;
		},
		miss(count) {
			nextSeq += count;
		},
		sync: () => enqueue(sync),
		close: () => {
			closing ??= enqueue(shut);
			return closing;
		},
	};
};

const idOf = ({dev, ino}: Stats): string => `${dev}:${ino}`;

/** Whoever looks for the session would not find what was written: deleted, moved, replaced or mounted over. */
const lossOf = async ({file, id}: Place): Promise<string | undefined> => {
	try {
		return idOf(await lstat(file)) === id ? undefined : 'another file stands in its place';
	} catch (error) {
		return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')
			? 'its file was deleted or moved'
			: undefined;
	}
};

const unlock = (lock: Lock) => {
	try {
		lock.release();
	} catch {
		// A lock that stays behind is stale as soon as this process ends.
	}
};

const newline = Buffer.from('\n');

/** A write may take less than it is given. */
const writeAll = async (handle: FileHandle, bytes: Buffer) => {
	for (let written = 0; written < bytes.length; ) {
		const {bytesWritten} = await handle.write(bytes, written);
		written += bytesWritten;
	}
};

const inUse = (file: string, pid: number | undefined): SessionLogFailure => ({
	kind: 'failed',
	code: 'in-use',
	message: `This session is open in another window${pid === undefined ? '' : ` (process ${pid})`}. Close it there, or start a new one. (${file})`,
});

const notAFile = (file: string, cause?: unknown): SessionLogFailure => ({
	kind: 'failed',
	code: 'not-a-file',
	message: `A link, a pipe or a file of somebody else stands in its place. Move it aside: ${file}`,
	...(cause !== undefined && {cause}),
});

const linkedElsewhere = (file: string): SessionLogFailure => ({
	kind: 'failed',
	code: 'second-name',
	message: `This session's file ${secondName}. Copy the file and move the copy into its place, then the session opens: ${file}`,
});

const notWritable = (file: string, cause: unknown): SessionLogFailure => ({
	kind: 'failed',
	code: 'not-writable',
	message: `The session can't be written: ${reasonOf(cause)}. Make its folder writable, or set TANDEM_HOME to one that is. (${file})`,
	cause,
});
