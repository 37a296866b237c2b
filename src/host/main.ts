// The host process: `tandem host --state FOLDER --workspace KEY`. Owns the terminals of one workspace, listens
// on its socket, and ends by itself when nobody needs it. It prints nothing: all goes to its diagnostics.
import {connect} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {format, parseArgs} from 'node:util';
import {createDiagnostics, type Diagnostics} from '../diagnostics.js';
import {tryLock} from '../lock.js';
import {prepareWorkspaceFolders, resolveWorkspacePaths, type WorkspacePaths} from '../paths.js';
import type {Host} from './host.js';
import {otherHostExitCode} from './reach.js';
import {serveHost} from './server.js';

export type RunHostOptions = {
	/** Version of the program. */
	tandem: string;
	/** The maker of the terminals' owner: the pool. */
	createHost(options: {
		stateFolder: string;
		runtimeFolder: string;
		onError(error: unknown): void;
	}): Promise<Host>;
};

/** What a client appends to the program's entry to start the host of a workspace. */
export const hostArgs = (stateFolder: string, key: string): string[] => [
	'host',
	'--state',
	stateFolder,
	'--workspace',
	key,
];

/**
 * Runs until the host ends; resolves with the exit code, with which the caller exits the process.
 * `args` are those behind `host`.
 */
export const runHost = async (args: readonly string[], options: RunHostOptions): Promise<number> => {
	const {values} = parseArgs({
		args: [...args],
		options: {state: {type: 'string'}, workspace: {type: 'string'}, 'idle-ms': {type: 'string'}},
	});
	if (!values.state || !values.workspace)
		throw new Error('Usage: tandem host --state FOLDER --workspace KEY');
	const uid = process.getuid?.() ?? 0;
	const paths = resolveWorkspacePaths({stateFolder: values.state, key: values.workspace, uid});
	if (paths.kind === 'failed') throw new Error(paths.message);
	const failure = prepareWorkspaceFolders(paths, uid);
	if (failure) throw new Error(failure.message);

	const diagnostics = createDiagnostics(paths.diagnosticsFile);
	keepQuietAndAlive(diagnostics);
	try {
		const lock = await lockHost(paths);
		if (!lock) return otherHostExitCode;
		try {
			return await serve(paths, diagnostics, Number(values['idle-ms'] ?? defaultIdleMs), options);
		} finally {
			lock.release();
		}
	} catch (error) {
		diagnostics.error('The host could not start', error);
		return 1;
	}
};

// Long enough for the next verb of a script, short enough that nobody finds a host that has nothing to do.
const defaultIdleMs = 5_000;

// Terminals have a grace of 3 s; a stop that hangs must not keep the next host waiting for the lock.
const closeDeadlineMs = 8_000;

const serve = async (
	paths: WorkspacePaths,
	diagnostics: Diagnostics,
	idleMs: number,
	{tandem, createHost}: RunHostOptions,
): Promise<number> => {
	const {promise: ended, resolve: end} = Promise.withResolvers<string>();
	const host = await createHost({
		stateFolder: paths.stateFolder,
		runtimeFolder: paths.runtimeFolder,
		onError: error => diagnostics.error('A terminal failed', error),
	});
	let clients = 0;
	const server = await serveHost({
		host,
		tandem,
		diagnostics,
		socketPath: paths.socketPath,
		tokenFile: paths.tokenFile,
		onClients(count) {
			clients = count;
			considerEnd();
		},
	});
	diagnostics.info('The host listens', {pid: process.pid, tandem, socket: paths.socketPath});

	let idleTimer: NodeJS.Timeout | undefined;
	const considerEnd = () => {
		clearTimeout(idleTimer);
		if (clients === 0) idleTimer = setTimeout(() => void endIfIdle(), idleMs);
	};
	const endIfIdle = async () => {
		const terminals = await host.list();
		if (clients === 0 && !terminals.some(({state}) => state.kind === 'running')) end('idle');
	};
	host.subscribe(considerEnd);
	considerEnd();
	process.on('SIGTERM', () => end('SIGTERM'));

	const reason = await ended;
	clearTimeout(idleTimer);
	// In this order: nobody new comes, those who are here see the terminals end, then they are told.
	server.stopListening();
	await Promise.race([host.close(), sleep(closeDeadlineMs, 'late', {ref: false})]).then(outcome => {
		if (outcome === 'late') diagnostics.error('The terminals could not be ended in time');
	});
	server.goodbye(`The terminal host has ended (${reason}).`);
	diagnostics.info('The host ends', {reason});
	return 0;
};

// A host that ends stops its terminals first: their grace of 3 s and the work around it.
const lockDeadlineMs = 10_000;
const lockPauseMs = 50;

/** Waits for a host that is ending. Undefined if there is one that answers. */
const lockHost = async (paths: WorkspacePaths) => {
	const deadline = performance.now() + lockDeadlineMs;
	for (;;) {
		const lock = tryLock(paths.lockFile);
		if (lock.kind === 'acquired') return lock;
		if (performance.now() > deadline || (await isAnswered(paths.socketPath))) return undefined;
		await sleep(lockPauseMs);
	}
};

const isAnswered = (socketPath: string) =>
	new Promise<boolean>(resolve => {
		const probe = connect(socketPath);
		probe.once('error', () => resolve(false));
		probe.once('connect', () => {
			probe.destroy();
			resolve(true);
		});
	});

/** A fault in one terminal or one client must not cost the others; what libraries print is kept. */
const keepQuietAndAlive = (diagnostics: Diagnostics) => {
	process.on('uncaughtException', error => diagnostics.error('Uncaught in the host', error));
	process.on('unhandledRejection', error => diagnostics.error('Unhandled in the host', error));
	// The window that started us may hang up or be interrupted: that is not meant for us.
	process.on('SIGHUP', () => {});
	process.on('SIGINT', () => {});
	// A file that may not grow is an error of that write, not the end.
	process.on('SIGXFSZ', () => {});
	const print = (...values: unknown[]) => diagnostics.info(format(...values));
	Object.assign(globalThis.console, {
		log: print,
		info: print,
		warn: print,
		error: print,
		debug: print,
		trace: print,
	});
};
