// Where tandem's files are. Names are pure functions of environment and platform; the one effect is to make a
// private folder. Knows nothing of what is written there.
import {accessSync, constants, existsSync, lstatSync, mkdirSync} from 'node:fs';
import {dirname, isAbsolute, join} from 'node:path';
import {reasonOf} from './disk-errors.js';
import {sha256} from './sha256.js';

/** `configFile` is the user's own; everything under `stateFolder` is tandem's. */
export type Paths = {kind: 'paths'; configFolder: string; configFile: string; stateFolder: string};

/** `message` is for people and says the next step. */
export type PathFailure = {
	kind: 'failed';
	code: 'no-home' | 'relative-path' | 'path-too-long' | 'not-writable' | 'not-private';
	message: string;
	cause?: unknown;
};

/** All of one workspace, named by its key. */
export type WorkspacePaths = {
	kind: 'workspace-paths';
	/** `…/workspaces/KEY`: terminals, sessions, token and lock. */
	stateFolder: string;
	/** The folder of the socket: `stateFolder`, or one in the temp folder if that name would be too long. */
	socketFolder: string;
	socketPath: string;
	/** Files that may be removed at reboot. */
	runtimeFolder: string;
	/** What a client of the host shows first. */
	tokenFile: string;
	/** Held by the running host. */
	lockFile: string;
	/** Held by the client that is starting a host. */
	startLockFile: string;
	/** The host's diagnostics. */
	diagnosticsFile: string;
};

export type Surroundings = {env: Readonly<Record<string, string | undefined>>; platform: NodeJS.Platform};

/** Config and state folder by `$TANDEM_HOME`, by XDG, or by the platform's custom. */
export const resolvePaths = ({env, platform}: Surroundings): Paths | PathFailure => {
	const own = env.TANDEM_HOME;
	if (own) {
		if (!isAbsolute(own)) return relative('TANDEM_HOME', own);
		return toPaths(own, own);
	}
	if (platform === 'darwin') {
		const home = findHome(env);
		if (typeof home !== 'string') return home;
		const support = join(home, 'Library', 'Application Support', 'tandem');
		return toPaths(support, support);
	}
	const config = xdgFolder(env, 'XDG_CONFIG_HOME', '.config');
	if (typeof config !== 'string') return config;
	const state = xdgFolder(env, 'XDG_STATE_HOME', '.local/state');
	if (typeof state !== 'string') return state;
	return toPaths(join(config, 'tandem'), join(state, 'tandem'));
};

// A Unix socket's name holds 107 bytes on Linux and 103 on macOS.
const maxSocketPathBytes = 100;

/**
 * The folders and the socket of one workspace.
 *
 * `temporaryFolder` must be the same for every window of the user, so it is no matter of TMPDIR.
 */
export const resolveWorkspacePaths = (options: {
	stateFolder: string;
	key: string;
	uid: number;
	temporaryFolder?: string;
}): WorkspacePaths | PathFailure => {
	const stateFolder = join(options.stateFolder, 'workspaces', options.key);
	const rest = {
		kind: 'workspace-paths',
		stateFolder,
		runtimeFolder: join(stateFolder, 'runtime'),
		tokenFile: join(stateFolder, 'host.token'),
		lockFile: join(stateFolder, 'host.lock'),
		startLockFile: join(stateFolder, 'host-start.lock'),
		diagnosticsFile: join(stateFolder, 'host.jsonl'),
	} as const;
	const usual = join(stateFolder, 'host.sock');
	if (Buffer.byteLength(usual) <= maxSocketPathBytes) {
		return {...rest, socketFolder: stateFolder, socketPath: usual};
	}
	const {temporaryFolder = '/tmp', uid, key} = options;
	const socketFolder = join(temporaryFolder, `tandem-${uid}`, key);
	// Two state folders may know the same workspace: each has a host of its own.
	const socketPath = join(socketFolder, `${shortHash(stateFolder)}.sock`);
	if (Buffer.byteLength(socketPath) <= maxSocketPathBytes) return {...rest, socketFolder, socketPath};
	return {
		kind: 'failed',
		code: 'path-too-long',
		message: `Neither ${usual} nor ${socketPath} is short enough for a socket (100 bytes). Set TANDEM_HOME to a shorter path.`,
	};
};

/**
 * Makes a folder of mode 0700 with its parents, or checks the one that is there: ours, no link, closed to
 * everybody else, writable. Effective whatever the umask.
 */
export const preparePrivateFolder = (folder: string, uid: number): PathFailure | undefined => {
	try {
		mkdirSync(folder, {recursive: true, mode: 0o700});
		const found = lstatSync(folder);
		if (found.isSymbolicLink()) return notPrivate(folder, 'is a link. Remove the link');
		if (found.uid !== uid) return notPrivate(folder, `belongs to user ${found.uid}. Have it given to you`);
		if ((found.mode & 0o077) !== 0) {
			return notPrivate(folder, `is open to others. Run: chmod 700 '${folder}'`);
		}
		accessSync(folder, constants.W_OK | constants.X_OK);
	} catch (cause) {
		return {
			kind: 'failed',
			code: 'not-writable',
			// The reason first: whoever has one row for it cuts the end.
			message: `${capitalised(reasonOf(causeOf(folder, cause)))}. Make ${folder} a folder that can be written, or set TANDEM_HOME to one.`,
			cause,
		};
	}
};

/** Node says of a whole path that it is not there when it is the folder above it that cannot be written. */
const causeOf = (folder: string, cause: unknown): unknown => {
	let above = folder;
	while (!existsSync(above)) above = dirname(above);
	try {
		accessSync(above, constants.W_OK);
		return cause;
	} catch (error) {
		return error;
	}
};

/** The private folders of a workspace; in the temp folder each level is checked, for others may write there. */
export const prepareWorkspaceFolders = (paths: WorkspacePaths, uid: number): PathFailure | undefined => {
	const folders = [paths.stateFolder, paths.runtimeFolder];
	if (paths.socketFolder !== paths.stateFolder) {
		folders.push(join(paths.socketFolder, '..'), paths.socketFolder);
	}
	for (const folder of folders) {
		const failure = preparePrivateFolder(folder, uid);
		if (failure) return failure;
	}
};

const toPaths = (configFolder: string, stateFolder: string): Paths => ({
	kind: 'paths',
	configFolder,
	configFile: join(configFolder, 'config.toml'),
	stateFolder,
});

const xdgFolder = (env: Surroundings['env'], name: string, fallback: string): string | PathFailure => {
	const value = env[name];
	// The XDG specification: a relative path is invalid and is ignored.
	if (value && isAbsolute(value)) return value;
	const home = findHome(env);
	return typeof home === 'string' ? join(home, fallback) : home;
};

const findHome = (env: Surroundings['env']): string | PathFailure => {
	const home = env.HOME;
	if (home && isAbsolute(home)) return home;
	if (home) return relative('HOME', home);
	return {
		kind: 'failed',
		code: 'no-home',
		message: 'HOME is not set, so there is no place for config and state. Set HOME or TANDEM_HOME.',
	};
};

const relative = (name: string, value: string): PathFailure => ({
	kind: 'failed',
	code: 'relative-path',
	message: `${name} is the relative path "${value}". Set it to an absolute one.`,
});

const notPrivate = (folder: string, what: string): PathFailure => ({
	kind: 'failed',
	code: 'not-private',
	message: `tandem does not use ${folder}: it ${what}, or set TANDEM_HOME to a folder of your own.`,
});

const capitalised = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

const shortHash = (text: string) => sha256(text).slice(0, 8);
