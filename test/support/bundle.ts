// Bundles a TypeScript entry into a temporary file, so that a test can run it as a process of its own.
import {mkdtempSync, realpathSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'esbuild';

export const bundle = async (entry: string): Promise<{file: string; remove(): void}> => {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-bundle-')));
	// Native packages are not bundled but found from here.
	symlinkSync(realpathSync('node_modules'), join(folder, 'node_modules'));
	const file = join(folder, 'entry.mjs');
	await build({
		entryPoints: [entry],
		outfile: file,
		bundle: true,
		format: 'esm',
		platform: 'node',
		target: 'node22',
		external: ['node-pty'],
		loader: {'.md': 'text', '.sh': 'text'},
		banner: {
			js: "import {createRequire as tandemCreateRequire} from 'node:module'; const require = tandemCreateRequire(import.meta.url);",
		},
		logLevel: 'warning',
	});
	return {file, remove: () => rmSync(folder, {recursive: true, force: true})};
};
