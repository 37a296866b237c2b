// Finds the host of a workspace, or starts it: one connection with its welcome comes out, or why not. Knows
// nothing of what is asked of the host afterwards.
import {spawn} from 'node:child_process';
import {closeSync, constants, lstatSync, readFileSync} from 'node:fs';
import {connect, type Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {openDiagnostics} from '../diagnostics.js';
import {reasonOf} from '../disk-errors.js';
import {findLockHolder, tryLock} from '../lock.js';
import {ownFileFlags} from '../own-file.js';
import {prepareWorkspaceFolders, type WorkspacePaths} from '../paths.js';
import {type CallOptions, type CallsOutcome, hostLost, openCalls} from './calls.js';
import type {Refusal} from './host.js';

export type ReachOptions = Omit<CallOptions, 'stream' | 'token' | 'welcomeDeadlineMs'> & {
	paths: WorkspacePaths;
	uid: number;
	/** How to start a host. Without it, only a running one is found. */
	spawn?: HostSpawn;
	/** Milliseconds until a start counts as failed. */
	startDeadlineMs?: number;
	/** Gives up looking; a host that is being started starts all the same. */
	signal?: AbortSignal;
};

export type HostSpawn = {
	/** `process.execPath`. */
	execPath: string;
	/** Real path of the program's entry. */
	entry: string;
	/** What makes the entry a host of this workspace; appended to it. */
	args: readonly string[];
	/** Where the few variables that a host needs are taken from. */
	env: Readonly<Record<string, string | undefined>>;
};

export type Reached = Omit<Extract<CallsOutcome, {kind: 'open'}>, 'kind'> & {kind: 'reached'};

/** How a host ends that found another one in its place. */
export const otherHostExitCode = 75; // EX_TEMPFAIL of sysexits.h: try again

const defaultStartDeadlineMs = 10_000;
const welcomeDeadlineMs = 5_000;
const firstPauseMs = 10;
const longestPauseMs = 150;

/** Resolves within the deadline and a few seconds for a host that hangs. What the system refuses is a refusal. */
export const reachHost = async (options: ReachOptions): Promise<Reached | Refusal> => {
	try {
		return await look(options);
	} catch (error) {
		if (options.signal?.aborted) return hostLost('The search for it was given up.', false);
		// A folder that cannot be gone through comes with its next step.
		const failure = options.spawn && prepareWorkspaceFolders(options.paths, options.uid);
		if (failure) return {kind: 'refused', code: 'disk', message: failure.message};
		const message = `The terminal host cannot be reached or started: ${reasonOf(error)}. Look at ${options.paths.stateFolder}.`;
		return {kind: 'refused', code: 'disk', message};
	}
};

const look = async (options: ReachOptions): Promise<Reached | Refusal> => {
	const deadline = performance.now() + (options.startDeadlineMs ?? defaultStartDeadlineMs);
	const pause = createPause(options.signal);
	for (;;) {
		const attempt = await tryReach(options);
		if (attempt.kind !== 'absent' && attempt.kind !== 'unsettled') return attempt;
		if (attempt.kind === 'absent') {
			if (!options.spawn) return noHost;
			const started = await startHost(options, options.spawn, deadline);
			if (started) return started;
		}
		if (performance.now() > deadline) {
			return hostLost(attempt.kind === 'unsettled' ? attempt.reason : 'it did not start in time.', false);
		}
		await pause();
	}
};

type Attempt =
	| Reached
	| Refusal
	/** Nobody listens. */
	| {kind: 'absent'}
	/** Somebody does, who is just coming or going. */
	| {kind: 'unsettled'; reason: string};

const tryReach = async (options: ReachOptions): Promise<Attempt> => {
	if (isLink(options.paths.socketPath)) return notFollowed(options.paths.socketPath);
	const stream = await connectSocket(options.paths.socketPath);
	if ('code' in stream) {
		if (stream.code === 'ENOENT' || stream.code === 'ECONNREFUSED') return {kind: 'absent'};
		if (stream.code === 'EAGAIN') return {kind: 'unsettled', reason: 'its socket is busy.'};
		// It died with our connection in its queue.
		if (stream.code === 'ECONNRESET') return {kind: 'unsettled', reason: 'it has just ended.'};
		return hostLost(`${options.paths.socketPath} cannot be reached (${stream.code}).`, false);
	}
	const token = readToken(options.paths.tokenFile);
	if (!token) {
		stream.socket.destroy();
		return {kind: 'unsettled', reason: `its token in ${options.paths.tokenFile} cannot be read.`};
	}
	const outcome = await openCalls({...options, stream: stream.socket, token, welcomeDeadlineMs});
	return toAttempt(outcome, options.paths);
};

const toAttempt = (outcome: CallsOutcome, paths: WorkspacePaths): Attempt => {
	switch (outcome.kind) {
		case 'open':
			return {...outcome, kind: 'reached'};
		case 'refused':
			return outOfReach(outcome.message, findLockHolder(paths.lockFile));
		case 'closed':
			return {kind: 'unsettled', reason: outcome.reason};
	}
};

/** Starts a host unless somebody else is at it. Undefined: look again. */
const startHost = async (
	options: ReachOptions,
	how: HostSpawn,
	deadline: number,
): Promise<Reached | Refusal | undefined> => {
	const failure = prepareWorkspaceFolders(options.paths, options.uid);
	if (failure) return {kind: 'refused', code: 'disk', message: failure.message};
	const lock = tryLock(options.paths.startLockFile);
	if (lock.kind === 'held') return undefined;
	try {
		// The one before us may have just finished.
		const attempt = await tryReach(options);
		if (attempt.kind === 'reached' || attempt.kind === 'refused') return attempt;
		return await spawnHost(options, how, deadline);
	} finally {
		lock.release();
	}
};

// Emulators come and go. Left to itself V8 keeps over 100 MB for what is young, and lets the grids of those that
// ended pile up to 60 MB more before it looks for them; neither makes anything faster.
const smallHeap = ['--max-semi-space-size=4' /* MB */, '--heap-growing-percent=20'] as const;

const spawnHost = async (
	options: ReachOptions,
	how: HostSpawn,
	deadline: number,
): Promise<Reached | Refusal | undefined> => {
	let ended: string | undefined;
	let isOther = false;
	const diagnostics = openDiagnostics(options.paths.diagnosticsFile);
	const child = spawn(how.execPath, [...smallHeap, how.entry, ...how.args], {
		cwd: '/',
		detached: true,
		stdio: ['ignore', diagnostics, diagnostics],
		env: pickEnvironment(how.env),
	});
	closeSync(diagnostics);
	child.once('error', error => {
		ended = describe(error);
	});
	child.once('exit', (code, signal) => {
		isOther = code === otherHostExitCode;
		ended = signal ? `killed by ${signal}` : `exit ${code}`;
	});
	child.unref();

	const pause = createPause(options.signal);
	for (;;) {
		const attempt = await tryReach(options);
		if (attempt.kind === 'reached' || attempt.kind === 'refused') return attempt;
		if (isOther || performance.now() > deadline) return undefined;
		if (ended) {
			return hostLost(
				`it ended at its start (${ended}). See ${options.paths.diagnosticsFile} for the reason.`,
				false,
			);
		}
		await pause();
	}
};

// All that Node, a login name and a time stamp need. Programs get the environment of who starts them.
const hostVariables = [
	'PATH',
	'HOME',
	'USER',
	'LOGNAME',
	'SHELL',
	'LANG',
	'LC_ALL',
	'LC_CTYPE',
	'TZ',
	'TMPDIR',
] as const;

const pickEnvironment = (env: HostSpawn['env']): Record<string, string> => {
	const picked: Record<string, string> = {};
	for (const name of hostVariables) {
		const value = env[name];
		if (value !== undefined) picked[name] = value;
	}
	return picked;
};

const connectSocket = (path: string) =>
	new Promise<{socket: Socket} | {code: string}>(resolve => {
		const socket = connect(path);
		const fail = (error: Error) => resolve({code: describe(error)});
		socket.once('error', fail);
		socket.once('connect', () => {
			socket.off('error', fail);
			resolve({socket});
		});
	});

const notFollowed = (path: string): Refusal => ({
	kind: 'refused',
	code: 'disk',
	message: `The terminal host is not looked for at ${path}: that is a link. Remove it.`,
});

/** The host makes none: whoever did would get the token. */
const isLink = (path: string): boolean => lstatSync(path, {throwIfNoEntry: false})?.isSymbolicLink() === true;

const readToken = (file: string): string | undefined => {
	try {
		return readFileSync(file, {encoding: 'utf8', flag: constants.O_RDONLY | ownFileFlags});
	} catch {
		// Not there yet, or not there any more: the host is coming or going.
		return undefined;
	}
};

const createPause = (signal: AbortSignal | undefined) => {
	let pauseMs = firstPauseMs;
	return async () => {
		await sleep(pauseMs, undefined, signal && {signal});
		pauseMs = Math.min(pauseMs * 1.5, longestPauseMs);
	};
};

const describe = (error: unknown) =>
	error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Of another version; what it says of itself, and what a person can do. */
const outOfReach = (message: string, pid: number | undefined): Refusal => {
	const kill = pid === undefined ? '' : `, or end it and all of them: kill ${pid}`;
	return {
		kind: 'refused',
		code: 'host-version',
		message: `${message} But it does not say which: see and stop them with that version${kill}.`,
	};
};

const noHost: Refusal = {
	kind: 'refused',
	code: 'host-lost',
	message: 'No terminals are running in this folder: there is no host. Start one with: tandem run -- COMMAND',
};
