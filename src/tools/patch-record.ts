// What is on record of a patch while it is being written, so that a crash in its middle is mended at the next start;
// and what then became of it, until the model was told.
import {constants} from 'node:fs';
import {mkdir, open, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {z} from 'zod';
import {ownFileFlags} from '../own-file.js';
import {syncPath} from '../sync-path.js';

const fileSchema = z.object({
	path: z.string(),
	/** SHA-256 of the text as it was and as it shall be; null: not there. */
	before: z.string().nullable(),
	after: z.string().nullable(),
	/** The new text beside its place, and a second name of the old one. */
	temporary: z.string().nullable(),
	backup: z.string().nullable(),
});

const callSchema = z.object({sessionId: z.string(), callId: z.string()});

const recordSchema = z.object({
	call: callSchema,
	owner: z.object({pid: z.int(), startTime: z.string().optional(), bootId: z.string().optional()}),
	/** `writing`: all is prepared, from here on the places themselves change. `written` and `undone`: what is left is litter. */
	phase: z.enum(['preparing', 'writing', 'undoing', 'written', 'undone']),
	files: z.array(fileSchema),
	/** Folders that are made for it, the outermost first. */
	folders: z.array(z.string()),
});

const outcomeSchema = z.object({call: callSchema, outcome: z.string(), at: z.number()});

export type PatchCall = z.infer<typeof callSchema>;
export type PatchRecord = z.infer<typeof recordSchema>;
export type RecordedFile = z.infer<typeof fileSchema>;
/** `outcome`: for the model. */
export type PatchOutcome = z.infer<typeof outcomeSchema>;

/** The record whole, or the one before, whatever ends: the process or the power. */
export const saveRecord = async (file: string, record: PatchRecord | PatchOutcome): Promise<void> => {
	const aside = `${file}.new`;
	const made = await mkdir(dirname(file), {recursive: true, mode: 0o700});
	if (made !== undefined) await syncPath(dirname(made));
	await writeFile(aside, JSON.stringify(record), {mode: 0o600});
	await syncPath(aside);
	await rename(aside, file);
	await syncPath(dirname(file));
};

export const removeRecord = (file: string): Promise<void> => rm(file, {force: true});

export type FoundRecord = {file: string} & (
	| {kind: 'record'; record: PatchRecord}
	| {kind: 'outcome'; outcome: PatchOutcome}
	| {kind: 'unreadable'}
);

export const readRecords = async (folder: string): Promise<FoundRecord[]> => {
	const names = await readdir(folder).catch(() => []);
	return Promise.all(
		names.filter(name => name.endsWith('.json')).map(name => readRecord(join(folder, name))),
	);
};

const readRecord = async (file: string): Promise<FoundRecord> => {
	const found = parseJson(await readText(file).catch(() => ''));
	const record = recordSchema.safeParse(found);
	if (record.success) return {file, kind: 'record', record: record.data};
	const outcome = outcomeSchema.safeParse(found);
	return outcome.success ? {file, kind: 'outcome', outcome: outcome.data} : {file, kind: 'unreadable'};
};

/** A pipe in its place must hold nobody up. */
const readText = async (file: string): Promise<string> => {
	await using handle = await open(file, constants.O_RDONLY | ownFileFlags);
	return await handle.readFile('utf8');
};

const parseJson = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined; // Said as a record that can't be read.
	}
};
