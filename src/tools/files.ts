// Where a path of a call really is, and what text its file holds.
import {lstat, open, readlink, realpath} from 'node:fs/promises';
import {basename, dirname, isAbsolute, join, relative, resolve, sep} from 'node:path';
import type {ApprovalSubject} from '../agent/tool.js';

export type Location = {
	/** All links followed; for a file that does not exist, those of its nearest existing folder. */
	real: string;
	isInside: boolean;
	/** For people and models: relative to the workspace where it is inside, else the real path. */
	shown: string;
};

/** `workspace` is a real path. */
export const locate = async (path: string, context: {cwd: string; workspace: string}): Promise<Location> => {
	const real = await followLinks(resolve(context.cwd, path), 0);
	const inside = relative(context.workspace, real);
	const isInside = !isAbsolute(inside) && inside !== '..' && !inside.startsWith(`..${sep}`);
	return {real, isInside, shown: isInside ? inside || '.' : real};
};

// As many as Linux follows.
const maxLinks = 40;

/** Whatever is outside of the workspace is only read if the person allows it. */
export const approveReading = async (
	path: string,
	context: {cwd: string; workspace: string},
): Promise<ApprovalSubject | undefined> => {
	const {isInside, real} = await locate(path, context);
	if (isInside) return;
	return {kind: 'read', path: real, reason: `It is outside the workspace ${context.workspace}.`};
};

/** Like realpath, but the end of the path, and the target of a dangling link, need not exist. */
const followLinks = async (path: string, links: number): Promise<string> => {
	const found = await realpath(path).catch(() => undefined);
	if (found !== undefined || dirname(path) === path || links > maxLinks) return found ?? path;
	const folder = await followLinks(dirname(path), links + 1);
	const here = join(folder, basename(path));
	const info = await lstat(here).catch(() => undefined);
	if (!info?.isSymbolicLink()) return here;
	return followLinks(resolve(folder, await readlink(here)), links + 1);
};

export type TextFile =
	| {kind: 'text'; text: string; mode: number}
	| {kind: 'missing'}
	/** Why it is no text: a folder, a device, binary, too large, not readable. */
	| {kind: 'unreadable'; reason: string};

// More would only be cut away again; a search of the file itself is the better tool.
const maxBytes = 32 * 1_024 * 1_024;

export const readText = async (path: string): Promise<TextFile> => {
	const file = await readBytes(path, maxBytes);
	if (file.kind === 'too-large')
		return {kind: 'unreadable', reason: `has ${file.bytes} bytes: search it with exec_command (rg, sed -n)`};
	if (file.kind !== 'bytes') return file;
	const {bytes, mode} = file;
	if (bytes.includes(0)) return {kind: 'unreadable', reason: `is binary (${bytes.length} bytes)`};
	try {
		return {kind: 'text', text: utf8.decode(bytes), mode};
	} catch {
		// The decoder is asked to be strict: it throws for nothing else.
		return {kind: 'unreadable', reason: 'is no UTF-8 text'};
	}
};

/** Why a text, once written, could not be read again; undefined: it can. */
export const whyUnreadable = (text: string): string | undefined => {
	if (text.includes('\0')) return 'would be binary, the new text has a NUL character';
	const bytes = Buffer.byteLength(text);
	return bytes > maxBytes ? `would have ${bytes} bytes, more than ${maxBytes}` : undefined;
};

export type BytesFile =
	| {kind: 'bytes'; bytes: Buffer; mode: number}
	| {kind: 'missing'}
	| {kind: 'too-large'; bytes: number}
	| {kind: 'unreadable'; reason: string};

export const readBytes = async (path: string, most: number): Promise<BytesFile> => {
	try {
		const info = await lstat(path);
		// Opening a fifo would wait for its writer.
		if (!info.isFile())
			return {kind: 'unreadable', reason: info.isDirectory() ? 'is a folder' : 'is no regular file'};
		if (info.size > most) return {kind: 'too-large', bytes: info.size};
		return {kind: 'bytes', bytes: await readAll(path), mode: info.mode & 0o7777};
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : '';
		if (code === 'ENOENT' || code === 'ENOTDIR') return {kind: 'missing'};
		return {kind: 'unreadable', reason: `can't be read (${code || String(error)})`};
	}
};

// A byte order mark stays in the text, so that it is written back.
const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

const readAll = async (path: string): Promise<Buffer> => {
	await using file = await open(path, 'r');
	return file.readFile();
};
