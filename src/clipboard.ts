// Hands text to the system's clipboard program, if there is one that fits this surrounding. Never one that a folder
// brings along: only absolute folders of PATH are looked through, and it runs in `/`.
import {spawn} from 'node:child_process';
import {accessSync, constants} from 'node:fs';
import {isAbsolute, join} from 'node:path';
import type {Copied} from './copying.js';
import {sanitise} from './text/sanitise.js';

type Environment = Readonly<Record<string, string | undefined>>;

// These hand over and end, or go to the background.
const deadlineMs = 2_000;

/**
 * Both ways, since nobody says whether a terminal took it; `isSent`: the terminal was asked to.
 */
export const copyBothWays = async (
	text: string,
	isSent: boolean,
	env: Environment = process.env,
): Promise<Copied> => {
	const program = await copyByProgram(sanitise(text), env, process.platform);
	if (program) return {isCopied: true, words: `, by ${program}${isSent ? '' : '; too long for OSC 52'}.`};
	return isSent
		? {isCopied: true, words: ' (if your terminal takes OSC 52).'}
		: {isCopied: false, words: ': too long for OSC 52, and no clipboard program is there.'};
};

/** Resolves with the program that took it, or undefined. */
export const copyByProgram = async (
	text: string,
	env: Environment,
	platform: NodeJS.Platform,
): Promise<string | undefined> => {
	for (const [name = '', ...args] of candidates(env, platform)) {
		const file = findProgram(name, env);
		if (file !== undefined && (await feed(file, args, text, env))) return name;
	}
	return undefined;
};

const candidates = (env: Environment, platform: NodeJS.Platform): string[][] => [
	...(env.TMUX ? [['tmux', 'load-buffer', '-w', '-']] : []),
	...(platform === 'darwin' ? [['pbcopy']] : []),
	...(env.WAYLAND_DISPLAY ? [['wl-copy']] : []),
	...(env.DISPLAY
		? [
				['xclip', '-selection', 'clipboard'],
				['xsel', '--clipboard', '--input'],
			]
		: []),
];

const findProgram = (name: string, env: Environment): string | undefined =>
	(env.PATH ?? '')
		.split(':')
		.filter(isAbsolute)
		.map(folder => join(folder, name))
		.find(isExecutable);

const isExecutable = (file: string): boolean => {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		// Not in this folder.
		return false;
	}
};

const feed = (file: string, args: readonly string[], text: string, env: Environment): Promise<boolean> =>
	new Promise(resolve => {
		const child = spawn(file, args, {cwd: '/', env, stdio: ['pipe', 'ignore', 'ignore']});
		const deadline = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
		const finish = (isTaken: boolean) => {
			clearTimeout(deadline);
			resolve(isTaken);
		};
		child.on('error', () => finish(false));
		child.on('exit', code => finish(code === 0));
		// One that ends before it has read everything says so by its code.
		child.stdin.on('error', () => {});
		child.stdin.end(text);
	});
