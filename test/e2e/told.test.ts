// Being told: a build in the background costs no request until it has ended, and the model hears of that once.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, type RecordedRequest, text} from '../support/model-server.js';
import {lastOutput, lastUserText} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import {findHost} from '../support/tandem.js';

const stage = setStage();

/** Ends when the file `go` is there. */
const build = (name: string) =>
	call('exec_command', {
		cmd: 'until [ -e go ]; do sleep 0.05; done; echo built 7 files; exit $((1 + 1))',
		name,
		yield_time_ms: 250,
	});
/** The request of this number, from 0. */
const request = (index: number): RecordedRequest => {
	const found = stage.model.requests[index];
	if (!found) throw new Error(`There was no request ${index}.`);
	return found;
};

const finishBuild = () => writeFileSync(join(stage.place.folder, 'go'), '');

test('the end of a build is told with the next message, once, and nothing is asked until then', async () => {
	const model = await stage.play([build('build'), text('It builds.'), text('I see.'), text('Nothing new.')]);
	const tandem = await stage.open();
	await tandem.submit('build it');
	await tandem.sees('It builds.');
	finishBuild();
	await tandem.sees('exit 2');
	expect(model.requests).toHaveLength(2);
	await tandem.submit('and now?');
	await tandem.sees('I see.');
	await tandem.submit('anything else?');
	await tandem.sees('Nothing new.');
	expect(model.requests).toHaveLength(4);
	const told = lastUserText(request(2));
	expect(told).toMatch(/Terminal 1 \(build\) ended: exit code 2 after/);
	expect(told).toContain('built 7 files');
	expect(lastUserText(request(3))).not.toContain('Terminal 1');
});

test('within a turn it rides on the next answer', async () => {
	const model = await stage.play(({index}) => {
		if (index === 0) return build('build');
		if (index === 1) {
			finishBuild();
			return call('exec_command', {cmd: 'sleep 0.7; echo meanwhile'});
		}
		return text('Done.');
	});
	const tandem = await stage.open();
	await tandem.submit('build it and go on');
	await tandem.sees('Done.');
	expect(model.requests).toHaveLength(3);
	const answer = lastOutput(request(2));
	expect(answer).toMatch(
		/meanwhile[\s\S]*Meanwhile, in the terminals:\n\| Terminal 1 \(build\) ended: exit code 2/,
	);
});

test('an idle model is woken when the user wants that: bursts are one turn, and never more than three in a row', async () => {
	writeFileSync(join(stage.place.home, 'config.toml'), '[features]\nwake_on_exit = true\n');
	const again = (index: number) =>
		call('exec_command', {
			cmd: `until [ -e go-${index} ]; do sleep 0.05; done`,
			yield_time_ms: 250,
			name: `round-${index}`,
		});
	// Each turn that it is woken for starts another one that ends.
	const model = await stage.play(({index, body}) => {
		if (index === 0) return [build('one'), build('two')];
		const isAnswer = body.input.at(-1)?.type === 'function_call_output';
		return isAnswer ? text(`Answer ${index}.`) : again(index);
	});
	const tandem = await stage.open();
	await tandem.submit('build both');
	await tandem.sees('Answer 1.');
	finishBuild();
	for (const round of [2, 4, 6]) {
		await tandem.sees(`Answer ${round + 1}.`);
		writeFileSync(join(stage.place.folder, `go-${round}`), '');
	}
	await tandem.sees('3 turns in a row were started by that');
	// Two for the message, two for each of the three turns.
	expect(model.requests).toHaveLength(8);
	const first = lastUserText(request(2));
	expect(first).toContain('Terminal 1 (one) ended');
	expect(first).toContain('Terminal 2 (two) ended');
	await tandem.submit('go on');
	const woken = model.requests.length;
	await tandem.sees('Answer 9.');
	expect(woken).toBeGreaterThanOrEqual(8);
	expect(lastUserText(request(8))).toMatch(/Terminal \d \(round-6\) ended[\s\S]*go on/);
});

test('what is lost unseen is told by the notification that the configuration names', async () => {
	writeFileSync(join(stage.place.home, 'config.toml'), 'notify = "osc9"\n');
	const tandem = await stage.open();
	await tandem.submit('!sleep 1000');
	await tandem.sees(/1 sleep/);
	process.kill(findHost(stage.place.home), 'SIGKILL');
	await tandem.until(
		'the notification',
		() => tandem.bytes().includes('\x1b]9;sleep is lost\x1b\\') || undefined,
	);
});
