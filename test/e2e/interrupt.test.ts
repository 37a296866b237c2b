// Ctrl+C and Esc cancel the turn, in every state of it, and touch no terminal.
import {expect, test} from 'vitest';
import {call, noHeaders, status, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';
import {writeWebProject} from '../support/web-project.js';

const stage = setStage();

test('Ctrl+C during a blocked call stops the turn, the server answers on, and a new turn reads it', async () => {
	const {url} = await writeWebProject(stage.place.folder);
	const model = await stage.play([
		call('exec_command', {cmd: 'node server.js', name: 'dev'}),
		call('exec_command', {cmd: 'sleep 300', yield_time_ms: 30_000}),
		call('read_terminal', {session_id: 'dev', view: 'log'}),
		text('The server is fine.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('start it and wait');
	await model.nextRequest();
	await model.nextRequest();
	// The panel's row: the call is shown before its terminal runs.
	await tandem.sees(/2 sleep +sleep 300/);
	tandem.type(keys.ctrlC);
	await tandem.sees(/interrupted/i);
	await tandem.sees(/still running: .*dev/i);
	await tandem.loses(/esc to interrupt/i);
	expect(await (await fetch(url)).text()).toBe('hello');

	await tandem.submit('how is the server?');
	const again = await model.nextRequest();
	// The model learns which call was cut off, and that its process lives.
	expect(JSON.stringify(again.body.input)).toMatch(/interrupted[\s\S]*sleep/i);
	expect(lastOutput(await model.nextRequest())).toContain('GET / 200');
	await tandem.sees('The server is fine.');
});

test('the command that the turn was waiting for can be stopped with one key', async () => {
	await stage.play([call('exec_command', {cmd: 'sleep 301', name: 'nap'}), text('unused')]);
	const tandem = await stage.open();
	await tandem.submit('sleep');
	await tandem.sees(/nap +sleep 301/);
	tandem.type(keys.ctrlC);
	await tandem.sees(/ctrl\+x.*stop/i);
	tandem.type('\x18');
	await tandem.sees(/nap.*(SIGTERM|killed|stopped|exit)/i);
});

test('Esc during streaming text stops the stream at once and keeps the server', async () => {
	const {url} = await writeWebProject(stage.place.folder);
	let resume = () => {};
	const never = new Promise<void>(resolve => {
		resume = resolve;
	});
	const model = await stage.play([
		call('exec_command', {cmd: 'node server.js', name: 'dev'}),
		text(['Once upon a time ', never, 'the end']),
		text('Here again.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('tell a story');
	await model.nextRequest();
	const streaming = await model.nextRequest();
	await tandem.sees('Once upon a time');
	tandem.type(keys.escape);
	await tandem.sees(/interrupted/i);
	expect(await streaming.closed).toBe('dropped');
	resume();
	expect(await (await fetch(url)).text()).toBe('hello');
	await tandem.submit('go on');
	await tandem.sees('Here again.');
});

test('Ctrl+C ends a turn that waits for headers, keeping the text typed meanwhile', async () => {
	const model = await stage.play([noHeaders(), text('Back.')]);
	const tandem = await stage.open();
	await tandem.submit('hello');
	const silent = await model.nextRequest();
	await tandem.sees(/working/i);
	tandem.type('half a thou');
	await tandem.sees('half a thou');
	tandem.type(keys.ctrlC);
	await tandem.sees(/interrupted/i);
	expect(await silent.closed).toBe('dropped');
	await tandem.sees('half a thou');
});

test('a retry is shown with its countdown, and Esc ends it', async () => {
	const model = await stage.play([status(429, {error: {message: 'slow down'}}, {'retry-after': '30'})]);
	const tandem = await stage.open();
	await tandem.submit('hello');
	await tandem.sees(/retry.*\d+ s/i);
	tandem.type(keys.escape);
	await tandem.sees(/interrupted/i);
	expect(model.requests.length).toBe(1);
});

test('an approval that is open when Ctrl+C comes is a no, and cancels the turn', async () => {
	const model = await stage.play([call('exec_command', {cmd: 'touch never'}), text('unused')]);
	const tandem = await stage.open({args: ['--trust']});
	await tandem.submit('touch it');
	await tandem.sees(/touch never/);
	await tandem.sees(/allow|yes/i);
	tandem.type(keys.ctrlC);
	await tandem.sees(/interrupted/i);
	expect(model.requests.length).toBe(1);
});
