// The sessions of a workspace, newest first, from the heads of their files: a list must not cost their whole text.
import {constants} from 'node:fs';
import {open, readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import type {DurableEvent} from '../events.js';
import {findLockHolder} from '../lock.js';
import {ownFileFlags} from '../own-file.js';
import {scanSession} from './scan.js';

/** Times are milliseconds since 1970. */
export type SessionSummary = {
	id: string;
	file: string;
	startedAt: number;
	/** When it was last written. */
	changedAt: number;
	/** The beginning of the first message, on one line. */
	firstWords: string;
	/** The workspace; empty if the line that names it is damaged. */
	folder: string;
	isTour: boolean;
	/** The process that has it open, if one has. */
	openIn: number | undefined;
};

/** The sessions in a folder in which something was said; none if there is no such folder. */
export const listSessions = async (folder: string): Promise<SessionSummary[]> => {
	const names = await readdir(folder).catch(() => []);
	const ids = names.filter(name => name.endsWith(extension)).map(name => name.slice(0, -extension.length));
	const found = await Promise.all(ids.map(id => summarise(folder, id)));
	return found.filter(summary => summary !== undefined).toSorted((a, b) => b.changedAt - a.changedAt);
};

/** Those of every workspace. */
export const listAllSessions = async (stateFolder: string): Promise<SessionSummary[]> => {
	const workspaces = join(stateFolder, 'workspaces');
	const keys = await readdir(workspaces).catch(() => []);
	const lists = await Promise.all(keys.map(key => listSessions(join(workspaces, key, 'sessions'))));
	return lists.flat().toSorted((a, b) => b.changedAt - a.changedAt);
};

/** Ids are names of files and come from the command line: nothing that could leave the folder is one. */
export const sessionFile = (folder: string, id: string): string | undefined =>
	/^[a-z0-9][a-z0-9-]{0,63}$/i.test(id) ? join(folder, `${id}${extension}`) : undefined;

/** `20261123-0706-k3f9`: sorts by time (UTC), can be read aloud. `random` gives 0 ≤ n < 1. */
export const createSessionId = (now: number, random: () => number): string => {
	const [date = '', time = ''] = new Date(now).toISOString().split('T');
	const suffix = Array.from({length: 4}, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
	return `${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}-${suffix}`;
};

const extension = '.jsonl';

// Without letters and digits that look alike.
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

// The first records of nearly every session; a pasted first message needs more.
const headBytes = 16_384;
const maxHeadBytes = 4_194_304;

const maxFirstWords = 200;

const summarise = async (folder: string, id: string): Promise<SessionSummary | undefined> => {
	const file = join(folder, `${id}${extension}`);
	try {
		const {mtimeMs, size} = await stat(file);
		for (let length = headBytes; ; length *= 16) {
			const {events} = scanSession(await readHead(file, Math.min(length, size)));
			const first = events.find(event => event.type === 'message.sent' || event.type === 'shell.sent');
			if (first?.type === 'message.sent' || first?.type === 'shell.sent') {
				const firstWords = (first.type === 'message.sent' ? first.text : `!${first.cmd}`)
					.slice(0, maxFirstWords * 2)
					.replace(/\s+/g, ' ')
					.trim();
				return {
					id,
					file,
					startedAt: events[0]?.at ?? first.at,
					changedAt: mtimeMs,
					firstWords: Array.from(firstWords).slice(0, maxFirstWords).join(''),
					...whereOf(events[0]),
					openIn: findLockHolder(`${file}.lock`),
				};
			}
			if (length >= size || length >= maxHeadBytes) return undefined;
		}
	} catch {
		// Gone since it was listed, or not readable: opening it by its id says why.
		return undefined;
	}
};

const whereOf = (first: DurableEvent | undefined): Pick<SessionSummary, 'folder' | 'isTour'> =>
	first?.type === 'session.started'
		? {folder: first.workspace, isTour: first.isTour === true}
		: {folder: '', isTour: false};

const readHead = async (file: string, length: number): Promise<Buffer> => {
	// Whatever stands in its place, the list does not wait for it.
	const handle = await open(file, constants.O_RDONLY | ownFileFlags);
	try {
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(length), 0, length, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await handle.close();
	}
};
