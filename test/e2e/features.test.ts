// /experimental: stored with the file's comments kept, effective in the next turn, and over restarts.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();

const toggle = async ({tandem} = stage) => {
	await tandem.submit('/experimental');
	await tandem.sees(/\[[x ]\] .*Background terminal|Background terminal/);
	tandem.type(' ');
	tandem.type(keys.enter);
	await tandem.loses(/space/i);
};

test('off and on again, across turns and restarts', async () => {
	const config = join(stage.place.home, 'config.toml');
	writeFileSync(config, '# mine\nmouse = false # no wheel\n');
	const model = await stage.play([
		text('With terminals.'),
		call('shell', {cmd: 'echo from the shell'}),
		text('Without.'),
		text('Still without.'),
		text('With terminals again.'),
	]);
	const toolsOf = (request: {body: {tools?: {name: string}[]}}) =>
		request.body.tools?.map(({name}) => name) ?? [];

	let tandem = await stage.open();
	await tandem.submit('one');
	expect(toolsOf(await model.nextRequest())).toContain('exec_command');
	await tandem.sees('With terminals.');

	await toggle();
	await tandem.submit('two');
	const off = toolsOf(await model.nextRequest());
	expect(off).toContain('shell');
	expect(off).not.toContain('exec_command');
	expect(lastOutput(await model.nextRequest())).toContain('from the shell');
	await tandem.sees('Without.');
	await expect
		.poll(() => readFileSync(config, 'utf8'), {timeout: 10_000})
		.toMatch(/\[features\]\s+background_terminal = false/);
	expect(readFileSync(config, 'utf8')).toContain('# mine\nmouse = false # no wheel\n');
	await tandem.end();

	tandem = await stage.open();
	await tandem.submit('three');
	expect(toolsOf(await model.nextRequest())).not.toContain('exec_command');
	await tandem.sees('Still without.');
	await toggle();
	await tandem.submit('four');
	expect(toolsOf(await model.nextRequest())).toContain('exec_command');
	await tandem.sees('With terminals again.');
	await expect
		.poll(() => readFileSync(config, 'utf8'), {timeout: 10_000})
		.toMatch(/background_terminal = true/);
});
