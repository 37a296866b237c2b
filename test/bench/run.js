// Bundles the benchmark and runs it: `npm run bench -- --help`.
import {build} from 'esbuild';

// In an older one the bundle hangs before its first line.
if (Number.parseInt(process.versions.node, 10) < 22) {
	const needs = 'The benchmark needs Node 22 or newer: npm run bench finds one. This is';
	process.stderr.write(`${needs} ${process.versions.node}.\n`);
	process.exit(1);
}

const file = 'node_modules/.cache/tandem-bench.mjs';
await build({
	entryPoints: ['test/bench/main.ts'],
	outfile: file,
	bundle: true,
	format: 'esm',
	platform: 'node',
	target: 'node22',
	// node-pty is a native addon: it is loaded from node_modules.
	external: ['node-pty'],
	// Bundled CommonJS packages call require() for Node's own modules.
	banner: {
		js: "import {createRequire as benchCreateRequire} from 'node:module'; const require = benchCreateRequire(import.meta.url);",
	},
	logLevel: 'warning',
});
await import(`../../${file}`);
