// A real host in a process of its own, and clients of it over the socket.
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createHostClient, type HostClient} from '../../src/host/client.js';
import type {StartRequest} from '../../src/host/host.js';
import {hostArgs} from '../../src/host/main.js';
import {resolveWorkspacePaths} from '../../src/paths.js';
import {bundle} from './bundle.js';
import {until} from './until.js';

const uid = process.getuid?.() ?? 0;
const key = '0123456789abcdef';

/** A folder for a host's state, and clients that start it from a bundled entry. */
export const makeHostPlace = (entry: string, env: Record<string, string | undefined> = process.env) => {
	const stateFolder = mkdtempSync(join(tmpdir(), 'tandem-process-'));
	const paths = resolveWorkspacePaths({stateFolder, key, uid});
	if (paths.kind === 'failed') throw new Error(paths.message);
	const clients: HostClient[] = [];
	const pids = () => pidsWith(`--state\0${stateFolder}\0`, 'cmdline');

	return {
		paths,
		/** Of the hosts that live. */
		pids,
		async connect(): Promise<HostClient> {
			const args = [...hostArgs(stateFolder, key), '--idle-ms', '300'];
			const client = createHostClient({
				paths,
				uid,
				tandem: '0.1.0',
				client: 'test',
				spawn: {execPath: process.execPath, entry, args, env},
			});
			clients.push(client);
			const connected = await client.connect();
			if (connected.kind !== 'connected') throw new Error(connected.message);
			return client;
		},
		/** Ends what still runs, and waits for the host to end by itself. */
		async end() {
			// The first ones may be closed already.
			const client = clients.at(-1);
			for (const {id, state} of (await client?.list()) ?? []) {
				if (state.kind === 'running' || state.kind === 'lost')
					await client?.stop(id, {by: 'user', signal: 'KILL'});
			}
			for (const each of clients) await each.close();
			await until(() => pids().length === 0, 'the end of the host');
			rmSync(stateFolder, {recursive: true, force: true});
		},
	};
};

export type HostProcess = Awaited<ReturnType<typeof startHostProcess>>;

/** One host with one client, and what the system says of it. */
export const startHostProcess = async () => {
	const entry = await bundle('test/support/pool-entry.ts');
	const place = makeHostPlace(entry.file);
	const client = await place.connect();
	const [pid = 0] = place.pids();

	return {
		client,
		pid,
		/** What it holds of the system now. */
		holdings: () => ({
			descriptors: readdirSync(`/proc/${pid}/fd`).length,
			threads: readdirSync(`/proc/${pid}/task`).length,
			children: childrenOf(pid).length,
			zombies: childrenOf(pid).filter(child => / Z /.test(readQuietly(`/proc/${child}/stat`))).length,
		}),
		rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readQuietly(`/proc/${pid}/status`))?.[1] ?? 0) / 1_000,
		async end() {
			await place.end();
			entry.remove();
		},
	};
};

export const startRequest = (cmd: string, some: Partial<StartRequest> = {}): StartRequest => ({
	cmd,
	cwd: '/',
	tty: true,
	env: {PATH: process.env.PATH ?? '', TERM: 'xterm-256color'},
	cols: 80,
	rows: 24,
	startedBy: 'user',
	...some,
});

/** The processes whose environment or command line, its words ended by NUL, holds a text. */
export const pidsWith = (text: string, file: 'cmdline' | 'environ'): number[] =>
	readdirSync('/proc')
		.filter(name => /^\d+$/.test(name))
		.filter(pid => readQuietly(`/proc/${pid}/${file}`).includes(text))
		.map(Number);

const childrenOf = (pid: number): number[] =>
	readdirSync(`/proc/${pid}/task`).flatMap(task =>
		readQuietly(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
	);

/** Empty if it is not there, or not any more. */
export const readQuietly = (file: string) => {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return ''; // a process may have just ended
	}
};
