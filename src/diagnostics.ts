// tandem's own debug file, never a terminal's log: one JSON object a line, bounded, private, without secrets.
// It must not fail its caller: what cannot be written is dropped.
import {closeSync, constants, fchmodSync, fstatSync, renameSync, writeSync} from 'node:fs';
import {openOwnFile} from './own-file.js';

export type Diagnostics = {
	info(message: string, details?: Record<string, unknown>): void;
	error(message: string, cause?: unknown): void;
};

export type DiagnosticsOptions = {
	/** Texts that must never appear in the file, whatever an error's message says. */
	secrets?: () => readonly string[];
	/** False while the file's folder is not fit to be written in: the entry is dropped. */
	mayWrite?: () => boolean;
	/** Bytes before the file is set aside as `FILE.old`, which is overwritten. */
	maxBytes?: number;
	now?: () => number;
};

// Two of these hold some thousand lines: enough to see what led to a fault.
const defaultMaxBytes = 1_000_000;

// One entry may not fill the file.
const maxEntryChars = 16_000;

/** Appends to a file of mode 0600, made on the first line. A link in its place is not followed. */
export const createDiagnostics = (file: string, options: DiagnosticsOptions = {}): Diagnostics => {
	const {secrets = () => [], mayWrite = () => true, maxBytes = defaultMaxBytes, now = Date.now} = options;
	const write = (entry: Record<string, unknown>) => {
		if (!mayWrite()) return;
		const text = redact(JSON.stringify(entry), secrets());
		append(file, `${text}\n`, maxBytes);
	};
	const at = () => new Date(now()).toISOString();
	return {
		info(message, details) {
			write({at: at(), level: 'info', message: cut(message), ...(details && {details: plain(details)})});
		},
		error(message, cause) {
			write({
				at: at(),
				level: 'error',
				message: cut(message),
				...(cause !== undefined && {cause: describe(cause)}),
			});
		},
	};
};

/** Opens the file for a child's stdio; the descriptor is the caller's to close. */
export const openDiagnostics = (file: string): number => {
	const fd = openOwnFile(file, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY);
	fchmodSync(fd, 0o600);
	return fd;
};

const append = (file: string, line: string, maxBytes: number) => {
	try {
		const fd = openDiagnostics(file);
		try {
			writeSync(fd, line);
			if (fstatSync(fd).size > maxBytes) renameSync(file, `${file}.old`);
		} finally {
			closeSync(fd);
		}
	} catch {
		// A full disk or a read-only home must not end the program that wanted to tell of its trouble.
	}
};

const describe = (cause: unknown, depth = 0): unknown => {
	if (!(cause instanceof Error)) return plain(cause);
	const inner = depth < 5 && cause.cause !== undefined ? {cause: describe(cause.cause, depth + 1)} : {};
	const code = 'code' in cause ? {code: String(cause.code)} : {};
	return {name: cause.name, message: cut(cause.message), ...code, stack: cut(cause.stack ?? ''), ...inner};
};

const plain = (value: unknown): unknown => {
	try {
		const text = JSON.stringify(value) ?? String(value);
		return text.length <= maxEntryChars ? JSON.parse(JSON.stringify(value) ?? 'null') : cut(text);
	} catch {
		// Cycles, big integers, throwing getters.
		return cut(String(value));
	}
};

const cut = (text: string) =>
	text.length <= maxEntryChars ? text : `${text.slice(0, maxEntryChars)}… (${text.length} characters)`;

// Keys of the usual providers, and whatever follows a Bearer.
const keyLike = /\b(?:sk|pk|rk|ghp|gho|xox[abp])[-_][A-Za-z0-9_-]{12,}|(?<=\bBearer )[^\s"\\]+/g;

const redact = (line: string, secrets: readonly string[]) => {
	let text = line.replace(keyLike, '[withheld]');
	for (const secret of secrets) {
		if (secret.length < 6) continue;
		text = text.replaceAll(JSON.stringify(secret).slice(1, -1), '[withheld]');
	}
	return text;
};
