// What every maker of a Host must fulfil, tested with real programs in real terminals: run with the pool in
// this process, and with a client at a socket around a pool.
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import type {Host, HostEvent, MouseInput, StartRequest, WaitRequest} from '../../src/host/host.js';
import type {Snapshot, TerminalInfo} from '../../src/host/protocol.js';
import {freePort} from '../support/web-project.js';

export type HostMaker = (folders: {
	/** Private, kept over makings within one test. */
	stateFolder: string;
	runtimeFolder: string;
}) => Promise<Host>;

const secretOfThreads = `python3 -c "
import sys, termios, threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
modes = termios.tcgetattr(0)
modes[3] &= ~termios.ECHO
termios.tcsetattr(0, termios.TCSANOW, modes)
sys.stdin.readline()
"`;

const secretBySelect = `python3 -c "
import select, sys, termios
modes = termios.tcgetattr(0)
modes[3] &= ~termios.ECHO
termios.tcsetattr(0, termios.TCSANOW, modes)
select.select([0], [], [], 60)
"`;

// Far above what anything takes on a busy machine.
const deadlineMs = 20_000;

export const describeHost = (name: string, makeHost: HostMaker) => {
	describe(name, () => {
		let folder: string;
		let host: Host;

		const makeFolders = () => {
			folder = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-host-')));
			return {stateFolder: join(folder, 'state'), runtimeFolder: join(folder, 'run')};
		};

		const buildRequest = (cmd: string, options: Partial<StartRequest> = {}): StartRequest => ({
			cmd,
			cwd: folder,
			tty: true,
			env: {PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: folder, LC_ALL: 'C.UTF-8'},
			shell: '/bin/bash',
			cols: 80,
			rows: 24,
			startedBy: 'model',
			...options,
		});

		const start = async (cmd: string, options: Partial<StartRequest> = {}) => {
			const started = await host.start(buildRequest(cmd, options));
			if (started.kind !== 'started') throw new Error(started.message);
			return started.terminal.id;
		};

		const startBriefly = async (cmd: string, maxChars: number) => {
			const started = await host.start(buildRequest(cmd, {brief: {maxChars}}));
			if (started.kind !== 'started') throw new Error(started.message);
			return started;
		};

		const wait = async (id: number, request: Partial<WaitRequest> = {}) => {
			const waited = await host.wait(id, {timeoutMs: deadlineMs, ...request});
			if (waited.kind !== 'waited') throw new Error(waited.message);
			const isTooLate = request.timeoutMs === undefined && waited.reason.kind === 'time-over';
			if (isTooLate) throw new Error(`waited in vain:\n${await textOf(id)}`);
			return waited;
		};

		const infoOf = async (id: number): Promise<TerminalInfo> => {
			const info = (await host.list()).find(each => each.id === id);
			if (!info) throw new Error(`No terminal ${id} in the list.`);
			return info;
		};

		/** Resolves when the terminal's info satisfies the claim. */
		const until = (id: number, claim: (info: TerminalInfo) => boolean) =>
			new Promise<TerminalInfo>((resolve, reject) => {
				const finish = (settle: () => void) => {
					clearTimeout(timer);
					undo();
					settle();
				};
				const look = (info: TerminalInfo) => {
					if (info.id === id && claim(info)) finish(() => resolve(info));
				};
				const timer = setTimeout(() => finish(() => reject(new Error('It never came true.'))), deadlineMs);
				const undo = host.subscribe(event => {
					if (event.type === 'terminal.changed') look(event.terminal);
				});
				infoOf(id).then(look, reject);
			});
		const hasEnded = (info: TerminalInfo) => info.state.kind === 'ended';

		const textOf = async (id: number): Promise<string> => {
			const reading = await host.read(id, {maxChars: 10_000_000});
			if (reading.kind !== 'reading') throw new Error(reading.message);
			return reading.lines.map(line => line.text).join('\n');
		};

		/** Runs it to its end; what it printed and how it ended. */
		const run = async (cmd: string, options: Partial<StartRequest> = {}) => {
			const id = await start(cmd, options);
			await wait(id);
			const {state} = await until(id, hasEnded);
			if (state.kind !== 'ended') throw new Error('It has not ended.');
			return {id, text: await textOf(id), exit: state.exit};
		};

		const stop = async (id: number, graceMs = 300) => {
			const stopped = await host.stop(id, {by: 'model', graceMs});
			if (stopped.kind !== 'stopped') throw new Error(stopped.message);
			return stopped;
		};

		const open = async () => {
			host = await makeHost(makeFolders());
		};
		const shut = async () => {
			for (const {id, state} of await host.list()) if (state.kind === 'running') await stop(id, 0);
			await host.close();
			rmSync(folder, {recursive: true, force: true});
		};

		describe('a command', () => {
			beforeAll(open);
			afterAll(shut);

			test.each([true, false])('ends with its exit code (tty %s)', async tty => {
				for (const code of [0, 1, 42, 126, 127, 129, 130, 137, 141, 143]) {
					expect((await run(`exit ${code}`, {tty})).exit).toEqual({code});
				}
			});

			test.each([true, false])('that a signal killed ends with its name (tty %s)', async tty => {
				for (const signal of ['SEGV', 'KILL', 'TERM', 'HUP']) {
					expect((await run(`kill -${signal} $$`, {tty})).exit).toEqual({signal: `SIG${signal}`});
				}
				// Shells do not tell these from the exit codes.
				expect((await run('kill -PIPE $$', {tty})).exit).toEqual({code: 141});
				expect((await run('kill -INT $$', {tty})).exit).toEqual({code: 130});
			});

			test.each([true, false])('that ends at once loses nothing of 20 kB (tty %s)', async tty => {
				const line = 'x'.repeat(69);
				for (let round = 0; round < 25; round++) {
					const {text} = await run(`yes ${line} | head -n 286; printf last`, {tty});
					expect(text).toBe(`${`${line}\n`.repeat(286)}last`);
				}
			});

			test.each([true, false])('may be one of many at once (tty %s)', async tty => {
				const results = await Promise.all(
					Array.from({length: 30}, (_, index) =>
						run(`echo begin ${index}; seq 500; echo end ${index}`, {tty}),
					),
				);
				results.forEach(({text}, index) => {
					const lines = text.split('\n');
					expect([lines[0], lines.length, lines.at(-1)]).toEqual([`begin ${index}`, 502, `end ${index}`]);
				});
			});

			test('that is over in a moment comes with its start, and nobody else hears of it', async () => {
				const heard: number[] = [];
				const undo = host.subscribe(event => {
					if (event.type === 'terminal.changed') heard.push(event.terminal.id);
					if (event.type === 'terminal.forgotten') heard.push(event.id);
				});
				// On a busy machine a moment may be over before a shell has begun.
				for (;;) {
					const {terminal, ended} = await startBriefly('echo one; echo two; exit 3', 100);
					if (!ended) continue;
					expect(ended.isForgotten).toBe(true);
					expect(ended.reading.lines.map(({text}) => text)).toEqual(['one', 'two']);
					expect(terminal.state).toMatchObject({kind: 'ended', exit: {code: 3}});
					expect(await host.read(terminal.id, {maxChars: 10})).toMatchObject({code: 'unknown-terminal'});
					expect((await host.list()).map(({id}) => id)).not.toContain(terminal.id);
					expect(heard).not.toContain(terminal.id);
					break;
				}
				undo();
			});

			test('that has more to say than its start may tell stays', async () => {
				for (;;) {
					const {terminal, ended} = await startBriefly('seq 100', 50);
					if (!ended) continue;
					expect(ended).toMatchObject({isForgotten: false, reading: {totalChars: 292}});
					expect(await infoOf(terminal.id)).toMatchObject({state: {kind: 'ended'}, lineCount: 100});
					break;
				}
			});

			test('that goes on after its moment is heard of, and leaves others of its kind named', async () => {
				const first = await startBriefly('cat; exit 4', 100);
				expect(first).not.toHaveProperty('ended');
				const {id, name} = first.terminal;
				await until(id, ({state}) => state.kind === 'running');
				expect(await startBriefly('cat; exit 4', 100)).toMatchObject({twins: [{id, name}]});
				await host.write(id, {by: 'model', keys: ['C-d']});
				expect((await until(id, hasEnded)).state).toMatchObject({exit: {code: 4}});
			});

			test('that redirects all its streams keeps its exit code', async () => {
				const {exit} = await run('exec >log 2>&1 </dev/null; sleep 0.05; echo done; exit 7');
				expect(exit).toEqual({code: 7});
				expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('done\n');
			});

			test('that leaves an unfinished escape sequence behind still ends', async () => {
				expect((await run("printf '\\033]0;unfinished'; exit 3")).exit).toEqual({code: 3});
			});

			test('sees a real terminal, and no descriptor but its three', async () => {
				const {text} = await run('tty; stty size; echo $TERM; ls -l /proc/self/fd', {cols: 100, rows: 30});
				expect(text).toMatch(/^\/dev\/pts\/\d+\n30 100\nxterm-256color\n/);
				expect(text).not.toMatch(/ptmx|socket:|anon_inode/);
			});

			test('without a terminal sees a pipe, a closed stdin and no controlling terminal', async () => {
				const {text} = await run('cat; tty; echo $TERM $NO_COLOR; (: </dev/tty) || echo none', {tty: false});
				expect(text).toMatch(/^not a tty\ndumb 1\n/);
				expect(text).toMatch(/none$/);
				const {text: links} = await run('ls -l /proc/self/fd', {tty: false});
				expect(links).not.toMatch(/ptmx|pts|socket:|anon_inode/);
			});

			test('gets the environment of its request and nothing of the host’s', async () => {
				const env = {
					PATH: process.env.PATH ?? '/usr/bin:/bin',
					'odd.name': 'kept',
					TMUX: '/tmp/tmux-0',
					PERL5OPT: '-MNoSuchModule',
					LC_ALL: 'no_SUCH.locale=1',
				};
				const {text} = await run('env', {env});
				expect(text).toContain('PERL5OPT=-MNoSuchModule');
				expect(text).toContain('LC_ALL=no_SUCH.locale=1');
				const names = text.split('\n').map(line => line.split('=')[0]);
				expect(text).toContain('odd.name=kept');
				expect(text).toContain('GIT_PAGER=cat');
				for (const name of ['TMUX', 'TANDEM_LEADER', 'VITEST', 'NODE_ENV', 'NODE_OPTIONS']) {
					expect(names).not.toContain(name);
				}
			});

			test('that interrupts its whole group does not take the terminal with it', async () => {
				const {exit, text} = await run("trap 'echo caught' TERM; kill 0; echo after; exit 4");
				expect({exit, text}).toEqual({exit: {code: 4}, text: 'caught\nafter'});
			});

			test('is found to be over when somebody kills its leader', async () => {
				// Found among all processes of the machine, on which other tests run.
				const age = `60.${process.pid}`;
				const id = await start(`echo ready; exec sleep ${age}`);
				await wait(id, {pattern: '^ready$', from: {line: 1, seen: []}});
				await run(`kill -9 $(ps -eo ppid=,args= | awk '$2 == "sleep" && $3 == "${age}" {print $1}')`);
				const {state} = await until(id, hasEnded);
				expect(state).toMatchObject({kind: 'ended', exit: {signal: 'SIGKILL'}});
			});
		});

		describe('a start', () => {
			beforeAll(open);
			afterAll(shut);

			const refusal = async (options: Partial<StartRequest>, cmd = 'true') => {
				const started = await host.start(buildRequest(cmd, options));
				if (started.kind === 'started') throw new Error('It was started.');
				return started;
			};

			test('in a folder that is missing or a file is refused and names it', async () => {
				const file = join(folder, 'file');
				writeFileSync(file, '');
				const missing = join(folder, 'missing');
				expect(await refusal({cwd: missing})).toMatchObject({code: 'missing-folder'});
				expect((await refusal({cwd: missing})).message).toContain(missing);
				expect((await refusal({cwd: file})).message).toContain(file);
			});

			test('with a shell that is missing is refused and names it', async () => {
				const refused = await refusal({shell: '/nowhere/sh'});
				expect(refused).toMatchObject({code: 'missing-shell'});
				expect(refused.message).toContain('/nowhere/sh');
			});

			test('of what no program can be given is refused', async () => {
				expect(await refusal({}, 'echo \0')).toMatchObject({code: 'bad-argument'});
				expect(await refusal({}, 'x'.repeat(200_000))).toMatchObject({code: 'bad-argument'});
				expect(await refusal({env: {LARGE: 'x'.repeat(200_000)}})).toMatchObject({code: 'bad-argument'});
			});

			test('with an impossible size is given the nearest possible one', async () => {
				const {text} = await run('stty size', {cols: 100_000, rows: 0});
				expect(text).toBe('1 500');
				expect(await run('stty size', {cols: 0, rows: 100_000})).toMatchObject({text: '200 2'});
			});

			test('gives ids that only grow, and names that are unique among the running', async () => {
				const first = await start('sleep 60', {name: 'dev'});
				const second = await start('sleep 60', {name: 'dev'});
				expect(second).toBeGreaterThan(first);
				expect([(await infoOf(first)).name, (await infoOf(second)).name]).toEqual(['dev', 'dev-2']);
				await stop(first);
				const third = await start('sleep 60', {name: 'dev'});
				expect((await infoOf(third)).name).toBe('dev');
				expect(await host.rename(third, 'dev-2')).toEqual({kind: 'renamed', name: 'dev-2-2'});
				expect(await host.rename(third, '\x07')).toMatchObject({code: 'bad-argument'});
			});
		});

		describe('a wait', () => {
			beforeAll(open);
			afterAll(shut);

			test.each([true, false])('ends when the command listens (tty %s)', async tty => {
				const port = await freePort();
				const script = `setTimeout(() => require('net').createServer().listen(${port}), 300)`;
				const id = await start(`node -e "${script}"`, {name: 'server', tty});
				const {reason, terminal} = await wait(id, {port: true});
				expect(reason).toEqual({kind: 'listening', port});
				expect(terminal.ports).toMatchObject([{port, url: `http://localhost:${port}`}]);
				await stop(id);
			});

			test('does not take an unnamed ephemeral port for a server, but one that is asked for', async () => {
				const quiet = await start('exec node -e "require(\'net\').createServer().listen(0)"');
				expect((await wait(quiet, {port: true, timeoutMs: 1_500})).reason).toEqual({kind: 'time-over'});
				const [port] = (await infoOf(quiet)).ports;
				expect((await wait(quiet, {port: port?.port ?? 0})).reason.kind).toBe('listening');
				const script =
					'const s = require("net").createServer().listen(0, () => console.log("on", s.address().port))';
				const loud = await start(`exec node -e '${script}'`);
				expect((await wait(loud, {port: true})).reason.kind).toBe('listening');
			});

			test('tells nothing of a port that somebody else opened', async () => {
				const server = createServer();
				const port = await freePort();
				await new Promise<void>(resolve => server.listen(port, resolve));
				const id = await start('sleep 60');
				expect((await wait(id, {port: true, timeoutMs: 600})).reason).toEqual({kind: 'time-over'});
				expect((await infoOf(id)).ports).toEqual([]);
				await new Promise(resolve => server.close(resolve));
			});

			test('finds the URL that a server printed', async () => {
				const script =
					'const s = require("net").createServer().listen(0, () => console.log("Local: http://127.0.0.1:" + s.address().port + "/app/"))';
				const id = await start(`exec node -e '${script}'`);
				await wait(id, {port: true});
				const {ports} = await until(id, info => info.ports[0]?.url.endsWith('/app') === true);
				expect(ports[0]?.url).toBe(`http://localhost:${ports[0]?.port}/app`);
			});

			test('ends with a pattern on a rendered line, also one that was printed before', async () => {
				const id = await start(
					"stty -echo; printf 'rea'; read x; printf '\\033[1mdy\\033[0m now\\n'; sleep 60",
				);
				const from = {line: 1, seen: []};
				await wait(id, {pattern: '^rea$', from});
				const waiting = wait(id, {pattern: '^ready'});
				await host.write(id, {by: 'model', keys: ['Enter']});
				const matched = {kind: 'matched', text: 'ready now'};
				expect((await waiting).reason).toEqual(matched);
				expect((await wait(id, {pattern: 'ready', timeoutMs: 300})).reason).toEqual({kind: 'time-over'});
				expect((await wait(id, {pattern: 'ready', from})).reason).toEqual(matched);
				expect((await wait(id, {screen: 'ready'})).reason.kind).toBe('matched');
			});

			test('with a wrong pattern is refused, one with a slow pattern is stopped', async () => {
				const id = await start(`printf '${'a'.repeat(60)}!\\n'; sleep 60`);
				const from = {line: 1, seen: []};
				await wait(id, {pattern: '!', from});
				const wrong = await host.wait(id, {timeoutMs: 1_000, pattern: '(ab'});
				expect(wrong).toMatchObject({kind: 'refused', code: 'bad-pattern'});
				const slow = await host.wait(id, {timeoutMs: 10_000, pattern: '^(a+)+$', from});
				expect(slow).toMatchObject({kind: 'refused', code: 'bad-pattern'});
			});

			test('ends after quiet, at its deadline, or when it is given up', async () => {
				const id = await start('echo one; sleep 60');
				expect((await wait(id, {quietMs: 100})).reason).toEqual({kind: 'quiet', ms: 100});
				expect((await wait(id, {timeoutMs: 50})).reason).toEqual({kind: 'time-over'});
				const controller = new AbortController();
				const aborted = host.wait(id, {timeoutMs: deadlineMs}, controller.signal);
				controller.abort();
				expect(await aborted).toMatchObject({
					reason: {kind: 'aborted'},
					terminal: {state: {kind: 'running'}},
				});
			});

			test.each([
				['a prompt of bash', 'read -p "name? " x'],
				['cat, which prompts for nothing', 'cat'],
				['python', 'python3 -q'],
				['a password', 'read -s -p "Password: " x'],
				['an interactive shell', 'bash --norc -i'],
				['node', 'node -i'],
				['a secret without a prompt, asked by one thread of several', secretOfThreads],
				['a secret without a prompt, looked for by select', secretBySelect],
				['a line editor without a prompt, which waits by select for keys alone', "read -e -p '' x"],
			])('sees that %s waits for input', async (_, cmd) => {
				const id = await start(cmd);
				expect((await wait(id, {input: 'prompt'})).reason).toEqual({kind: 'waiting-for-input'});
				await stop(id);
			});

			test('tells that a secret is asked for, until it is typed', async () => {
				const id = await start('read -s -p "Password: " x; echo; echo thanks; sleep 60');
				expect(await until(id, ({asksSecret}) => asksSecret === true)).toMatchObject({
					isWaitingForInput: true,
				});
				await host.write(id, {by: 'user', chars: 'hunter2\n'});
				const info = await until(id, ({lastLines}) => lastLines.includes('thanks'));
				expect(info).not.toHaveProperty('asksSecret');
				await stop(id, 0);
			});

			test('tells what the whole tree uses, while somebody listens', async () => {
				const busy = 'x = [1] * 8_000_000\nwhile True: pass';
				const id = await start(`sh -c "python3 -c '${busy}' & wait"`);
				const {usage} = await until(
					id,
					info => (info.usage?.memory ?? 0) > 50 && (info.usage?.cpu ?? 0) > 10,
				);
				expect(usage?.memory).toBeLessThan(120);
				await stop(id, 0);
			});

			test('does not take a busy or sleeping program for a waiting one', async () => {
				const id = await start('printf "working "; sleep 60');
				expect((await wait(id, {input: 'prompt', timeoutMs: 1_200})).reason).toEqual({kind: 'time-over'});
			});

			test('does not take a program that looks for keys now and then for a waiting one', async () => {
				const id = await start('python3 -c "import select; select.select([0], [], [], 60)"');
				expect((await wait(id, {input: 'prompt', timeoutMs: 1_200})).reason).toEqual({kind: 'time-over'});
			});

			test('does not take a server that also listens to keys for a waiting one', async () => {
				const script = 'process.stdin.setRawMode(true); process.stdin.resume(); console.log("press h")';
				const id = await start(`node -e '${script}'`);
				expect((await wait(id, {input: 'prompt', timeoutMs: 1_200})).reason).toEqual({kind: 'time-over'});
			});
		});

		describe('typing', () => {
			beforeAll(open);
			afterAll(shut);

			const type = async (id: number, input: {chars?: string; keys?: string[]; paste?: boolean}) => {
				const written = await host.write(id, {by: 'model', ...input});
				expect(written).toEqual({kind: 'written'});
				return wait(id, {input: 'taken'});
			};

			test.each([
				['cat', 'cat', 'hello\n', 'hello\nhello'],
				['python', 'python3 -q', 'print(6 * 7)\n', '42'],
				['bash', 'bash --norc -i', 'echo $((6 * 7))\n', '42'],
			])('into %s returns when it was taken', async (_, cmd, chars, answer) => {
				const id = await start(cmd);
				await wait(id, {input: 'prompt'});
				expect((await type(id, {chars})).reason).toEqual({kind: 'waiting-for-input'});
				expect(await textOf(id)).toContain(answer);
				await stop(id);
			});

			test('waits for a command at a shell’s prompt before it returns', async () => {
				const id = await start('bash --norc -i');
				await wait(id, {input: 'prompt'});
				await type(id, {chars: 'sleep 0.4; echo sl""ept\n'});
				expect(await textOf(id)).toMatch(/^slept$/m);
				await stop(id);
			});

			test('Ctrl+C ends the foreground program', async () => {
				const id = await start('sleep 60');
				await host.write(id, {by: 'model', keys: ['C-c']});
				await wait(id);
				expect((await until(id, hasEnded)).state).toMatchObject({exit: {signal: 'SIGINT'}});
			});

			test('Ctrl+C reaches a command without a terminal, text does not', async () => {
				const id = await start('echo ready; sleep 60', {tty: false});
				await wait(id, {pattern: 'ready', from: {line: 1, seen: []}});
				expect(await host.write(id, {by: 'model', chars: 'x'})).toMatchObject({code: 'no-stdin'});
				expect(await host.write(id, {by: 'model', chars: '\x03'})).toEqual({kind: 'written'});
				await wait(id);
				expect((await until(id, hasEnded)).state).toMatchObject({exit: {signal: 'SIGINT'}});
			});

			test('200 kB into a program that reads them arrives whole', async () => {
				const id = await start('stty raw -echo; echo ready; head -c 200000 | md5sum');
				await wait(id, {pattern: 'ready', from: {line: 1, seen: []}});
				await host.write(id, {by: 'model', chars: 'abcdefgh'.repeat(25_000)});
				await wait(id);
				const hash = createHash('md5').update('abcdefgh'.repeat(25_000)).digest('hex');
				expect(await textOf(id)).toContain(hash);
			});

			test('into a program that never reads is counted, and refused when it is too much', async () => {
				const id = await start('stty raw -echo; echo ready; sleep 60');
				await wait(id, {pattern: 'ready', from: {line: 1, seen: []}});
				await host.write(id, {by: 'model', chars: 'x'.repeat(1_000_000)});
				const {undeliveredBytes} = await infoOf(id);
				expect(undeliveredBytes).toBeGreaterThan(900_000);
				await host.write(id, {by: 'model', chars: 'x'.repeat(1_000_000)});
				expect(await host.write(id, {by: 'model', chars: 'x'.repeat(1_000_000)})).toMatchObject({
					code: 'input-full',
				});
				// What was queued is told as undelivered, and reaches nobody else.
				await stop(id);
				expect((await infoOf(id)).undeliveredBytes).toBeGreaterThan(1_800_000);
				expect((await run('stty -icanon min 0 time 2; head -c 5 | wc -c')).text).toBe('0');
			});

			test('a line that the kernel would cut is refused', async () => {
				const id = await start('cat');
				await wait(id, {input: 'prompt'});
				const long = await host.write(id, {by: 'model', chars: `${'x'.repeat(5_000)}\n`});
				expect(long).toMatchObject({kind: 'refused', code: 'line-too-long'});
				await stop(id);
			});

			test('into an ended or unknown terminal is refused', async () => {
				const {id} = await run('true');
				expect(await host.write(id, {by: 'model', chars: 'x'})).toMatchObject({code: 'ended'});
				expect(await host.write(99_999, {by: 'model', chars: 'x'})).toMatchObject({code: 'unknown-terminal'});
			});
		});

		describe('what a command leaves behind', () => {
			beforeAll(open);
			afterAll(shut);

			test.each([
				['in the background', 'sleep 61 &'],
				['with nohup', 'nohup sleep 61 >/dev/null 2>&1 &'],
				['in a session of its own', 'setsid sleep 61 &'],
				['with everything redirected', 'setsid sleep 61 >/dev/null 2>&1 </dev/null &'],
				['by a double fork', '(setsid sleep 61 >/dev/null 2>&1 </dev/null &)'],
				['with a scrubbed environment', 'env -i setsid sleep 61 &'],
			])('%s keeps the terminal running, is named, and can be stopped', async (_, cmd) => {
				for (const tty of [true, false]) {
					const id = await start(`${cmd}\necho started; exit 3`, {tty});
					const {reason, terminal} = await wait(id);
					expect(reason).toEqual({kind: 'exited'});
					expect(terminal.state).toEqual({kind: 'running', shellExit: {code: 3}});
					expect(terminal.leftovers).toHaveLength(1);
					const stopped = await stop(id);
					expect(stopped.survivors).toEqual([]);
					expect(stopped.terminal.state).toMatchObject({kind: 'ended', exit: {code: 3}});
					expect(stopped.terminal.stoppedBy).toBe('model');
				}
			});

			test.each([true, false])('is still heard, and its end is the terminal’s (tty %s)', async tty => {
				const cmd = `(until [ -e late-${tty} ]; do sleep 0.05; done; echo late) & exit 0`;
				const id = await start(cmd, {tty});
				const {terminal} = await wait(id);
				expect(terminal.state).toEqual({kind: 'running', shellExit: {code: 0}});
				writeFileSync(join(folder, `late-${tty}`), '');
				await until(id, hasEnded);
				expect(await textOf(id)).toBe('late');
			});

			test('may be there before the first wait, which is told of the end at once', async () => {
				const id = await start('setsid sleep 61 &');
				await until(id, ({state}) => state.kind === 'running' && state.shellExit !== undefined);
				expect((await wait(id)).reason).toEqual({kind: 'exited'});
				expect((await wait(id, {timeoutMs: 50})).reason).toEqual({kind: 'time-over'});
				await stop(id);
			});

			test('is never taken from another terminal, though device names come again', async () => {
				for (let round = 0; round < 10; round++) {
					const short = await start('sleep 61 & exit 0');
					await wait(short);
					const [, other] = await Promise.all([stop(short), start('sleep 62')]);
					const third = await start('exit 0');
					await wait(third);
					expect((await until(third, hasEnded)).leftovers).toEqual([]);
					expect((await infoOf(other)).state).toEqual({kind: 'running'});
					await stop(other);
				}
			});

			test('may listen, and a second wait is for that', async () => {
				const port = await freePort();
				const script = `setTimeout(() => require('net').createServer().listen(${port}), 200)`;
				const id = await start(`nohup node -e "${script}" >log 2>&1 &`);
				expect((await wait(id)).reason).toEqual({kind: 'exited'});
				expect((await wait(id, {port: true})).reason).toEqual({kind: 'listening', port});
				await stop(id);
			});
		});

		describe('stopping', () => {
			beforeAll(open);
			afterAll(shut);

			test.each([
				['ignores HUP, INT and TERM', "trap '' HUP INT TERM; echo ready; while :; do sleep 1; done"],
				['is stopped', 'echo ready; sleep 60 & kill -STOP $!; wait'],
				['starts children in other sessions', 'setsid sleep 60 & setsid setsid sleep 60 & echo ready; wait'],
				['disowns', 'sleep 60 & disown; nohup sleep 60 >/dev/null 2>&1 & echo ready; sleep 60'],
				['is an interactive shell', 'echo ready; exec bash --norc -i'],
				['stopped its own output', 'echo ready; stty -ixon; exec sleep 60'],
			])('ends all of what %s', async (_, cmd) => {
				const id = await start(cmd);
				await wait(id, {pattern: '^ready$', from: {line: 1, seen: []}});
				const {survivors, terminal} = await stop(id);
				expect(survivors).toEqual([]);
				expect(terminal.state.kind).toBe('ended');
				expect(terminal.leftovers).toEqual([]);
			});

			test('gives a program its grace to save', async () => {
				const id = await start(
					"trap 'sleep 0.3; echo saved >saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done",
				);
				await wait(id, {pattern: '^ready$', from: {line: 1, seen: []}});
				const {terminal} = await stop(id, 10_000);
				expect(terminal.state).toMatchObject({kind: 'ended', exit: {code: 0}});
				expect(existsSync(join(folder, 'saved'))).toBe(true);
			});

			test('begins with the signal that was asked for', async () => {
				const id = await start("trap 'exit 7' INT; echo ready; while :; do sleep 0.05; done");
				await wait(id, {pattern: '^ready$', from: {line: 1, seen: []}});
				const stopped = await host.stop(id, {by: 'model', signal: 'INT', graceMs: 10_000});
				expect(stopped).toMatchObject({terminal: {state: {kind: 'ended', exit: {code: 7}}}});
			});

			test('works in the very moment of the start', async () => {
				for (let round = 0; round < 10; round++) {
					const {terminal} = await stop(await start("trap '' HUP TERM; sleep 60"), 50);
					expect(terminal.state.kind).toBe('ended');
				}
			});

			test('works while the output is held by Ctrl+S', async () => {
				const id = await start('echo ready; while sleep 0.02; do echo more; done');
				await wait(id, {pattern: '^ready$', from: {line: 1, seen: []}});
				await host.write(id, {by: 'model', keys: ['C-s']});
				const {survivors, terminal} = await stop(id);
				expect({survivors, kind: terminal.state.kind}).toEqual({survivors: [], kind: 'ended'});
			});

			test('an ended terminal is refused, and forgetting needs the end', async () => {
				const {id} = await run('true');
				expect(await host.stop(id)).toMatchObject({code: 'ended'});
				expect(await host.resize(id, {cols: 90, rows: 20})).toMatchObject({code: 'ended'});
				const running = await start('sleep 60');
				expect(await host.forget(running)).toMatchObject({code: 'still-running'});
				expect(await host.forget(id)).toEqual({kind: 'forgotten'});
				expect(await host.read(id, {maxChars: 10})).toMatchObject({code: 'unknown-terminal'});
				await stop(running);
			});
		});

		describe('restarting', () => {
			beforeAll(open);
			afterAll(shut);

			const restart = async (id: number) => {
				const restarted = await host.restart(id, {by: 'user'});
				if (restarted.kind !== 'restarted') throw new Error(restarted.message);
				return restarted.terminal;
			};

			test('an ended command runs again: same folder, environment, size and name, with a new id', async () => {
				const other = join(folder, 'other');
				mkdirSync(other);
				const {id, text} = await run('pwd; echo "$COLOUR"; stty size; exit 3', {
					cwd: other,
					env: {PATH: process.env.PATH ?? '/usr/bin:/bin', COLOUR: 'red'},
					cols: 91,
					rows: 17,
					name: 'again',
					session: 's1',
				});
				expect(text).toBe(`${other}\nred\n17 91`);
				const {id: next, ...terminal} = await restart(id);
				expect(next).toBeGreaterThan(id);
				expect(terminal).toMatchObject({name: 'again', startedBy: 'model', session: 's1'});
				expect(terminal.restartOf).toEqual({id, by: 'user'});
				expect((await until(next, hasEnded)).state).toMatchObject({exit: {code: 3}});
				expect(await textOf(next)).toBe(text);
				expect(await textOf(id)).toBe(text);
			});

			test('a running one is stopped first, all of its processes, and its newest name goes over', async () => {
				const id = await start('setsid sleep 64 & echo "pid $!"; wait', {name: 'dev'});
				await wait(id, {pattern: '^pid', from: {line: 1, seen: []}});
				await host.rename(id, 'api');
				const next = await restart(id);
				expect(next).toMatchObject({name: 'api', state: {kind: 'running'}});
				const old = await infoOf(id);
				expect(old).toMatchObject({stoppedBy: 'user', leftovers: [], state: {kind: 'ended'}});
				await stop(next.id);
			});

			test('asked for twice at once it is done once', async () => {
				const id = await start('sleep 60', {tty: false});
				const [one, two] = await Promise.all([restart(id), restart(id)]);
				expect(one.id).toBe(two.id);
				await stop(one.id);
			});

			test('an unknown one is refused', async () => {
				expect(await host.restart(99_999, {by: 'model'})).toMatchObject({code: 'unknown-terminal'});
			});
		});

		describe('driving', () => {
			beforeAll(open);
			afterAll(shut);

			const takeOver = (id: number, client: string, size = {cols: 61, rows: 17}) =>
				host.drive(id, {driver: 'user', client, ...size});
			const giveBack = (id: number, client: string) => host.drive(id, {driver: 'model', client});

			test('a person has the size of their view, and the model its own again', async () => {
				const id = await start('while :; do stty size; sleep 0.05; done');
				await wait(id, {screen: '^24 80$'});
				expect(await takeOver(id, 'a')).toMatchObject({
					kind: 'driven',
					terminal: {driver: 'user', driverClient: 'a', cols: 61, rows: 17},
				});
				await wait(id, {screen: '^17 61$'});
				expect(await giveBack(id, 'a')).toMatchObject({terminal: {driver: 'model', cols: 80, rows: 24}});
				expect(await infoOf(id)).not.toHaveProperty('driverClient');
				await wait(id, {screen: '^24 80$'});
				await stop(id);
			});

			test('the model’s writes are refused meanwhile, and nothing of them is typed later', async () => {
				const id = await start('cat');
				await wait(id, {input: 'prompt'});
				await takeOver(id, 'a');
				expect(await host.write(id, {by: 'model', chars: 'model\n'})).toMatchObject({code: 'user-drives'});
				// The kernel echoes what is typed at once; cat comes when it comes.
				const comesTwice = (word: string) =>
					until(id, ({lastLines}) => lastLines.filter(line => line === word).length === 2);
				await host.write(id, {by: 'user', chars: 'user\n'});
				await comesTwice('user');
				await giveBack(id, 'a');
				expect(await host.write(id, {by: 'model', chars: 'again\n'})).toEqual({kind: 'written'});
				await comesTwice('again');
				expect(await textOf(id)).toBe('user\nuser\nagain\nagain');
				await stop(id);
			});

			test('the last claim counts, and only its client gives it back', async () => {
				const id = await start('cat');
				await takeOver(id, 'a');
				await takeOver(id, 'b');
				expect(await giveBack(id, 'a')).toMatchObject({terminal: {driver: 'user', driverClient: 'b'}});
				expect(await giveBack(id, 'b')).toMatchObject({terminal: {driver: 'model'}});
				await stop(id);
			});

			test('counts how often a person came to type, not what', async () => {
				const id = await start('cat');
				expect(await infoOf(id)).not.toHaveProperty('userVisits');
				await takeOver(id, 'a');
				await giveBack(id, 'a');
				expect(await infoOf(id)).not.toHaveProperty('userVisits');
				await takeOver(id, 'a');
				for (const chars of ['a', 'b', '\n']) await host.write(id, {by: 'user', chars});
				await giveBack(id, 'a');
				expect((await infoOf(id)).userVisits).toBe(1);
				await host.write(id, {by: 'user', chars: 'once\n'});
				expect((await infoOf(id)).userVisits).toBe(2);
				await stop(id);
			});

			test('what is typed after a long paste does not overtake it', async () => {
				const id = await start('stty raw -echo; echo ready; head -c 5004 | tail -c 6');
				await wait(id, {pattern: 'ready', from: {line: 1, seen: []}});
				const paste = 'x'.repeat(5_000);
				await Promise.all(['>', paste, '<!>'].map(chars => host.write(id, {by: 'user', chars})));
				await wait(id);
				expect(await textOf(id)).toContain('xxx<!>');
			});

			test('a click reaches a program in the encoding that it asked for, and no other', async () => {
				const id = await start(
					`stty raw -echo; printf '\\033[?1000h\\033[?1006hready'; head -c 9 | od -c; printf '\\033[?1000l!'; head -c 1 | od -c`,
				);
				await wait(id, {screen: 'ready'});
				const mouse: MouseInput = {
					action: 'press',
					button: 'left',
					column: 11,
					row: 4,
					shift: false,
					alt: false,
					ctrl: false,
				};
				await host.write(id, {by: 'user', mouse});
				await wait(id, {screen: '!'});
				expect(await textOf(id)).toMatch(/033 +\[ +< +0 +; +1 +2 +; +5/);
				await host.write(id, {by: 'user', mouse});
				await host.write(id, {by: 'user', chars: 'k'});
				await wait(id);
				// What of the first is left over comes first; the second click is nothing.
				expect(await textOf(id)).toMatch(/0000000 +M/);
			});

			test('an ended terminal is nobody’s', async () => {
				const id = await start('read line');
				await takeOver(id, 'a');
				await host.write(id, {by: 'user', keys: ['Enter']});
				expect(await until(id, hasEnded)).toMatchObject({driver: 'model'});
				expect(await takeOver(id, 'a')).toMatchObject({code: 'ended'});
			});
		});

		describe('looking', () => {
			beforeAll(open);
			afterAll(shut);

			test('reads on from a position, and again only what has changed', async () => {
				const id = await start('echo one; read; echo two; read; sleep 60');
				await wait(id, {pattern: 'one', from: {line: 1, seen: []}});
				const first = await host.read(id, {maxChars: 1_000});
				if (first.kind !== 'reading') throw new Error(first.message);
				expect(first.lines.map(line => line.text)).toContain('one');
				await host.write(id, {by: 'model', keys: ['Enter']});
				await wait(id, {pattern: 'two', from: first.next});
				const second = await host.read(id, {from: first.next, maxChars: 1_000});
				if (second.kind !== 'reading') throw new Error(second.message);
				expect(second.lines.map(line => line.text)).toContain('two');
				expect(second.lines.map(line => line.text)).not.toContain('one');
				const third = await host.read(id, {from: second.next, maxChars: 1_000});
				expect(third).toMatchObject({lines: []});
			});

			test('searches and pages the log of an ended terminal', async () => {
				const {id} = await run('seq 1000');
				const page = await host.log(id, {grep: '^99', maxChars: 10_000});
				if (page.kind !== 'log') throw new Error(page.message);
				expect(page.matches).toBe(11);
				const last = await host.log(id, {lines: {last: 2}, maxChars: 1_000});
				if (last.kind !== 'log') throw new Error(last.message);
				expect(last.lines.map(({number, text}) => `${number} ${text}`)).toEqual(['999 999', '1000 1000']);
				expect(await host.log(id, {grep: '(', maxChars: 10})).toMatchObject({code: 'bad-pattern'});
			});

			test('shows the screen of a full-screen program, and resizes it', async () => {
				writeFileSync(join(folder, 'notes.txt'), 'first line\nsecond line\n');
				const id = await start('vim -u NONE notes.txt');
				await wait(id, {screen: 'second line'});
				expect((await wait(id, {input: 'prompt'})).reason).toEqual({kind: 'waiting-for-input'});
				const reading = await host.read(id, {maxChars: 10_000});
				expect(reading).toMatchObject({kind: 'reading', terminal: {isAlternateScreen: true}});
				await host.write(id, {by: 'model', chars: 'Onew', keys: ['Esc']});
				expect((await wait(id, {input: 'taken'})).reason).toEqual({kind: 'waiting-for-input'});
				expect((await wait(id, {screen: '^new$'})).reason.kind).toBe('matched');
				expect(await host.resize(id, {cols: 60, rows: 10})).toEqual({kind: 'resized'});
				const snapshot = await host.snapshot(id);
				expect(snapshot).toMatchObject({cols: 60, rows: 10, isAlternateScreen: true});
				await stop(id);
			});

			test('watches a screen, and stops watching', async () => {
				const id = await start('echo first; read; echo second; read');
				const shots: Snapshot[] = [];
				const shows = (text: string) =>
					new Promise<void>(resolve => {
						const undo = host.watch(id, snapshot => {
							shots.push(snapshot);
							if (!JSON.stringify(snapshot.lines).includes(text)) return;
							undo();
							resolve();
						});
					});
				await shows('first');
				const seen = shots.length;
				await host.write(id, {by: 'model', keys: ['Enter']});
				await wait(id, {pattern: 'second', from: {line: 1, seen: []}});
				expect(shots).toHaveLength(seen);
				await shows('second');
				await stop(id);
			});

			test('tells every change of state, whole', async () => {
				const events: HostEvent[] = [];
				const undo = host.subscribe(event => events.push(event));
				const {id} = await run('echo one; exit 5');
				await host.forget(id);
				undo();
				const states = events.flatMap(event =>
					event.type === 'terminal.changed' && event.terminal.id === id ? [event.terminal.state] : [],
				);
				expect(states.at(0)).toEqual({kind: 'running'});
				expect(states.at(-1)).toMatchObject({kind: 'ended', exit: {code: 5}});
			});

			test('tells of a flood five times a second, and how it ends', async () => {
				const events: HostEvent[] = [];
				const undo = host.subscribe(event => events.push(event));
				const startedAt = performance.now();
				const id = await start('seq 1 1000000');
				await wait(id, {exit: true});
				const seconds = (performance.now() - startedAt) / 1_000;
				undo();
				const told = events.flatMap(event =>
					event.type === 'terminal.changed' && event.terminal.id === id ? [event.terminal] : [],
				);
				// Where it is given no processor it is none: what is less than 32 kB is told as anything else.
				const isFlood = (lines: number) => lines * '999999\r\n'.length > 32_768;
				const floods = told.filter((info, index) =>
					isFlood(info.lineCount - (told[index - 1]?.lineCount ?? 0)),
				);
				// Its beginning and its end are told at once.
				expect(floods.length).toBeLessThanOrEqual(5 * seconds + 8);
				expect(told.length).toBeLessThanOrEqual(30 * seconds + 8);
				expect(told.at(-1)?.lastLines).toEqual(['999998', '999999', '1000000']);
			});

			test('lists running terminals first, with their last lines', async () => {
				await run('true');
				const id = await start('printf "one\\n\\ntwo\\nthree\\nfour\\n"; sleep 60');
				await wait(id, {pattern: 'four', from: {line: 1, seen: []}});
				const list = await host.list();
				const kinds = list.map(info => info.state.kind);
				expect(kinds.lastIndexOf('running')).toBeLessThan(kinds.indexOf('ended'));
				expect(list.find(info => info.id === id)).toMatchObject({
					id,
					lastLines: ['two', 'three', 'four'],
					lineCount: 5,
				});
				await stop(id);
			});
		});

		describe('a host of its own', () => {
			beforeEach(open);
			afterEach(shut);

			test('runs 64 terminals at once, and refuses one more with their names', async () => {
				const ids = await Promise.all(Array.from({length: 64}, () => start('sleep 60', {name: 'many'})));
				expect(new Set(ids).size).toBe(64);
				const refused = await host.start(buildRequest('true'));
				expect(refused).toMatchObject({kind: 'refused', code: 'too-many'});
				if (refused.kind === 'refused') expect(refused.message).toContain('many-64');
				await Promise.all(ids.map(id => stop(id, 0)));
				expect((await run('true')).exit).toEqual({code: 0});
			});
		});
	});
};
