// Commands that put themselves into the background stay terminals: with their port, their stop and their output.
import {describe, expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {writeWebProject} from '../support/web-project.js';

const stage = setStage();

const forms = {
	'with &': {cmd: 'npm run dev &', prints: true},
	'with nohup': {cmd: 'nohup npm run dev &', prints: false},
	'with setsid': {cmd: 'setsid npm run dev &', prints: true},
	'with all output redirected': {cmd: 'npm run dev > dev.log 2>&1 < /dev/null &', prints: false},
};

describe('a server started in the background by the shell', () => {
	for (const [how, {cmd, prints}] of Object.entries(forms)) {
		test(`${how} keeps its terminal, its port and its stop`, async () => {
			const {url, port} = await writeWebProject(stage.place.folder);
			const model = await stage.play([
				call('exec_command', {cmd, name: 'dev', until: {port: true}, yield_time_ms: 30_000}),
				call('exec_command', {cmd: `curl -s ${url}/`}),
				call('read_terminal', {session_id: 1, view: 'log'}),
				call('stop_terminal', {session_id: 1}),
				text('All done.'),
			]);
			const tandem = await stage.open();
			await tandem.submit('start it in the background');
			await model.nextRequest();
			const started = lastOutput(await model.nextRequest());
			expect(started).toMatch(/session ID 1|terminal 1/);
			expect(started).toMatch(/Process exited with code 0\n/);
			expect(started).toMatch(/Still running: .*pid \d+/);
			expect(started).toContain(`Listening: http://localhost:${port}`);

			expect(lastOutput(await model.nextRequest())).toContain('hello');
			const log = lastOutput(await model.nextRequest());
			if (prints) expect(log).toContain('GET / 200');
			const stopped = lastOutput(await model.nextRequest());
			expect(stopped).not.toMatch(/error/i);
			await tandem.sees('All done.');
			await expect(fetch(url)).rejects.toThrow();
		});
	}
});
