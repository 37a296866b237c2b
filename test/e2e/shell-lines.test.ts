// Commands that the person runs with `!`: beside turns, without a model, on record, and for the model to read.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput, lastUserText} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();

test('without a model a command runs, shows its output as it was printed, and how it ended', async () => {
	const tandem = await stage.open();
	tandem.type('!');
	await tandem.sees('shell command');
	await tandem.sees(/\$ !/);
	tandem.type(keys.enter);
	await tandem.sees('!npm test');
	await tandem.submit(`!printf 'a   b\\n\\033[31mred\\033[0m\\n'; echo $TANDEM_NOPE$((40+2)); exit 3`);
	await tandem.sees(/exit 3 · terminal 1/);
	await tandem.sees(/│ a {3}b\n.*│ red\n.*└ 42/);
});

test('a command is in the login environment, without the keys of the model', async () => {
	await stage.play([text('unused')]);
	writeFileSync(join(stage.place.home, '.profile'), 'export FROM_PROFILE=yes\n');
	const tandem = await stage.open({env: {SHELL: '/bin/bash'}});
	await tandem.submit('!echo "[$FROM_PROFILE][$OPENAI_API_KEY]"; pwd; tput cols');
	await tandem.sees('[yes][]');
	await tandem.sees(/my-app/);
	// As wide as its entry.
	await tandem.sees(/└ 114/);
});

test('long output keeps its end, and opening the terminal shows the rest', async () => {
	const tandem = await stage.open();
	await tandem.submit('!seq 1 500');
	await tandem.sees(/… 488 earlier lines/);
	await tandem.sees(/└ 500/);
	await tandem.submit('/ps 1');
	await tandem.sees(/esc back/);
	tandem.type(keys.pageUp);
	await tandem.sees(/lines \d+–\d+ of 50\d/);
});

test('during a turn it runs at once, an interrupt leaves it alone, and the model hears of it once', async () => {
	let release = () => {};
	const held = new Promise<void>(resolve => {
		release = resolve;
	});
	const model = await stage.play([
		text(['Thinking ', held]),
		call('read_terminal', {session_id: 1, view: 'log'}),
		text('I read it.'),
	]);
	writeFileSync(join(stage.place.folder, 'mine.sh'), 'echo from-the-user; read line; exit 7\n');
	const tandem = await stage.open();
	await tandem.submit('think');
	await tandem.sees('Thinking');
	await tandem.submit('!exec sh mine.sh');
	await tandem.sees(/└ from-the-user/);
	await tandem.sees(/waiting for input · terminal 1/);
	tandem.type(keys.escape);
	await tandem.sees(/Interrupted\. Still running: .*\(1\)/);
	release();
	await tandem.submit('what do I run?');
	await model.nextRequest();
	expect(lastUserText(await model.nextRequest())).toMatch(
		/The user started terminal 1 \(sh\): exec sh mine\.sh/,
	);
	expect(lastOutput(await model.nextRequest())).toContain('from-the-user');
	await tandem.sees('I read it.');
	await tandem.sees(/waiting for input · terminal 1/);
});

test('two at once each have an entry, and resume shows both with how they ended', async () => {
	const tandem = await stage.open();
	tandem.type(
		'!until [ -p fifo ]; do sleep 0.05; done; read x < fifo; echo one; exit 1\r!mkfifo fifo; echo two > fifo\r',
	);
	await tandem.sees(/echo two > fifo\s+exit 0/);
	await tandem.sees(/exit 1 · terminal 1/);
	await tandem.submit('/quit');
	await tandem.ends(0);
	const id = /tandem resume (\S+)/.exec(tandem.text())?.[1] ?? 'none';
	const again = await stage.open({args: ['resume', id, '--trust']});
	await again.sees(/echo two > fifo\s+exit 0/);
	await again.sees(/│? ?└ one/);
});

test('a command that goes on after quitting is followed to its end by the window that resumes', async () => {
	const tandem = await stage.open();
	await tandem.submit('!echo begun; until [ -e stop ]; do sleep 0.1; done; echo over; exit 4');
	await tandem.sees(/└ begun/);
	await tandem.submit('/quit');
	await tandem.sees('Keep it running');
	tandem.type('k');
	await tandem.ends(0);
	const id = /tandem resume (\S+)/.exec(tandem.text())?.[1] ?? 'none';
	const again = await stage.open({args: ['resume', id, '--trust']});
	await again.sees(/running · terminal 1/);
	writeFileSync(join(stage.place.folder, 'stop'), '');
	await again.sees(/exit 4 · terminal 1/);
	await again.sees(/└ over/);
	await again.submit('/quit');
	await again.ends();
	const third = await stage.open({args: ['resume', id, '--trust']});
	await third.sees(/exit 4 · terminal 1/);
});

test('what a program prints can move nothing on the screen', async () => {
	const tandem = await stage.open();
	await tandem.submit(
		`!printf '\\033[2J\\033[H\\033]0;owned\\007\\033]52;c;aGk=\\007\\033[?1049hhidden\\033[?1049lshown\\342\\200\\256evil\\n'; printf 'x%.0s' $(seq 1 4000); echo; exit 5`,
	);
	await tandem.sees(/exit 5 · terminal 1/);
	await tandem.sees('<U+202E>evil');
	expect(tandem.text()).toContain('› ask');
	expect(tandem.bytes().toString()).not.toMatch(/\x1b\](?:52|0);[^t]*(?:aGk=|owned)/);
});

test('the model is told how a command of the person ended once it has read it', async () => {
	const model = await stage.play([
		call('read_terminal', {session_id: 1, view: 'log'}),
		text('It waits.'),
		text('It ended.'),
		text('Nothing else.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('!echo begun; until [ -e stop ]; do sleep 0.1; done; echo over; exit 4');
	await tandem.sees(/└ begun/);
	await tandem.submit('look at it');
	expect(lastUserText(await model.nextRequest())).toContain('The user started terminal 1');
	expect(lastOutput(await model.nextRequest())).toContain('begun');
	await tandem.sees('It waits.');
	writeFileSync(join(stage.place.folder, 'stop'), '');
	await tandem.sees(/exit 4 · terminal 1/);
	await tandem.submit('and now?');
	const told = lastUserText(await model.nextRequest());
	expect(told).toMatch(/Terminal 1 .* ended: exit code 4/);
	expect(told).not.toContain('The user started');
	await tandem.sees('It ended.');
	await tandem.submit('anything else?');
	expect(lastUserText(await model.nextRequest())).not.toContain('Terminal 1');
});
