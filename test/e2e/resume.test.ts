// Coming back to a conversation: chosen from the list, by its id, and inside of a window.
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastUserText} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {keys, startTandem} from '../support/tandem.js';

const stage = setStage();

const quit = async () => {
	await stage.tandem.submit('/quit');
	await stage.tandem.ends(0);
	return /tandem resume (\S+)/.exec(stage.tandem.text())?.[1] ?? 'none';
};

test('resume lists the sessions with their first words, and goes on with the chosen or the named one', async () => {
	const model = await stage.play([text('Good morning.'), text('Good evening.'), text('Still here.')]);
	const first = await stage.open();
	await first.submit('say good morning');
	await first.sees('Good morning.');
	const id = await quit();
	const second = await stage.open();
	await second.submit('say good evening');
	await second.sees('Good evening.');
	await quit();

	const chosen = await stage.open({args: ['resume']});
	// First things first.
	await chosen.sees('do you trust this folder?');
	chosen.type(keys.escape);
	await chosen.sees('say good evening');
	await chosen.sees('say good morning');
	chosen.type('mrning');
	await chosen.loses('say good evening');
	chosen.type(keys.enter);
	await chosen.sees('Good morning.');
	await chosen.submit('are you there?');
	await chosen.sees('Still here.');
	for (let past = 0; past < 2; past++) await model.nextRequest();
	const request = await model.nextRequest();
	expect(JSON.stringify(request)).toContain('say good morning');
	expect(JSON.stringify(request)).not.toContain('say good evening');
	expect(await quit()).toBe(id);

	const wrong = await startTandem({place: stage.place, args: ['resume', 'no-such']});
	await wrong.sees('There is no session no-such');
	await wrong.ends(1);

	const again = await stage.open({args: ['resume', id, '--trust']});
	await again.sees('Still here.');
});

test('/resume changes the conversation of a window; its terminals run on and the model is told of them', async () => {
	const model = await stage.play([
		call('exec_command', {cmd: 'echo up; sleep 300', name: 'dev', until: {pattern: 'up'}}),
		text('It runs.'),
		text('A joke.'),
		text('I see it.'),
	]);
	const tandem = await stage.open({args: ['-a', 'full', '--trust']});
	await tandem.submit('start it');
	await tandem.sees('It runs.');
	await tandem.loses('esc to interrupt');
	await tandem.submit('/new');
	await tandem.sees('1 running terminal kept');
	await tandem.submit('tell a joke');
	await tandem.sees('A joke.');
	await tandem.loses('esc to interrupt');
	await tandem.submit('/resume');
	await tandem.sees(/start it +running: dev/);
	await tandem.sees('this one');
	tandem.type('start');
	await tandem.loses('tell a joke');
	tandem.type(keys.enter);
	await tandem.sees('It runs.');
	await tandem.loses('A joke.');
	for (let past = 0; past < 3; past++) await model.nextRequest();
	await tandem.submit('and now?');
	await tandem.sees('I see it.');
	expect(lastUserText(await model.nextRequest())).toMatch(/Terminals as of now:.*1 \(dev\): running/);
});

test('where nothing was said yet there is nothing to resume', async () => {
	const tandem = await startTandem({place: stage.place, args: ['resume']});
	await tandem.sees('There is no session of this folder yet');
	await tandem.ends(1);
});
