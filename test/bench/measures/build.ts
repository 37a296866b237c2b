// Row 17: what a model must ask for to learn that a build in the background has ended. It does what a sensible
// one does: starts it, ends its turn, and asks only if what the next message carries does not say so.
import {setTimeout as sleep} from 'node:timers/promises';
import {call, text} from '../../support/model-server.js';
import {lastOutput} from '../../support/model-turns.js';
import type {Measure} from './measure.js';

const buildSeconds = 10;
// The command does not hold its own last words.
const cmd = `for step in $(seq ${buildSeconds}); do echo compiling $step; sleep 1; done; echo all is' 'built`;
const isTold = (heard: unknown) => JSON.stringify(heard).includes('all is built');

export const build: Measure = {
	rows: [17],
	runs: 1,
	async run({agent, talk, samples}) {
		const {screen, end} = agent.start();
		await screen.sees(agent.ready);
		await screen.submit('Build it, please.');
		await talk.request();
		const started = await talk.reply(call('exec_command', {cmd, tty: true, yield_time_ms: 1_000}));
		const id = Number(/session ID (\d+)/.exec(lastOutput(started.request))?.[1]);
		await talk.answer(text('It builds.'));
		await screen.sees('It builds.');
		await sleep(buildSeconds * 1_000);
		await screen.submit('Go on, please.');
		let request = await talk.request();
		let waiting = 0;
		while (!isTold(request.body.input)) {
			waiting++;
			({request} = await talk.reply(call('write_stdin', {session_id: id, chars: '', yield_time_ms: 5_000})));
		}
		samples.add(agent.name, 17, waiting);
		await talk.answer(text('Finished.'));
		await screen.sees('Finished.');
		await end();
	},
};
