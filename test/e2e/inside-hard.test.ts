// A person types into a terminal while everything else happens: the model writes, the terminal floods or ends, the
// window changes its size.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();

const start = (cmd: string, name: string) =>
	call('exec_command', {cmd, name, shell: '/bin/bash', login: false, yield_time_ms: 500});

const takeOver = async () => {
	const {tandem} = stage;
	tandem.type(keys.alt('1'));
	await tandem.sees('enter type in it');
	tandem.type(keys.enter);
	await tandem.sees('you type');
};

test('while the model tries to write: every key arrives, in order, and none of the model’s', async () => {
	const write = call('write_stdin', {session_id: 1, chars: 'MODEL\n', yield_time_ms: 250});
	const model = await stage.play(({index}) =>
		index === 0 ? start('cat', 'cat') : index === 1 ? text('Go.') : index < 8 ? write : text('Enough.'),
	);
	const tandem = await stage.open();
	await tandem.submit('start cat');
	await tandem.sees('Go.');
	await takeOver();
	tandem.type('first\r');
	await tandem.sees(/first\s+first/);
	tandem.type('\x1d\x1b');
	await tandem.sees('model types');
	tandem.type(keys.escape);
	await tandem.loses('esc back');
	await tandem.submit('write');
	await takeOver();
	const words = Array.from({length: 25}, (_, index) => `w${index}`).join(' ');
	for (const word of words.split(' ')) tandem.type(`${word} `);
	tandem.type('\r');
	await tandem.sees(/w24\s[\s\S]*w24/);
	for (let count = 0; count < 2; count++) await model.nextRequest();
	while (!model.requests.some(request => /user is using/i.test(lastOutput(request))))
		await model.nextRequest();
	const shown = tandem.text().replaceAll(/\s+/g, ' ');
	expect(shown.split(words).length - 1).toBe(2);
});

test('while it floods: the keys arrive, and Ctrl+C ends the flood', async () => {
	await stage.play([
		start("trap 'echo stopped; read -r line; echo got: $line' INT; yes flood", 'flood'),
		text('It floods.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('flood');
	await tandem.sees('It floods.');
	await takeOver();
	await tandem.sees('flood');
	tandem.type('\x03');
	await tandem.sees('stopped');
	tandem.type('typed in time\r');
	await tandem.sees('got: typed in time');
	await tandem.sees('keys go nowhere');
});

test('while the window is resized a hundred times: the program has the last size, and no key is lost', async () => {
	await stage.play([start('env PS1="ready> " bash --norc -i', 'sh'), text('Go.')]);
	const tandem = await stage.open();
	await tandem.submit('start a shell');
	await tandem.sees('Go.');
	await takeOver();
	await tandem.sees('ready>');
	const typed = 'echo abcdefghijklmnopqrstuvwxyz0123456789';
	for (let count = 0; count < 100; count++) {
		tandem.resize({cols: 40 + ((count * 37) % 160), rows: 12 + ((count * 13) % 48)});
		tandem.type(typed[count] ?? '');
		// A frame or two in between: some sizes are painted, some are not.
		if (count % 10 === 0) await new Promise(resolve => setImmediate(resolve));
	}
	tandem.resize({cols: 100, rows: 30});
	tandem.type('; while sleep 0.05; do stty size; done\r');
	await tandem.sees(/^abcdefghijklmnopqrstuvwxyz0123456789$/m);
	await tandem.until('the last size', () => {
		const top = tandem.lines().findIndex(line => line.startsWith('─ 1 sh'));
		const panel = tandem.lines().findIndex(line => line.startsWith('─ terminals'));
		return tandem.lines()[panel - 2]?.trimEnd() === `${panel - top - 1} 100` || undefined;
	});
});

test('while it ends: what is typed on, Enter and Esc too, reaches neither composer nor model nor any file', async () => {
	const model = await stage.play([
		start('stty raw -echo; echo go; head -c 20 >/dev/null; echo over', 'short'),
		text('Type.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('start it');
	await tandem.sees('Type.');
	await takeOver();
	for (let count = 0; count < 60; count++) {
		tandem.type(`typed-on-${count}\r\x1b`);
		await new Promise(resolve => setImmediate(resolve));
	}
	await tandem.sees('ended exit 0');
	tandem.type('typed-on-at-last\r');
	await tandem.sees('esc back here');
	tandem.type(keys.escape);
	await tandem.loses('keys go nowhere');
	await tandem.sees('› ask, /command');
	expect(tandem.text()).not.toContain('typed-on');
	tandem.type(keys.escape);
	await tandem.sees('Type.');
	expect(tandem.text()).not.toContain('typed-on');
	expect(model.requests).toHaveLength(2);
	await tandem.end();
	for (const file of readdirSync(stage.place.home, {recursive: true, withFileTypes: true}))
		if (file.isFile())
			expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toContain('typed-on');
});
