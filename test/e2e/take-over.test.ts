// A person goes inside a terminal that the model started, types, and gives it back.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();
const giveBack = '\x1d\x1b';

const start = (cmd: string, name: string) =>
	call('exec_command', {cmd, name, shell: '/bin/bash', login: false});
const shell = start('env PS1="ready> " bash --norc -i', 'sh');

for (const size of [
	{cols: 80, rows: 24},
	{cols: 120, rows: 40},
	{cols: 200, rows: 60},
]) {
	test(`the program has the person’s size, then the model’s; the model may not type meanwhile, at ${size.cols}x${size.rows}`, async () => {
		const inside = Promise.withResolvers<void>();
		const outside = Promise.withResolvers<void>();
		const write = call('write_stdin', {session_id: 1, chars: 'stty size\n'});
		const replies = [
			shell,
			inside.promise.then(() => write),
			outside.promise.then(() => write),
			text('Mine again.'),
		];
		const model = await stage.play(({index}) => replies[index] ?? text('No more.'));
		const tandem = await stage.open(size);
		await tandem.submit('start a shell');
		await tandem.sees('└ ready>');
		tandem.type(keys.alt('1'));
		await tandem.sees('ready>');
		tandem.type(keys.enter);
		await tandem.sees('you type');
		tandem.type('stty size\r');
		const [rows, cols] = await tandem.until('the size', () => {
			const line = tandem.lines().find(each => /(^|│)\d+ \d+$/.test(each));
			return line?.split('│').at(-1)?.split(' ').map(Number);
		});
		expect(rows).toBeLessThan(size.rows);
		expect(cols).toBe(size.cols < 140 ? size.cols : 121);

		inside.resolve();
		for (let count = 0; count < 2; count++) await model.nextRequest();
		expect(lastOutput(await model.nextRequest())).toMatch(/user is using this terminal/i);
		await tandem.sees('the model wants to type');
		tandem.type(giveBack);
		await tandem.sees('model types');
		expect(tandem.text()).not.toContain('wants to type');
		outside.resolve();
		expect(lastOutput(await model.nextRequest())).toMatch(/^40 120$/m);
		tandem.type(keys.escape);
		await tandem.sees('Mine again.');
	});
}

test('Ctrl+C, Esc and a paste go to the program; nothing of what was typed is in any file or request', async () => {
	const model = await stage.play([
		start('stty -echo; echo secret?; head -n 3 | tr a-z A-Z', 'ask'),
		text('Asked.'),
		text('Thanks.'),
	]);
	const tandem = await stage.open({cols: 120, rows: 40});
	await tandem.submit('ask me');
	await tandem.sees('Asked.');
	tandem.type(keys.alt('1'));
	await tandem.sees('secret?');
	tandem.type(keys.enter);
	await tandem.sees('you type');
	tandem.type('hunter-two\r');
	tandem.type(keys.paste('pasted-words\nend-of-it'));
	tandem.type('\r');
	await tandem.sees('PASTED-WORDS');
	await tandem.sees('esc back here');
	tandem.type(keys.escape);
	await tandem.loses('keys go nowhere');
	tandem.type(keys.escape);
	await tandem.sees('Asked.');
	await tandem.submit('done');
	await tandem.sees('Thanks.');
	const secrets = /hunter-two|pasted-words|end-of-it/;
	expect(JSON.stringify(model.requests.map(({body}) => body))).not.toMatch(secrets);
	await tandem.end();
	for (const file of readdirSync(stage.place.home, {recursive: true, withFileTypes: true})) {
		if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toMatch(secrets);
	}
});

test('vim on the full screen: typing, the mouse, a resize, and its end leaves keys nowhere', async () => {
	await stage.play([
		start(
			'vim -u NONE -c "set mouse=a" -c "set laststatus=2 statusline=%{&columns}x%{&lines}" notes.txt',
			'edit',
		),
		text('Go ahead.'),
	]);
	const tandem = await stage.open({cols: 100, rows: 30});
	await tandem.submit('open vim');
	await tandem.sees('Go ahead.');
	tandem.type(`${keys.alt('1')}`);
	await tandem.sees('edit');
	tandem.type(keys.enter);
	await tandem.sees('you type');
	tandem.type('\x1df');
	await tandem.loses('› ask');
	tandem.type('ione two three\x1b0');
	await tandem.sees('one two three');
	// A click on the second word: the frame has the first row.
	tandem.type('\x1b[<0;6;2M\x1b[<0;6;2m');
	tandem.type('iX');
	await tandem.sees('one tXwo three');
	tandem.resize({cols: 90, rows: 20});
	tandem.type('\x1b');
	await tandem.sees('90x19');
	tandem.type(':wq\r');
	await tandem.sees('ended exit 0');
	tandem.type('rm notes');
	await tandem.sees('esc back');
	tandem.type(keys.escape);
	await tandem.sees('› ask');
	expect(readFileSync(join(stage.place.folder, 'notes.txt'), 'utf8')).toBe('one tXwo three\n');
	expect(tandem.text()).not.toContain('rm notes');
});

test('from inside, Ctrl+] with a digit or an arrow goes inside of another terminal, and the keys with it', async () => {
	const tandem = await stage.open({cols: 100, rows: 30});
	for (const name of ['first', 'second']) {
		await tandem.submit(`!cat # ${name}`);
		await tandem.sees(new RegExp(`\\d cat\\S* +cat # ${name}`));
	}
	const isInside = (title: string) => tandem.sees(new RegExp(`^─ ${title} .* you type `, 'm'));
	tandem.type(keys.alt('1'));
	await tandem.sees('enter type in it');
	tandem.type(keys.enter);
	await isInside('1 cat');
	tandem.type('to the first\r');
	await tandem.sees(/to the first\s+to the first/);
	tandem.type('\x1d2');
	await isInside('2 cat-2');
	expect(tandem.lines().slice(2, 20).join('\n')).not.toContain('to the first');
	tandem.type('to the second\r');
	await tandem.sees(/to the second\s+to the second/);
	for (const arrow of ['\x1b[D', '\x1b[C', '\x1b[C']) tandem.type(`\x1d${arrow}`);
	await isInside('1 cat');
	tandem.type('again\r');
	await tandem.sees(/to the first\s+again\s+again/);
	tandem.type('\x1df');
	await tandem.loses('› ask');
	tandem.type('\x1d2');
	await isInside('2 cat-2');
	expect(tandem.text()).not.toContain('› ask');
	expect(tandem.text()).not.toContain('again');
});
