// A model with habits from elsewhere: each gets an answer that says the better way, and costs no request more than
// it must. The counts are exact.
import {expect, test} from 'vitest';
import {call, type Reply, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {writeWebProject} from '../support/web-project.js';

const stage = setStage();

/** The outputs of the calls, in order, and that there was not one request more than answers of the script. */
const play = async (...replies: Reply[]): Promise<string[]> => {
	const model = await stage.play([...replies, text('All done.')]);
	const tandem = await stage.open();
	await tandem.submit('do it your way');
	await tandem.sees('All done.');
	expect(model.requests).toHaveLength(replies.length + 1);
	return model.requests.slice(1).map(lastOutput);
};

const build = 'until [ -e go ]; do sleep 0.05; done; echo built 7 files';

test('sleep and tail: what to wait for is named, and that wait ends with the build', async () => {
	const start = call('exec_command', {cmd: `${build} | tee log`, name: 'build', yield_time_ms: 250});
	const [, slept] = await play(
		start,
		call('exec_command', {cmd: 'sleep 1; tail -n 1 log'}),
		// The next step, as it was said, beside what ends the build.
		[
			call('wait_terminal', {session_ids: [1]}, 'call_wait'),
			call('exec_command', {cmd: 'touch go', yield_time_ms: 250}, 'call_touch'),
		],
	);
	// Either of the two may have ended first.
	const last = stage.model.requests
		.at(-1)
		?.body.input.find(item => item.call_id === 'call_wait' && item.output);
	const waited = String(last?.output);
	expect(slept).toContain('Note: instead of sleep use wait_terminal {"session_ids":[1]} (1 build)');
	expect(waited).toContain('Process exited with code 0\nReturned because: exited');
	expect(waited).toContain('built 7 files');
});

test('a server with & comes back at once, and the next step returns when it listens', async () => {
	const {port} = await writeWebProject(stage.place.folder);
	const [started, waited] = await play(
		call('exec_command', {cmd: 'npm run dev > dev.log 2>&1 &', name: 'dev'}),
		call('wait_terminal', {session_ids: [1], until: {port: true}}),
	);
	expect(started).toMatch(/Process exited with code 0\nStill running: pid \d+ .*\(terminal 1\)/);
	expect(started).toContain('wait_terminal {"session_ids":[1],"until":{"port":true}}');
	expect(waited).toContain(
		`Returned because: listening on port ${port}\nListening: http://localhost:${port}`,
	);
});

test('a tiny yield and polling: each look is as long as it may be, and the end of the build is told without one', async () => {
	const [started, polled, done] = await play(
		call('exec_command', {cmd: build, name: 'build', yield_time_ms: 10}),
		call('write_stdin', {session_id: 1, yield_time_ms: 250}),
		[call('exec_command', {cmd: 'touch go; sleep 0.7'}), call('list_terminals', {})],
	);
	expect(started).toContain('Note: yield_time_ms was 10, 250 was used (allowed: 250 to 30000)');
	expect(polled).toContain('Note: yield_time_ms was 250, 5000 was used (allowed: 5000 to 300000)');
	expect(polled).toContain('Note: nothing new. You are told once when it ends or listens');
	expect(polled).toContain('wait_terminal {"session_ids":[1]}');
	expect(done).toContain('1 (build): ended, exit 0');
	// Told beside the first answer, so not again beside the list.
	const all = JSON.stringify(stage.model.requests.at(-1)?.body.input);
	expect(all.match(/Terminal 1 \(build\) ended: exit code 0/g)).toHaveLength(1);
});

test('an unknown tool, torn JSON and a wrong type are answered with what is allowed, and nothing is run', async () => {
	const [unknown, torn, wrong, right] = await play(
		call('bash', {command: 'touch ran'}),
		call('exec_command', '{"cmd": "touch ran'),
		call('exec_command', {cmd: 'touch ran', yield_time_ms: '5 s', timeout: 3}),
		call('exec_command', {cmd: 'test -e ran && echo yes || echo no'}),
	);
	expect(unknown).toMatch(
		/^There is no tool bash\. Nothing was run\. There are: exec_command, write_stdin, /,
	);
	expect(unknown).toMatch(/\nTo run it: exec_command \{"cmd":"touch ran"\}$/);
	expect(torn).toMatch(
		/^The arguments of exec_command are not valid JSON .*"cmd": "touch ran\nNothing was run\. Send/,
	);
	expect(torn).toContain('Allowed are: cmd, workdir, tty, name, yield_time_ms, until');
	expect(wrong).toContain('- yield_time_ms: got "5 s"; ');
	expect(wrong).toContain('timeout');
	expect(right).toMatch(/\nOutput:\nno$/);
});

test('of calls side by side a bad one costs only itself', async () => {
	const model = await stage.play([
		[
			call('exec_command', {cmd: 'echo first'}, 'c1'),
			call('exec_command', {command: 'echo second'}, 'c2'),
			call('exec_command', {cmd: 'echo third'}, 'c3'),
		],
		text('All done.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('do all three');
	await tandem.sees('All done.');
	expect(model.requests).toHaveLength(2);
	const outputs = model.requests[1]?.body.input.flatMap(item =>
		item.type === 'function_call_output' ? [String(item.output)] : [],
	);
	expect(outputs?.[0]).toMatch(/\nfirst$/);
	expect(outputs?.[1]).toMatch(/cmd: got nothing; [\s\S]*command[\s\S]*Allowed are: cmd, /);
	expect(outputs?.[2]).toMatch(/\nthird$/);
});
