// Stores choices in the user's config.toml. Comments, order and all other keys stay as they are; a file that can't
// be understood is never overwritten.
import {lstat, mkdir, readFile, readlink, realpath, stat} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {parse as parseKeepingLayout, patch} from '@decimalturn/toml-patch';
import {parse} from 'smol-toml';
import {describeTomlError, type Provider} from '../config.js';
import {type FeatureKey, features} from '../features.js';
import {replaceFile} from './write.js';

/** `message` is for people and says what to do. */
export type SaveResult = {kind: 'saved'} | {kind: 'failed'; message: string; cause?: unknown};

/** Never throws. A link is followed: what it points to is replaced, the link stays. */
export const saveFeatures = (file: string, chosen: Record<FeatureKey, boolean>): Promise<SaveResult> =>
	saveChanges(file, ({features: stored = {}}) => {
		if (!isTable(stored)) return '"features" is no table';
		// What is at its default and was never written stays unwritten: defaults may change with a version.
		const written = features.filter(({key, isOnByDefault}) => key in stored || chosen[key] !== isOnByDefault);
		return written.length === 0
			? {}
			: {features: Object.fromEntries(written.map(({key}) => [key, chosen[key]]))};
	});

/** The provider to use, its model, and what the file does not say of it yet. As `saveFeatures`. */
export const saveModel = (
	file: string,
	{provider, model, definition}: {provider: string; model: string | undefined; definition: Provider},
): Promise<SaveResult> =>
	saveChanges(file, ({providers = {}}) => {
		if (!isTable(providers)) return '"providers" is no table';
		const stored = providers[provider];
		if (stored !== undefined && !isTable(stored)) return `"providers.${provider}" is no table`;
		return model === undefined ? {provider} : {provider, providers: {[provider]: {...definition, model}}};
	});

/** Keys of the file with what they become; tables are merged. */
type Changes = Record<string, unknown>;

/** `changesOf` gets what the file holds; a text says why it can't be changed. */
const saveChanges = async (
	file: string,
	changesOf: (stored: Record<string, unknown>) => Changes | string,
): Promise<SaveResult> => {
	try {
		const target = await findTarget(file);
		const old = await readOld(target);
		const next = withChanges(target, old.text, changesOf);
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

/** The new text of a configuration. Pure. */
const withChanges = (
	file: string,
	text: string,
	changesOf: (stored: Record<string, unknown>) => Changes | string,
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
	const changes = changesOf(before);
	if (typeof changes === 'string') return fail(`${file}: ${changes}`);
	const wanted = plain(merged(before, changes));
	if (isDeepStrictEqual(plain(before), wanted)) return {kind: 'text', text};
	try {
		const next = withSections(text, changes);
		// The library is young: what it made is read by another one before it counts.
		if (isDeepStrictEqual(plain(parse(next)), wanted)) return {kind: 'text', text: next};
		return fail(`${file} could not be changed without touching other keys`);
	} catch (error) {
		return fail(`${file} could not be changed`, error);
	}
};

/** A provider that is new gets a section at the end, as a person would write it. */
const withSections = (text: string, {providers, ...changes}: Changes): string => {
	const layout = parseKeepingLayout(text);
	if (!isTable(providers)) return patch(text, merged(layout, changes));
	const isNew = (name: string) => !isTable(layout.providers) || !(name in layout.providers);
	const entries = Object.entries(providers);
	const known = Object.fromEntries(entries.filter(([name]) => !isNew(name)));
	const patched = patch(
		text,
		merged(layout, {...changes, ...(Object.keys(known).length > 0 && {providers: known})}),
	);
	const sections = entries.filter(([name]) => isNew(name)).map(([name, table]) => sectionOf(name, table));
	if (sections.length === 0) return patched;
	return [patched.trimEnd(), ...sections].filter(part => part !== '').join('\n\n');
};

/** The keys of a provider are texts. */
const sectionOf = (name: string, table: unknown): string => {
	const key = /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
	const rows = Object.entries(isTable(table) ? table : {}).map(
		([field, value]) => `${field} = ${JSON.stringify(value)}\n`,
	);
	return `[providers.${key}]\n${rows.join('')}`;
};

const merged = (table: Record<string, unknown>, changes: Changes): Record<string, unknown> => {
	const changed = Object.entries(changes).map(([key, value]) => {
		const old = table[key];
		return [key, isTable(value) ? merged(isTable(old) ? old : {}, value) : value];
	});
	return {...table, ...Object.fromEntries(changed)};
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
