// A session of 100 MB: opened, folded and ready to be shown.
import {closeSync, mkdtempSync, openSync, rmSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {foldSession} from '../../src/fold.js';
import {openSessionLog} from '../../src/session/log.js';
import {writeLine} from '../../src/session/schema.js';
import {initialState} from '../../src/state.js';
import {longSession} from '../support/long-session.js';
import {isShort, recordFigure} from './figures.js';

const megabytes = isShort ? 10 : 100;
const goalMs = 2_000;

const writeSession = (file: string, outputChars: number): number => {
	const handle = openSync(file, 'wx');
	let [bytes, seq] = [0, 0];
	for (const event of longSession({turns: (megabytes * 300_000) / outputChars, size: outputChars})) {
		bytes += writeSync(handle, writeLine(++seq, event));
	}
	closeSync(handle);
	return bytes / 1_000_000;
};

for (const outputChars of [2_000, 20_000]) {
	test(`a session of about ${megabytes} MB, ${outputChars} characters a call, opens`, async () => {
		const folder = mkdtempSync(join(tmpdir(), 'tandem-long-'));
		try {
			const file = join(folder, 'session.jsonl');
			const written = writeSession(file, outputChars);
			const startedAt = performance.now();
			const log = await openSessionLog(file);
			if (log.kind === 'failed') throw new Error(log.message);
			const state = foldSession(initialState('/w', 's'), log.events);
			const ms = performance.now() - startedAt;
			await log.close();
			expect(log.damage).toEqual([]);
			expect(state.entries.length).toBeGreaterThan(100);
			expect(ms).toBeLessThan(10 * goalMs);
			recordFigure({
				what: `a session with ${outputChars} characters a call, opened and folded`,
				figure: `${ms.toFixed(0)} ms for ${written.toFixed(0)} MB, ${log.events.length} records`,
				goal: `≤ ${goalMs} ms`,
			});
		} finally {
			rmSync(folder, {recursive: true});
		}
	});
}
