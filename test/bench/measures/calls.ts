// Rows 4 to 6: what a call costs beside what it runs.
import {spawnSync} from 'node:child_process';
import {call, text} from '../../support/model-server.js';
import {lastOutput} from '../../support/model-turns.js';
import {freePort} from '../../support/web-project.js';
import type {Measure} from './measure.js';

const callsPerRun = 10;

export const calls: Measure = {
	rows: [4, 5, 6],
	runs: 5,
	async run({agent, talk, samples, isWanted}) {
		const {screen, end} = agent.start();
		await screen.sees(agent.ready);
		await screen.submit('Go on, please.');
		await talk.request();

		const runTrue = () => talk.reply(call('exec_command', {cmd: 'true', tty: true}));
		await runTrue(); // the first one pays for what is loaded once
		for (let index = 0; isWanted(4) && index < callsPerRun; index++) {
			samples.add(agent.name, 4, (await runTrue()).ms);
		}

		if (isWanted(5)) {
			const started = await talk.reply(call('exec_command', {cmd: 'cat', tty: true, yield_time_ms: 250}));
			const id = Number(/session ID (\d+)/.exec(lastOutput(started.request))?.[1]);
			for (let index = 0; index < callsPerRun / 2; index++) {
				const written = await talk.reply(call('write_stdin', {session_id: id, chars: `line ${index}\n`}));
				expectOutput(lastOutput(written.request), `line ${index}`);
				samples.add(agent.name, 5, written.ms);
			}
		}

		if (isWanted(6)) {
			const served = await talk.reply(call('exec_command', {cmd: lateServer(await freePort()), tty: true}));
			samples.add(agent.name, 6, served.ms);
		}
		await talk.answer(text('Finished.'));
		await screen.sees('Finished.');
		await end();
	},
	async bare(samples) {
		const startedAt = performance.now();
		spawnSync('bash', ['-lc', 'true']);
		samples.add('bare', 4, performance.now() - startedAt);
	},
};

const lateServer = (port: number): string =>
	`exec python3 -c "import socket, time; time.sleep(1); s = socket.socket(); s.bind(('127.0.0.1', ${port})); s.listen(); time.sleep(600)"`;

const expectOutput = (output: string, wanted: string): void => {
	if (!output.includes(wanted)) throw new Error(`The call did not answer ${wanted}: ${output}`);
};
