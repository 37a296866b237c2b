// Bundles the program into dist/: one entry and the chunks that it loads when they are used.
import {rmSync} from 'node:fs';
import {build} from 'esbuild';

rmSync('dist', {recursive: true, force: true});

await build({
	entryPoints: {main: 'src/main.ts'},
	outdir: 'dist',
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node22',
	minify: true,
	sourcemap: 'linked',
	sourcesContent: false,
	legalComments: 'none',
	loader: {'.md': 'text', '.sh': 'text'},
	define: {'process.env.NODE_ENV': '"production"'},
	// node-pty is a native addon: it is loaded from node_modules.
	external: ['node-pty'],
	// Ink imports its developer tools at the top of a module that production never calls.
	alias: {'react-devtools-core': './src/tty/no-devtools.ts'},
	// Bundled CommonJS packages call require() for Node's own modules.
	banner: {
		js: "import {createRequire as tandemCreateRequire} from 'node:module'; const require = tandemCreateRequire(import.meta.url);",
	},
	logLevel: 'warning',
});
