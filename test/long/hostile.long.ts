// Random mixes of what an emulator knows, on screens of all sizes: what 64 kB of the worst of them cost.
import {expect, test} from 'vitest';
import {costOf, describeMix, makeMix} from '../support/hostile-mixes.js';
import {createRandom} from '../support/random.js';
import {isShort, recordFigure} from './figures.js';

const bytes = 65_536;
const goalMs = 50;
const searchMs = isShort ? 1_500 : 30_000;
/** TANDEM_SEED: another one than last time. */
const seed = Number(process.env.TANDEM_SEED ?? 1);

const sizes = [
	{cols: 80, rows: 24},
	{cols: 120, rows: 40},
	{cols: 500, rows: 200},
	{cols: 1_000, rows: 500}, // the largest that a terminal can have
];

for (const size of sizes) {
	const name = `${size.cols}x${size.rows}`;
	test(`64 kB of anything at ${name}`, () => {
		const random = createRandom(seed);
		let [mixes, over] = [0, 0];
		let worst = {ms: 0, told: ''};
		for (const end = performance.now() + searchMs; performance.now() < end; mixes++) {
			const mix = makeMix(random, size);
			let ms = costOf(mix, size, bytes);
			// A first time compiles, and another program may have had the processor's caches.
			for (let again = 0; again < 3 && ms > 0.9 * goalMs; again++)
				ms = Math.min(ms, costOf(mix, size, bytes));
			if (ms > goalMs) over++;
			if (ms > worst.ms) worst = {ms, told: describeMix(mix)};
		}
		process.stdout.write(`worst at ${name}: ${worst.told}\n`);
		expect(worst.ms, worst.told).toBeLessThan(10 * goalMs);
		recordFigure({
			what: `64 kB of the worst output found at ${name}`,
			figure: `${worst.ms.toFixed(0)} ms of CPU; ${over} of ${mixes} mixes over ${goalMs} ms`,
			goal: `≤ ${goalMs} ms`,
		});
	});
}
