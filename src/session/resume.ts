// Finds the session that is to be gone on with, and opens its log; or says which there are.
import type {DurableEvent} from '../events.js';
import {ownCommand} from '../own-command.js';
import {sanitise} from '../text/sanitise.js';
import {listSessions, type SessionSummary} from './list.js';
import {openSessionLog, type SessionLog} from './log.js';

/** A session's id, the newest one, or the person must be asked which. */
export type Resume = {id: string} | 'last' | 'ask';

export type Resumed =
	/** `isChoosing`: the person chooses in the window. */
	| {
			kind: 'session';
			id: string | undefined;
			log?: SessionLog;
			isChoosing?: true;
	  }
	| {kind: 'failed'; message: string};

/** What the session holds is handed to `take`; what a long one ends with to `glance`, before. */
export const resumeSession = async (
	resume: Resume | undefined,
	folder: string,
	{take, glance}: {take(event: DurableEvent): void; glance(last: readonly DurableEvent[]): void},
): Promise<Resumed> => {
	if (resume === undefined) return {kind: 'session', id: undefined};
	const known = await listSessions(folder);
	if (resume === 'ask' && known.length > 0) return {kind: 'session', id: undefined, isChoosing: true};
	const found =
		resume === 'last' ? known[0] : known.find(({id}) => typeof resume === 'object' && id === resume.id);
	if (!found) return {kind: 'failed', message: whichSession(resume, known)};
	const log = await openSessionLog(found.file, take, glance);
	if (log.kind === 'failed') return {kind: 'failed', message: log.message};
	return {kind: 'session', id: found.id, log};
};

// More would push the first of them off the screen.
const mostListed = 20;

const whichSession = (resume: Resume, known: readonly SessionSummary[]): string => {
	if (known.length === 0) return `There is no session of this folder yet. Start one with: ${ownCommand()}`;
	const unknown =
		typeof resume === 'object' ? [`There is no session ${sanitise(resume.id)} of this folder.`] : [];
	const rows = known
		.slice(0, mostListed)
		.map(({id, firstWords}) => `  ${id}  ${sanitise(firstWords).slice(0, 60)}`);
	const how = `Sessions of this folder, newest first. Go on with one: ${ownCommand('resume ID')}, or ${ownCommand('resume --last')}`;
	return [...unknown, how, ...rows].join('\n');
};
