// What a person who types sees of the worst that goes on meanwhile: 64 floods, a flood on the largest screen beside
// the terminal that they type into, a paste of a megabyte, a session of 10,000 entries.
import {appendFileSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {writeLine} from '../../src/session/schema.js';
import {longSession} from '../support/long-session.js';
import {call, text} from '../support/model-server.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';
import {echoTimes, openFloods} from '../support/typing.js';
import {isShort, recordFigure} from './figures.js';

const stage = setStage();
const goalMs = 100;
const words = 'THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG';

const percentile95 = (times: readonly number[]): number =>
	times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;
const record = (what: string, times: readonly number[]) => {
	const p95 = percentile95(times);
	expect(p95, what).toBeLessThan(10 * goalMs);
	recordFigure({
		what: `echo of a key ${what}, p95`,
		figure: `${p95.toFixed(0)} ms, ${Math.max(...times).toFixed(0)} at most, none lost`,
		goal: `≤ ${goalMs} ms`,
	});
};

test('64 floods at once', async () => {
	const floods = isShort ? 16 : 64;
	const tandem = await openFloods(stage, floods, "exec yes 'a line of the flood'");
	const times = await echoTimes(tandem, words);
	expect(tandem.text()).toContain(words);
	record(`while ${floods} terminals flood`, times);
});

// The grid of 500x200 is the largest that a terminal can have; alone it is how long an echo takes at all.
test.each([
	['with nothing beside it', 1, 'sleep', '600'],
	['beside a flood of accents at 500x200', 1, 'yes', 'e\u0301'],
	['beside 8 floods of accents at 500x200', 8, 'yes', 'e\u0301'],
	['beside a flood of resets at 500x200', 1, 'yes', '\x1bc\x1b#8'],
	['beside a flood of long lines at 500x200', 1, 'yes', `\x1b[44m${'wide 日本語 and more,'.repeat(100)}`],
])('a key typed into a terminal %s', async (beside, count, program, argument) => {
	await stage.play([
		[
			call('exec_command', {cmd: "printf 'type> '; exec cat", name: 'cat', yield_time_ms: 250}),
			...Array.from({length: count}, (_, index) =>
				call('exec_command', {
					cmd: `stty -opost; exec ${program} '${argument}'`,
					name: `beside-${index + 1}`,
					cols: 500,
					rows: 200,
					yield_time_ms: 250,
					max_output_tokens: 50,
				}),
			),
		],
		text('They run.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('start them');
	await tandem.sees('They run.');
	tandem.type(keys.alt('1'));
	await tandem.sees('type>');
	tandem.type(keys.enter);
	await tandem.sees('you type');
	const times = await echoTimes(tandem, words.replaceAll(' ', '-'), 'type> ');
	expect(stage.isAlive(`${program} ${argument}`)).toBe(true);
	record(`typed into a terminal ${beside}`, times);
});

test('a paste of a megabyte', async () => {
	await stage.play([]);
	const tandem = await stage.open();
	const line = 'some words of a long text that somebody pastes\n';
	const startedAt = performance.now();
	tandem.type(keys.paste(`${line.repeat(Math.ceil(1_000_000 / line.length))}END`));
	tandem.type('BEGIN ');
	await tandem.sees('BEGIN');
	recordFigure({
		what: 'a paste of 1 MB, to the echo of the key behind it',
		figure: `${(performance.now() - startedAt).toFixed(0)} ms`,
		goal: 'no goal',
	});
	record('behind a paste of 1 MB', await echoTimes(tandem, words, 'BEGIN '));
});

test('a session of 10,000 entries', async () => {
	await stage.play([text('Good morning.')]);
	const first = await stage.open();
	await first.submit('say good morning');
	await first.sees('Good morning.');
	await first.submit('/quit');
	await first.ends();
	const id = /tandem resume (\S+)/.exec(first.text())?.[1] ?? 'none';
	const file = readdirSync(join(stage.place.home, 'workspaces'), {recursive: true, encoding: 'utf8'})
		.map(name => join(stage.place.home, 'workspaces', name))
		.find(name => name.endsWith('.jsonl') && name.includes(id));
	if (file === undefined) throw new Error(`no file of session ${id}`);
	const entries = isShort ? 2_000 : 10_000;
	let seq = readFileSync(file, 'utf8').trimEnd().split('\n').length;
	const events = longSession({turns: Math.ceil(entries / 3), size: 400}).filter(
		({type}) => type !== 'session.started',
	);
	appendFileSync(file, Buffer.concat(events.map(event => Buffer.from(writeLine(++seq, event)))));
	const tandem = await stage.open({args: ['resume', id, '-a', 'full', '--trust']});
	await tandem.sees('done');
	record(`in a session of ${entries} entries`, await echoTimes(tandem, words));
});
