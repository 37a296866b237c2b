// Row 10: what a terminal takes when there are as many as there may be.
import {setTimeout as sleep} from 'node:timers/promises';
import {call, text} from '../../support/model-server.js';
import type {Measure} from './measure.js';
import {restMs, settleMs} from './memory.js';

const terminals = 64;
const lines = 1_000;

export const many: Measure = {
	rows: [10],
	runs: 1,
	isTandemOnly: true,
	async run({agent, talk, samples}) {
		const session = agent.start();
		const {screen} = session;
		await screen.sees(agent.ready);
		await sleep(settleMs);
		const alone = session.footprint(0);
		await screen.submit('Open them, please.');
		await talk.request();
		for (let index = 1; index <= terminals; index++) {
			const cmd = `seq -f 'line %g of what a program says while it works on something large' ${lines}; sleep 600`;
			await talk.reply(call('exec_command', {cmd, tty: true, yield_time_ms: 250}));
		}
		await talk.answer(text('Finished.'));
		await screen.sees('Finished.');
		await sleep(restMs);
		const all = session.footprint(terminals);
		samples.add(agent.name, 10, (all.pssMb - alone.pssMb) / terminals);
		samples.remark(10, `${agent.name}: ${all.pssMb.toFixed(0)} MB with all of them`);
		await session.end();
	},
};
