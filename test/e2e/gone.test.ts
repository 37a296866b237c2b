// What is around the window goes: a connection that is closed.
import {expect, test} from 'vitest';
import {startInShell} from '../support/in-shell.js';
import {call, text} from '../support/model-server.js';
import {setStage} from '../support/stage.js';
import {commandOf, findHost, processesOf, type Tandem} from '../support/tandem.js';
import {until} from '../support/until.js';

const stage = setStage();

/** As the kernel does it when sshd goes: the other end of the terminal is closed. */
const closeConnection = (tandem: Tandem) => {
	// node-pty has this, its types do not say so.
	(tandem.pty as unknown as {destroy(): void}).destroy();
};

const isWindowThere = () =>
	processesOf(stage.place.home).some(pid => /tandem\.sh|main\.js(?! host)/.test(commandOf(pid)));

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
	expect(stage.isAlive('sleep 3051')).toBe(true);

	const next = await stage.open({args: ['resume', '--last', '-a', 'full', '--trust']});
	await next.sees('sleep a while');
	await next.sees('Still running here: nap (1)');
	await next.submit('are you back?');
	await next.sees('Back.');
});
