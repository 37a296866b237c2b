// Whatever stands in tandem's files and in the folder, the window opens, says what is amiss, and works.
import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'vitest';
import {setStage} from '../support/stage.js';

const stage = setStage();

/** Files of the window, in the home (its workspace is `*`) and in the folder. */
const windowFiles = [
	'home/config.toml',
	'home/trusted.json',
	'home/workspaces/*/history.jsonl',
	'home/workspaces/*/patches/a.json',
	'home/workspaces/*/sessions/20260101-0000-aaaa.jsonl',
	'my-app/AGENTS.md',
	'my-app/.gitignore',
	'my-app/.tandem/config.toml',
];
const hostFiles = ['next-id', 'host.token', 'host.lock', 'terminals/1/terminal.json'].map(
	name => `home/workspaces/*/${name}`,
);
const allFiles = [...windowFiles, ...hostFiles];

const garbage = Buffer.from(Array.from({length: 4_096}, (_, index) => (index * 37) % 256));

const spoil = (files: readonly string[], how: (path: string) => void) => {
	const [key = ''] = readdirSync(join(stage.place.home, 'workspaces'));
	for (const file of files) {
		const path = join(stage.place.root, file.replace('*', key));
		mkdirSync(dirname(path), {recursive: true, mode: 0o700});
		rmSync(path, {recursive: true, force: true});
		how(path);
	}
};

const useWindow = async () => {
	const tandem = await stage.open();
	tandem.type('!echo sum-$((20+3))\r');
	await tandem.sees('sum-23');
	await tandem.submit('/quit');
	await tandem.ends(0);
};

test.each<[string, readonly string[], (path: string) => void]>([
	['random bytes', allFiles, path => writeFileSync(path, garbage)],
	['a torn end', allFiles, path => writeFileSync(path, '{"v":1,')],
	['ten megabytes of a line', allFiles, path => writeFileSync(path, 'x'.repeat(10_000_000))],
	['a folder', windowFiles, path => mkdirSync(path)],
	['a pipe', windowFiles, path => execFileSync('mkfifo', [path])],
	['a link to itself', windowFiles, path => symlinkSync(path, path)],
])('%s in the place of any file: the window opens and works', async (_, files, how) => {
	await useWindow();
	spoil(files, how);
	await useWindow();
});
