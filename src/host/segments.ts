// The segment files of a journal: found, read and written. Knows nothing of what is in them.
import {closeSync, constants, readdirSync, readFileSync, unlinkSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {ownFileFlags} from '../own-file.js';

export const blockCharacters = 1 << 15; // large enough that a write costs less than a microsecond a line

export const listSegments = (folder: string, kind: string): {path: string; index: number}[] =>
	readFolder(folder)
		.flatMap(name => {
			const match = new RegExp(`^${kind}\\.(\\d+)$`).exec(name);
			return match ? [{path: join(folder, name), index: Number(match[1])}] : [];
		})
		.sort((a, b) => a.index - b.index);

export const readFolder = (folder: string): string[] => {
	try {
		return readdirSync(folder);
	} catch {
		return []; // a terminal that printed nothing before its host died may have no folder
	}
};

export const readText = (path: string): string | undefined => {
	try {
		return readFileSync(path, {encoding: 'utf8', flag: constants.O_RDONLY | ownFileFlags});
	} catch {
		return undefined; // the caller names the missing lines as a gap
	}
};

export const writeAll = (file: number, data: Uint8Array, position?: number): void => {
	let done = 0;
	while (done < data.length)
		done += writeSync(file, data, done, data.length - done, position === undefined ? null : position + done);
};

export const closeQuietly = (file: number): void => {
	try {
		closeSync(file);
	} catch {
		// Nothing is lost: writing went through the same descriptor and has been reported.
	}
};

export const unlinkQuietly = (path: string): void => {
	try {
		unlinkSync(path);
	} catch {
		// It may never have been written, after a full disk.
	}
};

export const asError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));
