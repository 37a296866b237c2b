// A lock that outlives nobody: a file that names its holder by its kernel identity, so that the lock of a dead
// process is known as such even if its pid was given to another. Knows nothing of what it guards.
import {randomBytes} from 'node:crypto';
import {constants, linkSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {z} from 'zod';
import {hasCode} from './disk-errors.js';
import {ownFileFlags} from './own-file.js';
import {identify, isAlive, type ProcessIdentity} from './process-identity.js';
import {sha256} from './sha256.js';

export type Lock = {kind: 'acquired'; release(): void};
export type LockOutcome =
	| Lock
	/** `pid` is not known while several break a stale lock. */
	| {kind: 'held'; pid: number | undefined};

/** Tries once, without waiting. The file's folder exists and is private. Throws what the file system says. */
export const tryLock = (file: string): LockOutcome => {
	// A second round follows the breaking of a stale lock; more only while others do the same.
	for (let round = 0; round < 10; round++) {
		const nonce = randomBytes(8).toString('hex');
		if (create(file, {...identify(), nonce})) return {kind: 'acquired', release: () => release(file, nonce)};
		const found = read(file);
		if (found === 'gone') continue;
		if (isHeld(found)) return {kind: 'held', pid: found.pid};
		breakStale(file, found.nonce);
	}
	return {kind: 'held', pid: undefined};
};

/** The pid of whoever holds the lock and lives. */
export const findLockHolder = (file: string): number | undefined => {
	const found = read(file);
	return found !== 'gone' && isHeld(found) ? found.pid : undefined;
};

type Holder = ProcessIdentity & {nonce: string};

const holderSchema = z.object({
	pid: z.int().positive(),
	startTime: z.string().optional(),
	bootId: z.string().optional(),
	/** What the locks of hosts called the boot's id. */
	boot: z.string().optional(),
	nonce: z
		.string()
		.regex(/^[0-9a-f]{16}$/)
		.optional(),
});

const create = (file: string, holder: Holder): boolean => {
	// Written aside and linked: the lock appears with its whole content or not at all.
	const aside = `${file}.${holder.nonce}`;
	writeFileSync(aside, JSON.stringify(holder), {flag: 'wx', mode: 0o600});
	try {
		linkSync(aside, file);
		return true;
	} catch (error) {
		if (hasCode(error, 'EEXIST')) return false;
		throw error;
	} finally {
		rmSync(aside, {force: true});
	}
};

// A link is no lock; a pipe in its place is empty, and broken like one that was torn.
const readFlags = constants.O_RDONLY | ownFileFlags;

const read = (file: string): Holder | 'gone' => {
	try {
		return toHolder(readFileSync(file, {encoding: 'utf8', flag: readFlags}));
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return 'gone';
		throw error;
	}
};

const toHolder = (text: string): Holder => {
	// The locks of sessions had no nonce, and one that was torn has none.
	const name = sha256(text).slice(0, 16);
	try {
		const {boot, bootId = boot, nonce = name, ...process} = holderSchema.parse(JSON.parse(text));
		return {...process, bootId, nonce};
	} catch (error) {
		if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
		// A lock appears with its whole content, so one without it was left by a power cut.
		return {pid: nobody, nonce: name};
	}
};

const nobody = 0;

const isHeld = (holder: Holder): boolean => holder.pid !== nobody && isAlive(holder);

/**
 * Removes the lock of a dead holder. Two that find the same stale lock must not remove the fresh one of a
 * third: the right to remove it is a lock of its own, named by what is removed.
 */
const breakStale = (file: string, nonce: string) => {
	const right = tryLock(`${file}.break-${nonce}`);
	if (right.kind === 'held') return;
	release(file, nonce);
	right.release();
};

const release = (file: string, nonce: string) => {
	const found = read(file);
	if (found !== 'gone' && found.nonce === nonce) rmSync(file, {force: true});
};
