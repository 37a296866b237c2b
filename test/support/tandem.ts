// Runs the built program as a person would: through its launcher, in a real PTY, read through an emulator.
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {readProcess} from '../../src/host/processes.js';
import {kill} from './kill.js';
import {runOnScreen} from './real-screen.js';

export const launcher = resolve('src/tandem.sh');

export type Tandem = Awaited<ReturnType<typeof startTandem>>;

/** A home of its own for settings and state, and a folder to work in. */
export const makePlace = () => {
	const root = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-e2e-')));
	const home = join(root, 'home');
	const folder = join(root, 'my-app');
	mkdirSync(home);
	mkdirSync(folder);
	execFileSync('git', ['init', '-q'], {cwd: folder});
	return {
		root,
		home,
		folder,
		/** Ends everything that was started with this home, then removes it. */
		remove() {
			for (const pid of processesOf(home)) kill(pid);
			rmSync(root, {recursive: true, force: true});
		},
	};
};

/** Every process whose environment or arguments name this home: windows, hosts and what they run. */
export const processesOf = (home: string): number[] => {
	// The home comes on stdin: on its command line the search would find itself.
	const search = 'grep -lzF -f - /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null || true';
	const found = execFileSync('sh', ['-c', search], {encoding: 'utf8', input: home});
	const pids = new Set(found.split('\n').flatMap(path => path.match(/\d+/)?.map(Number) ?? []));
	pids.delete(process.pid);
	return [...pids];
};

/** The process of the window that runs with this home. */
export const findWindow = (home: string): number => {
	const found = processesOf(home).filter(pid => {
		const command = commandOf(pid);
		return command.includes('main.js') && !/ host( |$)/.test(command);
	});
	// What it starts bears its name for a moment.
	const pid = found.find(pid => !found.includes(readProcess(pid)?.parent ?? 0));
	if (pid === undefined) throw new Error('no window found');
	return pid;
};

/** The process of the host that runs with this home. */
export const findHost = (home: string): number => {
	const pid = processesOf(home).find(pid => /main\.js host /.test(commandOf(pid)));
	if (pid === undefined) throw new Error('no host found');
	return pid;
};

/** Empty once it has ended. */
export const commandOf = (pid: number): string => {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
	} catch {
		// It has ended.
		return '';
	}
};

export const startTandem = async (options: {
	place: {home: string; folder: string};
	args?: readonly string[];
	env?: Record<string, string>;
	cols?: number;
	rows?: number;
	/** Run this instead of the launcher, with the launcher's path as `$TANDEM`. */
	through?: readonly string[];
}) => {
	const {place, args = [], cols = 120, rows = 40, through} = options;
	const [file = '', ...rest] = through ?? [launcher, ...args];
	return runOnScreen({
		file,
		args: rest,
		cwd: place.folder,
		env: {...cleanEnvironment(), TANDEM_HOME: place.home, HOME: place.home, TANDEM: launcher, ...options.env},
		cols,
		rows,
		endSignal: through ? 'SIGKILL' : 'SIGTERM', // An interactive shell ignores TERM.
	});
};

export const keys = {
	enter: '\r',
	escape: '\x1b',
	ctrlC: '\x03',
	ctrlD: '\x04',
	ctrlT: '\x14',
	home: '\x1b[H',
	end: '\x1b[F',
	up: '\x1b[A',
	down: '\x1b[B',
	pageUp: '\x1b[5~',
	pageDown: '\x1b[6~',
	alt: (key: string) => `\x1b${key}`,
	paste: (text: string) => `\x1b[200~${text}\x1b[201~`,
} as const;

/** The environment of the tests without what would configure a model or change colours. */
export const cleanEnvironment = (): Record<string, string> => {
	const kept = Object.entries(process.env).filter(
		([name, value]) =>
			value !== undefined && !/^(OPENAI_|TANDEM_|VITEST|NODE_|FORCE_COLOR|NO_COLOR|npm_|XDG_)/.test(name),
	);
	return Object.fromEntries(kept) as Record<string, string>;
};
