// Patches that were being written when their process ended: finished where nobody has touched the files since, else
// undone; the person is told at once, the model when its session goes on.
import {join, relative, sep} from 'node:path';
import {type LockOutcome, tryLock} from '../lock.js';
import {isAlive} from '../process-identity.js';
import {sanitiseLine} from '../text/sanitise.js';
import {
	type FoundRecord,
	type PatchCall,
	type PatchRecord,
	readRecords,
	removeRecord,
	saveRecord,
} from './patch-record.js';
import {
	commit,
	isRenamed,
	type KeptFile,
	removeLitter,
	stateOf,
	syncNames,
	undo,
	wordsOf,
} from './patch-write.js';

export type MendedPatch = {
	call: PatchCall;
	/** For the model, as the answer of its call. */
	outcome: string;
	/** For the person, if it was mended just now. */
	news: string | undefined;
	/** The model knows it. */
	forget(): Promise<void>;
};

const keptMs = 14 * 24 * 3_600_000; // as long as the logs of ended terminals

/** Mends what no living process is writing. `folder`: where the records are. */
export const mendPatches = async (
	folder: string,
	at: {workspace: string; now: number},
): Promise<{mended: MendedPatch[]; troubles: string[]}> => {
	const mended: MendedPatch[] = [];
	const troubles: string[] = [];
	// Nearly always there is none.
	if ((await readRecords(folder)).length === 0) return {mended, troubles};
	let lock: LockOutcome | undefined;
	try {
		lock = tryLock(join(folder, 'lock'));
		// While another window does it there is nothing to tell here.
		for (const found of lock.kind === 'held' ? [] : await readRecords(folder)) {
			const result = await mend(found, at);
			if (typeof result === 'string') troubles.push(result);
			else if (result) mended.push(result);
		}
	} catch (error) {
		troubles.push(`A patch that was cut off could not be mended: ${wordsOf(error)}.`);
	} finally {
		if (lock?.kind === 'acquired') lock.release();
	}
	return {mended, troubles};
};

/** A text: what went wrong. Undefined: there is nothing to tell. */
const mend = async (
	found: FoundRecord,
	{workspace, now}: {workspace: string; now: number},
): Promise<MendedPatch | string | undefined> => {
	const {file} = found;
	if (found.kind === 'unreadable')
		return `${file} can't be read: a patch may have been cut off. Look at what has changed, then remove it.`;
	if (found.kind === 'outcome') {
		if (now - found.outcome.at > keptMs) return void (await removeRecord(file));
		return toMended(file, found.outcome, undefined);
	}
	const {record} = found;
	const shown = inWorkspace(workspace);
	if (isAlive(record.owner)) return;
	try {
		const {how, kept} = await settle(record, shown);
		const outcome = {
			call: record.call,
			outcome: `tandem ended while this patch was written. ${how}`,
			at: now,
		};
		await removeLitter(record, kept);
		await saveRecord(file, outcome);
		return toMended(file, outcome, `tandem ended while a patch was written. ${how}`);
	} catch (error) {
		return `A patch that was cut off could not be mended: ${wordsOf(error)}. It is tried again at the next start. Files: ${shown(pathsOf(record))}.`;
	}
};

const toMended = (
	file: string,
	{call, outcome}: {call: PatchCall; outcome: string},
	news: string | undefined,
): MendedPatch => ({call, outcome, news, forget: () => removeRecord(file)});

/** Finishes or undoes; resolves with what became of it. Throws what the file system says. */
const settle = async (record: PatchRecord, shown: Shown): Promise<{how: string; kept: KeptFile[]}> => {
	const names = shown(pathsOf(record));
	if (record.phase === 'writing' && (await canBeFinished(record))) {
		for (const file of record.files) if ((await stateOf(file)) === 'open') await commit(file);
		await syncNames(record);
		record.phase = 'written';
	}
	if (record.phase === 'written') return {how: `It is complete now: ${names}.`, kept: []};
	if (record.phase === 'writing' || record.phase === 'undoing') {
		const {kept, failed} = await undo(record);
		if (failed.length > 0) throw new Error(failed.join('; '));
		await syncNames(record);
		if (kept.length > 0) {
			const which = kept.map(file => keptWords(file, shown)).join(', ');
			const how = `It was undone: ${names}. Left as they are, because somebody changed them since: ${which}.`;
			return {how, kept};
		}
	}
	return {how: `It was undone, nothing of it is left: ${names}.`, kept: []};
};

const keptWords = ({path, oldText}: KeptFile, shown: Shown): string =>
	shown([path]) + (oldText === undefined ? '' : ` (as it was before the patch: ${shown([oldText])})`);

/** Somebody may have changed a file since: then the rest of the patch is no longer what was approved. */
const canBeFinished = async ({files}: PatchRecord): Promise<boolean> => {
	for (const file of files) {
		const state = await stateOf(file);
		if (state === 'foreign') return false;
		if (state === 'open' && (await isRenamed(file))) return false;
	}
	return true;
};

const pathsOf = ({files}: PatchRecord): string[] => files.map(({path}) => path);

// One line on the screen.
const mostNamed = 10;

type Shown = (paths: readonly string[]) => string;

/** As the patch named them. */
const inWorkspace =
	(workspace: string): Shown =>
	paths => {
		const names = paths
			.slice(0, mostNamed)
			.map(path => sanitiseLine(path.startsWith(`${workspace}${sep}`) ? relative(workspace, path) : path));
		const more = paths.length - names.length;
		return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
	};
