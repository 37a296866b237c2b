// /ps and the panel with no, three and twenty terminals, with whatever programs may print.
import {describe, expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();

/** Lines that no list may be broken by: overlong, wide, coloured, moving the cursor, setting titles. */
const printed = [
	`printf 'x%.0s' $(seq 1 400); echo`,
	`printf '日本語のとても長い行%.0s' $(seq 1 30); echo`,
	`printf '\\033[31mred\\033[0m \\033[2J\\033[H\\033]0;title\\007\\033]52;c;aGk=\\007after\\n'`,
];

const sizes = [
	{cols: 80, rows: 24},
	{cols: 120, rows: 40},
];

for (const size of sizes) {
	describe(`at ${size.cols}x${size.rows}`, () => {
		for (const count of [0, 3, 20]) {
			test(`${count} terminals`, async () => {
				const starts = Array.from({length: count}, (_, index) =>
					call('exec_command', {
						cmd: `${printed[index % printed.length]}; echo last-${index + 1}; exec sleep 1000`,
						name: `job-${index + 1}`,
						until: {pattern: `last-${index + 1}`},
					}),
				);
				await stage.play([...starts, text('Started them.')]);
				const tandem = await stage.open(size);
				await tandem.submit('start them');
				await tandem.sees('Started them.');
				if (count > 0) await tandem.sees(new RegExp(`terminals · ${count} running`));
				await tandem.submit('/ps');
				if (count === 0) return void (await tandem.sees(/no .*terminals/i));
				await tandem.sees(/job-1 /);
				await tandem.sees('last-1');
				// Every line stays inside the window, and the last row is still the status line.
				for (const line of tandem.lines()) expect(line.length).toBeLessThanOrEqual(size.cols);
				for (let step = 1; step < count; step++) tandem.type(keys.down);
				await tandem.sees(`job-${count}`);
				tandem.type(keys.enter);
				await tandem.sees(`last-${count}`);
				await tandem.loses(/Started them/);
				tandem.type(keys.escape);
				await tandem.sees(/Started them/);
			});
		}
	});
}

test('a terminal stopped from /ps ends with all of its processes', async () => {
	await stage.play([
		call('exec_command', {cmd: 'sleep 1001 & sleep 1002', name: 'naps', yield_time_ms: 250}),
		text('Napping.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('nap');
	await tandem.sees('Napping.');
	await tandem.submit('/ps');
	await tandem.sees(/naps/);
	tandem.type('s');
	await tandem.sees(/naps[\s\S]*SIGTERM/);
	for (const nap of ['sleep 1001', 'sleep 1002']) expect(stage.isAlive(nap)).toBe(false);
});
