// The terminals of a workspace as they are on disk, for a reader beside or after the host: it writes nothing and
// starts nothing.
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import type {LogPage, LogRequest, Refusal} from './host.js';
import {readLog} from './log.js';
import {createPast} from './past.js';
import {readBootId} from './processes.js';
import type {TerminalInfo} from './protocol.js';
import {openRecords} from './records.js';

export type StoredTerminals = {
	list(): TerminalInfo[];
	log(id: number, request: LogRequest): LogPage | Refusal;
};

/** `stateFolder`: the workspace's. One that was never used has no terminals. */
export const openStoredTerminals = (
	stateFolder: string,
	{now = Date.now, onError = () => {}}: {now?: () => number; onError?: (error: unknown) => void} = {},
): StoredTerminals => {
	const records = openRecords(stateFolder, onError);
	const context = {records, bootId: readBootId(), now};
	const stored = existsSync(join(stateFolder, 'terminals'))
		? records.readAll().map(record => createPast(record, context))
		: [];
	return {
		list: () => stored.map(past => past.info()),
		log(id, request) {
			const past = stored.find(each => each.info().id === id);
			if (!past) return {kind: 'refused', code: 'unknown-terminal', message: `There is no terminal ${id}.`};
			const page = past.readFrom(source => readLog(source, request));
			return 'code' in page ? page : {kind: 'log', ...page, terminal: past.info()};
		},
	};
};
