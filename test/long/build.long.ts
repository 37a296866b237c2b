// A long build in the background: the model is asked nothing from its start to the notice of its end.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput, lastUserText} from '../support/model-turns.js';
import {setStage} from '../support/stage.js';
import type {Tandem} from '../support/tandem.js';
import {isShort, recordFigure} from './figures.js';

const seconds = isShort ? 5 : 30;
// Prints all the time, as builds do.
const build = `for n in $(seq ${seconds}); do echo "compiling $n of ${seconds}"; sleep 1; done; exit 3`;
const start = call('exec_command', {cmd: build, name: 'build', yield_time_ms: 250});

const stage = setStage();

/** In two steps: each may take as long as a test waits for anything. */
const seesTheEnd = async (tandem: Tandem) => {
	await tandem.sees(`compiling ${Math.ceil(seconds / 2)} of`);
	await tandem.sees('It failed.');
};

test(`a build of ${seconds} s: no request between its start and the notice of its end, which wakes the model`, async () => {
	writeFileSync(join(stage.place.home, 'config.toml'), '[features]\nwake_on_exit = true\n');
	const times: number[] = [];
	const replies = [start, text('It builds.'), text('It failed.')];
	const model = await stage.play(({index}) => {
		times.push(performance.now());
		return replies[index] ?? text('Asked too often.');
	});
	const tandem = await stage.open();
	await tandem.submit('build it');
	await tandem.sees('It builds.');
	await seesTheEnd(tandem);
	expect(model.requests).toHaveLength(3);
	const [, started = 0, told = 0] = times;
	expect(told - started).toBeGreaterThan((seconds - 1) * 1_000);
	const [, , last] = model.requests;
	if (!last) throw new Error('there was no third request');
	expect(lastUserText(last)).toMatch(/Terminal 1 \(build\) ended: exit code 3 after/);
	expect(lastUserText(last)).toContain(`compiling ${seconds} of ${seconds}`);
	recordFigure({
		what: `requests while a build of ${seconds} s runs`,
		figure: String(times.filter(time => time > started && time < told).length),
		goal: '0',
	});
});

test(`a build of ${seconds} s that is waited for within the turn costs the one call that waits`, async () => {
	const model = await stage.play([start, call('wait_terminal', {session_ids: [1]}), text('It failed.')]);
	const tandem = await stage.open();
	await tandem.submit('build it and wait');
	await seesTheEnd(tandem);
	expect(model.requests).toHaveLength(3);
	const [, , last] = model.requests;
	if (!last) throw new Error('there was no third request');
	expect(lastOutput(last)).toContain('Process exited with code 3\n');
});
