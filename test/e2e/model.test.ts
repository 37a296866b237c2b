// Which model answers: from the environment, found on this machine, chosen and stored.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {call, type RecordedRequest, startModelServer, text} from '../support/model-server.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();

/** Answers with its model's name; calls the tool that it is tried with. */
const named = ({body}: RecordedRequest) =>
	body.tools?.length === 1 ? call('ready', {}) : text(`${body.model} answers.`);

const start = async (...[options]: [Parameters<typeof startModelServer>[1]?]) => {
	const server = await startModelServer(named, options);
	onTestFinished(server.close);
	return server;
};

/** The one server of this machine that can be found. */
const onlyOllama = (url: string): string[] =>
	['ollama', 'lm-studio', 'llama-cpp', 'vllm'].flatMap(name => [
		'--config',
		`local_servers.${name}=${name === 'ollama' ? new URL(url).port : 'false'}`,
	]);

test('a base URL alone is enough: chat, no key, the first of its models', async () => {
	const server = await start({models: ['first', 'second']});
	const tandem = await stage.open({env: {OPENAI_BASE_URL: server.url}});
	await tandem.submit('hello');
	await tandem.sees('first answers.');
	const {sent, headers} = await server.nextRequest();
	expect(sent).toHaveProperty('messages');
	expect(headers.authorization).toBe('Bearer none');
});

test('a server of this machine is offered, chosen by the person, stored, and there again', async () => {
	const server = await start({models: ['small', 'large'], capabilities: {large: ['tools']}});
	const config = join(stage.place.home, 'config.toml');
	writeFileSync(config, '# mine\nmouse = false # no wheel\n');
	const args = ['-a', 'full', '--trust', ...onlyOllama(server.url)];
	let tandem = await stage.open({args});
	await tandem.sees(new RegExp(`ollama at ${server.url}`));
	expect(server.requests).toEqual([]);
	expect(server.visits.map(({headers}) => headers.authorization)).toEqual([undefined]);

	await tandem.submit('/model');
	await tandem.sees(/large/);
	tandem.type(`larg${keys.enter}`);
	await tandem.sees('large can call tools.');
	await tandem.submit('hello');
	await tandem.sees('large answers.');
	await expect
		.poll(() => readFileSync(config, 'utf8'), {timeout: 10_000})
		.toBe(
			`# mine\nmouse = false # no wheel\nprovider = "ollama"\n\n[providers.ollama]\nbase_url = "${server.url}"\nmodel = "large"\n`,
		);
	await tandem.end();

	tandem = await stage.open({args});
	await tandem.submit('hello again');
	await tandem.sees('large answers.');

	await tandem.submit('/model');
	await tandem.sees(/offline assistant/);
	tandem.type(`offl${keys.enter}`);
	await tandem.sees('offline assistant answers from the next turn on.');
	await tandem.submit('what is running');
	await tandem.sees(/nothing|no terminal/i);
	await expect.poll(() => readFileSync(config, 'utf8'), {timeout: 10_000}).toContain('provider = "offline"');
	expect(server.requests.at(-1)?.body.input.at(-1)?.content).toBe('hello again');
});

test('a model that can not call tools is told as such', async () => {
	const server = await start({models: ['plain'], capabilities: {plain: ['completion']}});
	const tandem = await stage.open({args: ['--trust', ...onlyOllama(server.url)]});
	await tandem.sees(/ollama at/);
	await tandem.submit('/model plain');
	await tandem.sees(/plain can't call tools \(its server says so\)/);
});

test('with a model nobody looks around; /model shows slow and dead servers as such and holds nobody up', async () => {
	const [mine, slow, local] = await Promise.all([
		start({models: ['mine', 'other']}),
		start({listing: new Promise(() => {})}),
		start({models: ['local']}),
	]);
	writeFileSync(
		join(stage.place.home, 'config.toml'),
		`provider = "mine"
[providers.mine]
base_url = "${mine.url}"
model = "mine"
[providers.slow]
base_url = "${slow.url}"
[providers.dead]
base_url = "http://127.0.0.1:9/v1"
`,
	);
	const tandem = await stage.open({args: ['-a', 'full', '--trust', ...onlyOllama(local.url)]});
	await tandem.submit('hello');
	await tandem.sees('mine answers.');
	expect(local.visits).toEqual([]);
	expect(slow.visits).toEqual([]);

	await tandem.submit('/model');
	await tandem.sees(/● mine +in use/);
	await tandem.sees(/slow .*asking …/);
	await tandem.sees(/dead .*failed/);
	await tandem.sees(/ollama .*found on this machine/);
	tandem.type(`other${keys.enter}`);
	await tandem.sees('other of mine answers from the next turn on.');
	await tandem.submit('hello you');
	await tandem.sees('other answers.');
	await tandem.submit('/model mine');
	await tandem.sees('mine of mine answers');
	await tandem.submit('and back');
	const backAt = () => mine.requests.find(({body}) => body.input.at(-1)?.content === 'and back');
	await expect.poll(() => backAt()?.body.model, {timeout: 10_000}).toBe('mine');
});
