import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {completeShellWord} from '../../src/files/shell-word.js';

let cwd: string;
beforeAll(() => {
	cwd = mkdtempSync(join(tmpdir(), 'tandem-words-'));
	for (const folder of ['src', 'src/deep', 'bin', 'my folder']) mkdirSync(join(cwd, folder));
	for (const file of [
		'src/app.ts',
		'src/api.ts',
		'my folder/a',
		'.hidden',
		"it's",
		'bin/npm',
		'bin/npx',
		'bin/node',
	]) {
		writeFileSync(join(cwd, file), '');
	}
	symlinkSync('src', join(cwd, 'link'));
});
afterAll(() => rmSync(cwd, {recursive: true, force: true}));

const complete = async (line: string) => {
	const {head, words} = await completeShellWord(line, {cwd, path: `relative:${cwd}/bin`});
	return words.map(word => head + word);
};

test.each([
	['np', ['npm', 'npx']],
	['cd x && nod', ['cd x && node']],
	['ls | np', ['ls | npm', 'ls | npx']],
	['cat sr', ['cat src/']],
	['cat src/a', ['cat src/api.ts', 'cat src/app.ts']],
	['cat <src/ap', ['cat <src/api.ts', 'cat <src/app.ts']],
	['src/', ['src/api.ts', 'src/app.ts', 'src/deep/']],
	['cat my', ['cat my\\ folder/']],
	['cat my\\ folder/', ['cat my\\ folder/a']],
	['cat "my fo', ['cat my\\ folder/']],
	["cat 'my folder'/", ['cat my\\ folder/a']],
	['cat it', ["cat it\\'s"]],
	['cat .h', ['cat .hidden']],
	['ls li', ['ls link/']],
	['cat nothing', []],
	['', []],
])('%s could become %j', async (line, expected) => {
	expect(await complete(line)).toEqual(expected);
});
