// A model's server that fails in front of a person: what they see, that they can go on, and that nothing ran.
import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {
	apiError,
	call,
	cutAfter,
	html,
	type Reply,
	resetAfter,
	stallAfter,
	status,
	text,
} from '../support/model-server.js';
import {lastOutput, modelEnvironment} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();

const countOn = (screen: string, words: string) => screen.split(words).length - 1;

test.each(['responses', 'chat'] as const)(
	'%s: answers that break off are tried again; a call in them never runs, and no text is there twice',
	async wireApi => {
		const torn = [text('Said once.', {chunks: 2}), call('exec_command', {cmd: 'touch ran'}, 'c1')];
		// Responses: all but the end event. Chat: all but the chunk that ends it.
		const whole = wireApi === 'responses' ? 14 : 5;
		const model = await stage.play([
			resetAfter(whole, ...torn),
			cutAfter(whole, ...torn),
			status(529, 'overloaded'),
			text('Said once. All is well.'),
			text('Here I am.'),
		]);
		const tandem = await stage.open({env: modelEnvironment(model, wireApi)});
		await tandem.submit('go');
		await tandem.sees(/retry 2 of 5/);
		await tandem.sees(/retry 4 of 5 in \d s.*overloaded|retry 4 of 5 in \d s.*529/);
		await tandem.sees('All is well.');
		expect(countOn(tandem.text(), 'Said once.')).toBe(1);
		expect(existsSync(join(stage.place.folder, 'ran'))).toBe(false);
		expect(readdirSync(stage.place.folder)).toEqual(['.git']);
		expect(model.requests).toHaveLength(4);
		await tandem.submit('still there?');
		await tandem.sees('Here I am.');
	},
);

test.each<[string, Reply, RegExp]>([
	[
		'a wrong key',
		apiError(401, {message: 'Incorrect API key provided.'}),
		/refused the key.*OPENAI_API_KEY/s,
	],
	[
		'too long a conversation',
		apiError(400, {message: 'Too long.', code: 'context_length_exceeded'}),
		/longer than the model's context.*\/new/s,
	],
	['a page in place of an answer', html(), /text\/html in place of an event stream.*OPENAI_BASE_URL/s],
	[
		'a year to wait',
		apiError(429, {message: 'Slow.'}, {'retry-after': '31536000'}),
		/wait more than two days/,
	],
	['an endless answer', text(['x'.repeat(2_500_000)]), /larger than 2 MB/],
])('%s is told with the next step, and the next message works', async (_, reply, words) => {
	await stage.play([reply, text('Now it works.')]);
	const tandem = await stage.open();
	await tandem.submit('go');
	await tandem.sees(words);
	await tandem.submit('again');
	await tandem.sees('Now it works.');
});

test('a call of hundreds of thousands of characters is shown as a row, and again after a resume', async () => {
	const cmd = `echo begin; : ${'x'.repeat(300_000)}; echo end`;
	const model = await stage.play([call('exec_command', {cmd}), text('It ran.')]);
	const tandem = await stage.open();
	await tandem.submit('go');
	await tandem.sees('It ran.');
	await model.nextRequest();
	expect(lastOutput(await model.nextRequest())).toContain('Write it into a file and run that.');
	await tandem.sees(/Ran echo begin; : x+…/);
	await tandem.submit('/quit');
	await tandem.ends();
	const again = await stage.open({args: ['resume', '--last', '--trust']});
	await again.sees('It ran.');
	await again.sees(/Ran echo begin; : x+…/);
});

test('Esc ends a wait for a server that stalls, at once, and keeps what was said', async () => {
	await stage.play([stallAfter(6, text('Half of it, said before', {chunks: 4})), text('Back.')]);
	const tandem = await stage.open();
	await tandem.submit('go');
	await tandem.sees('Half of');
	const pressedAt = performance.now();
	tandem.type(keys.escape);
	await tandem.loses('esc to interrupt');
	expect(performance.now() - pressedAt).toBeLessThan(10 * 300);
	await tandem.sees('Half of');
	await tandem.submit('go on');
	await tandem.sees('Back.');
});
