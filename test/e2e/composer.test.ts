// What the composer remembers and completes, with real files.
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();
const ctrlR = '\x12';

test('what was sent is there in the next session, by Up and by Ctrl+R, in a private file', async () => {
	const first = await stage.open();
	await first.submit('!echo the-first');
	await first.sees(/└ the-first/);
	await first.submit('/status');
	await first.sees('saved in');
	first.type(keys.escape);
	await first.loses('saved in');
	await first.submit('/quit');
	await first.ends();

	const second = await stage.open();
	second.type(keys.up);
	await second.sees('› /quit');
	second.type(keys.up + keys.up);
	await second.sees('$ !echo the-first');
	second.type(keys.ctrlC + ctrlR);
	await second.sees('search what you sent');
	second.type('first\r');
	await second.sees('$ !echo the-first');
});

test('@ finds the files of the workspace that git does not ignore, and asks no git', async () => {
	const {folder} = stage.place;
	for (const path of ['src', 'dist']) mkdirSync(join(folder, path));
	for (const file of ['src/login.ts', 'dist/login.js']) writeFileSync(join(folder, file), '');
	writeFileSync(join(folder, '.gitignore'), 'dist/\n');
	// What git would run if it were asked.
	writeFileSync(join(folder, 'trap.sh'), '#!/bin/sh\ntouch trapped\n', {mode: 0o755});
	const config = join(folder, '.git', 'config');
	writeFileSync(config, `${readFileSync(config, 'utf8')}[core]\n\tfsmonitor = ./trap.sh\n`);
	const tandem = await stage.open();
	tandem.type('read @login');
	await tandem.sees('▸ src/login.ts');
	expect(tandem.text()).not.toContain('dist/login.js');
	tandem.type('\t');
	await tandem.sees('› read @src/login.ts');
	tandem.type(`${keys.ctrlC}!ls tra\t`);
	await tandem.sees('$ !ls trap.sh');
	tandem.type(keys.ctrlC);
	await tandem.submit('!ls');
	await tandem.sees(/exit 0/);
	expect(tandem.text()).not.toContain('trapped');
});
