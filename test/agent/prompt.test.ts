import {execFileSync} from 'node:child_process';
import {mkdir, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {buildInstructions, readProjectInstructions} from '../../src/agent/prompt.js';
import {temporaryFolder} from '../tools/context.js';

const input = {
	workspace: '/project',
	cwd: '/project/app',
	platform: 'linux',
	shell: '/bin/bash',
	date: '2026-11-23',
	hasBackgroundTerminals: true,
	projectInstructions: [],
};

test('the instructions say where the model is, and what the project says', () => {
	const text = buildInstructions({...input, projectInstructions: [{path: 'AGENTS.md', text: 'Use tabs.\n'}]});
	expect(text).toContain('Session folder, where relative paths start: /project/app');
	expect(text.endsWith('# Instructions of the project, from AGENTS.md\n\nUse tabs.')).toBe(true);
	expect(text).not.toContain('switched off');
});

test('without background terminals the model is told so', () => {
	expect(buildInstructions({...input, hasBackgroundTerminals: false})).toContain(
		'# Background terminals are switched off',
	);
});

test('AGENTS.md is read from the workspace down to the session folder, only when it is trusted', async () => {
	const workspace = await temporaryFolder();
	const cwd = join(workspace, 'a/b');
	await mkdir(cwd, {recursive: true});
	await mkdir(join(workspace, 'other'));
	await writeFile(join(workspace, 'AGENTS.md'), 'outer');
	await writeFile(join(cwd, 'AGENTS.md'), 'inner');
	await writeFile(join(workspace, 'other/AGENTS.md'), 'elsewhere');
	expect(await readProjectInstructions({workspace, cwd, isTrusted: true})).toEqual([
		{path: 'AGENTS.md', text: 'outer'},
		{path: 'a/b/AGENTS.md', text: 'inner'},
	]);
	expect(await readProjectInstructions({workspace, cwd, isTrusted: false})).toEqual([]);
});

test('an AGENTS.md that leads outside, blocks or is huge does no harm', async () => {
	const workspace = await temporaryFolder();
	const outside = await temporaryFolder();
	await writeFile(join(outside, 'secret'), 'secret');
	const [link, fifo, huge] = ['link', 'link/fifo', 'link/fifo/huge'].map(path => join(workspace, path));
	await mkdir(huge ?? '', {recursive: true});
	await symlink(join(outside, 'secret'), join(link ?? '', 'AGENTS.md'));
	execFileSync('mkfifo', [join(fifo ?? '', 'AGENTS.md')]);
	await writeFile(join(huge ?? '', 'AGENTS.md'), 'x'.repeat(100_000));
	const found = await readProjectInstructions({workspace, cwd: huge ?? '', isTrusted: true});
	expect(found).toHaveLength(1);
	expect(found[0]?.text).toContain('… cut: only the first 32768 bytes');
	expect(found[0]?.text.length).toBeLessThan(33_000);
});
