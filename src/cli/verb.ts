// What every verb about terminals needs: the workspace of a folder, its host, the terminal that is meant, and a
// place for its words. Text that programs, names or the host brought passes the sanitiser here.
import {createHostClient, type HostClient} from '../host/client.js';
import type {Refusal} from '../host/host.js';
import {hostArgs} from '../host/main.js';
import type {TerminalInfo} from '../host/protocol.js';
import {openStoredTerminals, type StoredTerminals} from '../host/stored.js';
import {resolvePaths, resolveWorkspacePaths, type WorkspacePaths} from '../paths.js';
import {sanitise, sanitiseLine} from '../text/sanitise.js';
import {findWorkspace} from '../workspace.js';
import type {VerbArguments} from './terminal-verbs.js';

export type VerbRequest = {
	arguments: VerbArguments;
	/** Existing folder, absolute. */
	cwd: string;
	env: Readonly<Record<string, string | undefined>>;
	/** Version of the program. */
	tandem: string;
	/** Real path of the program's entry, to start a host with. */
	entry: string;
	/** What commands that are started see: the person's environment, secrets withheld. */
	environment(): Promise<Record<string, string>>;
	/** Columns of the terminal that reads the answer; undefined: a pipe or a file. */
	columns: number | undefined;
	/** Resolves when it is taken; rejects when nobody reads any more. */
	print(text: string): Promise<void>;
	/** For standard error. */
	complain(text: string): void;
	/** Aborts when the person interrupts. */
	signal: AbortSignal;
	/** Milliseconds since 1970. */
	now(): number;
};

/** The exit code. */
export type RunVerb = (request: VerbRequest) => Promise<number>;

export const exitCodes = {done: 0, failed: 1, usage: 2, interrupted: 130} as const;

export type Place = {paths: WorkspacePaths; stateFolder: string; key: string; uid: number};

/** Where the workspace of the request's folder keeps its files; undefined: it was told why there is none. */
export const findPlace = ({cwd, env, complain}: VerbRequest): Place | undefined => {
	const resolved = resolvePaths({env, platform: process.platform});
	const uid = process.getuid?.() ?? 0;
	if (resolved.kind === 'paths') {
		const {stateFolder} = resolved;
		const {key} = findWorkspace(cwd);
		const paths = resolveWorkspacePaths({stateFolder, key, uid});
		if (paths.kind !== 'failed') return {paths, stateFolder, key, uid};
		complain(paths.message);
		return;
	}
	complain(resolved.message);
	return;
};

/** A client that finds a running host; with `isStarting` it starts one that is missing. */
export const openHost = (
	{tandem, entry, env}: VerbRequest,
	{paths, stateFolder, key, uid}: Place,
	verb: string,
	isStarting = false,
): HostClient => {
	const spawn = {execPath: process.execPath, entry, args: hostArgs(stateFolder, key), env};
	return createHostClient({paths, uid, tandem, client: verb, ...(isStarting && {spawn})});
};

export type Reached =
	/** `limits`: it is of another major version; in words. */
	| {kind: 'host'; host: HostClient; terminals: TerminalInfo[]; limits?: string}
	/** No host runs: what is on disk. */
	| {kind: 'stored'; stored: StoredTerminals; terminals: TerminalInfo[]};

/** The running host of a workspace, else what it left on disk. */
export const reachTerminals = async (
	request: VerbRequest,
	place: Place,
	verb: string,
): Promise<Reached | Refusal> => {
	const host = openHost(request, place, verb);
	const outcome = await host.connect();
	if (outcome.kind === 'connected') return {...outcome, kind: 'host', host, terminals: await host.list()};
	await host.close();
	if (outcome.code !== 'host-lost') return outcome;
	const stored = openStoredTerminals(place.paths.stateFolder, {now: request.now});
	return {kind: 'stored', stored, terminals: stored.list()};
};

/** Does something with a running host and the terminal that the first word names. Tells what went wrong. */
export const onTerminal = async (
	request: VerbRequest,
	verb: string,
	act: (host: HostClient, terminal: TerminalInfo) => Promise<number>,
): Promise<number> => {
	const place = findPlace(request);
	if (!place) return exitCodes.failed;
	const reached = await reachTerminals(request, place, verb);
	if (reached.kind === 'refused') return fail(request, reached.message);
	const terminal = findNamed(reached.terminals, request.arguments.words[0] ?? '');
	if (!terminal) return fail(request, unknownName(request.arguments.words[0] ?? '', reached.terminals));
	if (reached.kind === 'stored')
		return fail(request, `Terminal ${terminal.id} (${terminal.name}) does not run.`);
	try {
		return await act(reached.host, terminal);
	} finally {
		await reached.host.close();
	}
};

/** By id, else by name: a running terminal before an ended one, a later one before an earlier. */
export const findNamed = (terminals: readonly TerminalInfo[], which: string): TerminalInfo | undefined =>
	terminals.find(({id}) => String(id) === which) ??
	terminals.find(({name, state}) => name === which && state.kind === 'running') ??
	terminals.findLast(({name}) => name === which);

export const unknownName = (which: string, terminals: readonly TerminalInfo[]): string => {
	const known = terminals.map(({id, name}) => `${name} (${id})`).join(', ');
	return `There is no terminal "${which}" in this folder. ${known === '' ? 'It has none.' : `There are: ${known}.`}`;
};

/** Tells what went wrong. The exit code. */
export const fail = ({complain}: VerbRequest, message: string): number => {
	complain(sanitise(message));
	return exitCodes.failed;
};

/** "dev (3)", readable whatever it is called. */
export const labelOf = ({id, name}: TerminalInfo): string => `${sanitiseLine(name)} (${id})`;
