// Long sessions, opened by the built program: on the screen in time, and what is typed meanwhile is shown.
import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {writeLine} from '../../src/session/schema.js';
import {findWorkspace} from '../../src/workspace.js';
import {longSession} from '../support/long-session.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';
import {isShort, recordFigure} from './figures.js';

const stage = setStage();

/** Parts of a session until it is large enough; `most` says when. */
const writeSession = (size: number, isEnough: (written: {bytes: number; entries: number}) => boolean) => {
	const {home, folder} = stage.place;
	const sessions = join(home, 'workspaces', findWorkspace(folder).key, 'sessions');
	mkdirSync(sessions, {recursive: true, mode: 0o700});
	const file = openSync(join(sessions, '20260101-0000-aaaa.jsonl'), 'wx', 0o600);
	let [bytes, records, entries] = [0, 0, 0];
	for (let seed = 1; !isEnough({bytes, entries}); seed++) {
		for (const event of longSession({turns: 500, size, seed})) {
			bytes += writeSync(file, writeLine(++records, event));
			if (event.type === 'answer.finished') entries += event.items.length;
			else if (/^(message|turn.ended|shell.sent)/.test(event.type)) entries++;
			if (isEnough({bytes, entries})) break;
		}
	}
	closeSync(file);
	return {bytes, records, entries};
};

/** Milliseconds from the start to the last of the conversation on the screen, and until all of it is there. */
const resume = async (): Promise<{seen: number; whole: number}> => {
	const startedAt = performance.now();
	const tandem = await stage.open({args: ['resume', '--last', '--trust']});
	tandem.type('typed');
	await tandem.sees('› typed');
	await tandem.sees(/done? \d/);
	const seen = performance.now() - startedAt;
	// Only the window scrolls, and it opens when all is read.
	tandem.type(keys.pageUp);
	await tandem.sees(/↓ \d+ lines/);
	const whole = performance.now() - startedAt;
	await tandem.sees('› typed');
	await tandem.end();
	return {seen, whole};
};

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const measure = async (): Promise<{seen: number; whole: number}> => {
	const times: Awaited<ReturnType<typeof resume>>[] = [];
	for (let run = 0; run < 5; run++) times.push(await resume());
	return {seen: median(times.map(({seen}) => seen)), whole: median(times.map(({whole}) => whole))};
};

const megabytes = isShort ? 10 : 100;

// The smallest make records of 200 bytes: half a million of them.
test.each([40, 400, 2_000, 20_000])(
	`a session of ${megabytes} MB, %i characters a call, is on the screen`,
	async size => {
		const {bytes, records} = writeSession(size, ({bytes}) => bytes >= megabytes * 1_000_000);
		const {seen, whole} = await measure();
		expect(seen).toBeLessThan(10 * 2_000);
		expect(whole).toBeLessThan(10 * 2_000);
		recordFigure({
			what: `a session of 100 MB, ${size} characters a call, from the start of tandem to its transcript`,
			figure: `the end of it in ${seen.toFixed(0)} ms, all of it in ${whole.toFixed(0)} ms; ${(bytes / 1_000_000).toFixed(0)} MB, ${records} records`,
			goal: '≤ 2000 ms',
		});
	},
);

test('a session of 10,000 entries is on the screen', async () => {
	const {records} = writeSession(400, ({entries}) => entries >= 10_000);
	const {seen} = await measure();
	expect(seen).toBeLessThan(10 * 300);
	recordFigure({
		what: 'a session of 10000 entries, from the start of tandem to its transcript',
		figure: `${seen.toFixed(0)} ms, ${records} records`,
		goal: '≤ 300 ms',
	});
});
