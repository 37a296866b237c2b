// Leaving while terminals run: the question, the choice, keeping without a question, and what is read afterwards.
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {text} from '../support/model-server.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';
import {until} from '../support/until.js';

const stage = setStage();

test('of two terminals one is stopped and the other goes on, and is there for the next window', async () => {
	const first = await stage.open();
	await first.submit('!sleep 3001');
	await first.sees(/1 running/);
	await first.submit('!sleep 3002');
	await first.sees(/2 running/);
	await first.submit('/quit');
	await first.sees('quit: 2 terminals still run');
	first.type('c');
	await first.sees('quit: all terminals go on');
	first.type(' ');
	await first.sees('quit: 1 of 2 terminals stops');
	// Enter counts once the list was seen.
	await until(() => {
		if (!first.text().includes('terminals stops')) return true;
		first.type(keys.enter);
		return false;
	}, 'the list to be answered');
	await first.ends(0);
	expect(stage.isAlive('sleep 3001')).toBe(false);
	expect(stage.isAlive('sleep 3002')).toBe(true);
	expect(first.text()).toContain('Still running: sleep-2. See them with: tandem');

	const second = await stage.open();
	await second.sees('Still running here: sleep-2 (2). Ctrl+T goes there.');
	await second.sees(/1 running/);
});

test('the question whose last terminal ends meanwhile has nothing left to ask: tandem quits', async () => {
	const tandem = await stage.open();
	await tandem.submit('!sleep 3006');
	await tandem.sees(/1 running/);
	await tandem.submit('/quit');
	await tandem.sees('quit: 1 terminal still runs');
	await stage.kill('sleep 3006');
	await tandem.ends(0);
	expect(tandem.text()).not.toContain('Still running');
});

test('the feature keep_terminals keeps them without a question', async () => {
	mkdirSync(stage.place.home, {recursive: true});
	writeFileSync(join(stage.place.home, 'config.toml'), '[features]\nkeep_terminals = true\n');
	const tandem = await stage.open();
	await tandem.submit('!sleep 3003');
	await tandem.sees(/1 running/);
	await until(() => stage.isAlive('sleep 3003'), 'its start');
	tandem.type(keys.ctrlD);
	await tandem.ends(0);
	expect(tandem.text()).toContain('Still running: sleep. See them with: tandem');
	expect(stage.isAlive('sleep 3003')).toBe(true);
});

test('switched on in the window it counts at once, and stopping all leaves nothing', async () => {
	const tandem = await stage.open();
	await tandem.submit('!sleep 3004');
	await tandem.sees(/1 running/);
	await tandem.submit('/quit');
	await tandem.sees(/Keep it running/);
	tandem.type(keys.escape);
	await tandem.loses(/Keep it running/);
	await tandem.submit('/experimental');
	await tandem.sees(/Keep terminals/);
	tandem.type(`${keys.down}${keys.down} ${keys.enter}`);
	await tandem.loses('space switches');
	await tandem.submit('/stop all');
	await until(() => !stage.isAlive('sleep 3004'), 'its end');
	await tandem.submit('!sleep 3005');
	await tandem.sees(/running · terminal 2/);
	await until(() => stage.isAlive('sleep 3005'), 'its start');
	await tandem.submit('/quit');
	await tandem.ends(0);
	expect(stage.isAlive('sleep 3005')).toBe(true);
});

test('the last answer stays on the normal screen as it was shown', async () => {
	await stage.play([text('## Why\n\nThe **handler** never awaited:\n\n- `session`\n')]);
	const tandem = await stage.open();
	await tandem.submit('why?');
	await tandem.sees('never awaited');
	await tandem.submit('/quit');
	await tandem.ends(0);
	const lines = tandem.lines().join('\n').trim();
	expect(lines).toMatch(
		/^Why\n\n The handler never awaited:\n\n • session\n\nResume with: tandem resume \S+$/,
	);
});
