// The window dies by kill -9, or is left in the worst moment: the shell is usable, the terminals live, the
// conversation comes back.
import {execFileSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {expect, test} from 'vitest';
import {expectUsableShell, startInShell} from '../support/in-shell.js';
import {kill} from '../support/kill.js';
import {call, text} from '../support/model-server.js';
import {lastOutput, lastUserText} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {commandOf, findWindow, keys, processesOf, type Tandem} from '../support/tandem.js';
import {until} from '../support/until.js';
import {writeWebProject} from '../support/web-project.js';

const stage = setStage();

const killWindow = () => process.kill(findWindow(stage.place.home), 'SIGKILL');

test('at the composer: usable shell, living terminals, the same screens, the conversation', async () => {
	const {url} = await writeWebProject(stage.place.folder);
	const model = await stage.play([
		call('exec_command', {cmd: 'node server.js', name: 'dev'}),
		text('The server is up.'),
		call('read_terminal', {session_id: 'dev', view: 'log'}),
		text('It still runs.'),
	]);
	const {tandem, before} = await startInShell(stage);
	await tandem.submit('start it');
	await tandem.sees('The server is up.');
	await model.nextRequest();
	await model.nextRequest();
	killWindow();
	await expectUsableShell(tandem, before);
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
	const {tandem, before} = await startInShell(stage);
	await tandem.submit('sleep');
	await tandem.sees(/1 nap +echo once/);
	await model.nextRequest();
	killWindow();
	await expectUsableShell(tandem, before);

	tandem.type('clear; "$TANDEM" resume --last -a full --trust\r');
	await tandem.sees(/unknown/i);
	await tandem.sees(/nap/);
	await tandem.submit('what happened?');
	const request = await model.nextRequest();
	expect(lastOutput(request)).toMatch(/unknown/i);
	await tandem.sees('I know.');
	expect(execFileSync('cat', ['runs'], {cwd: stage.place.folder, encoding: 'utf8'})).toBe('once\n');
});

test('in the middle of a patch: it is whole or undone at the next start, and both are told', async () => {
	const names = Array.from({length: 2_000}, (_, index) => `file-${index}.txt`);
	const patch = [
		'*** Begin Patch',
		...names.flatMap(name => [`*** Add File: ${name}`, '+x']),
		'*** End Patch',
	];
	const model = await stage.play([call('apply_patch', {input: patch.join('\n')}), text('I see.')]);
	const {tandem, before} = await startInShell(stage);
	const window = findWindow(stage.place.home);
	await tandem.submit('write them');
	await model.nextRequest();
	const files = () => readdirSync(stage.place.folder).filter(name => name !== '.git');
	await until(() => files().length > 0, 'the first file');
	process.kill(window, 'SIGKILL');
	await expectUsableShell(tandem, before);

	tandem.type('clear; "$TANDEM" resume --last -a full --trust\r');
	await tandem.sees(/tandem ended while a patch was written\. It (is complete now|was undone)/);
	const isWhole = tandem.text().includes('It is complete now');
	expect(files().sort()).toEqual(isWhole ? names.toSorted() : []);
	await tandem.submit('what happened?');
	expect(lastOutput(await model.nextRequest())).toContain(
		`tandem ended while this patch was written. It ${isWhole ? 'is complete now' : 'was undone'}`,
	);
	await tandem.sees('I see.');
});

test('inside a program with mouse: usable shell, and the program lives on where it was', async () => {
	const {tandem, before} = await startInShell(stage);
	await enterVim(tandem);
	tandem.type('ihalf a word');
	await tandem.sees('half a word');
	killWindow();
	await expectUsableShell(tandem, before);

	tandem.type('clear; "$TANDEM" -a full --trust\r');
	await tandem.sees(/1 vim/);
	tandem.type(keys.alt('1'));
	await tandem.sees('half a word');
	await tandem.sees('enter type in it');
});

test('after a storm of Ctrl+C inside, a normal leave gives a usable shell', async () => {
	const {tandem, before} = await startInShell(stage);
	await enterVim(tandem);
	tandem.type('\x03'.repeat(200));
	await tandem.sees(/:qa/);
	tandem.type('\x1d\x1b');
	await tandem.sees('enter type in it');
	tandem.type(keys.escape);
	await tandem.loses('esc back');
	tandem.type(`${keys.ctrlC}${keys.ctrlC}`);
	await tandem.sees(/keep/i);
	tandem.type('k');
	await expectUsableShell(tandem, before);
});

test('a program that is killed with the mouse on leaves the person inside, and the shell usable', async () => {
	const {tandem, before} = await startInShell(stage);
	await enterVim(tandem);
	for (const pid of processesOf(stage.place.home).filter(isVim)) kill(pid);
	await tandem.sees('keys go nowhere');
	tandem.type('rm -rf\r');
	await tandem.sees('esc back here');
	tandem.type(keys.escape);
	await tandem.loses('keys go nowhere');
	expect(tandem.text()).not.toContain('rm -rf');
	await tandem.submit('/quit');
	await expectUsableShell(tandem, before);
});

/** A program that switches on what a terminal has: mouse, focus, keypad, alternate screen. */
const enterVim = async (tandem: Tandem) => {
	await tandem.submit('!vim -u NONE -N -n -c "set mouse=a" notes');
	await tandem.sees('alt+1');
	tandem.type(keys.alt('1'));
	await tandem.sees('"notes" [New]');
	tandem.type(keys.enter);
	await tandem.sees('you type');
	await tandem.until('the mouse’s drags to be wanted', () =>
		tandem.emulator.modes.mouseTrackingMode === 'drag' ? true : undefined,
	);
};

const isVim = (pid: number) => commandOf(pid).startsWith('vim ');
