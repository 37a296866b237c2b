// The window dies by kill -9: the shell is usable, the terminals live, the conversation comes back.
import {execFileSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput, lastUserText} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {findWindow, keys} from '../support/tandem.js';
import {writeWebProject} from '../support/web-project.js';

const stage = setStage();

/** tandem inside an interactive shell, as a person has it. */
const startInShell = async () => {
	const tandem = await stage.open({through: ['bash', '--norc', '-i'], env: {PS1: 'shell> '}});
	await tandem.sees('shell>');
	tandem.type('stty -a | md5sum\r');
	await tandem.sees(/[0-9a-f]{32}/);
	const before = /[0-9a-f]{32}/.exec(tandem.text())?.[0];
	tandem.type('clear; "$TANDEM" -a full --trust\r');
	await tandem.sees('asks nothing');
	return {tandem, before};
};

const killWindow = () => process.kill(findWindow(stage.place.home), 'SIGKILL');

const expectUsableShell = async (before: string | undefined, {tandem} = stage) => {
	await tandem.sees('shell>');
	tandem.type('clear; stty -a | md5sum\r');
	await tandem.sees(/[0-9a-f]{32}/);
	expect(/[0-9a-f]{32}/.exec(tandem.text())?.[0]).toBe(before);
	expect(tandem.emulator.buffer.active.type).toBe('normal');
	expect(tandem.emulator.modes.mouseTrackingMode).toBe('none');
};

test('at the composer: usable shell, living terminals, the same screens, the conversation', async () => {
	const {url} = await writeWebProject(stage.place.folder);
	const model = await stage.play([
		call('exec_command', {cmd: 'node server.js', name: 'dev'}),
		text('The server is up.'),
		call('read_terminal', {session_id: 'dev', view: 'log'}),
		text('It still runs.'),
	]);
	const {tandem, before} = await startInShell();
	await tandem.submit('start it');
	await tandem.sees('The server is up.');
	await model.nextRequest();
	await model.nextRequest();
	killWindow();
	await expectUsableShell(before);
	expect(await (await fetch(url)).text()).toBe('hello');

	tandem.type('clear; "$TANDEM" -a full --trust\r');
	await tandem.sees(/dev\s+node server\.js/);
	tandem.type(keys.alt('1'));
	await tandem.sees('ready on');
	await tandem.sees('esc back');
	tandem.type(keys.escape);
	await tandem.loses('esc back');
	await tandem.submit('/quit');
	await tandem.sees(/keep/i);
	tandem.type('k');
	await tandem.sees('shell>');

	tandem.type('clear; "$TANDEM" resume --last -a full --trust\r');
	await tandem.sees('The server is up.');
	await tandem.sees('start it');
	await tandem.submit('and now?');
	expect(lastUserText(await model.nextRequest())).toMatch(/Terminals as of now:.*1 \(dev\): running/);
	expect(lastOutput(await model.nextRequest())).toContain('GET / 200');
	await tandem.sees('It still runs.');
});

test('during a turn: usable shell, the call is not run again, its outcome is unknown', async () => {
	const model = await stage.play([
		call('exec_command', {cmd: 'echo once >> runs; sleep 300', name: 'nap'}),
		text('I know.'),
	]);
	const {tandem, before} = await startInShell();
	await tandem.submit('sleep');
	await tandem.sees(/1 nap +echo once/);
	await model.nextRequest();
	killWindow();
	await expectUsableShell(before);

	tandem.type('clear; "$TANDEM" resume --last -a full --trust\r');
	await tandem.sees(/unknown/i);
	await tandem.sees(/nap/);
	await tandem.submit('what happened?');
	const request = await model.nextRequest();
	expect(lastOutput(request)).toMatch(/unknown/i);
	await tandem.sees('I know.');
	expect(execFileSync('cat', ['runs'], {cwd: stage.place.folder, encoding: 'utf8'})).toBe('once\n');
});
