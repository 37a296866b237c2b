// Random mixes of what an emulator knows, on screens of all sizes: what 64 kB of the worst of them cost.
import {execFileSync} from 'node:child_process';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {bundle} from '../support/bundle.js';
import type {Found} from '../support/hostile-mixes.js';
import {isShort, recordFigure} from './figures.js';

const goalMs = 50;
const searchMs = isShort ? 1_500 : 25_000;
/** TANDEM_SEED: another one than last time. */
const seed = process.env.TANDEM_SEED ?? '1';

let entry: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
	entry = await bundle('test/support/search-mixes.ts');
});
afterAll(() => entry.remove());

// The last one is the largest that a terminal can have.
test.each(['80x24', '120x40', '200x60', '500x200'])('64 kB of anything at %s', size => {
	const args = [entry.file, ...size.split('x'), seed, String(searchMs)];
	const {mixes, over, worst}: Found = JSON.parse(execFileSync(process.execPath, args, {encoding: 'utf8'}));
	process.stdout.write(`worst at ${size}: ${worst.told}\n`);
	expect(mixes).toBeGreaterThan(0);
	expect(worst.ms, worst.told).toBeLessThan(10 * goalMs);
	recordFigure({
		what: `64 kB of the worst output found at ${size}`,
		figure: `${worst.ms.toFixed(0)} ms of CPU; ${over} of ${mixes} mixes over ${goalMs} ms`,
		goal: `≤ ${goalMs} ms`,
	});
});
