// What is around the window goes or stands still: a connection that is closed, a machine that sleeps.
import {readFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {startInShell} from '../support/in-shell.js';
import {call, text} from '../support/model-server.js';
import {setStage} from '../support/stage.js';
import {commandOf, findHost, findWindow, processesOf, type Tandem} from '../support/tandem.js';
import {until} from '../support/until.js';

const stage = setStage();

/** As the kernel does it when sshd goes: the other end of the terminal is closed. */
const closeConnection = (tandem: Tandem) => {
	// node-pty has this, its types do not say so.
	(tandem.pty as unknown as {destroy(): void}).destroy();
};

const isAlive = (command: string) =>
	processesOf(stage.place.home).some(pid => commandOf(pid).trim() === command);

const isWindowThere = () =>
	processesOf(stage.place.home).some(pid => /tandem\.sh|main\.js(?! host)/.test(commandOf(pid)));

const bytesWritten = (pid: number) =>
	Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);

/** With eight bytes each Node wakes threads of its own: these do not count. */
const hasWritten = (pid: number, before: number) => (bytesWritten(pid) - before) % 8 !== 0;

test('a closed connection in the middle of a turn ends the window; host, terminals and conversation go on', async () => {
	const model = await stage.play([
		call('exec_command', {cmd: 'exec sleep 3051', name: 'nap'}),
		text('Back.'),
	]);
	const {tandem} = await startInShell(stage);
	await tandem.submit('sleep a while');
	await tandem.sees(/1 nap +exec sleep/);
	await model.nextRequest();
	const host = findHost(stage.place.home);
	closeConnection(tandem);
	await until(() => !isWindowThere(), 'the end of window and launcher');
	expect(findHost(stage.place.home)).toBe(host);
	expect(isAlive('sleep 3051')).toBe(true);

	const next = await stage.open({args: ['resume', '--last', '-a', 'full', '--trust']});
	await next.sees('sleep a while');
	await next.sees('Still running here: nap (1)');
	await next.submit('are you back?');
	await next.sees('Back.');
});

test('a machine that slept: window and host wake, nobody is told to be lost, everything answers', async () => {
	const tandem = await stage.open();
	await tandem.submit('!sleep 3052');
	await tandem.sees(/1 running/);
	const [window, host] = [findWindow(stage.place.home), findHost(stage.place.home)];
	await until(async () => {
		const before = bytesWritten(window);
		await sleep(1_500);
		return !hasWritten(window, before);
	}, 'a window that paints and asks nothing');
	// The host first, so that the next question of the window is on its way when that falls asleep too.
	process.kill(host, 'SIGSTOP');
	const before = bytesWritten(window);
	await until(() => hasWritten(window, before), 'a question to the host');
	process.kill(window, 'SIGSTOP');
	// As long as a host may take before it is told to be lost.
	await sleep(11_000);
	process.kill(window, 'SIGCONT');
	process.kill(host, 'SIGCONT');
	await tandem.submit('!echo $((40 + 2))');
	await tandem.sees('42');
	expect(tandem.text()).not.toContain('does not answer');
	expect(tandem.text()).not.toContain('answers again');
	expect(isAlive('sleep 3052')).toBe(true);
});
