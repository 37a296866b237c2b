import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {crc32} from 'node:zlib';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {keepCompiledCode} from '../src/code-cache.js';

let root = '';
let store = () => {};
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'tandem-code-'));
	mkdirSync(join(root, 'program'));
	store = keepCompiledCode({
		program: join(root, 'program'),
		stateFolder: join(root, 'state'),
		uid: process.getuid?.() ?? 0,
	});
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

const require = createRequire(import.meta.filename);
const chunk = () => join(root, 'program', 'chunk.js');
const cache = () => join(root, 'state', 'code', 'chunk.js.cache');

/** Loads the chunk as a new process would. */
const load = (): unknown => {
	delete require.cache[chunk()];
	return require(chunk()).say();
};

/** Writes a chunk, runs it once and stores what was compiled. */
const keep = (source: string) => {
	writeFileSync(chunk(), source);
	load();
	store();
};

/** Puts the code of one source under the name of another of its length: who uses the cache runs the old code. */
const giveToAnother = (source: string) => {
	const stored = readFileSync(cache());
	writeFileSync(chunk(), source);
	stored.writeUInt32LE(crc32(Buffer.from(source)), 0);
	writeFileSync(cache(), stored);
};

test('a chunk’s compiled code is stored in a private place and used by the next start', () => {
	keep("exports.say = () => 'one'");
	expect(statSync(join(root, 'state', 'code')).mode & 0o777).toBe(0o700);
	expect(statSync(cache()).mode & 0o777).toBe(0o600);
	expect(readdirSync(join(root, 'state', 'code'))).toEqual(['chunk.js.cache']);
	giveToAnother("exports.say = () => 'two'");
	expect(load()).toBe('one');
});

test('a source that changed is compiled again, whatever its length', () => {
	keep("exports.say = () => 'one'");
	keep("exports.say = () => 'two'");
	expect(load()).toBe('two');
});

test('a cache that is damaged anywhere, cut or empty is not used, and is mended', () => {
	keep("exports.say = () => 'whole'");
	const whole = readFileSync(cache());
	for (let index = 0; index < whole.length; index += 5) {
		const damaged = Buffer.from(whole);
		damaged[index] = (damaged[index] ?? 0) ^ 0x55;
		writeFileSync(cache(), damaged);
		expect(load()).toBe('whole');
	}
	for (const length of [0, 7, 8, 9, whole.length - 1]) {
		writeFileSync(cache(), whole.subarray(0, length));
		expect(load()).toBe('whole');
	}
	store();
	const mended = readFileSync(cache());
	expect(mended.readUInt32LE(4)).toBe(crc32(mended.subarray(8)));
});

test.each([
	['that others may write', () => chmodSync(cache(), 0o660)],
	[
		'behind a link',
		() => {
			renameSync(cache(), join(root, 'elsewhere'));
			symlinkSync(join(root, 'elsewhere'), cache());
		},
	],
])('a cache %s is not used', (_what, spoil) => {
	keep("exports.say = () => 'one'");
	giveToAnother("exports.say = () => 'two'");
	spoil();
	expect(load()).toBe('two');
});

test('the caches of chunks that are no more go away', () => {
	keep("exports.say = () => 'one'");
	const old = cache().replace('chunk.js', 'chunk-of-another-version.js');
	writeFileSync(old, 'old');
	keep("exports.say = () => 'two'");
	expect(readdirSync(join(root, 'state', 'code'))).toEqual(['chunk.js.cache']);
});

test('where nothing can be stored the program runs all the same', () => {
	writeFileSync(join(root, 'state'), 'no folder');
	keep("exports.say = () => 'runs'");
	expect(load()).toBe('runs');
});
