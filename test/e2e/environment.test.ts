// What commands see of the environment: the login shell's, or not, and never a secret of tandem's own.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';

const stage = setStage();

test('the login environment is there unless the call wants none, the key is in neither', async () => {
	writeFileSync(join(stage.place.home, '.bash_profile'), 'export FROM_LOGIN=yes\n');
	const model = await stage.play([
		call('exec_command', {cmd: 'env'}),
		call('exec_command', {cmd: 'env', login: false}),
		text('Seen.'),
	]);
	const tandem = await stage.open({env: {SHELL: '/bin/bash', MY_OWN: 'kept'}});
	await tandem.submit('show the environment');
	await model.nextRequest();
	const login = lastOutput(await model.nextRequest());
	const plain = lastOutput(await model.nextRequest());
	expect(login).toContain('FROM_LOGIN=yes');
	expect(plain).not.toContain('FROM_LOGIN');
	for (const output of [login, plain]) {
		expect(output).toContain('MY_OWN=kept');
		expect(output).toContain('TERM=xterm-256color');
		expect(output).not.toContain('test-key-of-the-model-server');
		expect(output).not.toContain('OPENAI_API_KEY');
	}
	await tandem.sees('Seen.');
});
