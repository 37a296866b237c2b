// The golden test of the protocol. Its fixture only grows: a line that is there stays as it is, for hosts and
// clients of the past send it.
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {z} from 'zod';
import {coreResults} from '../../src/host/core.js';
import {
	cancelSchema,
	eventMessageSchema,
	goodbyeSchema,
	helloSchema,
	methods,
	refusalSchema,
	refusedSchema,
	requestSchema,
	responseSchema,
	welcomeSchema,
	wireEventSchema,
} from '../../src/host/messages.js';
import {encodeFrame} from '../../src/host/wire.js';
import {makeSnapshot, makeTerminal} from '../support/memory-host.js';

const running = makeTerminal();
const ended = makeTerminal({
	id: 2,
	state: {kind: 'ended', exit: {code: 1}, at: 1_700_000_001_000},
	session: 's1',
	stoppedBy: 'user',
	lastLines: ['ready', 'GET / 200'],
	ports: [{port: 5173, pid: 812, url: 'http://localhost:5173'}],
	leftovers: [{pid: 812, startTime: 4_711, command: 'node server.js'}],
});
const driven = makeTerminal({driver: 'user', driverClient: 'c1', userVisits: 2});
const entered = makeTerminal({lineCount: 10, lastOutput: {from: 4, to: 9}});
const mouse = {
	action: 'press',
	button: 'left',
	column: 3,
	row: 4,
	shift: false,
	alt: false,
	ctrl: false,
} as const;
const snapshot = {
	...makeSnapshot(1, 'hello', 7),
	lines: [[{text: 'hello', style: {fg: 2, bg: '#102030', bold: true as const}}], []],
};
const position = {line: 12, seen: ['a1b2']};
const lines = [{number: 1, text: 'GET / 200', at: 1_700_000_000_500, isContext: true}];
const version = {major: 1, minor: 0};

const params: {[Name in keyof typeof methods]: z.input<(typeof methods)[Name]['params']>[]} = {
	start: [
		{
			cmd: 'npm run dev',
			cwd: '/app',
			tty: true,
			env: {PATH: '/bin'},
			cols: 120,
			rows: 40,
			shell: '/bin/bash',
			name: 'dev',
			startedBy: 'model',
			session: 's1',
		},
		{
			...{cmd: 'git status', cwd: '/app', tty: true, env: {}, cols: 120, rows: 40},
			...{startedBy: 'model', brief: {maxChars: 40_000}},
		},
	],
	write: [
		{id: 1, request: {by: 'user', chars: 'y', keys: ['Enter', 'C-c'], paste: true}},
		{id: 1, request: {by: 'user', mouse}},
	],
	wait: [
		{
			id: 1,
			request: {
				timeoutMs: 10_000,
				exit: true,
				port: true,
				pattern: 'ready',
				screen: '^>',
				quietMs: 500,
				input: 'prompt',
				from: position,
			},
		},
		{id: 1, request: {timeoutMs: 250, port: 5173}},
	],
	read: [{id: 1, request: {from: position, maxChars: 40_000}}],
	log: [
		{id: 1, request: {lines: [1, 20], maxChars: 40_000}},
		{id: 1, request: {lines: {last: 5}, grep: 'GET', context: 2, sinceMs: 60_000, maxChars: 40_000}},
	],
	snapshot: [{id: 1}],
	watch: [{id: 1}],
	unwatch: [{id: 1}],
	stop: [{id: 1}, {id: 1, request: {signal: 'INT', graceMs: 500, by: 'model'}}],
	resize: [{id: 1, request: {cols: 80, rows: 24}}],
	rename: [{id: 1, name: 'api'}],
	forget: [{id: 1}],
	list: [{}],
	ping: [{}],
	restart: [{id: 1, request: {by: 'user'}}],
	drive: [
		{id: 1, request: {driver: 'user', client: 'c1', cols: 100, rows: 30}},
		{id: 1, request: {driver: 'model', client: 'c1'}},
	],
};

const results: {[Name in keyof typeof methods]: z.input<(typeof methods)[Name]['result']>[]} = {
	start: [
		{kind: 'started', terminal: running},
		{kind: 'refused', code: 'missing-folder', message: 'No folder /x.'},
		{
			kind: 'started',
			terminal: ended,
			ended: {
				reading: {kind: 'reading', lines, totalChars: 10, next: position, terminal: ended},
				isForgotten: true,
			},
			twins: [{id: 1, name: 'dev'}],
		},
	],
	write: [{kind: 'written'}],
	wait: [
		{kind: 'waited', reason: {kind: 'exited'}, terminal: ended},
		{kind: 'waited', reason: {kind: 'listening', port: 5173}, terminal: running},
		{kind: 'waited', reason: {kind: 'matched', text: 'ready'}, terminal: running},
		{kind: 'waited', reason: {kind: 'quiet', ms: 500}, terminal: running},
		{kind: 'waited', reason: {kind: 'waiting-for-input'}, terminal: running},
		{kind: 'waited', reason: {kind: 'time-over'}, terminal: running},
		{kind: 'waited', reason: {kind: 'aborted'}, terminal: running},
	],
	read: [
		{
			kind: 'reading',
			lines,
			omitted: {from: 2, to: 9},
			gap: {from: 10, to: 11},
			totalChars: 9_000,
			screen: snapshot,
			next: position,
			terminal: running,
		},
	],
	log: [
		{
			kind: 'log',
			lines,
			total: 200,
			matches: 1,
			omitted: {from: 2, to: 9},
			gap: {from: 10, to: 11},
			terminal: ended,
		},
	],
	snapshot: [snapshot],
	watch: [{kind: 'watching'}],
	unwatch: [{kind: 'unwatched'}],
	stop: [{kind: 'stopped', terminal: ended, survivors: [{pid: 9, startTime: 1, command: 'dd'}]}],
	resize: [{kind: 'resized'}],
	rename: [{kind: 'renamed', name: 'api-2'}],
	forget: [{kind: 'forgotten'}],
	list: [{kind: 'list', terminals: [running, ended]}],
	ping: [{kind: 'pong'}],
	restart: [{kind: 'restarted', terminal: makeTerminal({id: 3, restartOf: {id: 1, by: 'user'}})}],
	drive: [
		{kind: 'driven', terminal: driven},
		{kind: 'driven', terminal: entered},
	],
};

const examples = () => {
	const all: {name: string; message: unknown; schema: z.ZodType}[] = [
		{
			name: 'hello',
			schema: helloSchema,
			message: {
				type: 'hello',
				token: 'f'.repeat(64),
				protocol: version,
				tandem: '0.1.0',
				client: 'window',
				capabilities: [],
			},
		},
		{
			name: 'welcome',
			schema: welcomeSchema,
			message: {
				type: 'welcome',
				protocol: version,
				tandem: '0.1.0',
				pid: 4242,
				capabilities: [],
				terminals: [running],
			},
		},
		{
			name: 'refused',
			schema: refusedSchema,
			message: {type: 'refused', protocol: version, tandem: '0.1.0', message: 'Another protocol.'},
		},
		{name: 'cancel', schema: cancelSchema, message: {type: 'cancel', id: 7}},
		{name: 'goodbye', schema: goodbyeSchema, message: {type: 'goodbye', reason: 'SIGTERM'}},
		{
			name: 'error',
			schema: responseSchema,
			message: {type: 'response', id: 7, ok: null, error: {code: 'unknown-method', message: 'No x.'}},
		},
		...[
			{type: 'terminal.changed', terminal: running},
			{
				type: 'terminal.changed',
				terminal: makeTerminal({state: {kind: 'running', shellExit: {signal: 'SIGINT'}}}),
			},
			{type: 'terminal.changed', terminal: makeTerminal({state: {kind: 'lost'}})},
			{type: 'terminal.changed', terminal: makeTerminal({state: {kind: 'unknown'}})},
			{type: 'terminal.forgotten', id: 2},
			{type: 'screen.changed', snapshot},
		].map((event, index) => ({
			name: `event ${index + 1}: ${event.type}`,
			schema: eventMessageSchema,
			message: {type: 'event', event: wireEventSchema.parse(event)},
		})),
	];
	for (const name of Object.keys(methods) as (keyof typeof methods)[]) {
		params[name].forEach((value, index) => {
			expect(methods[name].params.parse(value)).toEqual(value);
			all.push({
				name: `request ${name} ${index + 1}`,
				schema: requestSchema,
				message: {type: 'request', id: 7, method: name, params: value},
			});
		});
		results[name].forEach((value, index) => {
			expect(methods[name].result.parse(value)).toEqual(value);
			all.push({
				name: `response ${name} ${index + 1}`,
				schema: responseSchema,
				message: {type: 'response', id: 7, ok: value},
			});
		});
	}
	for (const [name, value] of coreAnswers) {
		expect(coreResults[name].parse(value)).toEqual(value);
		all.push({
			name: `response ${name} to another major version`,
			schema: responseSchema,
			message: {type: 'response', id: 7, ok: value},
		});
	}
	return all;
};

const coreTerminal = {
	id: 2,
	name: 'dev',
	cmd: 'npm run dev',
	cwd: '/app',
	startedAt: 1_700_000_000_000,
	state: {kind: 'ended', exit: {code: 1}, at: 1_700_000_001_000},
};
const coreAnswers = [
	['list', {kind: 'list', terminals: [coreTerminal, {...coreTerminal, state: {kind: 'running'}}]}],
	['stop', {kind: 'stopped', terminal: coreTerminal, survivors: [{pid: 9, startTime: 1, command: 'dd'}]}],
] as const;

const fixture = () =>
	new Map(
		readFileSync('test/fixtures/protocol/messages.txt', 'utf8')
			.split('\n')
			.filter(line => line !== '')
			.map(line => {
				const [name = '', frame = ''] = line.split('\t');
				return [name, frame] as const;
			}),
	);

test('every message is encoded as it always was', () => {
	const encoded = examples().map(({name, message}) => `${name}\t${encodeFrame(message)}`);
	const known = fixture();
	for (const line of encoded) {
		const [name = ''] = line.split('\t');
		expect(`${name}\t${known.get(name)}\n`).toBe(line);
	}
	// A line of the fixture without an example is a message that was taken away.
	expect([...known.keys()]).toEqual(encoded.map(line => line.split('\t')[0]));
});

test('every message of the fixture is still understood, with fields of the future in it too', () => {
	const schemas = new Map(examples().map(({name, schema}) => [name, schema]));
	for (const [name, frame] of fixture()) {
		const message = JSON.parse(frame);
		expect(schemas.get(name)?.parse(message)).toEqual(message);
		expect(schemas.get(name)?.safeParse({...message, future: [1]}).success).toBe(true);
	}
});

test('unknown fields inside are dropped, and a wrong known one is an error', () => {
	const terminal = {...running, colour: 'red'};
	expect(methods.list.result.parse({kind: 'list', terminals: [terminal]})).toEqual({
		kind: 'list',
		terminals: [running],
	});
	expect(wireEventSchema.safeParse({type: 'terminal.changed', terminal: {...running, id: 'x'}}).success).toBe(
		false,
	);
});

test('a refusal with a code of the future is still a refusal', () => {
	expect(refusalSchema.parse({kind: 'refused', code: 'no-quota', message: 'Wait.'})).toEqual({
		kind: 'refused',
		code: 'bad-argument',
		message: 'Wait.',
	});
});
