import {execFileSync, spawnSync} from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	realpathSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {Terminal} from '@xterm/headless';
import {spawn} from 'node-pty';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {restoreSequence} from '../../src/tty/modes.js';
import {bundle} from '../support/bundle.js';
import {until} from '../support/until.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-launcher-')));
const root = join(folder, 'package');
const home = join(folder, 'home');
const command = join(folder, 'bin', 'tandem');
const env = {
	...process.env,
	PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
	TANDEM_HOME: home,
	TERM: 'xterm-256color',
};

beforeAll(async () => {
	for (const name of ['package/src', 'package/dist', 'bin', 'empty'])
		mkdirSync(join(folder, name), {recursive: true});
	const window = await bundle('test/support/window-entry.ts');
	copyFileSync(window.file, join(root, 'dist/main.js'));
	window.remove();
	writeFileSync(join(folder, 'inputrc'), 'set enable-bracketed-paste off\n');
	writeFileSync(join(root, 'package.json'), '{"type": "module"}');
	copyFileSync('src/tandem.sh', join(root, 'src/tandem.sh'));
	chmodSync(join(root, 'src/tandem.sh'), 0o755);
	// As npm does it: a relative link, here to another one.
	symlinkSync('../package/src/tandem.sh', join(folder, 'bin/first'));
	symlinkSync('first', command);
});

const open: {kill: (signal?: string) => void}[] = [];
afterEach(() => {
	for (const pty of open.splice(0)) {
		try {
			pty.kill('SIGKILL');
		} catch {
			// It has ended by itself.
		}
	}
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

/** A person's terminal, in which a shell runs a script. */
const openTerminal = (script: string, shell = '/bin/sh') => {
	const terminal = new Terminal({cols: 100, rows: 20, allowProposedApi: true});
	let bytes = '';
	const pty = spawn(shell, shell === '/bin/sh' ? ['-c', script] : ['--norc', '-i'], {
		cols: 100,
		rows: 20,
		cwd: folder,
		// The line editor's own modes are none of ours.
		env: {...env, PS1: 'prompt> ', INPUTRC: join(folder, 'inputrc')},
	});
	open.push(pty);
	let hasEnded = false;
	pty.onData(data => {
		bytes += data;
		terminal.write(data);
	});
	pty.onExit(() => {
		hasEnded = true;
	});
	const text = () =>
		Array.from(
			{length: 20},
			(_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '',
		).join('\n');
	return {
		terminal,
		pty,
		bytes: () => bytes,
		text,
		shows: (part: string | RegExp) =>
			until(() => (typeof part === 'string' ? text().includes(part) : part.test(text())), `${part}`),
		hasEnded: () => hasEnded,
		pid: () => Number(/window (\d+)/.exec(text())?.[1]),
	};
};

const isAlive = (pid: number): boolean => {
	try {
		// A process that has ended but was not waited for is a zombie.
		return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		return false;
	}
};

/** True when a program that paints all the time gets nothing out: the kernel holds all that it can. */
const hasStoppedWriting = (pid: number) => {
	let before = {at: performance.now(), written: -1};
	return () => {
		if (performance.now() - before.at < 200) return false;
		const written = Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
		const isStill = written - before.written < 1_000;
		before = {at: performance.now(), written};
		return isStill;
	};
};

/** Runs tandem between two looks at the terminal's settings, and says how it ended. */
const script = `stty -a >before; ${command} one 'two three'; echo "status $?"; stty -a >after; echo done`;

const expectRestored = (screen: ReturnType<typeof openTerminal>) => {
	expect(readFileSync(join(folder, 'after'), 'utf8')).toBe(readFileSync(join(folder, 'before'), 'utf8'));
	expect(screen.terminal.buffer.active.type).toBe('normal');
	expect(screen.terminal.modes).toEqual(new Terminal({allowProposedApi: true}).modes);
	const cursor = screen.bytes().match(/\x1b\[\?25[hl]/g);
	expect(cursor?.at(-1)).toBe('\x1b[?25h');
};

test.each([
	['a key that quits', 'q', 0],
	['an exit with an error', 'e', 1],
	['a bug', 'x', 1],
	['Ctrl+C', '\x03', 130],
])('after %s the terminal is as it was, and the status is passed on', async (_name, key, status) => {
	const screen = openTerminal(script);
	await screen.shows('ready');
	expect(screen.text()).toContain('one,two three');
	expect(screen.terminal.buffer.active.type).toBe('alternate');
	screen.pty.write(`a${key}`);
	await screen.shows('done');
	expect(screen.text()).toContain(`status ${status}`);
	if (key === 'q') expect(screen.text()).toContain('farewell');
	expectRestored(screen);
});

test.each(['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const)(
	'after %s of the window the launcher puts the terminal back and says what goes on',
	async signal => {
		const screen = openTerminal(script);
		await screen.shows('ready');
		process.kill(screen.pid(), signal);
		await screen.shows('done');
		expect(screen.text()).toContain('tandem was cut off (signal');
		expect(screen.text()).toContain("'tandem' shows them");
		expectRestored(screen);
	},
);

test('under npm start it says how to come back by npm start', async () => {
	const screen = openTerminal(`export npm_package_name=tandem npm_lifecycle_event=start; ${script}`);
	await screen.shows('ready');
	process.kill(screen.pid(), 'SIGKILL');
	await screen.shows('done');
	// The line is wider than the screen.
	const text = screen.text().replaceAll('\n', '');
	expect(text).toContain("'npm start' shows them, 'npm start -- resume --last' goes on");
	expectRestored(screen);
});

test('TERM to the launcher reaches the window, whose way out is the ordinary one', async () => {
	const screen = openTerminal(script);
	await screen.shows('ready');
	const launcher = Number(
		execFileSync('ps', ['-o', 'ppid=', '-p', String(screen.pid())], {encoding: 'utf8'}),
	);
	process.kill(launcher, 'SIGTERM');
	await screen.shows('done');
	expect(screen.text()).toContain('status 143');
	expect(screen.text()).not.toContain('cut off');
	expectRestored(screen);
});

test('closing the terminal ends window and launcher', async () => {
	const screen = openTerminal(`exec ${command}`);
	await screen.shows('ready');
	const {pid} = screen.pty;
	const child = screen.pid();
	// What the kernel does to the leader of a session whose terminal is closed.
	screen.pty.kill('SIGHUP');
	await until(() => screen.hasEnded());
	for (const ended of [pid, child]) expect(() => process.kill(ended, 0)).toThrow();
});

test('a terminal that takes nothing holds up neither the window nor its end, and is put back when it takes again', async () => {
	const screen = openTerminal(script);
	await screen.shows('ready');
	const child = screen.pid();
	screen.pty.write('f');
	await screen.shows('bbbb');
	screen.pty.pause();
	await until(hasStoppedWriting(child));
	process.kill(child, 'SIGTERM');
	await until(() => !isAlive(child));
	screen.pty.resume();
	await screen.shows('done');
	expectRestored(screen);
});

test('Ctrl+Z gives the terminal to the shell, fg brings the window back', async () => {
	const screen = openTerminal('', '/bin/bash');
	await screen.shows('prompt>');
	screen.pty.write(`stty -a >before; ${command}\r`);
	await screen.shows('ready');
	screen.pty.write('\x1a');
	await screen.shows('Stopped');
	expect(screen.terminal.buffer.active.type).toBe('normal');
	expect(screen.terminal.modes.mouseTrackingMode).toBe('none');
	screen.pty.write('fg\r');
	await screen.shows('ready');
	screen.pty.write('k');
	await screen.shows('typed k');
	screen.pty.write('q');
	await screen.shows('farewell');
	screen.pty.write('stty -a >after; echo do""ne\r');
	await screen.shows('done');
	expectRestored(screen);
});

test('keys typed before the window is there are not lost', async () => {
	const screen = openTerminal(command);
	screen.pty.write('hurry');
	await screen.shows('typed hurry');
});

test('without a terminal the launcher is replaced by the program and prints no sequences', () => {
	const plain = join(folder, 'plain');
	mkdirSync(join(plain, 'src'), {recursive: true});
	mkdirSync(join(plain, 'dist'));
	copyFileSync('src/tandem.sh', join(plain, 'src/tandem.sh'));
	writeFileSync(
		join(plain, 'dist/main.js'),
		"process.stdin.pipe(process.stdout); console.log(process.argv.slice(2).join('|')); process.on('exit', () => process.exitCode = 3);",
	);
	const {stdout, status} = spawnSync('/bin/sh', [join(plain, 'src/tandem.sh'), 'a b', '$HOME'], {
		env,
		input: 'piped',
		encoding: 'utf8',
	});
	expect(stdout).toBe('a b|$HOME\npiped');
	expect(status).toBe(3);
});

test('a program that is not built, and a machine without a fitting Node, are answered with the next step', () => {
	const bare = join(folder, 'bare');
	mkdirSync(join(bare, 'src'), {recursive: true});
	copyFileSync('src/tandem.sh', join(bare, 'src/tandem.sh'));
	const unbuilt = spawnSync('/bin/sh', [join(bare, 'src/tandem.sh')], {env, encoding: 'utf8'});
	expect(unbuilt.stderr).toBe(`tandem is not built. Run 'npm install && npm run build' in ${bare}.\n`);
	expect(unbuilt.status).toBe(1);
	mkdirSync(join(bare, 'dist'));
	writeFileSync(join(bare, 'dist/main.js'), '');
	writeFileSync(join(folder, 'empty/node'), '#!/bin/sh\necho v20.1.0\n');
	chmodSync(join(folder, 'empty/node'), 0o755);
	const old = spawnSync('/bin/sh', [join(bare, 'src/tandem.sh')], {
		env: {...env, PATH: join(folder, 'empty')},
		encoding: 'utf8',
	});
	expect(old.stderr).toContain('tandem needs Node 22 or newer');
	expect(old.status).toBe(1);
});

test('the package’s own Node is used where the one on PATH is too old', () => {
	const own = join(folder, 'own');
	for (const name of ['src', 'dist', 'node_modules/node/bin']) mkdirSync(join(own, name), {recursive: true});
	copyFileSync('src/tandem.sh', join(own, 'src/tandem.sh'));
	writeFileSync(join(own, 'dist/main.js'), 'console.log(process.execPath)');
	symlinkSync(process.execPath, join(own, 'node_modules/node/bin/node'));
	writeFileSync(join(folder, 'empty/node'), '#!/bin/sh\necho v20.1.0\n');
	chmodSync(join(folder, 'empty/node'), 0o755);
	const {stdout} = spawnSync('/bin/sh', [join(own, 'src/tandem.sh')], {
		env: {...env, PATH: `${join(folder, 'empty')}:/usr/bin:/bin`},
		encoding: 'utf8',
	});
	expect(stdout.trim()).toBe(process.execPath);
});

test('a Node is asked for its version once, and again when it has changed', () => {
	const asked = join(folder, 'asked');
	const bin = join(folder, 'asking');
	const cached = join(folder, 'cached');
	mkdirSync(bin);
	for (const name of ['src', 'dist', 'node_modules/node/bin'])
		mkdirSync(join(cached, name), {recursive: true});
	copyFileSync('src/tandem.sh', join(cached, 'src/tandem.sh'));
	writeFileSync(join(cached, 'dist/main.js'), 'console.log("runs")');
	symlinkSync(process.execPath, join(cached, 'node_modules/node/bin/node'));
	const install = (version: string) => {
		writeFileSync(join(bin, 'node'), `#!/bin/sh\necho asked >>'${asked}'\necho ${version}\n`);
		chmodSync(join(bin, 'node'), 0o755);
	};
	const run = () =>
		spawnSync('/bin/sh', [join(cached, 'src/tandem.sh')], {
			env: {...env, TANDEM_HOME: cached, PATH: `${bin}:/usr/bin:/bin`},
			encoding: 'utf8',
		}).stdout.trim();
	const timesAsked = () => readFileSync(asked, 'utf8').split('\n').length - 1;
	install('v20.1.0');
	// A cache counts when it is newer than the Node.
	utimesSync(join(bin, 'node'), 1, 1);
	expect([run(), run(), run()]).toEqual(['runs', 'runs', 'runs']);
	expect(timesAsked()).toBe(1);
	install('v20.2.0');
	expect(run()).toBe('runs');
	expect(timesAsked()).toBe(2);
});

test('the launcher prints the very bytes that undo the modes', () => {
	const source = readFileSync('src/tandem.sh', 'utf8');
	const escaped = /printf '(.*)' >&4/.exec(source)?.[1] ?? '';
	expect(escaped.replaceAll('\\033', '\x1b').replaceAll('\\\\', '\\')).toBe(
		restoreSequence.replaceAll('\x1b\\\x1b', '\x1b\\\x1b'),
	);
});
