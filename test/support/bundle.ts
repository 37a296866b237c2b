// Bundles a TypeScript entry into a temporary file, so that a test can run it as a process of its own.
import {mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build, type Plugin} from 'esbuild';

export const bundle = async (
	entry: string,
	/** Changes of sources, by the end of their path: another version of them. */
	edits: readonly {file: string; from: string; to: string}[] = [],
): Promise<{file: string; remove(): void}> => {
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
		plugins: edits.map(edited),
	});
	return {file, remove: () => rmSync(folder, {recursive: true, force: true})};
};

const edited = ({file, from, to}: {file: string; from: string; to: string}): Plugin => ({
	name: `edit ${file}`,
	setup({onLoad}) {
		onLoad({filter: /\.ts$/}, ({path}) => {
			if (!path.endsWith(file)) return;
			const source = readFileSync(path, 'utf8');
			if (!source.includes(from)) throw new Error(`${path} does not hold: ${from}`);
			return {contents: source.replace(from, to), loader: 'ts'};
		});
	},
});
