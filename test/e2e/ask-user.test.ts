// The model asks the person: for a choice, for words, to type in a terminal; and a question that nobody answered.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();
const plan = [
	{step: 'Choose a database', status: 'in_progress'},
	{step: 'Write the store', status: 'pending'},
];
const choices = ['PostgreSQL', 'SQLite'];

test('a plan is shown, a choice and own words are the answers, and a resumed conversation has them', async () => {
	const model = await stage.play([
		call('update_plan', {plan}),
		call('ask_user', {question: 'Which database?', choices}),
		call('ask_user', {question: 'And its name?'}),
		text('Thanks.'),
		text('I remember.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('store the sessions');
	await tandem.sees('▸ Choose a database');
	await tandem.sees('▸ 1 PostgreSQL');
	tandem.type(keys.down);
	await tandem.answer('▸ 2 SQLite', keys.enter);
	await tandem.sees(' And its name?\n › your answer');
	await tandem.submit('sessions, in ./var');
	await tandem.sees('Thanks.');
	await model.nextRequest();
	expect(lastOutput(await model.nextRequest())).toBe('Plan updated: 0 of 2 steps done.');
	expect(lastOutput(await model.nextRequest())).toBe('The user answered: SQLite');
	expect(lastOutput(await model.nextRequest())).toBe('The user answered: sessions, in ./var');
	await tandem.submit('/quit');
	await tandem.ends();

	const again = await stage.open({args: ['resume', '--last', '--trust']});
	await again.sees('› SQLite');
	await again.sees('› sessions, in ./var');
	await again.submit('still there?');
	await again.sees('I remember.');
	const {input} = (await model.nextRequest()).body;
	expect(JSON.stringify(input)).toContain('The user answered: sessions, in ./var');
});

for (const size of [
	{cols: 80, rows: 24},
	{cols: 120, rows: 40},
	{cols: 200, rows: 60},
]) {
	test(`asked to type in a terminal, the person is brought there and the model gets its screen, at ${size.cols}x${size.rows}`, async () => {
		const model = await stage.play([
			call('exec_command', {
				cmd: 'stty -echo; printf "Token: "; read t; stty echo; echo; printf %s "$t" | wc -c; cat',
				name: 'login',
			}),
			call('ask_user', {question: 'Please type the token.', session_id: 'login'}),
			text('You are in.'),
		]);
		const tandem = await stage.open(size);
		await tandem.submit('log in');
		await tandem.answer('login · Please type the token.', keys.enter);
		await tandem.sees('you type');
		tandem.type('hunter-two\r');
		await tandem.sees(/(^|│)10$/m);
		tandem.type('\x1d\x1b');
		for (let past = 0; past < 2; past++) await model.nextRequest();
		const answer = lastOutput(await model.nextRequest());
		expect(answer).toMatch(/^The user was in terminal 1 \(login\) and gave it back/);
		expect(answer).toMatch(/^10$/m);
		await tandem.sees('model types');
		tandem.type(keys.escape);
		await tandem.sees('You are in.');
		expect(JSON.stringify(model.requests.map(({body}) => body))).not.toContain('hunter-two');
		await tandem.end();
		for (const file of readdirSync(stage.place.home, {recursive: true, withFileTypes: true})) {
			if (!file.isFile()) continue;
			expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toContain('hunter-two');
		}
	});
}

test('an interrupt takes the question back, and the model learns that nobody answered', async () => {
	const model = await stage.play([call('ask_user', {question: 'Which?', choices}), text('As you like.')]);
	const tandem = await stage.open();
	await tandem.submit('go on');
	await tandem.sees('▸ 1 PostgreSQL');
	tandem.type(keys.ctrlC);
	await tandem.sees('Interrupted.');
	await tandem.loses('the model asks');
	await tandem.submit('do what you want');
	await tandem.sees('As you like.');
	await model.nextRequest();
	expect(lastOutput(await model.nextRequest())).toMatch(/^Interrupted by the user, who had not answered/);
});
