import {expect, test} from 'vitest';
import {writeStdin} from '../../src/tools/write-stdin.js';
import {createContext} from './context.js';
import {createFakeHost} from './fake-host.js';

const setUp = () => {
	const host = createFakeHost();
	return {host, context: createContext('/project', {now: () => 5_000}), tool: writeStdin(host)};
};

test('typing answers what is new since the last read, and moves the position', async () => {
	const {host, context, tool} = setUp();
	host.add({name: 'py'});
	host.print(1, 'old', 'new');
	context.positions[1] = {line: 2, seen: []};
	const call = tool.run({session_id: 1, chars: '1+1', keys: ['Enter']}, context);
	const wait = await host.waiting(1);
	expect(host.asked).toEqual(['write 1 {"by":"model","chars":"1+1","keys":["Enter"]}']);
	expect(wait.request).toEqual({
		timeoutMs: 10_000,
		exit: true,
		port: true,
		input: 'taken',
		from: {line: 2, seen: []},
	});
	wait.end({kind: 'waiting-for-input'});
	const {output, positions} = await call;
	expect(output).toContain('Name: py\nReturned because: waiting for input\n');
	expect(output.endsWith('Output:\nnew')).toBe(true);
	expect(positions).toEqual({1: {line: 3, seen: []}});
});

test('nothing to type means to look again, for longer', async () => {
	const {host, context, tool} = setUp();
	host.add();
	const call = tool.run({session_id: 1, yield_time_ms: 1_000}, context);
	const wait = await host.waiting(1);
	expect(wait.request).toMatchObject({timeoutMs: 5_000, input: 'prompt'});
	wait.end({kind: 'time-over'});
	expect((await call).output).toContain(
		'Note: yield_time_ms was 1000, 5000 was used (allowed: 5000 to 300000)',
	);
	expect(host.asked).toEqual([]);
});

test('a server that listens already does not end the wait by listening', async () => {
	const {host, context, tool} = setUp();
	host.add({ports: [{port: 80, pid: 1, url: 'http://localhost'}]});
	const call = tool.run({session_id: 1}, context);
	const wait = await host.waiting(1);
	expect(wait.request.port).toBeUndefined();
	wait.end({kind: 'time-over'});
	await call;
});

test('with until, taken input is not enough: the wait goes on for what was asked, or a prompt', async () => {
	const {host, context, tool} = setUp();
	host.add();
	const call = tool.run({session_id: 1, chars: 'a', until: {pattern: 'passed'}}, context);
	const first = await host.waiting(1);
	expect(first.request).toMatchObject({input: 'taken', pattern: 'passed'});
	first.end({kind: 'waiting-for-input'});
	const second = await host.waiting(2);
	expect(second.request).toMatchObject({input: 'prompt', pattern: 'passed', timeoutMs: 10_000});
	second.end({kind: 'matched', text: '3 passed'});
	expect((await call).output).toContain('Returned because: matched "3 passed"');
});

test.each([1, '1', 'dev'])('a terminal is meant by its id or its name: %j', async which => {
	const {host, context, tool} = setUp();
	host.add({name: 'dev', state: {kind: 'ended', exit: {code: 0}, at: 0}});
	const call = tool.run({session_id: which}, context);
	(await host.waiting(1)).end({kind: 'exited'});
	expect((await call).output).toContain('Process exited with code 0\nReturned because: exited\n');
});

test('a running terminal is meant before an ended one of the same name', async () => {
	const {host, context, tool} = setUp();
	host.add({name: 'dev', state: {kind: 'ended', exit: {code: 0}, at: 0}});
	host.add({name: 'dev'});
	const call = tool.run({session_id: 'dev'}, context);
	const wait = await host.waiting(1);
	expect(wait.id).toBe(2);
	wait.end({kind: 'time-over'});
	await call;
});

test('an unknown terminal is answered with those there are', async () => {
	const {host, context, tool} = setUp();
	expect(await tool.run({session_id: 7}, context)).toEqual({
		output: 'There is no terminal 7. There are none: start one with exec_command.',
		isError: true,
	});
	host.add({name: 'dev'});
	host.add({name: 'build', state: {kind: 'ended', exit: {code: 0}, at: 0}});
	expect((await tool.run({session_id: 'x'}, context)).output).toBe(
		'There is no terminal "x". There are: 1 (dev, running), 2 (build, ended).',
	);
});

test('a refused write is the answer, and nothing is waited for', async () => {
	const {host, context, tool} = setUp();
	host.add();
	host.write = async () => ({
		kind: 'refused',
		code: 'user-drives',
		message: 'The user is using this terminal.',
	});
	expect(await tool.run({session_id: 1, chars: 'x'}, context)).toEqual({
		output: 'The user is using this terminal.',
		isError: true,
		display: {terminalId: 1, terminalName: 'dev'},
	});
	expect(host.waits).toEqual([]);
});

test('typing asks with all that is typed; looking and Ctrl+C do not', async () => {
	const {host, context, tool} = setUp();
	host.add({name: 'sh', cmd: 'bash'});
	const ask = (args: object) => tool.approval?.({session_id: 1, ...args}, context);
	expect(await ask({chars: 'rm -rf x', keys: ['Enter']})).toEqual({
		kind: 'typing',
		terminalId: 1,
		terminalName: 'sh',
		program: 'bash',
		text: 'rm -rf x',
		keys: ['Enter'],
	});
	expect(await ask({})).toBeUndefined();
	expect(await ask({keys: ['C-c']})).toBeUndefined();
	expect(await ask({chars: '\x03'})).toBeUndefined();
	expect(await ask({chars: '\x03', keys: ['Enter']})).toBeDefined();
	expect(await ask({keys: ['Up']})).toBeDefined();
	host.change(1, {isAlternateScreen: true});
	expect(await ask({keys: ['Up', 'PageDown', 'C-c']})).toBeUndefined();
	expect(await ask({keys: ['Up', 'Enter']})).toBeDefined();
});

test('what was allowed for one terminal is not typed into another that has its name by then', async () => {
	const {host, context, tool} = setUp();
	host.add({name: 'dev'});
	await tool.approval?.({session_id: 'dev', chars: 'y'}, context);
	host.change(1, {state: {kind: 'ended', exit: {code: 0}, at: 0}});
	host.add({name: 'dev'});
	const result = await tool.run({session_id: 'dev', chars: 'y'}, context);
	expect(result).toMatchObject({
		isError: true,
		output: expect.stringContaining('allowed this for terminal 1'),
	});
	expect(host.asked).toEqual([]);
});
