// Keeps what V8 has compiled of the program's chunks, so that the next start need not compile them: half of the
// time until Ink is up. A cache that is stale, damaged or not ours only costs time.
import {
	closeSync,
	constants,
	existsSync,
	fstatSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {createRequire} from 'node:module';
import {basename, dirname, join} from 'node:path';
import {Script} from 'node:vm';
import {crc32} from 'node:zlib';
import {preparePrivateFolder} from './paths.js';

export type CodeCacheOptions = {
	/** The folder of the chunks; they are scripts of CommonJS in ASCII. */
	program: string;
	stateFolder: string;
	uid: number;
};

// What a start needs has run by then; a window that ends sooner stores it on its way out.
const storeAfterMs = 3_000;

/** From here on the chunks are loaded through the cache. Returns what stores, at once, what was not in it. */
export const keepCompiledCode = ({program, stateFolder, uid}: CodeCacheOptions): (() => void) => {
	const {extensions} = createRequire(import.meta.filename);
	const load = extensions['.js'];
	// Another Node, or the same with other flags, compiles otherwise: V8 itself refuses what does not fit.
	const folder = join(stateFolder, 'code');
	const compiled = new Map<string, {source: Buffer; script: Script}>();

	const store = () => {
		clearTimeout(timer);
		if (compiled.size === 0 || preparePrivateFolder(folder, uid)) return;
		for (const [file, {source, script}] of compiled) {
			writeCache(cacheFile(folder, file), source, script.createCachedData());
		}
		compiled.clear();
		removeOthers(folder, program);
	};
	// A program that was only asked for its version makes no folders.
	const storeAtExit = () => {
		if (existsSync(stateFolder)) store();
	};
	let timer: NodeJS.Timeout | undefined;

	extensions['.js'] = (module, file) => {
		if (dirname(file) !== program) return load(module, file);
		const source = readFileSync(file);
		const cachedData = readCache(cacheFile(folder, file), source, uid);
		const script = new Script(`${head}${source.toString('latin1')}\n})`, {
			filename: file,
			columnOffset: -head.length,
			...(cachedData && {cachedData}),
		});
		if (!cachedData || script.cachedDataRejected) {
			if (compiled.size === 0) process.once('exit', storeAtExit);
			compiled.set(file, {source, script});
			clearTimeout(timer);
			timer = setTimeout(store, storeAfterMs);
			timer.unref();
		}
		const run = script.runInThisContext();
		run(module.exports, (id: string) => module.require(id), module, file, program);
	};
	return store;
};

const head = '(function(exports,require,module,__filename,__dirname){';

const cacheFile = (folder: string, file: string) => join(folder, `${basename(file)}.cache`);

// V8 takes a damaged cache for good, and looks at nothing of the source but its length: a cache begins with the
// checksums of the source and of itself.
const headerBytes = 8;

const readCache = (file: string, source: Buffer, uid: number): Buffer | undefined => {
	let descriptor: number | undefined;
	try {
		descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		const stats = fstatSync(descriptor);
		if (!stats.isFile() || stats.uid !== uid || (stats.mode & 0o022) !== 0) return undefined;
		const cache = readFileSync(descriptor);
		if (cache.length <= headerBytes) return undefined;
		const data = cache.subarray(headerBytes);
		const isWhole = cache.readUInt32LE(0) === crc32(source) && cache.readUInt32LE(4) === crc32(data);
		return isWhole ? data : undefined;
	} catch {
		// It is not there yet, or can't be read: the source is compiled.
		return undefined;
	} finally {
		if (descriptor !== undefined) closeSync(descriptor);
	}
};

/** Chunks that are no more: their names change with their contents. */
const removeOthers = (folder: string, program: string): void => {
	for (const name of readdirSync(folder)) {
		const chunk = name.replace(/\.cache(?:\.\d+)?$/, '');
		if (!existsSync(join(program, chunk))) rmSync(join(folder, name), {force: true});
	}
};

const writeCache = (file: string, source: Buffer, data: Buffer): void => {
	const header = Buffer.alloc(headerBytes);
	header.writeUInt32LE(crc32(source), 0);
	header.writeUInt32LE(crc32(data), 4);
	const temporary = `${file}.${process.pid}`;
	try {
		writeFileSync(temporary, Buffer.concat([header, data]), {mode: 0o600, flag: 'wx'});
		renameSync(temporary, file);
	} catch {
		// A full disk or a read-only home: the next start compiles again.
	}
};
