import {createHash} from 'node:crypto';
import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {findWorkspace} from '../src/workspace.js';

let base = '';
beforeEach(() => {
	base = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-workspace-')));
	mkdirSync(join(base, 'app/src/deep'), {recursive: true});
});
afterEach(() => rmSync(base, {recursive: true, force: true}));

test('the nearest folder upwards with .git or .tandem is the workspace', () => {
	mkdirSync(join(base, '.git'));
	expect(findWorkspace(join(base, 'app/src')).folder).toBe(base);
	mkdirSync(join(base, 'app/.tandem'));
	expect(findWorkspace(join(base, 'app/src/deep')).folder).toBe(join(base, 'app'));
});

test('a worktree, whose .git is a file, is a workspace; a file called .tandem is none', () => {
	writeFileSync(join(base, 'app/.git'), 'gitdir: elsewhere');
	writeFileSync(join(base, 'app/src/.tandem'), '');
	expect(findWorkspace(join(base, 'app/src/deep')).folder).toBe(join(base, 'app'));
});

test('a folder without marks is its own workspace', () => {
	expect(findWorkspace(join(base, 'app/src')).folder).toBe(join(base, 'app/src'));
});

test('the key is made of the real path, so a link leads to the same workspace', () => {
	mkdirSync(join(base, 'app/.git'));
	symlinkSync(join(base, 'app/src'), join(base, 'link'));
	const {key} = findWorkspace(join(base, 'link/deep'));
	expect(key).toBe(createHash('sha256').update(join(base, 'app')).digest('hex').slice(0, 16));
});
