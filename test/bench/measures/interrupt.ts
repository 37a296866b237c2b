// Row 7: how long it takes until a blocked turn lets go.
import {setTimeout as sleep} from 'node:timers/promises';
import {call} from '../../support/model-server.js';
import {keys} from '../../support/tandem.js';
import type {Measure} from './measure.js';

// Not every agent shows a command before it has ended.
const startedWithinMs = 1_000;

export const interrupt: Measure = {
	rows: [7],
	runs: 5,
	async run({agent, talk, samples}) {
		const {screen, end} = agent.start();
		await screen.sees(agent.ready);
		for (const word of ['first', 'second', 'third']) {
			talk.reset();
			await screen.submit(`The ${word} turn`);
			await talk.request();
			await talk.answer(call('exec_command', {cmd: 'sleep 300', yield_time_ms: 30_000}));
			await screen.sees(/to interrupt/);
			await sleep(startedWithinMs);
			const pressedAt = performance.now();
			screen.type(keys.ctrlC);
			await screen.loses(/to interrupt/);
			samples.add(agent.name, 7, performance.now() - pressedAt);
		}
		await end();
	},
};
