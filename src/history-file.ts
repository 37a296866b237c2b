// What was sent from the composer, over sessions: a file of the workspace, one JSON string a line, oldest first. What
// is typed into terminals never comes here.
import {closeSync, constants, fstatSync, openSync, readSync, writeSync} from 'node:fs';
import {replaceFile} from './config/write.js';

export type HistoryFile = ReturnType<typeof createHistoryFile>;

// As many as the composer goes back through; longer texts are pastes that nobody looks for.
const mostTexts = 1_000;
const longestText = 10_000;
/** Beyond twice that the file is written anew. */
const mostBytes = 1_000_000;

export const createHistoryFile = (options: {
	file: string;
	/** Keys that must appear in no file. */
	secrets(): readonly string[];
	onError(error: unknown): void;
}) => {
	const {file, onError} = options;

	/** A link or a pipe in its place is not followed. */
	const withFile = (flags: number, act: (descriptor: number) => void) => {
		let descriptor: number | undefined;
		try {
			descriptor = openSync(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
			if (!fstatSync(descriptor).isFile()) throw new Error(`${file} is no file`);
			act(descriptor);
		} catch (error) {
			// None yet is no error.
			if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) onError(error);
		} finally {
			if (descriptor !== undefined) closeSync(descriptor);
		}
	};

	return {
		/** Oldest first; a line that was cut off is left out. */
		read(): string[] {
			let texts: string[] = [];
			let size = 0;
			withFile(constants.O_RDONLY, descriptor => {
				size = fstatSync(descriptor).size;
				const length = Math.min(size, mostBytes);
				const bytes = Buffer.alloc(length);
				readSync(descriptor, bytes, 0, length, size - length);
				texts = bytes.toString().split('\n').flatMap(parseLine).slice(-mostTexts);
			});
			if (size > 2 * mostBytes) replaceFile(file, texts.map(writeLine).join(''), 0o600).catch(onError);
			return texts;
		},
		add(text: string): void {
			if (text.length > longestText || options.secrets().some(secret => text.includes(secret))) return;
			const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
			withFile(flags, descriptor => writeSync(descriptor, writeLine(text)));
		},
	};
};

/** Its line feed comes first: what is torn then stays alone. */
const writeLine = (text: string): string => `\n${JSON.stringify(text)}`;

const parseLine = (line: string): string[] => {
	try {
		const text: unknown = JSON.parse(line);
		return typeof text === 'string' ? [text] : [];
	} catch {
		// Blank, or the end of a write that was cut off.
		return [];
	}
};
