// Bundles the program into dist/: main.js, which paints the first frame, and the chunks that it loads when they
// are used. The chunks are CommonJS, since only a script of CommonJS can keep the code that V8 has compiled
// (src/code-cache.ts).
import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {basename, join, relative, resolve} from 'node:path';
import {build, transform} from 'esbuild';

const outdir = 'dist';

/** What is changed in packages before they are bundled: files, and an edit of their source. */
const patches = [
	{
		// A segmenter made when a package is loaded costs 14 ms. Ours is made when it is needed, once for all.
		filter: /\/(string-width|slice-ansi|wrap-ansi|cli-truncate|ansi-tokenize|ink)\/.*\.js$/,
		edit: source => {
			const patched = source.replaceAll(/new Intl\.Segmenter\([^)]*\)/g, 'createSegmenter()');
			if (patched === source) return source;
			return `import {createSegmenter} from ${JSON.stringify(resolve('src/text/segmenter.ts'))};\n${patched}`;
		},
	},
	{
		// It is loaded for one check of an argument.
		filter: /\/signal-exit\/index\.js$/,
		edit: source => source.replace("require('assert')", '{equal() {}}'),
	},
	{
		// Of its forty languages one is read.
		filter: /\/zod\/v4\/locales\/index\.js$/,
		edit: () => "export {default as en} from './en.js';",
	},
	{
		// Its patterns of all Unicode cost 5 ms when they are made and more when they are used: most text needs none.
		filter: /\/string-width\/index\.js$/,
		edit: source => {
			const [, imports, body] = /^((?:import [^\n]*\n)+)(.*)$/s.exec(source);
			return `import {narrowWidth} from ${JSON.stringify(resolve('src/text/narrow.ts'))};
				${imports}
				let measure;
				export default (text, options) => {
					const columns = typeof text === 'string' && !options ? narrowWidth(text) : undefined;
					return columns ?? (measure ??= make())(text, options);
				};
				const make = () => {
					${body.replace('export default function', 'return function')}
				};`;
		},
	},
	{
		// Its developer tools are awaited at the top of a module, which CommonJS can't.
		filter: /\/ink\/build\/reconciler\.js$/,
		edit: source => source.replaceAll("process.env['DEV'] === 'true'", 'false'),
	},
	{
		// The same for its WebAssembly: it is made at once instead.
		filter: /\/yoga-layout\/dist\/src\/index\.js$/,
		edit: source =>
			source
				.replace('import loadYoga from', 'import loadYoga, {wasm} from')
				.replace('wrapAssembly(await loadYoga())', 'wrapAssembly(makeYoga())')
				.concat(`
					function makeYoga() {
						const yoga = {
							instantiateWasm(imports, onReady) {
								const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
								onReady(instance);
								return instance.exports;
							},
						};
						loadYoga(yoga);
						return yoga;
					}`),
	},
	{
		filter: /\/yoga-wasm-base64-esm\.js$/,
		edit: source =>
			source
				.replace('import.meta.url', '""')
				.replace(/"data:application\/octet-stream;base64,([^"]+)"/, '""')
				.concat(
					`\nexport const wasm = Buffer.from('${/;base64,([^"]{1000,})"/.exec(source)[1]}', 'base64');`,
				),
	},
];

const patchPackages = {
	name: 'patch-packages',
	setup({onLoad}) {
		onLoad({filter: /\/node_modules\/.*\.js$/}, ({path}) => {
			const fitting = patches.filter(({filter}) => filter.test(path));
			if (fitting.length === 0) return undefined;
			return {contents: fitting.reduce((source, {edit}) => edit(source), readFileSync(path, 'utf8'))};
		});
	},
};

const shared = {
	platform: 'node',
	target: 'node22',
	minify: true,
	sourcemap: 'linked',
	sourcesContent: false,
	legalComments: 'none',
	logLevel: 'warning',
};

const bundled = {
	...shared,
	bundle: true,
	outdir,
	loader: {'.md': 'text', '.sh': 'text'},
	define: {
		'process.env.NODE_ENV': '"production"',
		'import.meta.filename': '__filename',
	},
	// node-pty is a native addon: it is loaded from node_modules.
	external: ['node-pty'],
	plugins: [patchPackages],
	alias: {
		// One version for all: the older ones of Ink's parts compile a pattern of all emoji for the first "─".
		'string-width': resolve('node_modules/string-width/index.js'),
	},
};

/** What the entry imports when it is used: each becomes an entry of the chunks. */
const lazy = new Map();
const lazyImports = {
	name: 'lazy-imports',
	setup({onResolve}) {
		onResolve({filter: /^\./}, ({kind, path, resolveDir}) => {
			if (kind !== 'dynamic-import') return undefined;
			const source = join(resolveDir, path).replace(/\.js$/, '');
			const name = relative('src', source).replaceAll('/', '-');
			lazy.set(name, source);
			return {path: `./${name}.js`, external: true};
		});
	},
};

/** Scripts of CommonJS. `import()` becomes `require()`, which goes through the code cache. */
const commonJs = {...shared, format: 'cjs', supported: {'dynamic-import': false}};

rmSync(outdir, {recursive: true, force: true});
await build({
	...bundled,
	...commonJs,
	entryPoints: {main: 'src/main.ts'},
	plugins: [patchPackages, lazyImports],
});
const {outputFiles} = await build({
	...bundled,
	entryPoints: Object.fromEntries(lazy),
	splitting: true,
	format: 'esm',
	sourcemap: 'inline',
	write: false,
});
for (const {path, text} of outputFiles) {
	const {code, map} = await transform(text, {...commonJs, sourcemap: true, sourcefile: basename(path)});
	writeFileSync(path, `${code}//# sourceMappingURL=${basename(path)}.map\n`);
	writeFileSync(`${path}.map`, map);
}
writeFileSync(join(outdir, 'package.json'), '{"type": "commonjs"}\n');
