import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {isTrusted, trust} from '../src/trust.js';

let root: string;
let state: string;
let project: string;

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'tandem-trust-'));
	state = join(root, 'state');
	project = join(root, 'project');
	mkdirSync(join(project, 'inner'), {recursive: true});
});

afterEach(() => rmSync(root, {recursive: true, force: true}));

test('a folder is trusted after it was, under any name, and no other one', async () => {
	expect(isTrusted(state, project)).toBe(false);
	expect(await trust(state, project)).toBeUndefined();
	symlinkSync(project, join(root, 'link'));
	expect(isTrusted(state, project)).toBe(true);
	expect(isTrusted(state, join(root, 'link'))).toBe(true);
	expect(isTrusted(state, join(project, 'inner'))).toBe(false);
	expect(isTrusted(state, root)).toBe(false);
});

test('the list is private and keeps what it has', async () => {
	await trust(state, project);
	await trust(state, project);
	await trust(state, join(project, 'inner'));
	const file = join(state, 'trusted.json');
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(JSON.parse(readFileSync(file, 'utf8')).folders).toHaveLength(2);
	expect(isTrusted(state, project)).toBe(true);
});

test.each([
	['is cut', (file: string) => writeFileSync(file, '{"v":1,"fol')],
	['is of a newer version', (file: string) => writeFileSync(file, '{"v":2,"folders":[]}')],
	['can be written by others', (file: string) => chmodSync(file, 0o666)],
	[
		'is a link',
		(file: string) => {
			writeFileSync(`${file}.real`, readFileSync(file));
			rmSync(file);
			symlinkSync(`${file}.real`, file);
		},
	],
])('a list that %s trusts nothing and is not overwritten', async (_, spoil) => {
	await trust(state, project);
	const file = join(state, 'trusted.json');
	spoil(file);
	const before = readFileSync(file, 'utf8');
	expect(isTrusted(state, project)).toBe(false);
	expect(await trust(state, project)).toMatchObject({message: expect.stringContaining(file)});
	expect(readFileSync(file, 'utf8')).toBe(before);
});

test('an answer that can not be stored is said', async () => {
	writeFileSync(state, '');
	expect(await trust(state, project)).toMatchObject({kind: 'failed'});
});

test('a folder that is gone is not trusted', async () => {
	expect(isTrusted(state, join(root, 'gone'))).toBe(false);
	expect(await trust(state, join(root, 'gone'))).toMatchObject({kind: 'failed'});
});
