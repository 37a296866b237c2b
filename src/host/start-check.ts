// What is wrong with a start request, said before anything is spawned: afterwards it would look like the
// command's own failure.
import {accessSync, constants, statSync} from 'node:fs';
import {isAbsolute} from 'node:path';
import type {Refusal, StartRequest} from './host.js';

/** The shell that will run the command, or the refusal that names what is missing. */
export const checkStart = (request: StartRequest): {kind: 'checked'; shell: string} | Refusal => {
	const problem = checkFolder(request.cwd) ?? checkText(request);
	if (problem) return problem;
	const {shell} = request;
	if (shell === undefined) return {kind: 'checked', shell: usableShell(request.env.SHELL) ?? '/bin/sh'};
	if (usableShell(shell)) return {kind: 'checked', shell};
	return refuse(
		'missing-shell',
		`There is no program ${shell} to run commands with. Leave the shell out, or give another.`,
	);
};

const checkFolder = (cwd: string): Refusal | undefined => {
	if (!isAbsolute(cwd)) return refuse('missing-folder', `The folder ${cwd} is not an absolute path.`);
	try {
		if (!statSync(cwd).isDirectory())
			return refuse('missing-folder', `${cwd} is a file, not a folder. Give the folder.`);
		accessSync(cwd, constants.X_OK);
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		const reason = code === 'EACCES' ? 'may not be entered' : 'does not exist';
		return refuse('missing-folder', `The folder ${cwd} ${reason}. Make it, or give another.`);
	}
};

// The kernel's MAX_ARG_STRLEN, and a good part of the 2 MB that arguments and environment share.
const maxArgumentBytes = 131_071;
const maxTotalBytes = 1_800_000;

const checkText = ({cmd, env}: StartRequest): Refusal | undefined => {
	if (cmd.trim() === '') return refuse('bad-argument', 'The command is empty.');
	if (cmd.includes('\0'))
		return refuse('bad-argument', 'The command holds a NUL character; no program can be given one.');
	const length = Buffer.byteLength(cmd);
	if (length > maxArgumentBytes) {
		return refuse(
			'bad-argument',
			`The command has ${length} bytes, the system takes ${maxArgumentBytes}. Write it into a file and run that.`,
		);
	}
	const sizes = Object.entries(env).map(([name, value]) => ({
		name,
		bytes: Buffer.byteLength(`${name}=${value}`),
		value,
	}));
	const wrong = sizes.find(({name, value}) => name === '' || /[=\0]/.test(name) || value.includes('\0'));
	if (wrong)
		return refuse(
			'bad-argument',
			`The environment variable ${JSON.stringify(wrong.name)} holds a character that none may hold.`,
		);
	const largest = sizes.reduce((a, b) => (b.bytes > a.bytes ? b : a), {name: '', bytes: 0, value: ''});
	const total = sizes.reduce((sum, {bytes}) => sum + bytes, length);
	if (largest.bytes <= maxArgumentBytes && total <= maxTotalBytes) return;
	return refuse(
		'bad-argument',
		`The environment is too large for the system (${total} bytes); its largest variable is ${largest.name} with ${largest.bytes}.`,
	);
};

const usableShell = (path: string | undefined): string | undefined => {
	if (!path || !isAbsolute(path)) return;
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile() ? path : undefined;
	} catch {
		return; // not there, or not to be run
	}
};

const refuse = (code: Refusal['code'], message: string): Refusal => ({kind: 'refused', code, message});
