import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {copyBothWays, copyByProgram} from '../src/clipboard.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-clipboard-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const addProgram = (name: string, script: string) => {
	mkdirSync(join(folder, 'bin'), {recursive: true});
	writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
	chmodSync(join(folder, 'bin', name), 0o755);
};
const env = (more: object = {}) => ({PATH: `bin:${folder}/bin:/usr/bin:/bin`, OUT: folder, ...more});

test('the program of the surrounding gets the text, whole', async () => {
	addProgram('wl-copy', 'cat > "$OUT/got"');
	const text = 'grüße\n'.repeat(20_000);
	expect(await copyByProgram(text, env({WAYLAND_DISPLAY: 'wayland-0'}), 'linux')).toBe('wl-copy');
	expect(readFileSync(join(folder, 'got'), 'utf8')).toBe(text);
});

test('one that fails is followed by the next that fits', async () => {
	addProgram('xclip', 'exit 1');
	addProgram('xsel', 'cat > "$OUT/got"');
	expect(await copyByProgram('x', env({DISPLAY: ':0'}), 'linux')).toBe('xsel');
});

test('without a screen there is none, and a relative folder of PATH brings none', async () => {
	addProgram('wl-copy', 'cat > "$OUT/got"');
	expect(await copyByProgram('x', env(), 'linux')).toBeUndefined();
	expect(
		await copyByProgram('x', {PATH: `bin:./bin`, WAYLAND_DISPLAY: 'wayland-0'}, 'linux'),
	).toBeUndefined();
});

test('it is said which way took the text, and when it is too long', async () => {
	addProgram('xclip', 'cat > "$OUT/got"');
	const none = {PATH: `${folder}/bin`};
	const copied = (words: string) => ({isCopied: true, words});
	expect(await copyBothWays('x', true, env({DISPLAY: ':0'}))).toEqual(copied(', by xclip.'));
	expect(await copyBothWays('x', false, env({DISPLAY: ':0'}))).toEqual(
		copied(', by xclip; too long for OSC 52.'),
	);
	expect(await copyBothWays('x', true, none)).toEqual(copied(' (if your terminal takes OSC 52).'));
	expect(await copyBothWays('x', false, none)).toMatchObject({isCopied: false});
});
