import {expect, test} from 'vitest';
import type {ModelSource, ModelStatus} from '../../src/events.js';
import {openWindow} from '../support/window.js';

const source = (provider: string, models: string[], change: Partial<ModelSource> = {}): ModelSource => ({
	provider,
	address: `http://${provider}.test/v1`,
	origin: 'configuration',
	models,
	state: {kind: 'listed'},
	...change,
});

const inUse: ModelStatus = {kind: 'ready', provider: 'home', name: 'qwen3:8b'};

const open = (
	sources: ModelSource[],
	{model = inUse, ...size}: {model?: ModelStatus; columns?: number; rows?: number} = {},
) =>
	openWindow({
		...size,
		state: {model, modelSources: sources},
		events: [{type: 'overlay.opened', overlay: 'model'}],
	});

const three = [
	source('home', ['llama3', 'qwen3:8b']),
	source('work', ['gpt-5.5', 'gpt-5.5-mini'], {state: {kind: 'asking'}}),
	source('ollama', ['qwen3:4b'], {origin: 'found', address: 'http://127.0.0.1:11434/v1'}),
];

for (const [columns, rows] of [
	[80, 24],
	[120, 40],
	[200, 60],
] as const) {
	test(`servers, their addresses and models are listed, the one in use marked, at ${columns}x${rows}`, async () => {
		const window = await open(three, {columns, rows});
		const lines = await window.lines();
		expect(lines).toContainEqual(expect.stringMatching(/^ home http:\/\/home\.test\/v1$/));
		expect(lines).toContainEqual(expect.stringMatching(/^ ▸ ● qwen3:8b +in use$/));
		expect(lines).toContainEqual(expect.stringMatching(/^ work .* asking …$/));
		expect(lines).toContainEqual(
			expect.stringMatching(/^ ollama http:\/\/127\.0\.0\.1:11434\/v1 +found on this machine$/),
		);
	});
}

test('Enter takes the selected model and closes', async () => {
	const window = await open(three);
	await window.press('down', 'down', 'enter');
	expect(window.callsOf('chooseModel')).toEqual([[{provider: 'work', model: 'gpt-5.5-mini'}]]);
	expect(window.store.get().ui.overlay).toBeUndefined();
});

test('typing filters, letters that move in other lists included; the best is taken', async () => {
	const window = await open(three);
	await window.type('k mini');
	const text = await window.text();
	expect(text).toContain('gpt-5.5-mini');
	expect(text).not.toContain('llama3');
	await window.press('enter');
	expect(window.callsOf('chooseModel')).toEqual([[{provider: 'work', model: 'gpt-5.5-mini'}]]);
});

test('a filter is pasted, erased and cleared; nothing of it reaches the composer', async () => {
	const window = await open(three);
	await window.paste('qwen3:4\n');
	await window.press('backspace', 'backspace', 'backspace');
	expect(await window.text()).toContain('› qwen3');
	await window.press('ctrl+u', 'escape');
	expect(await window.text()).toContain('› ask');
	expect(window.callsOf('chooseModel')).toEqual([]);
});

test('the best match is selected, not the first, and not the one in use', async () => {
	const window = await open([
		source('ollama', ['qwen3', 'xlxxm']),
		source('home', ['qwen3:8b']),
		source('lm-studio', ['lm-one']),
	]);
	await window.type('lm');
	expect(await window.lines()).toContainEqual(expect.stringMatching(/^ ▸ {3}lm-one$/));
	await window.press('ctrl+u');
	expect(await window.lines()).toContainEqual(expect.stringMatching(/^ ▸ ● qwen3:8b/));
});

test('what can be seen nowhere can be taken nowhere', async () => {
	const window = await open(three);
	await window.type('zzz');
	await window.press('enter');
	expect(window.callsOf('chooseModel')).toEqual([]);
	expect(window.store.get().ui.overlay).toBe('model');
});

test('without a model in use nothing is selected before a key selects it', async () => {
	const window = await open([], {model: {kind: 'missing', hint: ''}});
	expect(await window.text()).toContain('No server is set up');
	window.emit({type: 'models.changed', sources: three.slice(2)});
	await window.press('enter');
	expect(window.callsOf('chooseModel')).toEqual([]);
	await window.press('down', 'enter');
	expect(window.callsOf('chooseModel')).toEqual([[{provider: 'ollama', model: 'qwen3:4b'}]]);
});

test('the built-in assistant is marked when it answers but not selected, and a person without a server is told what to do', async () => {
	const builtIn = source('offline', ['offline assistant'], {
		origin: 'built-in',
		address: 'no language model',
	});
	const window = await open([builtIn], {model: {kind: 'offline', name: 'offline assistant', hint: ''}});
	expect(await window.text()).toMatch(/^ {3}● offline assistant +in use$/m);
	expect(await window.text()).toContain('No server is set up');
});

test('a list that comes while one looks does not move the selection to another model', async () => {
	const window = await open(three);
	await window.press('down');
	window.emit({type: 'models.changed', sources: [source('first', ['a', 'b']), ...three]});
	expect(await window.lines()).toContainEqual(expect.stringMatching(/^ ▸ {3}gpt-5\.5$/));
});

test('a server that fails says why, and hostile names are shown, not sent', async () => {
	const window = await open([
		source('dead', ['mine'], {state: {kind: 'failed', message: 'It is\ngone.'}}),
		source('evil', ['a\u001b[2Jb', '\u202eevil']),
	]);
	const text = await window.text();
	expect(text).toMatch(/dead .*failed/);
	expect(text).toContain('It is gone.');
	expect(text).toContain('mine');
	expect(text).toMatch(/a.*\[2Jb/);
	expect(text).not.toContain('\u202e');
});

test('a long list scrolls with its selection', async () => {
	const names = Array.from({length: 200}, (_, index) => `model-${index}`);
	const window = await open([source('many', names)]);
	await window.press(...new Array<string>(120).fill('down'));
	expect(await window.text()).toContain('▸   model-119');
	expect(await window.text()).toContain('120 of 200');
});

test('before the first message, servers of this machine are offered with their address', async () => {
	const window = await openWindow({
		state: {model: {kind: 'missing', hint: 'Set a key.'}, modelSources: three},
	});
	const text = await window.text();
	expect(text).toContain('ollama at http://127.0.0.1:11434/v1 (1 model)');
	expect(text).not.toContain('work at');
});
