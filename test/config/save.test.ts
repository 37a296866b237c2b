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
import {saveFeatures} from '../../src/config/save.js';
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
