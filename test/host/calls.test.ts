// A client against a host of another version or without manners, over a stream that is no socket.
import {duplexPair} from 'node:stream';
import {afterEach, describe, expect, test} from 'vitest';
import {type CallsOutcome, openCalls} from '../../src/host/calls.js';
import type {WireEvent} from '../../src/host/messages.js';
import {createDecoder, encodeFrame} from '../../src/host/wire.js';
import {makeTerminal} from '../support/memory-host.js';
import {until} from '../support/until.js';

const welcome = {
	type: 'welcome',
	protocol: {major: 1, minor: 7},
	tandem: '1.5.0',
	pid: 1,
	capabilities: ['dancing'],
	terminals: [],
};

const opened: CallsOutcome[] = [];
afterEach(() => {
	for (const outcome of opened.splice(0)) if (outcome.kind === 'open') outcome.calls.close();
});

const open = async (...frames: unknown[]) => {
	const [near, far] = duplexPair();
	const events: WireEvent[] = [];
	const closed: [string, boolean][] = [];
	const received: {type: string; id?: number; [field: string]: unknown}[] = [];
	const decoder = createDecoder(1_000_000);
	far.on('data', bytes => received.push(...(decoder.push(bytes).messages as typeof received)));
	const send = (...sent: unknown[]) => {
		for (const message of sent) message === null ? far.end() : far.write(encodeFrame(message));
	};
	send(...frames);
	const outcome = await openCalls({
		stream: near,
		token: 'secret',
		tandem: '0.1.0',
		client: 'test',
		welcomeDeadlineMs: 1_000,
		onEvent: event => events.push(event),
		onClosed: (reason, isIntended) => closed.push([reason, isIntended]),
	});
	opened.push(outcome);
	const calls = () => {
		if (outcome.kind !== 'open') throw new Error('It is not open.');
		return outcome.calls;
	};
	return {outcome, calls, events, closed, received, send, far};
};

test('the first frame holds token, versions and who it is', async () => {
	const {received} = await open(welcome);
	await until(() => received.length === 1);
	expect(received[0]).toEqual({
		type: 'hello',
		token: 'secret',
		protocol: {major: 1, minor: 0},
		tandem: '0.1.0',
		client: 'test',
		capabilities: [],
	});
});

test('a newer host may say more: unknown messages, events and fields are ignored', async () => {
	const {events, closed, send} = await open({...welcome, mood: 'good'});
	send(
		{type: 'weather', text: 'rain'},
		{type: 'event', event: {type: 'terminal.danced', id: 'x'}},
		{type: 'event', event: {type: 'terminal.changed', terminal: {...makeTerminal(), colour: 'red'}}, at: 1},
	);
	await until(() => events.length === 1);
	expect(events).toEqual([{type: 'terminal.changed', terminal: makeTerminal()}]);
	expect(closed).toEqual([]);
});

test.each([
	['an event', {type: 'event', event: {type: 'terminal.forgotten', id: 'x'}}],
	['a response', {type: 'response', id: 'x'}],
	['a message without a type', {kind: 'event'}],
])('%s that is malformed ends the connection and names itself', async (_, message) => {
	const {closed, send} = await open(welcome);
	send(message);
	await until(() => closed.length === 1);
	expect(closed).toEqual([[expect.stringContaining('The host sent a m'), false]]);
});

test('a malformed answer is a loss for the one who asked, and for the connection', async () => {
	const {calls, closed, received, send} = await open(welcome);
	const [list, ping] = [calls().call('list', {}), calls().call('ping', {})];
	await until(() => received.length === 3);
	send({type: 'response', id: received[1]?.id, ok: {kind: 'list', terminals: 7}});
	expect(await list).toMatchObject({kind: 'refused', code: 'host-lost'});
	expect(await ping).toMatchObject({kind: 'refused', code: 'host-lost'});
	expect(closed).toHaveLength(1);
});

test('answers may come in any order, and one for nobody is ignored', async () => {
	const {calls, received, send} = await open(welcome);
	const [list, ping] = [calls().call('list', {}), calls().call('ping', {})];
	await until(() => received.length === 3);
	send({type: 'response', id: 999, ok: null});
	send({type: 'response', id: received[2]?.id, ok: {kind: 'pong'}});
	expect(await ping).toEqual({kind: 'pong'});
	send({type: 'response', id: received[1]?.id, ok: {kind: 'list', terminals: []}});
	expect(await list).toEqual({kind: 'list', terminals: []});
});

test('an older host that does not know a request refuses with what to do', async () => {
	const {calls, received, send} = await open(welcome);
	const ping = calls().call('ping', {});
	await until(() => received.length === 2);
	send({
		type: 'response',
		id: received[1]?.id,
		ok: null,
		error: {code: 'unknown-method', message: 'No ping.'},
	});
	expect(await ping).toMatchObject({kind: 'refused', code: 'host-version'});
});

test('a host of another major version tells its terminals, in its own words why no more, and is asked for no more', async () => {
	const message = 'This tandem is 0.1.0, but the host is 2.0.0.';
	const dev = {id: 1, name: 'dev', cmd: 'npm run dev', cwd: '/app', startedAt: 5};
	const {outcome, calls, received} = await open(
		{type: 'refused', protocol: {major: 2, minor: 0}, tandem: '2.0.0', message},
		{
			type: 'response',
			id: 1,
			ok: {kind: 'list', terminals: [{...dev, state: {kind: 'asleep'}, mood: 'good'}]},
		},
	);
	// A state that nobody knows here is unknown.
	expect(outcome).toMatchObject({
		kind: 'open',
		limits: message,
		welcome: {terminals: [{...dev, state: {kind: 'unknown'}, ports: [], lastLines: []}]},
	});
	expect(await calls().call('snapshot', {id: 1})).toEqual({kind: 'refused', code: 'host-version', message});
	// The second was never sent.
	await until(() => received.length === 2);
	expect(received.map(({type, method}) => [type, method])).toEqual([
		['hello', undefined],
		['request', 'list'],
	]);
});

describe('a host of another version that does not even tell its terminals', () => {
	const refused = {type: 'refused', protocol: {major: 2, minor: 0}, tandem: '2.0.0', message: 'No.'};
	const answer = {type: 'response', id: 1};

	test.each<[string, ...object[]]>([
		['is silent about them'],
		['tells what cannot be read', {...answer, ok: {kind: 'list', terminals: 7}}],
		['speaks in a way that cannot be read', {...answer, id: 'x'}],
		['knows no list', {...answer, ok: null, error: {code: 'unknown-method', message: 'No list.'}}],
		['fails at it', {...answer, ok: null, error: {code: 'failed', message: 'It broke.'}}],
		['refuses it', {...answer, ok: {kind: 'refused', code: 'shy', message: 'Not you.'}}],
	])('that %s is given up for its own reason', async (_, ...answers) => {
		const {outcome, closed, far} = await open(refused, ...answers);
		expect(outcome).toEqual({kind: 'refused', message: 'No.'});
		await until(() => far.destroyed || far.readableEnded);
		expect(closed).toEqual([]);
	});

	test('is looked for again if it has only just ended', async () => {
		const {outcome} = await open(refused, {type: 'goodbye', reason: 'It was idle.'}, null);
		expect(outcome).toMatchObject({kind: 'closed'});
	});
});

test('a goodbye is an intended end; an end without one is a loss', async () => {
	const polite = await open(welcome);
	polite.send({type: 'goodbye', reason: 'It was told to end.'});
	polite.far.end();
	await until(() => polite.closed.length === 1);
	expect(polite.closed).toEqual([['It was told to end.', true]]);
	const rude = await open(welcome);
	rude.far.end();
	await until(() => rude.closed.length === 1);
	expect(rude.closed[0]?.[1]).toBe(false);
});

test('a host that does not answer the hello is given up', async () => {
	expect((await open()).outcome).toMatchObject({kind: 'closed', reason: expect.stringContaining('in time')});
});

test('an abort sends a cancel for that very request', async () => {
	const {calls, received} = await open(welcome);
	const controller = new AbortController();
	void calls().call('wait', {id: 1, request: {timeoutMs: 1}}, controller.signal);
	await until(() => received.length === 2);
	controller.abort();
	await until(() => received.length === 3);
	expect(received[2]).toEqual({type: 'cancel', id: received[1]?.id});
});
