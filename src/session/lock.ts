// One writer per session file: a lock file beside it that names the writer by its kernel identity, so that a lock
// left by a crash is known as such, and a recycled pid is not taken for its writer.
import {randomBytes} from 'node:crypto';
import {constants, linkSync, readFileSync, renameSync, unlinkSync, writeFileSync} from 'node:fs';
import {ownFileFlags} from '../own-file.js';
import {identify, isAlive, type ProcessIdentity} from '../process-identity.js';

export type Lock = {kind: 'lock'; release(): void};
export type LockRefusal = {kind: 'in-use'; pid: number};

/** Takes the lock, or says who has it. Throws what the file system says when it can't be written. */
export const takeLock = (file: string): Lock | LockRefusal => {
	const mine = JSON.stringify(identify());
	// Whole from its first moment: nobody may see a lock without its owner.
	const temporary = `${file}.${randomBytes(4).toString('hex')}`;
	writeFileSync(temporary, mine, {mode: 0o600, flag: 'wx'});
	try {
		// A stale lock goes in the first round; more rounds only for others who do the same at this moment.
		for (let round = 0; round < 5; round++) {
			if (tryLink(temporary, file)) return {kind: 'lock', release: () => release(file, mine)};
			const found = readLock(file);
			if (found === undefined) continue;
			const owner = parseOwner(found);
			if (owner && isAlive(owner)) return {kind: 'in-use', pid: owner.pid};
			removeStale(file, found);
		}
		return {kind: 'in-use', pid: parseOwner(readLock(file) ?? '')?.pid ?? 0};
	} finally {
		unlinkSync(temporary);
	}
};

/** The pid of whoever has the lock and lives. */
export const findLockOwner = (file: string): number | undefined => {
	const owner = parseOwner(readLock(file) ?? '');
	return owner && isAlive(owner) ? owner.pid : undefined;
};

const tryLink = (from: string, to: string): boolean => {
	try {
		linkSync(from, to);
		return true;
	} catch (error) {
		if (hasCode(error, 'EEXIST')) return false;
		throw error;
	}
};

// A link is no lock; a pipe in its place is empty, and as stale as one that nobody can read.
const readFlags = constants.O_RDONLY | ownFileFlags;

const readLock = (file: string): string | undefined => {
	try {
		return readFileSync(file, {encoding: 'utf8', flag: readFlags});
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return undefined;
		throw error;
	}
};

/** Moves it away first: another process may have put its own lock there since this one was read. */
const removeStale = (file: string, stale: string) => {
	const aside = `${file}.stale-${randomBytes(4).toString('hex')}`;
	try {
		renameSync(file, aside);
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return;
		throw error;
	}
	if (readLock(aside) !== stale) tryLink(aside, file);
	unlinkSync(aside);
};

const release = (file: string, mine: string) => {
	try {
		if (readLock(file) === mine) unlinkSync(file);
	} catch {
		// A lock that stays behind is stale as soon as this process ends.
	}
};

const parseOwner = (text: string): ProcessIdentity | undefined => {
	try {
		const {pid, startTime, bootId} = JSON.parse(text);
		return Number.isInteger(pid) && pid > 0 ? {pid, startTime, bootId} : undefined;
	} catch {
		// A lock that nobody can read was not written by us: it is stale.
		return undefined;
	}
};

const hasCode = (error: unknown, code: string) =>
	error instanceof Error && 'code' in error && error.code === code;
