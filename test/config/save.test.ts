import {
	chmodSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {saveFeatures, saveModel} from '../../src/config/save.js';
import {readConfig} from '../../src/config.js';
import {defaultFeatures} from '../../src/features.js';

let folder: string;
let file: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-save-'));
	file = join(folder, 'config.toml');
});

afterEach(() => rmSync(folder, {recursive: true, force: true}));

const keeping = {...defaultFeatures(), keep_terminals: true};

const savedFeatures = () => readConfig({user: {file, text: readFileSync(file, 'utf8')}}).config.features;

test('a first save makes a private file, and its folder', async () => {
	file = join(folder, 'deep', 'er', 'config.toml');
	expect(await saveFeatures(file, keeping)).toEqual({kind: 'saved'});
	expect(savedFeatures()).toEqual(keeping);
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(readFileSync(file, 'utf8')).not.toContain('background_terminal');
});

test('comments, order, other keys, unknown keys and the mode stay', async () => {
	const text = `# mine
model = "x" # a note

[features] # experiments
# why this is off
background_terminal = false
future = true

[providers.local]
base_url = 'http://localhost:1'
since = 2026-01-02T03:04:05Z
`;
	writeFileSync(file, text);
	chmodSync(file, 0o640);
	expect(await saveFeatures(file, {...defaultFeatures(), keep_terminals: true})).toEqual({
		kind: 'saved',
	});
	const lines = readFileSync(file, 'utf8').split('\n');
	const old = text.replace('background_terminal = false', 'background_terminal = true').split('\n');
	expect(lines.filter(line => line !== 'keep_terminals = true')).toEqual(old);
	expect(lines).toContain('keep_terminals = true');
	expect(statSync(file).mode & 0o777).toBe(0o640);
	expect(readdirSync(folder)).toEqual(['config.toml']);
});

test('going back to a default is written where it was set', async () => {
	await saveFeatures(file, keeping);
	await saveFeatures(file, defaultFeatures());
	expect(savedFeatures()).toEqual(defaultFeatures());
});

test('a save that changes nothing does not touch the file', async () => {
	writeFileSync(file, '# empty\n');
	const before = statSync(file).ino;
	expect(await saveFeatures(file, defaultFeatures())).toEqual({kind: 'saved'});
	expect(statSync(file).ino).toBe(before);
});

test('a link stays a link and what it points to is changed', async () => {
	mkdirSync(join(folder, 'dotfiles'));
	const target = join(folder, 'dotfiles', 'tandem.toml');
	for (const prepare of [() => {}, () => writeFileSync(target, 'mouse = false\n')]) {
		rmSync(target, {force: true});
		rmSync(file, {force: true});
		prepare();
		symlinkSync('dotfiles/tandem.toml', file);
		expect(await saveFeatures(file, keeping)).toEqual({kind: 'saved'});
		expect(lstatSync(file).isSymbolicLink()).toBe(true);
		expect(readFileSync(target, 'utf8')).toContain('keep_terminals = true');
	}
	expect(readFileSync(target, 'utf8')).toContain('mouse = false');
});

test.each(['model = \n', 'features = 3\n', '[features\n'])('a file like %j is left as it is', async text => {
	writeFileSync(file, text);
	const result = await saveFeatures(file, keeping);
	expect(result).toMatchObject({kind: 'failed', message: expect.stringContaining(file)});
	expect(readFileSync(file, 'utf8')).toBe(text);
});

test('what can not be written is a failure that names the file', async () => {
	writeFileSync(join(folder, 'not-a-folder'), '');
	const result = await saveFeatures(join(folder, 'not-a-folder', 'config.toml'), keeping);
	expect(result).toMatchObject({kind: 'failed', message: expect.stringContaining('not-a-folder')});
	mkdirSync(file);
	expect(await saveFeatures(file, keeping)).toMatchObject({kind: 'failed'});
});

const found = {provider: 'ollama', model: 'qwen3:8b', definition: {base_url: 'http://127.0.0.1:11434/v1'}};

const readBack = () => readConfig({user: {file, text: readFileSync(file, 'utf8')}});

test('a first choice of a model makes the file, with a section for its server', async () => {
	expect(await saveModel(file, found)).toEqual({kind: 'saved'});
	expect(readFileSync(file, 'utf8')).toBe(
		'provider = "ollama"\n\n[providers.ollama]\nbase_url = "http://127.0.0.1:11434/v1"\nmodel = "qwen3:8b"\n',
	);
});

test('a choice of a model changes its own keys alone, wherever they stand', async () => {
	const text = `# mine
mouse = false # no wheel
provider = "local" # the usual one

[providers.local] # at home
base_url = 'http://localhost:1/v1'
model = "old" # small

[features]
keep_terminals = true
`;
	writeFileSync(file, text);
	const chosen = {provider: 'local', model: 'new/one:8b', definition: {}};
	expect(await saveModel(file, chosen)).toEqual({kind: 'saved'});
	expect(readFileSync(file, 'utf8')).toBe(text.replace('"old"', '"new/one:8b"'));

	expect(await saveModel(file, found)).toEqual({kind: 'saved'});
	const lines = readFileSync(file, 'utf8').split('\n');
	for (const line of ['# mine', 'mouse = false # no wheel', '[providers.local] # at home', '[features]']) {
		expect(lines).toContain(line);
	}
	const {config, warnings} = readBack();
	expect(warnings).toEqual([]);
	expect(config).toMatchObject({
		provider: {value: 'ollama'},
		mouse: false,
		features: {keep_terminals: true},
		providers: {
			local: {base_url: 'http://localhost:1/v1', model: 'new/one:8b'},
			ollama: {base_url: 'http://127.0.0.1:11434/v1', model: 'qwen3:8b'},
		},
	});
});

test('the offline assistant needs no section', async () => {
	await saveModel(file, found);
	expect(await saveModel(file, {provider: 'offline', model: undefined, definition: {}})).toEqual({
		kind: 'saved',
	});
	const {config, warnings} = readBack();
	expect(warnings).toEqual([]);
	expect(config.provider?.value).toBe('offline');
	expect(Object.keys(config.providers)).toEqual(['ollama']);
});

test('a model of a provider that no file names, and one with a dot in its name, are stored', async () => {
	expect(await saveModel(file, {provider: 'openai', model: 'gpt-5.5', definition: {}})).toEqual({
		kind: 'saved',
	});
	expect(await saveModel(file, {...found, provider: 'my.server'})).toEqual({kind: 'saved'});
	expect(readBack()).toMatchObject({
		warnings: [],
		config: {
			provider: {value: 'my.server'},
			providers: {openai: {model: 'gpt-5.5'}, 'my.server': found.definition},
		},
	});
});

test.each(['providers = 3\n', '[providers]\nollama = 3\n', 'provider =\n'])(
	'a choice of a model leaves a file like %j as it is',
	async text => {
		writeFileSync(file, text);
		expect(await saveModel(file, found)).toMatchObject({
			kind: 'failed',
			message: expect.stringContaining(file),
		});
		expect(readFileSync(file, 'utf8')).toBe(text);
	},
);
