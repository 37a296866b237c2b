import {expect, test} from 'vitest';
import type {DurableEvent, Event} from '../src/events.js';
import type {Host} from '../src/host/host.js';
import {createShellLines} from '../src/shell-lines.js';
import {initialState} from '../src/state.js';
import {createStore} from '../src/store.js';
import {createMemoryHost, makeTerminal} from './support/memory-host.js';

/** Shell lines over a host; what they told, in order. */
const prepare = (host: Host, before: readonly DurableEvent[] = []) => {
	const store = createStore(initialState('/app', 's1'));
	for (const event of before) store.dispatch(event);
	const told: string[] = [];
	const bugs: unknown[] = [];
	let serial = 0;
	const lines = createShellLines({
		store,
		host,
		async emit(event: Event) {
			told.push(event.type);
			store.dispatch(event);
		},
		async startSession() {
			told.push('session');
		},
		cwd: '/app',
		sessionId: () => 's1',
		environment: async () => ({PATH: '/bin'}),
		size: () => ({columns: 80, rows: 24}),
		newId: () => `h${++serial}`,
		onBug: bug => bugs.push(bug),
	});
	host.subscribe(lines.follow);
	return {lines, told, bugs, entries: () => store.get().entries};
};

test('a line is on record before its command starts', async () => {
	const host = createMemoryHost();
	const {lines, told, bugs} = prepare({
		...host,
		start(request) {
			told.push(`start ${request.startedBy} ${request.cols}x${request.rows}`);
			return host.start(request);
		},
	});
	lines.run('npm test');
	await lines.settled();
	expect(told).toEqual(['session', 'shell.sent', 'start user 74x18', 'shell.started', 'shell.progressed']);
	expect(bugs).toEqual([]);
});

test('a refused start is said in its entry', async () => {
	const host = createMemoryHost();
	const {lines, entries} = prepare({
		...host,
		start: async () => ({kind: 'refused', code: 'too-many', message: '64 run: dev (1), …'}),
	});
	lines.run('npm test');
	await lines.settled();
	expect(entries()).toMatchObject([
		{kind: 'shell', cmd: 'npm test', end: {kind: 'refused', message: '64 run: dev (1), …'}},
	]);
});

test('a command that ended before its terminal was known here has its end', async () => {
	const host = createMemoryHost();
	const {lines, entries} = prepare({
		...host,
		async start() {
			return {
				kind: 'started',
				terminal: makeTerminal({id: 9, state: {kind: 'ended', exit: {code: 2}, at: 5}, lastLines: ['boom']}),
			};
		},
	});
	lines.run('false');
	await lines.settled();
	expect(entries()).toMatchObject([{end: {kind: 'exited', exit: {code: 2}}, tail: ['boom']}]);
});

test('of a full-screen program its rows are not told, nor each of its repaints', async () => {
	const host = createMemoryHost();
	const {lines, told, entries} = prepare(host);
	lines.run('htop');
	await lines.settled();
	const htop = {id: 1, cmd: 'htop', isAlternateScreen: true};
	host.emit({type: 'terminal.changed', terminal: makeTerminal({...htop, lastLines: ['F1Help F2Setup']})});
	expect(entries()).toMatchObject([{tail: [], outcome: 'running on its full screen'}]);
	const before = told.length;
	const repainted = {...htop, lastLines: ['F1Help F3Search'], isWaitingForInput: true};
	host.emit({type: 'terminal.changed', terminal: makeTerminal(repainted)});
	expect(told).toHaveLength(before);
});

test('in a resumed session what nobody saw the end of is said to be unknown', async () => {
	const host = createMemoryHost();
	const {lines, entries} = prepare(host, [
		{type: 'shell.sent', shellId: 'a', cmd: 'one', at: 1},
		{type: 'shell.sent', shellId: 'b', cmd: 'two', at: 1},
		{type: 'shell.started', shellId: 'b', terminalId: 5, terminalName: 'two', at: 1},
		{type: 'shell.sent', shellId: 'c', cmd: 'three', at: 1},
		{type: 'shell.started', shellId: 'c', terminalId: 6, terminalName: 'three', at: 1},
	]);
	lines.resume();
	host.emit({type: 'host.connected', terminals: [makeTerminal({id: 6, lastLines: ['still here']})]});
	await lines.settled();
	expect(entries()).toMatchObject([
		{id: 'a', end: {kind: 'unknown'}},
		{id: 'b', end: {kind: 'unknown'}},
		{id: 'c', tail: ['still here'], outcome: 'running'},
	]);
});

test('a line whose session was left tells the next session nothing', async () => {
	const host = createMemoryHost();
	const {lines, told} = prepare(host);
	lines.run('npm test');
	await lines.settled();
	const before = told.length;
	lines.forget();
	await host.stop(1, {by: 'user'});
	await lines.settled();
	expect(told).toHaveLength(before);
});
