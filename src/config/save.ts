// Stores the choice of features in the user's config.toml. Comments, order and all other keys stay as they are;
// a file that can't be understood is never overwritten.
import {lstat, mkdir, readFile, readlink, realpath, stat} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {parse as parseKeepingLayout, patch} from '@decimalturn/toml-patch';
import {parse} from 'smol-toml';
import {describeTomlError} from '../config.js';
import {type FeatureKey, features} from '../features.js';
import {replaceFile} from './write.js';

/** `message` is for people and says what to do. */
export type SaveResult = {kind: 'saved'} | {kind: 'failed'; message: string; cause?: unknown};

/** Never throws. A link is followed: what it points to is replaced, the link stays. */
export const saveFeatures = async (
	file: string,
	chosen: Record<FeatureKey, boolean>,
): Promise<SaveResult> => {
	try {
		const target = await findTarget(file);
		const old = await readOld(target);
		const next = withFeatures(target, old.text, chosen);
		if (next.kind === 'failed') return next;
		if (next.text === old.text) return {kind: 'saved'};
		await mkdir(dirname(target), {recursive: true, mode: 0o700});
		await replaceFile(target, next.text, old.mode);
		return {kind: 'saved'};
	} catch (cause) {
		const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
		const message = `${file} can't be written (${code}). Make it writable and save again.`;
		return {kind: 'failed', message, cause};
	}
};

/** The new text of a configuration with these features. Pure. */
export const withFeatures = (
	file: string,
	text: string,
	chosen: Record<FeatureKey, boolean>,
): {kind: 'text'; text: string} | {kind: 'failed'; message: string; cause?: unknown} => {
	const fail = (reason: string, cause?: unknown) => ({
		kind: 'failed' as const,
		message: `${reason}. Nothing was saved; mend the file and save again.`,
		...(cause !== undefined && {cause}),
	});
	let before: Record<string, unknown>;
	try {
		before = parse(text);
	} catch (error) {
		return fail(describeTomlError(file, error), error);
	}
	const stored = before.features ?? {};
	if (!isTable(stored)) return fail(`${file}: "features" is no table`);
	// What is at its default and was never written stays unwritten: defaults may change with a version.
	const written = features.filter(({key, isOnByDefault}) => key in stored || chosen[key] !== isOnByDefault);
	const changes = Object.fromEntries(written.map(({key}) => [key, chosen[key]]));
	if (Object.entries(changes).every(([key, value]) => stored[key] === value)) return {kind: 'text', text};
	try {
		const layout = parseKeepingLayout(text);
		const next = patch(text, {...layout, features: {...layout.features, ...changes}});
		// The library is young: what it made is read by another one before it counts.
		if (isDeepStrictEqual(plain(parse(next)), plain({...before, features: {...stored, ...changes}}))) {
			return {kind: 'text', text: next};
		}
		return fail(`${file} could not be changed without touching other keys`);
	} catch (error) {
		return fail(`${file} could not be changed`, error);
	}
};

const isTable = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** The parsers make tables and dates of classes of their own. */
const plain = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(plain);
	if (value instanceof Date) return {date: value.toISOString()};
	if (!isTable(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
};

/** Dotfiles are often links, sometimes to a file that is yet to be made. */
const findTarget = async (file: string): Promise<string> => {
	try {
		return await realpath(file);
	} catch {
		const stats = await lstat(file).catch(() => undefined);
		return stats?.isSymbolicLink() ? resolve(dirname(file), await readlink(file)) : file;
	}
};

const readOld = async (file: string): Promise<{text: string; mode: number}> => {
	const stats = await stat(file).catch((error: unknown) => {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
		throw error;
	});
	if (!stats) return {text: '', mode: 0o600};
	if (!stats.isFile()) throw new Error('it is no file');
	return {text: await readFile(file, 'utf8'), mode: stats.mode & 0o777};
};
