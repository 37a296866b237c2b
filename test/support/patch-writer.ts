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
import {appendFileSync} from 'node:fs';
const {at, kind} = JSON.parse(process.env.FAULT ?? '{}');
const note = (...words) => process.env.TRACE && appendFileSync(process.env.TRACE, JSON.stringify(words) + '\\n');
let count = 0;
const faulty = name => async (...args) => {
	note(name, ...args);
	if ((kind === 'torn' && name !== 'writeFile') || ++count !== at) return real[name](...args);
	if (kind === 'error') throw Object.assign(new Error('EIO: i/o error, ' + name), {code: 'EIO'});
	if (kind === 'torn') await real.writeFile(args[0], args[1].slice(0, args[1].length / 2));
	process.kill(process.pid, 'SIGKILL');
	await new Promise(() => {});
};
${changing.map(name => `export const ${name} = faulty('${name}');`).join('\n')}
export const {lstat, readFile, readdir, readlink, realpath} = real;
// A process that is killed at a sync is one that is killed before the next change.
export const open = async (...args) => {
	const handle = await real.open(...args);
	const sync = handle.sync.bind(handle);
	handle.sync = async () => {
		note('sync', args[0]);
		if (kind === 'error' && ++count === at) throw Object.assign(new Error('EIO: i/o error, sync'), {code: 'EIO'});
		return sync();
	};
	return handle;
};
`;

const program = `
import {applyPatch} from './src/tools/apply-patch.ts';
import {mendPatches} from './src/tools/patch-mend.ts';
const [workspace, patchFolder, input] = process.argv.slice(2);
const context = {cwd: workspace, workspace, patchFolder: patchFolder || undefined, sessionId: 's', callId: 'c', signal: new AbortController().signal};
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
	/** What it printed, or that it was ended. Without a patch it mends. `trace`: a file for what it changes and syncs. */
	return (
		workspace: string,
		patchFolder: string,
		{patch, fault, trace = ''}: {patch?: string; fault?: Fault; trace?: string},
	) =>
		new Promise<{kind: 'ended'} | {kind: 'done'; result: string}>((resolve, reject) => {
			const child = spawn(
				process.execPath,
				[outfile, workspace, patchFolder, ...(patch === undefined ? [] : [patch])],
				{
					stdio: ['ignore', 'pipe', 'pipe'],
					env: {...process.env, FAULT: JSON.stringify(fault ?? {}), TRACE: trace},
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
