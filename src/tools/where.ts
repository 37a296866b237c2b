// Where a command runs and by which shell.
import {access, constants, stat} from 'node:fs/promises';
import {delimiter, isAbsolute, join, resolve} from 'node:path';

type Missing = {kind: 'missing'; message: string};

/** An existing folder, absolute. Relative ones start at `cwd`. */
export const resolveFolder = async (
	workdir: string | undefined,
	cwd: string,
): Promise<{kind: 'found'; path: string} | Missing> => {
	const path = resolve(cwd, workdir ?? '');
	const found = await stat(path).catch(() => undefined);
	if (found?.isDirectory()) return {kind: 'found', path};
	const what = found ? 'is no folder' : 'does not exist';
	return {kind: 'missing', message: `workdir: ${path} ${what}. The session folder is ${cwd}.`};
};

/** The absolute path of a shell given as a path or a name on PATH; undefined stays the default. */
export const resolveShell = async (
	shell: string | undefined,
	env: Readonly<Record<string, string>>,
): Promise<{kind: 'found'; path: string | undefined} | Missing> => {
	if (!shell) return {kind: 'found', path: undefined};
	const candidates = isAbsolute(shell)
		? [shell]
		: (env.PATH ?? '/usr/bin:/bin').split(delimiter).map(folder => join(folder, shell));
	for (const path of candidates) {
		const isThere = await access(path, constants.X_OK).then(
			() => true,
			() => false,
		);
		if (isThere && isAbsolute(path)) return {kind: 'found', path};
	}
	return {
		kind: 'missing',
		message: `shell: ${shell} is not installed. Leave it out to use the user's shell.`,
	};
};
