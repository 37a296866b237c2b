// What asks, what does not, and for how long a yes holds, in the mode ask.
import {symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();

test('harmless reading in the workspace does not ask; a link out of it does', async () => {
	writeFileSync(join(stage.place.folder, 'notes.txt'), 'inside\n');
	writeFileSync(join(stage.place.root, 'secret.txt'), 'outside\n');
	symlinkSync(join(stage.place.root, 'secret.txt'), join(stage.place.folder, 'link.txt'));
	const model = await stage.play([
		call('exec_command', {cmd: 'cat notes.txt | wc -l && ls'}),
		call('exec_command', {cmd: 'cat link.txt'}),
		call('exec_command', {cmd: 'cat ../secret.txt'}),
		text('Read.'),
	]);
	const tandem = await stage.open({args: ['--trust'], env: {SHELL: '/bin/bash'}});
	await tandem.submit('read them');
	await model.nextRequest();
	expect(lastOutput(await model.nextRequest())).toContain('notes.txt');
	for (const asked of ['$ cat link.txt', '$ cat ../secret.txt']) {
		await tandem.sees(asked);
		tandem.type(keys.escape);
		expect(lastOutput(await model.nextRequest())).not.toContain('outside');
	}
	await tandem.sees('Read.');
});

test('a yes for this session holds for the very same command', async () => {
	const model = await stage.play([
		call('exec_command', {cmd: 'touch a && echo once'}),
		call('exec_command', {cmd: 'touch a && echo once', justification: 'Again.'}),
		call('exec_command', {cmd: 'touch b && echo other'}),
		text('Done.'),
		text('Hello.'),
		call('exec_command', {cmd: 'touch a && echo once'}),
		text('Not again.'),
	]);
	const tandem = await stage.open({args: ['--trust']});
	await tandem.submit('touch them');
	await model.nextRequest();
	await tandem.sees('$ touch a');
	await tandem.until('an answer to count', () => tandem.isShownAs('isBold', /Y this session/) || undefined);
	tandem.type('Y');
	expect(lastOutput(await model.nextRequest())).toContain('once');
	expect(lastOutput(await model.nextRequest())).toContain('once');
	await tandem.sees('$ touch b');
	tandem.type(keys.escape);
	await tandem.sees('Done.');
	await tandem.loses('to interrupt');
	// A session that is taken up again is another one, too.
	await tandem.submit('/new');
	await tandem.loses('Done.');
	await tandem.submit('hello');
	await tandem.sees('Hello.');
	await tandem.loses('to interrupt');
	await tandem.submit('/resume');
	await tandem.sees(/ {4}.*touch them/);
	tandem.type(keys.down);
	await tandem.sees(/▸.*touch them/);
	tandem.type(keys.enter);
	await tandem.sees('Done.');
	await tandem.submit('touch it again');
	await tandem.allow('$ touch a');
	await tandem.sees('Not again.');
});
