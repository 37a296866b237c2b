// A lock that outlives nobody: a file that names its holder by pid, start time and boot, so that the lock of a
// dead process is known as such even if its pid was given to another. Knows nothing of what it guards.
import {randomBytes} from 'node:crypto';
import {constants, linkSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {z} from 'zod';
import {ownFileFlags} from './own-file.js';

export type LockOutcome =
	| {kind: 'acquired'; release(): void}
	/** `pid` is not known while several break a stale lock. */
	| {kind: 'held'; pid: number | undefined};

/** Tries once, without waiting. The file's folder exists and is private. Throws what the file system says. */
export const tryLock = (file: string): LockOutcome => {
	// A second round follows the breaking of a stale lock; more only while others do the same.
	for (let round = 0; round < 10; round++) {
		const nonce = randomBytes(8).toString('hex');
		if (create(file, {...ourselves(), nonce})) return {kind: 'acquired', release: () => release(file, nonce)};
		const found = read(file);
		if (found === 'gone') continue;
		if (isAlive(found)) return {kind: 'held', pid: found.pid};
		breakStale(file, found.nonce);
	}
	return {kind: 'held', pid: undefined};
};

const holderSchema = z.object({
	pid: z.int(),
	/** Clock ticks since boot; absent where the system does not tell it. */
	startTime: z.string().optional(),
	boot: z.string().optional(),
	nonce: z.string().regex(/^[0-9a-f]{16}$/),
});
type Holder = z.infer<typeof holderSchema>;

const create = (file: string, holder: Holder): boolean => {
	// Written aside and linked: the lock appears with its whole content or not at all.
	const aside = `${file}.${holder.nonce}`;
	writeFileSync(aside, JSON.stringify(holder), {flag: 'wx', mode: 0o600});
	try {
		linkSync(aside, file);
		return true;
	} catch (error) {
		if (isCode(error, 'EEXIST')) return false;
		throw error;
	} finally {
		rmSync(aside, {force: true});
	}
};

// A link is no lock; a pipe in its place is empty, and broken like one that was torn.
const readFlags = constants.O_RDONLY | ownFileFlags;

const read = (file: string): Holder | 'gone' => {
	try {
		return holderSchema.parse(JSON.parse(readFileSync(file, {encoding: 'utf8', flag: readFlags})));
	} catch (error) {
		if (isCode(error, 'ENOENT')) return 'gone';
		if (error instanceof SyntaxError || error instanceof z.ZodError) return torn;
		throw error;
	}
};

// A lock appears with its whole content, so one without it was left by a power cut.
const torn: Holder = {pid: 0, nonce: '0000000000000000'};

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
	if (typeof found === 'object' && found.nonce === nonce) rmSync(file, {force: true});
};

const ourselves = (): Omit<Holder, 'nonce'> => {
	const startTime = readStartTime(process.pid);
	const boot = readBoot();
	return {pid: process.pid, ...(startTime && {startTime}), ...(boot && {boot})};
};

const isAlive = (holder: Holder): boolean => {
	if (holder.pid <= 0) return false;
	const boot = readBoot();
	if (boot && holder.boot && boot !== holder.boot) return false;
	try {
		process.kill(holder.pid, 0);
	} catch (error) {
		if (isCode(error, 'ESRCH')) return false;
	}
	const startTime = readStartTime(holder.pid);
	return !startTime || !holder.startTime || startTime === holder.startTime;
};

/** Field 22 of `/proc/PID/stat`, counted from behind the name, which may hold anything; a zombie has none. */
const readStartTime = (pid: number): string | undefined => {
	const stat = readText(`/proc/${pid}/stat`);
	const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
	return fields?.[0] === 'Z' ? 'ended' : fields?.[19];
};

const readBoot = () => readText('/proc/sys/kernel/random/boot_id')?.trim();

const readText = (file: string): string | undefined => {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		// Not Linux, or the process has just ended: kill(pid, 0) decides.
		return undefined;
	}
};

const isCode = (error: unknown, code: string) =>
	error instanceof Error && 'code' in error && error.code === code;
