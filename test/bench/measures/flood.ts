// Rows 12 and 13: 168 MB of output, in a PTY and in a pipe, against the bare PTY and the bare pipe.
import {spawn} from 'node:child_process';
import {spawn as spawnPty} from 'node-pty';
import {call, text} from '../../support/model-server.js';
import {lastOutput} from '../../support/model-turns.js';
import type {Measure, MeasureContext} from './measure.js';

const cmd = 'seq 1 20000000';

export const flood: Measure = {
	rows: [12, 13],
	runs: 3,
	async run(context) {
		const {agent, talk, samples, isWanted} = context;
		const {screen, end} = agent.start();
		await screen.sees(agent.ready);
		await screen.submit('Count, please.');
		await talk.request();
		if (isWanted(12)) samples.add(agent.name, 12, await secondsToExit(context, true));
		if (isWanted(13)) samples.add(agent.name, 13, await secondsToExit(context, false));
		await talk.answer(text('Finished.'));
		await screen.sees('Finished.');
		await end();
	},
	async bare(samples, isWanted) {
		if (isWanted(12)) samples.add('bare', 12, await barePtySeconds());
		if (isWanted(13)) samples.add('bare', 13, await barePipeSeconds());
	},
};

const secondsToExit = async ({talk}: MeasureContext, tty: boolean): Promise<number> => {
	let {ms, request} = await talk.reply(call('exec_command', {cmd, tty, yield_time_ms: 30_000}));
	for (;;) {
		const output = lastOutput(request);
		if (output.includes('Process exited with code 0')) return ms / 1_000;
		const id = Number(/session ID (\d+)/.exec(output)?.[1]);
		if (Number.isNaN(id)) throw new Error(`The flood has no end: ${output.slice(0, 500)}`);
		const more = await talk.reply(call('write_stdin', {session_id: id, chars: '', yield_time_ms: 30_000}));
		ms += more.ms;
		request = more.request;
	}
};

const barePtySeconds = (): Promise<number> => {
	const startedAt = performance.now();
	const pty = spawnPty('sh', ['-c', cmd], {cols: 120, rows: 40, encoding: null});
	pty.onData(() => {});
	return new Promise(resolve => {
		pty.onExit(() => resolve((performance.now() - startedAt) / 1_000));
	});
};

const barePipeSeconds = (): Promise<number> => {
	const startedAt = performance.now();
	const child = spawn('sh', ['-c', cmd], {stdio: ['ignore', 'pipe', 'ignore']});
	child.stdout.resume();
	return new Promise(resolve => {
		child.on('close', () => resolve((performance.now() - startedAt) / 1_000));
	});
};
