import {expect, test} from 'vitest';
import {z} from 'zod';
import {defaultFeatures} from '../../src/features.js';
import {applyPatch} from '../../src/tools/apply-patch.js';
import {toolsFor} from '../../src/tools/index.js';
import {listTerminals} from '../../src/tools/list-terminals.js';
import {readTerminal} from '../../src/tools/read-terminal.js';
import {shell} from '../../src/tools/shell.js';
import {stopTerminal} from '../../src/tools/stop-terminal.js';
import {createContext, temporaryFolder} from './context.js';
import {createFakeHost} from './fake-host.js';

const setUp = () => {
	const host = createFakeHost();
	return {host, context: createContext('/project', {now: () => 61_000})};
};

test('the model has the terminal tools, or one shell while the feature is off', () => {
	const {host} = setUp();
	const names = (isOn: boolean) =>
		toolsFor({host, features: {...defaultFeatures(), background_terminal: isOn}}).map(({name}) => name);
	expect(names(true)).toEqual([
		'exec_command',
		'write_stdin',
		'read_terminal',
		'wait_terminal',
		'list_terminals',
		'stop_terminal',
		'restart_terminal',
		'apply_patch',
		'read_file',
		'view_image',
		'update_plan',
		'ask_user',
	]);
	expect(names(false)).toEqual([
		'shell',
		'apply_patch',
		'read_file',
		'view_image',
		'update_plan',
		'ask_user',
	]);
});

test('every tool has a description, and a schema that a model can be given', () => {
	const {host} = setUp();
	const on = defaultFeatures();
	for (const tool of [
		...toolsFor({host, features: on}),
		...toolsFor({host, features: {...on, background_terminal: false}}),
	]) {
		expect(tool.description.length, tool.name).toBeGreaterThan(60);
		expect(z.toJSONSchema(tool.schema), tool.name).toMatchObject({
			type: 'object',
			additionalProperties: false,
		});
	}
	const [exec] = toolsFor({host, features: on});
	expect(exec && z.toJSONSchema(exec.schema)).toMatchObject({required: ['cmd']});
	expect(exec?.schema.safeParse({cmd: 'x', yield_time: 5}).error?.issues[0]?.message).toContain('yield_time');
});

test('a wrong argument of several kinds is told which are allowed', () => {
	const {host} = setUp();
	const [exec, write, read] = toolsFor({host, features: defaultFeatures()});
	const message = (tool: typeof exec, args: object) => tool?.schema.safeParse(args).error?.issues[0]?.message;
	expect(message(exec, {cmd: 'x', until: {port: 'http'}})).toBe('allowed: true, or a port from 1 to 65535');
	expect(message(write, {session_id: 1.5})).toBe('allowed: the id of a terminal (a number) or its name');
	expect(message(read, {session_id: 1, lines: 'all'})).toBe(
		'allowed: [from, to], whole numbers from 1, or {"last": n}',
	);
});

test('the list says of each terminal what it is and does', async () => {
	const {host, context} = setUp();
	host.add({
		name: 'dev',
		ports: [{port: 5173, pid: 1, url: 'http://localhost:5173'}],
		lastLines: ['a', 'ready'],
	});
	host.add({name: 'tests', cmd: 'npm test', startedBy: 'user', driver: 'user', isWaitingForInput: true});
	host.add({name: 'build', session: 'other', state: {kind: 'ended', exit: {code: 2}, at: 59_000}});
	const {output, told} = await listTerminals(host).run({}, context);
	expect(output).toBe(
		[
			'1 (dev): running, listening on http://localhost:5173, started 1 m ago, by you',
			'  command: npm run dev',
			'  folder: /project',
			'  last line: ready',
			'2 (tests): running, waiting for input, started 1 m ago, by the user',
			'  the user is driving it now',
			'  command: npm test',
			'  folder: /project',
			'3 (build): ended, exit 2, ran 58 s, ended 2.0 s ago, by the model of another session',
			'  command: npm run dev',
			'  folder: /project',
		].join('\n'),
	);
	expect(told).toEqual([
		{terminalId: 1, what: 'listening', ports: [5173]},
		{terminalId: 3, what: 'ended'},
	]);
});

test('the log comes with line numbers, and reading it takes nothing from the next answer', async () => {
	const {host, context} = setUp();
	host.add({name: 'dev'});
	host.print(1, 'one', 'two');
	const tool = readTerminal(host);
	const {output, positions} = await tool.run({session_id: 'dev', lines: [1, 2]}, context);
	expect(output).toBe(
		'Process running with session ID 1\nName: dev\nDriver: model\nLog: 2 lines\n1: one\n2: two',
	);
	expect(host.asked).toEqual(['log 1 {"maxChars":40000,"lines":[1,2]}']);
	expect(positions).toEqual({1: {line: 1, seen: []}});
	context.positions[1] = {line: 2, seen: ['x']};
	expect((await tool.run({session_id: 1}, context)).positions).toEqual({1: {line: 2, seen: ['x']}});
	await tool.run({session_id: 1, since: '5m'}, context);
	expect(host.asked.at(-1)).toBe('log 1 {"maxChars":40000,"sinceMs":300000}');
});

test('a search shows matches, their surroundings, jumps and what was left out', async () => {
	const {host, context} = setUp();
	const terminal = host.add();
	host.log = async () => ({
		kind: 'log',
		terminal,
		total: 900,
		matches: 3,
		omitted: {from: 30, to: 700},
		gap: {from: 710, to: 720},
		lines: [
			{number: 11, text: 'error a', at: 0},
			{number: 12, text: 'after', at: 0, isContext: true},
			{number: 20, text: 'error b', at: 0},
			{number: 800, text: 'error c', at: 0},
		],
	});
	const {output} = await readTerminal(host).run({session_id: 1, grep: 'error', context: 1}, context);
	expect(output.split('\n').slice(3)).toEqual([
		'Log: 900 lines, 3 of them match',
		'… lines 710 to 720 are gone: the log keeps the first 1 MB and the last 15 MB, and what the disk takes …',
		'11: error a',
		'12- after',
		'--',
		'20: error b',
		'… matches in lines 30 to 700 left out: read_terminal {"session_id":1,"lines":[30,700],"grep":"error","context":1} …',
		'800: error c',
	]);
});

test('the screen view has the cursor, and its rows as they stand', async () => {
	const {host, context} = setUp();
	host.add();
	host.snapshot = async () => ({
		kind: 'snapshot',
		id: 1,
		revision: 1,
		cols: 20,
		rows: 3,
		lines: [[{text: '$ ls', style: {}}], [], []],
		cursor: {row: 0, column: 4, isVisible: false},
		isAlternateScreen: false,
		title: '',
	});
	const {output} = await readTerminal(host).run({session_id: 1, view: 'screen'}, context);
	expect(output).toContain('Screen:\n$ ls\nCursor: row 1, column 5 (hidden)\nScreen: 20x3');
});

test.each([
	[{lines: [5, 2] as [number, number]}, 'lines: the first, 5, is after the last, 2.'],
	[{since: 'yesterday'}, 'since: "yesterday" is no duration.'],
	[{view: 'screen' as const, grep: 'x'}, 'lines, grep and since search the log'],
])('a question that makes no sense is answered with what is allowed: %j', async (args, message) => {
	const {host, context} = setUp();
	host.add();
	const result = await readTerminal(host).run({session_id: 1, ...args}, context);
	expect(result).toMatchObject({isError: true, output: expect.stringContaining(message)});
});

test('stopping names what could not be ended', async () => {
	const {host, context} = setUp();
	host.add({name: 'dev'});
	const tool = stopTerminal(host);
	const {stop} = host;
	host.stop = async (id, request) =>
		({
			...(await stop(id, request)),
			survivors: [{pid: 9, startTime: 1, command: 'sudo x'}],
		}) as Awaited<ReturnType<typeof stop>>;
	const result = await tool.run({session_id: 1, signal: 'INT', grace_ms: 100}, context);
	expect(host.asked).toEqual(['stop 1 {"by":"model","signal":"INT","graceMs":100}']);
	expect(result).toMatchObject({isError: true, told: [{terminalId: 1, what: 'ended'}]});
	expect(result.output).toContain(
		'Process killed by signal SIGTERM\nName: dev\nStill alive, could not be ended: pid 9 sudo x',
	);
	expect((await tool.run({session_id: 1}, context)).output).toContain('Terminal 1 (dev) had ended already.');
});

test('only a terminal that somebody else started needs a yes to be stopped', async () => {
	const {host, context} = setUp();
	host.add();
	host.add({session: 'other', name: 'api'});
	host.add({startedBy: 'user', session: 'session-1'});
	const ask = (id: number) => stopTerminal(host).approval?.({session_id: id}, context);
	expect(await ask(1)).toBeUndefined();
	expect(await ask(2)).toMatchObject({kind: 'typing', terminalId: 2, keys: ['stop with SIGTERM']});
	expect(await ask(3)).toMatchObject({terminalId: 3});
});

const setUpShell = async () => {
	const folder = await temporaryFolder();
	const host = createFakeHost();
	return {host, context: createContext(folder), tool: shell(host, applyPatch())};
};

test('the shell waits for the end on a pipe, and keeps no terminal', async () => {
	const {host, context, tool} = await setUpShell();
	const call = tool.run({cmd: 'make'}, context);
	const wait = await host.waiting(1);
	expect(wait.request).toEqual({timeoutMs: 120_000, exit: true});
	expect(host.starts[0]).toMatchObject({tty: false, env: {PAGER: 'cat'}});
	host.print(1, 'done');
	host.change(1, {state: {kind: 'ended', exit: {code: 0}, at: 0}});
	wait.end({kind: 'exited'});
	expect((await call).output).toContain('Process exited with code 0\nReturned because: exited\n');
	expect(host.asked).toEqual(['start make', 'forget 1']);
});

test('the shell stops the tree at the deadline and says so', async () => {
	const {host, context, tool} = await setUpShell();
	const call = tool.run({cmd: 'npm run dev', timeout_ms: 900_000}, context);
	const wait = await host.waiting(1);
	expect(wait.request.timeoutMs).toBe(600_000);
	wait.end({kind: 'time-over'});
	const {output} = await call;
	expect(output).toContain('Note: not finished after 600000 ms and stopped: give a longer timeout_ms');
	expect(output).toContain('Process killed by signal SIGTERM');
	expect(host.asked).toContain('stop 1 {"by":"model"}');
});

test('the shell stops the tree when the turn is interrupted, and does not wait for it', async () => {
	const {host, context, tool} = await setUpShell();
	const call = tool.run({cmd: 'sleep 100'}, context);
	await host.waiting(1);
	host.stop = id => {
		host.asked.push(`stop ${id}`);
		return new Promise(() => {});
	};
	context.interrupt();
	expect((await call).output).toContain('are being stopped');
	expect(host.asked).toContain('stop 1');
});

// A rejection that nobody handles fails the run.
test('a host that fails at stopping what was interrupted does not take the answer away', async () => {
	const {host, context, tool} = await setUpShell();
	const stopping = Promise.withResolvers<number>();
	host.stop = async id => {
		stopping.resolve(id);
		throw new Error('The host failed: It broke.');
	};
	const call = tool.run({cmd: 'sleep 100'}, context);
	await host.waiting(1);
	context.interrupt();
	expect((await call).output).toContain('are being stopped');
	expect(await stopping.promise).toBe(1);
});

test('what starts only after the interrupt is stopped, also by a host that fails at one of both', async () => {
	const {host, context, tool} = await setUpShell();
	const starting = Promise.withResolvers<Awaited<ReturnType<typeof host.start>>>();
	const stopping = Promise.withResolvers<number>();
	host.start = () => starting.promise;
	host.stop = async id => {
		stopping.resolve(id);
		throw new Error('The host failed: It broke.');
	};
	context.interrupt();
	expect((await tool.run({cmd: 'sleep 100'}, context)).output).toContain('before it ran');
	starting.resolve({kind: 'started', terminal: host.add(), twins: []});
	expect(await stopping.promise).toBe(1);

	host.start = () => Promise.reject(new Error('The host failed: It broke.'));
	expect((await tool.run({cmd: 'sleep 100'}, context)).output).toContain('before it ran');
});
