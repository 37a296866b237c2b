// What the workspace's folder remembers of its terminals: the next id, and a record of each beside its journal.
// Files are replaced whole, so that a death in between leaves the old or the new one.
import {
	closeSync,
	constants,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {openOwnFile, ownFileFlags} from '../own-file.js';
import {type Snapshot, snapshotSchema, terminalInfoSchema} from './protocol.js';
import {readFolder} from './segments.js';

const recordSchema = z.object({
	info: terminalInfoSchema,
	/** Whom to look for after the host's death. */
	leader: z.object({pid: z.int(), startTime: z.int()}),
	mark: z.string(),
	bootId: z.string(),
	/** The last screen, of an ended terminal. */
	snapshot: snapshotSchema.optional(),
});
export type TerminalRecord = z.infer<typeof recordSchema>;

export type Records = StoredRecords & {
	/** An id that was never given out before, noted on disk. Throws if the disk does not take it. */
	takeId(): number;
	/** Makes the folder. Throws if it cannot. */
	create(id: number): string;
	write(record: TerminalRecord): void;
	/** Writes it once what is under way is answered, unless it is removed before. Failures go to onError. */
	writeSoon(record: TerminalRecord): void;
	/** What is to be written soon is written now. */
	flush(): void;
	remove(id: number): void;
	/** Removes it once what is under way is answered. */
	removeSoon(id: number): void;
	/** Bytes on disk of one terminal, and when its record last changed (milliseconds since 1970). */
	size(id: number): number;
	changedAt(id: number): number;
};

/** For whoever only reads. */
export type StoredRecords = {
	/** The terminal's own folder. */
	folder(id: number): string;
	/** All that can be read, by id, without their screens; unreadable ones are told to onError and left alone. */
	readAll(): TerminalRecord[];
	/** The last screen of an ended terminal. */
	readSnapshot(id: number): Snapshot | undefined;
};

/** Of the workspace's host alone: it gives out ids. */
export const createRecords = (stateFolder: string, onError: (error: unknown) => void): Records => {
	const nextFile = join(stateFolder, 'next-id');
	mkdirSync(terminalsFolder(stateFolder), {recursive: true, mode: 0o700});
	if (lstatSync(terminalsFolder(stateFolder)).isSymbolicLink()) {
		throw new Error(`${terminalsFolder(stateFolder)} is a link. Remove it and try again.`);
	}
	const stored = openRecords(stateFolder, onError);
	const {folder} = stored;
	const ids = () => listIds(stateFolder);
	// A folder is a witness too, should the counter have been lost.
	let next = Math.max(readNumber(nextFile), ...ids().map(id => id + 1));

	writeOwn(nextFile, `${next}\n`, constants.O_CREAT | constants.O_TRUNC);

	const write = (record: TerminalRecord) => {
		const path = join(folder(record.info.id), 'terminal.json');
		const text = JSON.stringify(record);
		// Where there is none yet nothing can be lost.
		if (existsSync(path)) replaceFile(path, text);
		else writeFileSync(path, text, {mode: 0o600, flag: 'wx'});
	};
	const pending = new Map<number, TerminalRecord>();
	const flush = () => {
		for (const record of pending.values()) {
			try {
				write(record);
			} catch (error) {
				onError(error); // a full disk, or a folder that somebody removed: what runs lives on
			}
		}
		pending.clear();
	};

	const remove = (id: number) => {
		pending.delete(id);
		rmSync(folder(id), {recursive: true, force: true});
	};

	return {
		...stored,
		takeId() {
			const id = next++;
			// Over the old number, which is never longer: no moment without one.
			writeOwn(nextFile, `${next}\n`);
			return id;
		},
		create(id) {
			mkdirSync(folder(id), {mode: 0o700});
			return folder(id);
		},
		write,
		writeSoon(record) {
			if (pending.size === 0) setImmediate(flush);
			pending.set(record.info.id, record);
		},
		flush,
		readSnapshot: id => pending.get(id)?.snapshot ?? stored.readSnapshot(id),
		remove,
		removeSoon(id) {
			pending.delete(id);
			setImmediate(() => {
				try {
					remove(id);
				} catch (error) {
					onError(error); // it is listed again after the next start, and can be forgotten then
				}
			});
		},
		changedAt: id => statOf(join(folder(id), 'terminal.json'))?.mtimeMs ?? 0,
		size: id =>
			readFolder(folder(id)).reduce((sum, name) => sum + (statOf(join(folder(id), name))?.size ?? 0), 0),
	};
};

export const openRecords = (stateFolder: string, onError: (error: unknown) => void): StoredRecords => {
	const folder = (id: number) => join(terminalsFolder(stateFolder), String(id));
	const readRecord = (id: number): TerminalRecord | undefined => {
		try {
			const path = join(folder(id), 'terminal.json');
			return recordSchema.parse(JSON.parse(readFileSync(path, {encoding: 'utf8', flag: readFlags})));
		} catch (error) {
			onError(new Error(`The record of terminal ${id} cannot be read.`, {cause: error}));
			return;
		}
	};
	return {
		folder,
		readAll: () =>
			listIds(stateFolder)
				.sort((a, b) => a - b)
				.map(readRecord)
				.filter(record => record !== undefined)
				.map(({snapshot: _, ...record}) => record),
		readSnapshot: id => readRecord(id)?.snapshot,
	};
};

const terminalsFolder = (stateFolder: string): string => join(stateFolder, 'terminals');

const listIds = (stateFolder: string): number[] =>
	readdirSync(terminalsFolder(stateFolder))
		.filter(name => /^\d+$/.test(name))
		.map(Number);

// Somebody may have removed it by hand.
const statOf = (path: string) => statSync(path, {throwIfNoEntry: false});

const readNumber = (path: string): number => {
	try {
		return Number.parseInt(readFileSync(path, {encoding: 'utf8', flag: readFlags}), 10) || 1;
	} catch {
		return 1; // the first terminal of this workspace
	}
};

const readFlags = constants.O_RDONLY | ownFileFlags;

const writeOwn = (path: string, text: string, flags = 0) => {
	const descriptor = openOwnFile(path, constants.O_WRONLY | flags);
	try {
		writeFileSync(descriptor, text);
	} finally {
		closeSync(descriptor);
	}
};

const replaceFile = (path: string, text: string) => {
	writeOwn(`${path}.new`, text, constants.O_CREAT | constants.O_TRUNC);
	renameSync(`${path}.new`, path);
};
