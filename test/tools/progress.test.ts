// What progress output costs the model: the rows in their last form, not each redrawing.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {defaultFeatures} from '../../src/features.js';
import {createPool} from '../../src/host/pool.js';
import {toolsFor} from '../../src/tools/index.js';
import {createContext, temporaryFolder} from './context.js';

const fixtures = join(import.meta.dirname, '../fixtures/progress');
const charactersPerToken = 4;
const promisedShare = 0.3;

test.for([
	{file: 'npm-install.bytes', tokens: 82, lines: ['added 78 packages in 7s']},
	{file: 'cargo-build.bytes', tokens: 171, lines: ['   Compiling mu v0.1.0 (/home/ada/shop/mu)']},
	{
		file: 'pip-install.mjs',
		tokens: 212,
		lines: ['Collecting scipy', `     ${'━'.repeat(40)} 41.2/41.2 MB 8.0 MB/s eta 0:00:00`],
	},
	{file: 'docker-build.mjs', tokens: 307, lines: ['[+] Building 17.2s (9/10)']},
])('$file is at most 0.3 of its bytes', async ({file, tokens, lines}) => {
	const path = join(fixtures, file);
	const isProgram = file.endsWith('.mjs');
	const raw = isProgram ? execFileSync(process.execPath, [path]) : readFileSync(path);
	const state = await temporaryFolder();
	const host = await createPool({stateFolder: join(state, 'state'), runtimeFolder: join(state, 'run')});
	onTestFinished(() => host.close());
	const exec = toolsFor({host, features: defaultFeatures()}).find(({name}) => name === 'exec_command');
	const cmd = isProgram ? `'${process.execPath}' '${path}'` : `cat '${path}'`;
	const result = await exec?.run(exec.schema.parse({cmd}), createContext(fixtures));
	const [head = '', output = ''] = (result?.output ?? '').split('\nOutput:\n');
	expect(Number(/Original token count: (\d+)/.exec(head)?.[1])).toBe(tokens);
	expect(output.length / charactersPerToken).toBeLessThanOrEqual(tokens);
	expect(tokens / (raw.length / charactersPerToken)).toBeLessThanOrEqual(promisedShare);
	for (const line of lines) expect(output.split('\n')).toContain(line);
});
