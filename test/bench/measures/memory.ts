// Rows 8, 9 and 11: what an agent takes while nothing happens, alone and with sixteen terminals. With those it has
// had half a minute to come to rest: what V8 collects in its first idle seconds is the work before, not idling.
import {setTimeout as sleep} from 'node:timers/promises';
import {call, text} from '../../support/model-server.js';
import type {Measure} from './measure.js';

export const settleMs = 3_000;
export const restMs = 30_000;
const idleMs = 20_000;
const terminals = 16;

export const memory: Measure = {
	rows: [8, 9, 11],
	runs: 3,
	async run({agent, talk, samples, isWanted}) {
		const session = agent.start();
		const {screen} = session;
		await screen.sees(agent.ready);
		await sleep(settleMs);
		const idle = session.footprint(0);
		samples.add(agent.name, 8, idle.pssMb);
		samples.remark(8, `${agent.name}: ${idle.processes} processes, RSS ${idle.rssMb.toFixed(0)} MB`);

		if (isWanted(9) || isWanted(11)) {
			await screen.submit('Open them, please.');
			await talk.request();
			for (let index = 1; index <= terminals; index++) {
				const cmd = `head -c 750000 /dev/zero | base64 -w 99; sleep 600 # ${index}`;
				await talk.reply(call('exec_command', {cmd, tty: true, yield_time_ms: 1_000}));
			}
			await talk.answer(text('Finished.'));
			await screen.sees('Finished.');
			await sleep(settleMs);
			samples.remark(
				9,
				`${agent.name}: ${session.footprint(terminals).pssMb.toFixed(0)} MB 3 s after the last call`,
			);
			await sleep(restMs - settleMs);
			const full = session.footprint(terminals);
			samples.add(agent.name, 9, full.pssMb);
			samples.remark(9, `${agent.name}: ${full.processes} processes, RSS ${full.rssMb.toFixed(0)} MB`);
		}
		if (isWanted(11)) {
			const [before, paintedBefore] = [session.footprint(terminals), screen.bytes().length];
			const startedAt = performance.now();
			await sleep(idleMs);
			const passed = performance.now() - startedAt;
			samples.add(agent.name, 11, ((session.footprint(terminals).cpuMs - before.cpuMs) / passed) * 100);
			samples.remark(11, `${agent.name}: ${screen.bytes().length - paintedBefore} bytes painted in 20 s`);
		}
		await session.end();
	},
};
