// What a terminal is called when nobody named it, and how a name stays the only one among the running.
import {basename} from 'node:path';

const maxLength = 40;

/** `dev` for `npm run dev`, `vim` for `/usr/bin/vim notes.md`. */
export const deriveName = (cmd: string): string => {
	const words = cmd.trim().split(/\s+/);
	while (words.length > 1 && isPrefix(words[0] ?? '')) words.shift();
	// `cd folder && …`: the command is what comes after.
	const after = words[0] === 'cd' ? words.findIndex(word => word === '&&' || word.endsWith(';')) : -1;
	if (after > 0 && after < words.length - 1) return deriveName(words.slice(after + 1).join(' '));
	return cleanName(scriptName(words) ?? basename(words[0] ?? '')) || 'shell';
};

/** A name as it is shown and typed: no blanks, no control characters, never a number (that is an id). */
export const cleanName = (name: string): string => {
	const clean = name
		.replaceAll(/[^\p{L}\p{N}._:@+-]+/gu, '-')
		.replaceAll(/^-+|-+$/g, '')
		.slice(0, maxLength);
	return /^\d+$/.test(clean) ? `t${clean}` : clean;
};

/** `dev`, or `dev-2`, `dev-3` if that is taken. */
export const makeUnique = (name: string, taken: ReadonlySet<string>): string => {
	if (!taken.has(name)) return name;
	for (let count = 2; ; count++) if (!taken.has(`${name}-${count}`)) return `${name}-${count}`;
};

const isPrefix = (word: string) =>
	/^[A-Za-z_][A-Za-z0-9_]*=/.test(word) ||
	['exec', 'env', 'sudo', 'time', 'nohup', 'setsid', 'command'].includes(word);

const runners = new Set(['npm', 'pnpm', 'yarn', 'bun', 'make', 'just', 'task']);

/** The script of a runner: `npm run dev`, `yarn dev`, `make build`; undefined if there is none. */
const scriptName = (words: readonly string[]): string | undefined => {
	if (!runners.has(basename(words[0] ?? ''))) return;
	const plain = words.slice(1).filter(word => !word.startsWith('-'));
	const script = plain[0] === 'run' || plain[0] === 'run-script' ? plain[1] : plain[0];
	return script && /^[\w.:@-]+$/.test(script) ? script : undefined;
};
