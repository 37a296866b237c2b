// /experimental: stored with the file's comments kept, effective in the next turn, and over restarts.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {call, type ModelServer, startModelServer, text} from '../support/model-server.js';
import {lastOutput, modelEnvironment} from '../support/model-turns.js';
import {keys, makePlace, startTandem, type Tandem} from '../support/tandem.js';

let place: ReturnType<typeof makePlace>;
let model: ModelServer;
let tandem: Tandem;

beforeEach(() => {
	place = makePlace();
});

afterEach(async () => {
	await tandem.end();
	await model.close();
	place.remove();
});

const start = async () => {
	tandem = await startTandem({place, args: ['-a', 'full', '--trust'], env: modelEnvironment(model)});
	await tandem.sees('ask');
};

const toggle = async () => {
	await tandem.submit('/experimental');
	await tandem.sees(/\[[x ]\] .*Background terminal|Background terminal/);
	tandem.type(' ');
	tandem.type(keys.enter);
	await tandem.loses(/space/i);
};

test('off and on again, across turns and restarts', async () => {
	const config = join(place.home, 'config.toml');
	writeFileSync(config, '# mine\nmouse = false # no wheel\n');
	model = await startModelServer([
		text('With terminals.'),
		call('shell', {cmd: 'echo from the shell'}),
		text('Without.'),
		text('Still without.'),
		text('With terminals again.'),
	]);
	const toolsOf = (request: {body: {tools?: {name: string}[]}}) =>
		request.body.tools?.map(({name}) => name) ?? [];

	await start();
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

	await start();
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
