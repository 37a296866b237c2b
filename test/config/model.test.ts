import {expect, test} from 'vitest';
import {defaultModel, providersOf, resolveModel, withChoice} from '../../src/config/model.js';
import {readConfig} from '../../src/config.js';

const resolve = (toml: string, env: Record<string, string>, flags = {}) =>
	resolveModel(readConfig({user: {file: 'config.toml', text: toml}, ...flags}).config, env);

const local = '[providers.local]\nbase_url = "http://localhost:1/v1"\n';

test('a key alone means the OpenAI API, Responses and the default model', () => {
	expect(resolve('', {OPENAI_API_KEY: ' sk-1\n'})).toEqual({
		kind: 'ready',
		provider: 'openai',
		model: defaultModel,
		baseURL: undefined,
		apiKey: 'sk-1',
		addressKey: 'OPENAI_BASE_URL',
		envKey: 'OPENAI_API_KEY',
		wireApi: 'responses',
		withheld: ['OPENAI_API_KEY'],
		warnings: [],
	});
});

test('a base URL alone means chat, a dummy key and a model to be looked up', () => {
	expect(resolve('', {OPENAI_BASE_URL: 'http://localhost:11434/v1', OPENAI_API_KEY: ''})).toMatchObject({
		kind: 'ready',
		provider: 'localhost:11434',
		model: undefined,
		baseURL: 'http://localhost:11434/v1',
		apiKey: 'none',
		envKey: undefined,
		wireApi: 'chat',
	});
});

test('a base URL with a key uses it, and TANDEM_WIRE_API decides', () => {
	const env = {OPENAI_BASE_URL: 'http://x/v1', OPENAI_API_KEY: 'k', TANDEM_WIRE_API: 'responses'};
	expect(resolve('', env)).toMatchObject({apiKey: 'k', wireApi: 'responses', withheld: ['OPENAI_API_KEY']});
});

test('a wrong TANDEM_WIRE_API is a warning with what is allowed', () => {
	expect(resolve('', {OPENAI_BASE_URL: 'http://x', TANDEM_WIRE_API: 'soap'})).toMatchObject({
		wireApi: 'chat',
		warnings: ['TANDEM_WIRE_API can\'t be "soap"; allowed: responses, chat.'],
	});
});

test('with nothing set the offline assistant answers, and the hint says how to get a model', () => {
	expect(resolve('', {})).toMatchObject({
		kind: 'offline',
		hint: expect.stringMatching(/OPENAI_API_KEY.*OPENAI_BASE_URL/),
	});
});

test('who names a model and no way to it is told what is missing', () => {
	const missing = {kind: 'missing', hint: expect.stringContaining('OPENAI_API_KEY')};
	expect(resolve('model = "gpt-5"', {})).toMatchObject(missing);
	expect(resolve('', {TANDEM_MODEL: 'gpt-5'})).toMatchObject(missing);
	expect(resolve('', {}, {flags: {model: 'gpt-5'}})).toMatchObject(missing);
});

test('the offline assistant can be asked for, whatever else is set', () => {
	const env = {OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://x/v1'};
	expect(resolve('', env, {overrides: ['provider=offline']}).kind).toBe('offline');
	expect(resolve('provider = "offline"', {OPENAI_API_KEY: 'k'}).kind).toBe('offline');
});

test.each(['nonsense', 'ftp://x'])('a base URL that is no address is said: %s', address => {
	const resolved = resolve('', {OPENAI_BASE_URL: address});
	expect(resolved).toMatchObject({kind: 'missing', hint: expect.stringContaining(`"${address}"`)});
});

test('the OpenAI key is never sent to a configured server that does not name it', () => {
	expect(resolve(`provider = "local"\n${local}`, {OPENAI_API_KEY: 'sk-1'})).toMatchObject({
		kind: 'ready',
		provider: 'local',
		apiKey: 'none',
		wireApi: 'chat',
	});
});

test('a provider whose key is not set says which variable to set', () => {
	const resolved = resolve(`provider = "local"\n${local}env_key = "LOCAL_KEY"`, {OPENAI_API_KEY: 'sk-1'});
	expect(resolved).toMatchObject({kind: 'missing', hint: expect.stringContaining('Set LOCAL_KEY')});
	expect(resolved.withheld).toEqual(['LOCAL_KEY']);
});

test('a provider that does not exist is named with those that do', () => {
	const resolved = resolve(`provider = "lokal"\n${local}`, {});
	expect(resolved).toMatchObject({
		kind: 'missing',
		hint: 'There is no provider "lokal". There are: local, openai, offline.',
	});
});

test('the environment stands over the file, a flag over both', () => {
	const toml = `provider = "local"\nmodel = "top"\n${local}model = "own"`;
	expect(resolve(toml, {})).toMatchObject({provider: 'local', model: 'own'});
	expect(resolve(toml, {TANDEM_MODEL: 'env'})).toMatchObject({model: 'env'});
	expect(resolve(toml, {TANDEM_MODEL: 'env'}, {flags: {model: 'flag'}})).toMatchObject({model: 'flag'});
	const env = {OPENAI_BASE_URL: 'http://x/v1'};
	expect(resolve(toml, env)).toMatchObject({provider: 'x', model: 'top'});
	expect(resolve(toml, env, {overrides: ['provider=local']})).toMatchObject({provider: 'local'});
});

test('the only provider is used, of several one must be named', () => {
	expect(resolve(local, {})).toMatchObject({kind: 'ready', provider: 'local'});
	const several = `${local}[providers.other]\nbase_url = "http://localhost:2"`;
	expect(resolve(several, {})).toMatchObject({
		kind: 'missing',
		hint: expect.stringContaining('there are: local, other'),
	});
});

test('keys of all providers are withheld from commands, but for those given back', () => {
	const toml = `[providers.a]\nenv_key = "A_KEY"\n[providers.b]\nenv_key = "B_KEY"\n`;
	expect(resolve(toml, {OPENAI_API_KEY: 'k'}).withheld).toEqual(['OPENAI_API_KEY', 'A_KEY', 'B_KEY']);
	const passing = `${toml}[environment]\npass = ["OPENAI_API_KEY", "A_KEY"]`;
	expect(resolve(passing, {OPENAI_API_KEY: 'k'}).withheld).toEqual(['B_KEY']);
});

const choose = (toml: string, env: Record<string, string>, provider: string, definition = {}) => {
	const {config} = readConfig({user: {file: 'config.toml', text: toml}});
	return resolveModel(withChoice(config, {provider, model: 'picked', definition}), env);
};

test("a choice stands over files and environment, and takes only its own provider's key", () => {
	const env = {
		OPENAI_BASE_URL: 'http://x/v1',
		OPENAI_API_KEY: 'sk-1',
		TANDEM_MODEL: 'env',
		TANDEM_WIRE_API: 'responses',
	};
	expect(choose(local, env, 'local')).toMatchObject({
		provider: 'local',
		model: 'picked',
		baseURL: 'http://localhost:1/v1',
		apiKey: 'none',
		wireApi: 'chat',
		addressKey: 'base_url of [providers.local]',
	});
	expect(choose(local, env, 'x')).toMatchObject({
		provider: 'x',
		model: 'picked',
		apiKey: 'sk-1',
		wireApi: 'responses',
		addressKey: 'OPENAI_BASE_URL',
	});
	const found = choose('', env, 'ollama', {base_url: 'http://127.0.0.1:11434/v1'});
	expect(found).toMatchObject({kind: 'ready', model: 'picked', apiKey: 'none', wireApi: 'chat'});
});

test('what can be chosen: the server of the environment, those of the files, the OpenAI API with a key, and no model at all', () => {
	const namesOf = (toml: string, env: Record<string, string>) =>
		providersOf(readConfig({user: {file: 'config.toml', text: toml}}).config, env).map(({name}) => name);
	expect(namesOf('', {})).toEqual(['offline']);
	expect(namesOf(local, {OPENAI_API_KEY: 'sk-1'})).toEqual(['local', 'openai', 'offline']);
	expect(namesOf(local, {OPENAI_API_KEY: 'sk-1', OPENAI_BASE_URL: 'http://x:8/v1'})).toEqual([
		'x:8',
		'local',
		'offline',
	]);
	expect(namesOf(local, {OPENAI_BASE_URL: 'nonsense'})).toEqual(['local', 'offline']);
});
