// Which folders the person trusts: a list of real paths in the state folder, never in a repository.
import {closeSync, constants, fstatSync, openSync, readFileSync, realpathSync} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {replaceFile} from './config/write.js';

export type TrustFailure = {kind: 'failed'; message: string; cause?: unknown};

/**
 * Whether this very folder is trusted; a folder inside a trusted one is another one. Whatever is wrong with the
 * list, the answer is no.
 */
export const isTrusted = (stateFolder: string, folder: string): boolean => {
	const list = readList(listFile(stateFolder));
	const real = realPath(folder);
	return list.kind === 'list' && real !== undefined && list.folders.includes(real);
};

/** Trusts a folder for good. The failure's message is for people. */
export const trust = async (stateFolder: string, folder: string): Promise<TrustFailure | undefined> => {
	const file = listFile(stateFolder);
	const list = readList(file);
	const real = realPath(folder);
	if (real === undefined) return {kind: 'failed', message: `${folder} does not exist.`};
	if (list.kind === 'damaged') {
		return {kind: 'failed', message: `${file} is not used: ${list.reason}. Move it aside and answer again.`};
	}
	if (list.folders.includes(real)) return undefined;
	try {
		await mkdir(dirname(file), {recursive: true, mode: 0o700});
		await replaceFile(
			file,
			`${JSON.stringify({v: 1, folders: [...list.folders, real]}, null, '\t')}\n`,
			0o600,
		);
	} catch (cause) {
		const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
		const message = `The answer could not be stored in ${file} (${code}). It holds for this run.`;
		return {kind: 'failed', message, cause};
	}
};

type List = {kind: 'list'; folders: string[]} | {kind: 'damaged'; reason: string};

const listFile = (stateFolder: string) => join(stateFolder, 'trusted.json');

const readList = (file: string): List => {
	let descriptor: number | undefined;
	try {
		descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		const stats = fstatSync(descriptor);
		if (!stats.isFile()) return {kind: 'damaged', reason: 'it is no file'};
		if (stats.uid !== process.getuid?.()) return {kind: 'damaged', reason: 'it is not yours'};
		if ((stats.mode & 0o022) !== 0) return {kind: 'damaged', reason: 'others may write it'};
		const {v, folders} = JSON.parse(readFileSync(descriptor, 'utf8'));
		if (v !== 1 || !Array.isArray(folders) || !folders.every(folder => typeof folder === 'string')) {
			return {kind: 'damaged', reason: 'it is no list of folders that this version knows'};
		}
		return {kind: 'list', folders};
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'it is no JSON';
		return code === 'ENOENT' ? {kind: 'list', folders: []} : {kind: 'damaged', reason: code};
	} finally {
		if (descriptor !== undefined) closeSync(descriptor);
	}
};

const realPath = (folder: string): string | undefined => {
	try {
		return realpathSync(folder);
	} catch {
		// A folder that is not there is not trusted.
		return undefined;
	}
};
