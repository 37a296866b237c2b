// What a login shell makes of the environment, asked of it once and again when its start files change.
import {spawn} from 'node:child_process';
import {stat} from 'node:fs/promises';
import {join} from 'node:path';

// Slow start files (version managers, network homes) take a second or two; a shell that waits for a person never ends.
const deadlineMs = 5_000;
// A shell has ended, but something it left running holds the pipe: what it printed is there already.
const drainMs = 100;

export type LoginCapture = (
	shell: string,
	env: Readonly<Record<string, string>>,
) => Promise<Record<string, string> | undefined>;

/** Remembers what it captured per shell and start files. Undefined: the shell did not answer in time or failed. */
export const createLoginCapture = (): LoginCapture => {
	const captured = new Map<string, {key: string; login: Promise<Record<string, string> | undefined>}>();
	return async (shell, env) => {
		const key = await startFilesKey(env);
		const known = captured.get(shell);
		if (known?.key === key) return known.login;
		const login = captureLogin(shell, env);
		captured.set(shell, {key, login});
		return login;
	};
};

/** Runs the shell once with `-lc`. Its own words do not matter: the answer comes on a pipe of its own. */
export const captureLogin = (
	shell: string,
	env: Readonly<Record<string, string>>,
): Promise<Record<string, string> | undefined> => {
	const {promise, resolve} = Promise.withResolvers<Record<string, string> | undefined>();
	// Detached: no controlling terminal that a start file could change or read from.
	const child = spawn(shell, ['-lc', 'env -0 >&3'], {
		env,
		detached: true,
		stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
	});
	const chunks: Buffer[] = [];
	const pipe = child.stdio[3];
	pipe?.on('data', (chunk: Buffer) => chunks.push(chunk));
	const finish = (isComplete: boolean) => {
		clearTimeout(deadline);
		pipe?.destroy();
		const text = Buffer.concat(chunks).toString();
		resolve(isComplete && text.endsWith('\0') ? parseEnvironment(text) : undefined);
	};
	const deadline = setTimeout(() => {
		if (child.pid !== undefined) killGroup(child.pid);
		finish(false);
	}, deadlineMs);
	child.on('error', () => finish(false));
	child.on('close', code => finish(code === 0));
	child.on('exit', code => setTimeout(() => finish(code === 0), drainMs).unref());
	return promise;
};

const killGroup = (pid: number) => {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// It ended between the deadline and now.
	}
};

const parseEnvironment = (text: string): Record<string, string> | undefined => {
	const env: Record<string, string> = {};
	for (const entry of text.split('\0')) {
		const at = entry.indexOf('=');
		if (at > 0) env[entry.slice(0, at)] = entry.slice(at + 1);
	}
	return Object.keys(env).length > 0 ? env : undefined;
};

const startFilesKey = async (env: Readonly<Record<string, string>>): Promise<string> => {
	const home = env.HOME ?? '/';
	const names = ['.profile', '.bash_profile', '.bash_login', '.bashrc', '.config/fish/config.fish'];
	const zshNames = ['.zshenv', '.zprofile', '.zshrc', '.zlogin'];
	const files = [
		...['/etc/profile', '/etc/environment', '/etc/bash.bashrc', '/etc/zsh/zprofile', '/etc/zprofile'],
		...names.map(name => join(home, name)),
		...zshNames.map(name => join(env.ZDOTDIR ?? home, name)),
	];
	const times = await Promise.all(
		files.map(file =>
			stat(file).then(
				({mtimeMs}) => mtimeMs,
				() => 0,
			),
		),
	);
	return times.join(' ');
};
