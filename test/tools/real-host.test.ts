// The tools on real terminals: the pool in this process, real shells and programs.
import {mkdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Tool} from '../../src/agent/tool.js';
import {defaultFeatures} from '../../src/features.js';
import {toolsFor} from '../../src/tools/index.js';
import {createContext} from './context.js';
import {isAlive, outputOf, server, setUp, terminalThat} from './real-terminals.js';

test('a server is handed back when it listens, and its log of one request can be waited for and searched', async () => {
	const {run} = await setUp();
	const started = await run('exec_command', {cmd: server(0), name: 'api'});
	const port = /Listening: http:\/\/localhost:(\d+)/.exec(started)?.[1];
	expect(started).toMatch(
		/^Chunk ID: [0-9a-f]{6}\nWall time: \d+\.\d{4} seconds\nProcess running with session ID 1\nName: api\nReturned because: listening on port \d+\nListening: .*\nOriginal token count: \d+\nOutput:\nready on http/,
	);
	expect(
		await run('exec_command', {
			cmd: `node -e "fetch('http://localhost:${port}/login').then(r => r.text()).then(console.log)"`,
		}),
	).toContain('\nOutput:\nfine');
	const logged = await run('write_stdin', {session_id: 'api', until: {pattern: 'GET'}});
	expect(logged).toContain('Returned because: matched "GET /login"');
	expect(outputOf(logged)).toBe('GET /login');
	expect(await run('read_terminal', {session_id: 1, grep: 'login'})).toContain('\n2: GET /login');
	const conflict = await run('exec_command', {cmd: server(port ?? '')});
	expect(conflict).toContain(`Note: port ${port} is held by terminal 1 (api)`);
	expect(await run('stop_terminal', {session_id: 'api'})).toContain('Nothing of it is left running.');
});

test('a command that ends is answered whole and leaves no terminal, with its exit code', async () => {
	const {host, run} = await setUp();
	const answer = await run('exec_command', {cmd: 'seq 1 2000; echo "last words"; exit 3'});
	expect(answer).toContain('Process exited with code 3\nReturned because: exited\n');
	expect(outputOf(answer).split('\n')).toEqual([
		...Array.from({length: 2_000}, (_, index) => String(index + 1)),
		'last words',
	]);
	expect(await host.list()).toEqual([]);
});

test('what was left out of an answer can be read as the answer says', async () => {
	const {run} = await setUp();
	const answer = await run('exec_command', {cmd: 'seq 1 5000', max_output_tokens: 100, name: 'count'});
	const match = /… (\d+) lines left out: read_terminal (\{.*\}) …/.exec(answer);
	const page = await run('read_terminal', JSON.parse(match?.[2] ?? '{}'));
	const numbers = [...page.matchAll(/^(\d+): (\d+)$/gm)];
	expect(numbers).toHaveLength(Number(match?.[1]));
	for (const [, number, text] of numbers) expect(text).toBe(number);
	const [before, after] = outputOf(answer).split(/\n….*…\n/);
	expect(Number(before?.split('\n').at(-1)) + 1).toBe(Number(numbers[0]?.[1]));
	expect(Number(after?.split('\n')[0]) - 1).toBe(Number(numbers.at(-1)?.[1]));
});

test('lines that a flood pushed out of the log are named as gone, and those around them are there', async () => {
	const {run} = await setUp();
	// Long lines: what a line costs is not paid for its bytes alone.
	await run('exec_command', {
		cmd: 'seq -f %060.0f 350000',
		yield_time_ms: 30_000,
		max_output_tokens: 100,
		name: 'count',
	});
	const told = await run('read_terminal', {
		session_id: 1,
		view: 'log',
		lines: [1, 350_000],
		max_output_tokens: 100,
	});
	const [, from = 0, to = 0] = (/… lines (\d+) to (\d+) are gone/.exec(told) ?? []).map(Number);
	expect(to - from).toBeGreaterThan(50_000);
	for (const edge of [from - 1, to + 1])
		expect(await run('read_terminal', {session_id: 1, lines: [edge, edge]})).toContain(
			`\n${edge}: ${String(edge).padStart(60, '0')}`,
		);
	expect(await run('read_terminal', {session_id: 1, lines: [from, from]})).toContain(
		`lines ${from} to ${from} are gone`,
	);
});

test('one endless line is cut, and its terminal is kept to look it up', async () => {
	const {host, run} = await setUp();
	const answer = await run('exec_command', {
		cmd: `node -e "process.stdout.write('x'.repeat(20000) + 'needle' + 'y'.repeat(20000))"`,
		max_output_tokens: 1_000,
	});
	expect(answer).toContain('Original token count: 10002\n');
	expect(outputOf(answer).length).toBeLessThan(4_500);
	expect(outputOf(answer)).toMatch(/^x+ … \d+ more characters … y+$/);
	expect((await host.list()).map(({state}) => state.kind)).toEqual(['ended']);
	expect(await run('read_terminal', {session_id: 1, grep: 'needle'})).toContain('1 of them match');
});

test('expressions are those of the host: case may be ignored, a bad one starts nothing and is explained', async () => {
	const {host, run} = await setUp();
	expect(await run('exec_command', {cmd: 'echo READY; sleep 64', until: {pattern: '(?i)ready'}})).toContain(
		'Returned because: matched "READY"',
	);
	expect(await run('read_terminal', {session_id: 1, grep: '(?i)Ready'})).toContain('\n1: READY');
	expect(await run('read_terminal', {session_id: 1, grep: 'a('})).toContain(
		'is no regular expression, character',
	);
	expect(await run('exec_command', {cmd: 'true', until: {screen: '[a'}})).toMatch(
		/^until.screen: .* Nothing was started.$/,
	);
	expect(await host.list()).toHaveLength(1);
});

test('a program that asks gets its answer, and nothing is delivered twice', async () => {
	const {run} = await setUp();
	const asked = await run('exec_command', {
		cmd: 'printf "Your name: "; read name; echo "Hello $name"; printf "Age: "; read age',
		name: 'ask',
	});
	expect(asked).toContain('Returned because: waiting for input');
	expect(outputOf(asked).trim()).toBe('Your name:');
	const answered = await run('write_stdin', {session_id: 'ask', chars: 'Ada', keys: ['Enter']});
	expect(
		outputOf(answered)
			.split('\n')
			.map(line => line.trim()),
	).toEqual(['Your name: Ada', 'Hello Ada', 'Age:']);
	const ended = await run('write_stdin', {session_id: 'ask', keys: ['C-c']});
	expect(ended).toMatch(/Process (exited with code 130|killed by signal SIGINT)/);
	expect(outputOf(ended)).not.toContain('Hello');
});

test('an ended terminal shows its last screen, how it ended, and its log', async () => {
	const {host, run} = await setUp();
	await run('exec_command', {
		cmd: String.raw`echo chosen:; printf '\033[7mmenu\033[0m? '; read go; exit 4`,
		name: 'ask',
		cols: 40,
	});
	await run('write_stdin', {session_id: 'ask', chars: 'yes\n', until: {exit: true}});
	expect((await host.list()).map(({state}) => state.kind)).toEqual(['ended']);
	const head = 'Process exited with code 4\nName: ask\nDriver: model\n';
	expect(await run('read_terminal', {session_id: 'ask', view: 'screen'})).toBe(
		`${head}Screen:\nchosen:\nmenu? yes\nCursor: row 3, column 1\nScreen: 40x40\nReverse video: row 2: menu`,
	);
	expect(await run('read_terminal', {session_id: 1, since: '5m', grep: '^menu', context: 1})).toBe(
		`${head}Log: 2 lines, 1 of them match\n1- chosen:\n2: menu? yes`,
	);
});

test('what one session has read is still new to another', async () => {
	const {host, call, workspace} = await setUp();
	const tools = toolsFor({host, features: defaultFeatures()});
	const other = createContext(workspace, {sessionId: 'session-2'});
	const look = async () => {
		const tool = tools.find(({name}) => name === 'write_stdin') as Tool;
		const result = await tool.run(tool.schema.parse({session_id: 1, until: {quiet_ms: 1}}), other);
		Object.assign(other.positions, result.positions);
		return outputOf(result.output).trim();
	};
	await call('exec_command', {cmd: 'echo one; read go; echo two; read go', name: 'ask'});
	expect(await look()).toBe('one');
	await host.log(1, {maxChars: 1_000});
	const typed = await call('write_stdin', {session_id: 1, keys: ['Enter']});
	expect(outputOf(typed.output).trim()).toBe('two');
	expect(await look()).toBe('two');
	expect(await look()).toBe('');
});

test('a full-screen program is answered with its screen', async () => {
	const {run} = await setUp();
	const menu = String.raw`printf '\033[?1049h\033[2J\033[2;3Hfirst\033[3;3H\033[7msecond\033[0m\033[5;1H'; read key; printf '\033[?1049l'; echo "back with $key"`;
	const shown = await run('exec_command', {cmd: menu, cols: 40, rows: 10});
	expect(outputOf(shown)).toBe(
		'\n  first\n  second\nCursor: row 5, column 1\nScreen: 40x10, alternate screen\nReverse video: row 3: second',
	);
	const left = await run('write_stdin', {session_id: 1, chars: 'x', keys: ['Enter']});
	expect(outputOf(left)).toContain('back with x');
	expect(outputOf(left)).not.toContain('Cursor:');
});

test('an interrupt is answered at once, and the process lives', async () => {
	const {host, context, call} = await setUp();
	const answering = call('exec_command', {cmd: 'sleep 60'});
	await terminalThat(host, 1, ({state}) => state.kind === 'running');
	const before = Date.now();
	context.interrupt();
	const result = await answering;
	expect(Date.now() - before).toBeLessThan(10 * 300);
	expect(result.output).toContain('it is terminal 1 (sleep)');
	expect(result.display).toMatchObject({terminalId: 1});
	expect((await host.list())[0]?.state.kind).toBe('running');
});

test('what a command leaves running is named, and stopped with its terminal', async () => {
	const {host, run} = await setUp();
	// A child that is forked has its parent's command line until it has become the program.
	const answer = await run('exec_command', {
		cmd: 'sleep 61 & until grep -q sleep /proc/$!/comm; do :; done; echo started',
	});
	const pid = Number(
		/Process exited with code 0\nStill running: pid (\d+) sleep 61 \(terminal 1\)/.exec(answer)?.[1],
	);
	expect(isAlive(pid)).toBe(true);
	await run('stop_terminal', {session_id: 1});
	expect((await host.list())[0]?.state.kind).toBe('ended');
	expect(isAlive(pid)).toBe(false);
});

test('the end of a build is told once, and not if the answer told it', async () => {
	const {host, call, news} = await setUp();
	await call('exec_command', {
		cmd: 'read go; echo "built 7 files"; exit 2',
		name: 'build',
		yield_time_ms: 250,
	});
	expect(await news()).toEqual([]);
	await host.write(1, {by: 'model', keys: ['Enter']});
	await terminalThat(host, 1, ({state}) => state.kind === 'ended');
	const notices = await news();
	expect(notices).toHaveLength(1);
	expect(notices[0]).toMatch(
		/^Terminal 1 \(build\) ended: exit code 2 after .*\n(?:.*\n)*?built 7 files\n<\/terminal-output>$/,
	);
	expect(await news()).toEqual([]);
	await call('exec_command', {cmd: 'read go; exit 2', name: 'other', yield_time_ms: 250});
	await call('write_stdin', {session_id: 'other', keys: ['Enter'], until: {exit: true}});
	expect(await news()).toEqual([]);
});

test('without a terminal there is no colour and no input, and the answer says how to get one', async () => {
	const {run} = await setUp();
	const plain = await run('exec_command', {
		cmd: 'echo "$TERM $NO_COLOR $PAGER"; test -t 1 || echo piped; cat',
		tty: false,
	});
	expect(outputOf(plain)).toBe('dumb 1 cat\npiped');
	await run('exec_command', {cmd: 'sleep 62', tty: false, yield_time_ms: 250, name: 'pipe'});
	expect(await run('write_stdin', {session_id: 'pipe', chars: 'x'})).toContain('tty true');
	expect(await run('write_stdin', {session_id: 'pipe', keys: ['C-c'], until: {exit: true}})).toContain(
		'signal SIGINT',
	);
});

test('the shell of the switched-off feature stops the whole tree at its timeout', async () => {
	const {host, run, workspace} = await setUp(false);
	await mkdir(join(workspace, 'sub'));
	const answer = await run('shell', {
		cmd: 'sleep 63 & echo $! > pid; echo waiting; wait',
		workdir: 'sub',
		timeout_ms: 1_000,
	});
	expect(answer).toContain('Note: not finished after 1000 ms and stopped: give a longer timeout_ms');
	expect(outputOf(answer)).toBe('waiting');
	const pid = Number(await readFile(join(workspace, 'sub/pid'), 'utf8'));
	expect(isAlive(pid)).toBe(false);
	expect(await host.list()).toEqual([]);
});
