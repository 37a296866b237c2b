// A process that writes one patch, or mends those that were cut off, and is ended or fails at its N-th change of a
// file: by the kernel's own hand, between any two system calls and in the middle of a write.
import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {build} from 'esbuild';

/** `torn`: in the middle of the N-th file that is written. `error`: it fails once, as a faulty disk does. */
export type Fault = {at: number; kind: 'before' | 'torn' | 'error'};

const changing = ['chmod', 'copyFile', 'link', 'mkdir', 'rename', 'rm', 'rmdir', 'writeFile'];

const faultyFiles = `
import real from 'node:fs/promises';
const {at, kind} = JSON.parse(process.env.FAULT ?? '{}');
let count = 0;
const faulty = name => async (...args) => {
	if ((kind === 'torn' && name !== 'writeFile') || ++count !== at) return real[name](...args);
	if (kind === 'error') throw Object.assign(new Error('EIO: i/o error, ' + name), {code: 'EIO'});
	if (kind === 'torn') await real.writeFile(args[0], args[1].slice(0, args[1].length / 2));
	process.kill(process.pid, 'SIGKILL');
	await new Promise(() => {});
};
${changing.map(name => `export const ${name} = faulty('${name}');`).join('\n')}
export const {lstat, open, readFile, readdir, readlink, realpath} = real;
`;

const program = `
import {applyPatch} from './src/tools/apply-patch.ts';
import {mendPatches} from './src/tools/patch-mend.ts';
const [workspace, patchFolder, input] = process.argv.slice(2);
const context = {cwd: workspace, workspace, patchFolder, sessionId: 's', callId: 'c', signal: new AbortController().signal};
const result = input === undefined
	? await mendPatches(patchFolder, {workspace, now: 0})
	: await applyPatch().run({input}, context);
process.stdout.write(JSON.stringify(result));
`;

/** Bundled once; each call is a process of its own. */
export const buildPatchWriter = async (folder: string) => {
	const outfile = join(folder, 'writer.mjs');
	await build({
		stdin: {contents: program, resolveDir: process.cwd(), loader: 'ts'},
		outfile,
		bundle: true,
		minify: true,
		platform: 'node',
		format: 'esm',
		logLevel: 'silent',
		loader: {'.md': 'text', '.sh': 'text'},
		plugins: [
			{
				name: 'faulty-files',
				setup({onResolve, onLoad}) {
					onResolve({filter: /^node:fs\/promises$/}, ({namespace}) =>
						namespace === 'faulty'
							? {path: 'node:fs/promises', external: true}
							: {path: 'files', namespace: 'faulty'},
					);
					onLoad({filter: /.*/, namespace: 'faulty'}, () => ({contents: faultyFiles}));
				},
			},
		],
	});
	/** What it printed, or that it was ended. Without a patch it mends. */
	return (workspace: string, patchFolder: string, {patch, fault}: {patch?: string; fault?: Fault}) =>
		new Promise<{kind: 'ended'} | {kind: 'done'; result: string}>((resolve, reject) => {
			const child = spawn(
				process.execPath,
				[outfile, workspace, patchFolder, ...(patch === undefined ? [] : [patch])],
				{
					stdio: ['ignore', 'pipe', 'pipe'],
					env: {...process.env, FAULT: JSON.stringify(fault ?? {})},
				},
			);
			let [result, errors] = ['', ''];
			child.stdout.on('data', chunk => {
				result += chunk;
			});
			child.stderr.on('data', chunk => {
				errors += chunk;
			});
			child.once('close', (code, signal) => {
				if (signal === 'SIGKILL') resolve({kind: 'ended'});
				else if (code === 0) resolve({kind: 'done', result});
				else reject(new Error(errors));
			});
		});
};
