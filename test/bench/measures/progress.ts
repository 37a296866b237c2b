// Row 18: what a model is given to read of what programs redraw all the time, beside all their bytes.
import {execFileSync} from 'node:child_process';
import {resolve} from 'node:path';
import {call, text} from '../../support/model-server.js';
import {lastOutput} from '../../support/model-turns.js';
import type {Measure} from './measure.js';

const charactersPerToken = 4;
const commands = ['npm-install.bytes', 'cargo-build.bytes', 'pip-install.mjs', 'docker-build.mjs'].map(
	name => {
		const program = name.endsWith('.mjs') ? process.execPath : 'cat';
		return [program, resolve('test/fixtures/progress', name)] as const;
	},
);

export const progress: Measure = {
	rows: [18],
	runs: 1,
	async run({agent, talk, samples}) {
		const {screen, end} = agent.start();
		await screen.sees(agent.ready);
		await screen.submit('Install it, please.');
		await talk.request();
		let characters = 0;
		for (const [program, file] of commands) {
			const cmd = `'${program}' '${file}'`;
			const {request} = await talk.reply(call('exec_command', {cmd, tty: true, yield_time_ms: 30_000}));
			const [head = '', output = ''] = lastOutput(request).split('\nOutput:\n');
			if (!head.includes('Process exited with code 0')) throw new Error(`${file} did not end: ${head}`);
			characters += output.length;
		}
		samples.add(agent.name, 18, characters / charactersPerToken);
		await talk.answer(text('Finished.'));
		await screen.sees('Finished.');
		await end();
	},
	async bare(samples) {
		const bytes = commands.map(([program, file]) => execFileSync(program, [file]).length);
		samples.add('bare', 18, bytes.reduce((sum, each) => sum + each, 0) / charactersPerToken);
	},
};
