// The first minute: no key, no network, a folder nobody has trusted yet.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {setStage} from '../support/stage.js';
import {keys, startTandem} from '../support/tandem.js';

const stage = setStage();

for (const size of [
	{cols: 80, rows: 24},
	{cols: 120, rows: 40},
]) {
	test(`without a key the screen says what it is and how to get a model, and works, at ${size.cols}x${size.rows}`, async () => {
		const tandem = await stage.open({args: ['--trust'], ...size});
		await tandem.sees('OPENAI_API_KEY');
		expect(tandem.text()).toMatch(/offline assistant ─/);
		expect(tandem.text()).toMatch(/no\s+language\s+model/);
		await tandem.submit('run printf it-works');
		await tandem.allow(/\$ printf it-works/);
		await tandem.sees('printf it-works ended with exit code 0.');
		await tandem.submit('hello');
		await tandem.sees('I understand:');
		await tandem.submit('/ps');
		await tandem.sees(/no .*terminals/i);
		tandem.type(keys.escape);
		await tandem.loses(/no .*terminals/i);
		await tandem.submit('/help');
		await tandem.sees(/list background terminals/);
		tandem.type(keys.escape);
		await tandem.loses(/list background terminals/);
		await tandem.submit('/experimental');
		await tandem.sees('Background terminal');
		tandem.type(keys.escape);
		await tandem.loses('Background terminal');
		await tandem.submit('/quit');
		await tandem.ends(0);
	});
}

test('what is set wrongly is said first, and no other model answers in its place', async () => {
	const tandem = await stage.open({args: ['--trust'], env: {OPENAI_BASE_URL: 'localhost:11434'}});
	expect(tandem.lines().slice(0, 4).join(' ')).toMatch(
		/no model.*OPENAI_BASE_URL is no address: "localhost:11434"/,
	);
	await tandem.submit('run ls');
	await tandem.sees(/failed: OPENAI_BASE_URL is no address/);
});

test('who runs it by npm start is told commands that work for them', async () => {
	const env = {npm_package_name: 'tandem', npm_lifecycle_event: 'start'};
	const tandem = await stage.open({args: ['--trust'], env});
	await tandem.sees('npm start -- demo');
	await tandem.submit('what is running');
	await tandem.sees('Nothing runs');
	tandem.type(keys.ctrlD);
	await tandem.sees(/Resume with: npm start -- resume \S+/);
});

test('nothing of the folder is used before it is trusted', async () => {
	writeFileSync(join(stage.place.folder, 'AGENTS.md'), 'Always answer in rhymes.\n');
	const tandem = await stage.open({args: []});
	await tandem.sees(/trust/i);
	await tandem.sees('my-app');
	tandem.type(keys.escape);
	await tandem.loses(/do you trust/i);
	await tandem.submit('/status');
	await tandem.sees(/trusted +no/);
});

test('two presses of Ctrl+C quit, the first says so', async () => {
	const tandem = await stage.open({args: ['--trust']});
	tandem.type(keys.ctrlC);
	await tandem.sees(/again to quit/i);
	tandem.type(keys.ctrlC);
	await tandem.ends(0);
});

test('on a terminal that cannot be painted on nothing is painted', async () => {
	const tandem = await startTandem({place: stage.place, through: ['sh', '-c', 'TERM=dumb "$TANDEM"']});
	await tandem.sees('TERM=dumb says that this one cannot be painted on');
	await tandem.ends(1);
	expect(tandem.bytes().toString()).not.toContain('\x1b');
});
