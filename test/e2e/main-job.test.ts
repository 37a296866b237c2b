// The main job: the model starts a server, is back the moment it listens, finds the bug in its log, fixes it.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {writeWebProject} from '../support/web-project.js';

const stage = setStage();

const patch = `*** Begin Patch
*** Update File: login.js
@@
-	const session = undefined;
+	const session = {user: 'ann'};
*** End Patch`;

test('the model starts a server, requests it, edits, requests again and reads the log of that request', async () => {
	const {url} = await writeWebProject(stage.place.folder);
	const model = await stage.play([
		call('exec_command', {cmd: 'node server.js', name: 'dev'}),
		call('exec_command', {cmd: `curl -s ${url}/login`}),
		call('apply_patch', {input: patch}),
		call('exec_command', {cmd: `curl -s ${url}/login`}),
		call('read_terminal', {session_id: 1, view: 'log', grep: '/login'}),
		text('The login route works now.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('Start the dev server and fix the login route');

	await model.nextRequest();
	const started = lastOutput(await model.nextRequest());
	expect(started).toMatch(/Process running with session ID 1\n/);
	expect(started).toMatch(/Name: dev\n/);
	expect(started).toMatch(/Returned because: listening on port \d+\n/);
	// The deadline of ten seconds did not end the wait.
	expect(Number(/Wall time: ([\d.]+)/.exec(started)?.[1])).toBeLessThan(10);

	expect(lastOutput(await model.nextRequest())).toMatch(/broken/);
	expect(lastOutput(await model.nextRequest())).not.toMatch(/error/i);
	expect(readFileSync(join(stage.place.folder, 'login.js'), 'utf8')).toContain("{user: 'ann'}");
	expect(lastOutput(await model.nextRequest())).toMatch(/Process exited with code 0[\s\S]*ann/);
	const log = lastOutput(await model.nextRequest());
	expect(log).toMatch(/GET \/login 500/);
	expect(log).toMatch(/GET \/login 200/);

	await tandem.sees('The login route works now.');
	await tandem.sees(/login\.js/);
	await tandem.sees(/dev\s+node server\.js/);
	expect(await (await fetch(url)).text()).toBe('hello');
});
