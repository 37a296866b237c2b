// Runs the built program as a person would: through its launcher, in a real PTY, read through an emulator.
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {UnicodeGraphemesAddon} from '@xterm/addon-unicode-graphemes';
import {Terminal} from '@xterm/headless';
import {type IPty, spawn} from 'node-pty';

/** How long anything may take before a test gives up; far above every promise. */
const deadlineMs = 30_000;

const launcher = resolve('src/tandem.sh');

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
			for (const pid of processesOf(home)) {
				try {
					process.kill(pid, 'SIGKILL');
				} catch {
					// It ended by itself in between.
				}
			}
			rmSync(root, {recursive: true, force: true});
		},
	};
};

/** Every process whose environment or arguments name this home: windows, hosts and what they run. */
export const processesOf = (home: string): number[] => {
	const found = execFileSync(
		'sh',
		['-c', 'grep -lzF -e "$1" /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null || true', 'sh', home],
		{encoding: 'utf8'},
	);
	const pids = new Set(found.split('\n').flatMap(path => path.match(/\d+/)?.map(Number) ?? []));
	pids.delete(process.pid);
	return [...pids];
};

/** The process of the window that runs with this home. */
export const findWindow = (home: string): number => {
	const pid = processesOf(home).find(pid => {
		const command = commandOf(pid);
		return command.includes('main.js') && !/ host( |$)/.test(command);
	});
	if (pid === undefined) throw new Error('no window found');
	return pid;
};

const commandOf = (pid: number): string => {
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
	const {place, args = [], cols = 120, rows = 40} = options;
	const screen = new Terminal({cols, rows, allowProposedApi: true, scrollback: 2000, logLevel: 'off'});
	screen.loadAddon(new UnicodeGraphemesAddon());
	screen.unicode.activeVersion = '15-graphemes';

	const [file = '', ...rest] = options.through ?? [launcher, ...args];
	const pty: IPty = spawn(file, rest, {
		cols,
		rows,
		cwd: place.folder,
		name: 'xterm-256color',
		encoding: null,
		env: {...cleanEnvironment(), TANDEM_HOME: place.home, HOME: place.home, TANDEM: launcher, ...options.env},
	});
	const chunks: Buffer[] = [];
	const listeners = new Set<() => void>();
	const changed = () => {
		for (const listener of listeners) listener();
	};
	let exit: {exitCode: number; signal?: number} | undefined;
	// With `encoding: null` node-pty hands out Buffers, whatever its types say.
	pty.onData(data => {
		const chunk = data as unknown as Buffer;
		chunks.push(chunk);
		screen.write(chunk, changed);
	});
	screen.onData(reply => pty.write(reply));
	const exited = new Promise<{exitCode: number; signal?: number}>(done => {
		pty.onExit(event => {
			exit = event;
			done(event);
			changed();
		});
	});

	const lines = (): string[] => {
		const buffer = screen.buffer.active;
		return Array.from({length: screen.rows}, (_, row) => {
			const line = buffer.getLine(buffer.baseY + row);
			return line?.translateToString(true) ?? '';
		});
	};
	const text = () => lines().join('\n');

	const until = <Value>(what: string, find: () => Value | undefined): Promise<Value> =>
		new Promise((done, fail) => {
			const finish = () => {
				clearTimeout(timer);
				listeners.delete(check);
			};
			const check = () => {
				const value = find();
				if (value === undefined) return;
				finish();
				done(value);
			};
			const timer = setTimeout(() => {
				finish();
				const end = exit ? `\n(ended: ${JSON.stringify(exit)})` : '';
				fail(new Error(`waited for ${what}; the screen is:\n${text()}${end}`));
			}, deadlineMs);
			listeners.add(check);
			check();
		});

	return {
		pty,
		emulator: screen,
		lines,
		text,
		exited,
		/** Every byte that reached the user's terminal so far. */
		bytes: () => Buffer.concat(chunks),
		/** Resolves when the screen holds the text. */
		sees: (wanted: string | RegExp) =>
			until(
				`${wanted}`,
				() => (typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text())) || undefined,
			),
		/** Resolves when the screen no longer holds the text. */
		loses: (unwanted: string | RegExp) =>
			until(`no ${unwanted}`, () =>
				(typeof unwanted === 'string' ? text().includes(unwanted) : unwanted.test(text())) ? undefined : true,
			),
		until,
		type: (keys: string) => pty.write(keys),
		/** Types a line and sends it, when the composer shows it. */
		async submit(line: string) {
			pty.write(line);
			await until(`the composer to show ${line}`, () => text().includes(line.slice(-20)) || undefined);
			pty.write('\r');
		},
		/** Says yes to the question that shows this, once it takes an answer: keys of its first 150 ms are none. */
		async allow(shown: string | RegExp) {
			await until(`the question with ${shown}`, () =>
				/ y yes · n no/.test(text()) && text().search(shown) >= 0 ? true : undefined,
			);
			await new Promise(resolve => setTimeout(resolve, 500));
			pty.write('y');
		},
		resize(size: {cols: number; rows: number}) {
			screen.resize(size.cols, size.rows);
			pty.resize(size.cols, size.rows);
		},
		/** Asks for the end and waits for it. */
		async end() {
			if (!exit) pty.kill(options.through ? 'SIGKILL' : 'SIGTERM'); // An interactive shell ignores TERM.
			await exited;
			screen.dispose();
		},
	};
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
const cleanEnvironment = (): Record<string, string> => {
	const kept = Object.entries(process.env).filter(
		([name, value]) =>
			value !== undefined && !/^(OPENAI_|TANDEM_|VITEST|NODE_|FORCE_COLOR|NO_COLOR|npm_|XDG_)/.test(name),
	);
	return Object.fromEntries(kept) as Record<string, string>;
};
