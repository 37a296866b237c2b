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

export type HostProcess = Awaited<ReturnType<typeof startHostProcess>>;

export const startHostProcess = async () => {
	const entry = await bundle('test/support/pool-entry.ts');
	const stateFolder = mkdtempSync(join(tmpdir(), 'tandem-long-'));
	const uid = process.getuid?.() ?? 0;
	const paths = resolveWorkspacePaths({stateFolder, key: '0123456789abcdef', uid});
	if (paths.kind === 'failed') throw new Error(paths.message);
	const client: HostClient = createHostClient({
		paths,
		uid,
		tandem: '0.1.0',
		client: 'test',
		spawn: {
			execPath: process.execPath,
			entry: entry.file,
			args: [...hostArgs(stateFolder, '0123456789abcdef'), '--idle-ms', '300'],
			env: process.env,
		},
	});
	const connected = await client.connect();
	if (connected.kind !== 'connected') throw new Error(connected.message);
	const pids = () =>
		readdirSync('/proc')
			.filter(name => /^\d+$/.test(name))
			.filter(pid => readQuietly(`/proc/${pid}/cmdline`).includes(`--state\0${stateFolder}\0`))
			.map(Number);
	const [pid = 0] = pids();

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
		/** Its terminals must have ended. */
		async end() {
			await client.close();
			await until(() => pids().length === 0, 'the end of the host');
			rmSync(stateFolder, {recursive: true, force: true});
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

const childrenOf = (pid: number): number[] =>
	readdirSync(`/proc/${pid}/task`).flatMap(task =>
		readQuietly(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
	);

const readQuietly = (file: string) => {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return ''; // it has just ended
	}
};
