import {expect, test} from 'vitest';
import {z} from 'zod';
import type {ApprovalSubject, Tool} from '../../src/agent/tool.js';
import type {Event} from '../../src/events.js';
import {apiError, call, resetAfter, stallAfter, text} from '../support/model-server.js';
import {defineTool, echo, startTurns} from './setup.js';

const typesOf = (events: readonly Event[]) =>
	events.map(({type}) => type).filter(type => !type.startsWith('answer.text'));

test('a turn asks, runs the calls in order, asks again and ends', async () => {
	const turns = await startTurns([
		[text('I echo.'), call('echo', {text: 'one'}, 'c1'), call('echo', {text: 'two'}, 'c2')],
		text('done'),
	]);

	expect(await turns.run()).toEqual({kind: 'done'});

	expect(typesOf(turns.events)).toEqual([
		'turn.started',
		'message.sent',
		'answer.finished',
		'call.started',
		'call.finished',
		'call.started',
		'call.finished',
		'answer.finished',
		'turn.ended',
	]);
	expect(turns.server.requests[1]?.body.input.slice(1)).toMatchObject([
		{type: 'message', role: 'assistant', content: 'I echo.'},
		{type: 'function_call', call_id: 'c1'},
		{type: 'function_call', call_id: 'c2'},
		{type: 'function_call_output', call_id: 'c1', output: 'one'},
		{type: 'function_call_output', call_id: 'c2', output: 'two'},
	]);
	expect(turns.state().entries.map(({kind}) => kind)).toEqual([
		'user',
		'text',
		'call',
		'call',
		'text',
		'turn-end',
	]);
	expect(turns.bugs).toEqual([]);
});

test('the tools are offered with their schemas', async () => {
	const turns = await startTurns([text('ok')]);
	await turns.run();
	expect(turns.server.requests[0]?.body.tools).toEqual([
		{
			type: 'function',
			name: 'echo',
			description: 'Says it again.',
			parameters: {
				type: 'object',
				properties: {text: {type: 'string'}, times: {type: 'number'}},
				required: ['text'],
				additionalProperties: false,
			},
			strict: false,
		},
	]);
});

test('what a failed attempt had streamed is taken back', async () => {
	const turns = await startTurns([resetAfter(5, text('half')), text('whole')]);
	await turns.run();
	const types = turns.events.map(({type}) => type);
	expect(types.indexOf('answer.discarded')).toBeGreaterThan(types.indexOf('answer.text'));
	expect(types.slice(types.indexOf('answer.discarded')).slice(0, 3)).toEqual([
		'answer.discarded',
		'retry.scheduled',
		'retry.started',
	]);
	expect(turns.state().entries).toMatchObject([{kind: 'user'}, {kind: 'text', text: 'whole'}, {}]);
});

const look = defineTool({
	name: 'look',
	description: 'Looks.',
	schema: z.strictObject({}),
	run: async () => ({output: 'a.png', images: [{name: 'a.png', mediaType: 'image/png', data: 'AAAA'}]}),
});

test('a server that takes no images is told of, once and where it happened', async () => {
	const refusal = apiError(400, {message: 'This model does not support image input.'});
	const turns = await startTurns([call('look', {}), refusal, text('Nothing.'), text('Still.')], [look]);
	await turns.run();
	await turns.run();
	const notices = turns.events.filter(event => event.type === 'notice.shown');
	expect(notices).toEqual([
		{type: 'notice.shown', tone: 'warning', text: expect.stringContaining('does not support image input')},
	]);
});

test('a model that fails ends the turn with its code and words', async () => {
	const turns = await startTurns([apiError(401, {message: 'Wrong key.'})]);
	expect(await turns.run()).toMatchObject({
		kind: 'failed',
		code: 'unauthorized',
		message: expect.stringContaining('OPENAI_API_KEY'),
	});
});

test.each<[string, string, string, RegExp]>([
	['no JSON', 'echo', '{"text": "a', /not valid JSON.*\{"text": "a.*Allowed are: text, times/s],
	['null', 'echo', 'null', /arguments: got null; .*expected object/],
	['an array', 'echo', '[1]', /arguments: got \[1\]/],
	['a wrong type', 'echo', '{"text": 5}', /text: got 5; .*expected string/],
	['a missing field', 'echo', '{}', /text: got nothing; .*expected string/],
	['a strange field', 'echo', '{"text":"a","foo":1}', /foo/],
	['a tool that is spelt wrongly', 'ehco', '{}', /no tool ehco.*\nDid you mean echo\?$/],
	['an unknown tool', 'delete_everything', '{}', /no tool delete_everything.*There are: echo/],
])('arguments with %s are answered and nothing runs', async (_, name, args, words) => {
	const turns = await startTurns([call(name, args, 'c1'), text('sorry')]);
	expect(await turns.run()).toEqual({kind: 'done'});
	expect(turns.outputOf('c1')).toMatch(words);
	expect(typesOf(turns.events)).not.toContain('call.started');
	expect(turns.state().entries[1]).toMatchObject({kind: 'call', status: 'failed'});
});

test('wrong arguments as long as an answer may be are answered with a few words', async () => {
	const turns = await startTurns([call('echo', {text: 5, junk: 'x'.repeat(1_900_000)}, 'c1'), text('ok')]);
	await turns.run();
	expect(turns.outputOf('c1')?.length).toBeLessThan(1000);
});

test('the same mistake three times in a row ends the turn', async () => {
	const turns = await startTurns(() => call('echo', {text: 5}));
	expect(await turns.run()).toMatchObject({
		kind: 'failed',
		code: 'broken-calls',
		message: expect.stringContaining('3 times'),
	});
	expect(turns.server.requests.length).toBe(3);
});

test('mistakes with successes in between do not end the turn', async () => {
	const wrong = () => call('echo', {text: 5});
	const turns = await startTurns([
		wrong(),
		wrong(),
		call('echo', {text: 'right'}),
		wrong(),
		wrong(),
		text('done'),
	]);
	expect(await turns.run()).toEqual({kind: 'done'});
});

test('a call id twice in one answer runs once, and in a later answer it is a call of its own', async () => {
	const runs: string[] = [];
	const counted = defineTool({
		...echo,
		async run({text}: {text: string}) {
			runs.push(text);
			return {output: text};
		},
	});
	const turns = await startTurns(
		[
			[call('echo', {text: 'a'}, 'c0'), call('echo', {text: 'b'}, 'c0')],
			call('echo', {text: 'c'}, 'c0'),
			text('done'),
		],
		[counted],
	);
	await turns.run();
	expect(runs).toEqual(['a', 'c']);
	expect(turns.outputOf('c0')).toBe('a');
	expect(turns.outputOf('c0-2')).toBe('c');
	expect(turns.events).toContainEqual(expect.objectContaining({type: 'notice.shown', tone: 'warning'}));
});

test('an answer with nothing in it is named', async () => {
	const turns = await startTurns([[]]);
	expect(await turns.run()).toEqual({kind: 'done'});
	expect(turns.state().entries).toContainEqual(
		expect.objectContaining({kind: 'notice', text: 'The model answered with nothing.'}),
	);
});

test('a tool that throws is an answer to the model and a line for the diagnostics', async () => {
	const broken = defineTool({
		...echo,
		run() {
			throw new Error('boom');
		},
	});
	const turns = await startTurns([call('echo', {text: 'a'}, 'c1'), text('ok')], [broken]);
	expect(await turns.run()).toEqual({kind: 'done'});
	expect(turns.outputOf('c1')).toContain('boom');
	expect(turns.bugs).toMatchObject([{message: 'boom'}]);
});

test('messages typed meanwhile go with the next request, and keep the turn going', async () => {
	const queue = [{messageId: 'm1', text: 'first'}];
	const asking = defineTool({
		...echo,
		async run() {
			queue.push({messageId: 'm2', text: 'and this'});
			return {output: 'ok'};
		},
	});
	const turns = await startTurns([call('echo', {text: 'a'}), text('one'), text('two')], [asking]);
	const answered = turns
		.seen(event => event.type === 'answer.text')
		.then(() => {
			queue.push({messageId: 'm3', text: 'last'});
		});
	await turns.run({takeQueued: () => queue.splice(0)});
	await answered;

	const userTexts = (index: number) =>
		turns.server.requests[index]?.body.input.flatMap(item => (item.role === 'user' ? [item.content] : []));
	expect(userTexts(1)).toEqual(['first', 'and this']);
	expect(userTexts(2)).toEqual(['first', 'and this', 'last']);
});

test('notices ride on a call’s answer, past what the answer itself has told', async () => {
	const known: unknown[] = [];
	const telling = defineTool({
		...echo,
		run: async () => ({
			output: 'ended',
			told: [{terminalId: 1, what: 'ended' as const}],
			positions: {1: {line: 7, seen: []}},
		}),
	});
	const turns = await startTurns([call('echo', {text: 'a'}, 'c1'), text('ok')], [telling]);
	await turns.run({
		notices: async facts => {
			known.push(facts);
			return facts
				? {notices: ['terminal 2 (build) ended\nlast line'], told: [{terminalId: 2, what: 'ended'}]}
				: {notices: [], told: []};
		},
	});
	expect(known.at(-1)).toEqual({
		told: [{terminalId: 1, what: 'ended'}],
		positions: {1: {line: 7, seen: []}},
	});
	expect(turns.outputOf('c1')).toBe(
		'ended\n\nMeanwhile, in the terminals:\n| terminal 2 (build) ended\n| last line',
	);
	expect(turns.state().told).toEqual([
		{terminalId: 1, what: 'ended'},
		{terminalId: 2, what: 'ended'},
	]);
	expect(turns.state().positions).toEqual({1: {line: 7, seen: []}});
});

const subject: ApprovalSubject = {kind: 'command', cmd: 'ls', cwd: '/workspace'};
const careful = (run: Tool<typeof echo.schema>['run'] = async () => ({output: 'ran'})) =>
	defineTool({...echo, approval: async () => subject, run});

test('an approval is on record before the start, and the start before the run', async () => {
	const atRun: string[] = [];
	const turns = await startTurns(
		[call('echo', {text: 'a'}, 'c1'), text('ok')],
		[
			careful(async () => {
				atRun.push(...typesOf(turns.events));
				return {output: 'ran'};
			}),
		],
	);
	const asked: unknown[] = [];
	await turns.run({
		approve: async (what, {callId, name}) => {
			asked.push(what, callId, name);
			return {kind: 'allowed'};
		},
	});
	expect(asked).toEqual([subject, 'c1', 'echo']);
	expect(atRun.slice(-2)).toEqual(['approval.answered', 'call.started']);
});

test("a denied call is not run and the model reads the person's word", async () => {
	const turns = await startTurns([call('echo', {text: 'a'}, 'c1'), text('ok')], [careful()]);
	expect(await turns.run({approve: async () => ({kind: 'denied', word: 'use pnpm'})})).toEqual({
		kind: 'done',
	});
	expect(turns.outputOf('c1')).toBe('The user did not allow this call; it was not run. They said: use pnpm');
	expect(typesOf(turns.events)).not.toContain('call.started');
	expect(turns.state().entries[1]).toMatchObject({status: 'denied'});
});

test('a cancelled approval ends the turn, and the calls after it are not run', async () => {
	const turns = await startTurns(
		[[call('echo', {text: 'a'}, 'c1'), call('echo', {text: 'b'}, 'c2')], text('next turn')],
		[careful()],
	);
	expect(await turns.run({approve: async () => ({kind: 'cancelled'})})).toEqual({kind: 'interrupted'});
	expect(turns.outputOf('c1')).toContain('Not run');
	expect(turns.outputOf('c2')).toContain('Not run');
	// The server refuses a conversation with an unanswered call.
	expect(await turns.run({}, 'again')).toEqual({kind: 'done'});
});

test('a call whose start could not be recorded is not run', async () => {
	const abort = new AbortController();
	let hasRun = false;
	const turns = await startTurns(
		[call('echo', {text: 'a'}, 'c1')],
		[
			defineTool({
				...echo,
				async run() {
					hasRun = true;
					return {output: ''};
				},
			}),
		],
	);
	const end = await turns.run({
		signal: abort.signal,
		// What the app does when the disk is full.
		emit: async event => {
			if (event.type === 'call.started') abort.abort();
			await turns.emit(event);
		},
	});
	expect(end).toEqual({kind: 'interrupted'});
	expect(hasRun).toBe(false);
});

test('an interrupt while the model streams keeps what was shown and does not send it back', async () => {
	const turns = await startTurns([stallAfter(6, text('some words here')), text('next')]);
	const abort = new AbortController();
	const ended = turns.run({signal: abort.signal});
	const asked = await turns.server.nextRequest();
	await turns.seen(event => event.type === 'answer.text' && event.text === 'words');

	const before = performance.now();
	abort.abort();
	expect(await ended).toEqual({kind: 'interrupted'});
	expect(performance.now() - before).toBeLessThan(10 * 300);
	expect(await asked.closed).toBe('dropped');

	expect(turns.events.at(-1)).toMatchObject({type: 'turn.ended', unfinishedText: 'some words'});
	expect(turns.state().entries).toMatchObject([{}, {kind: 'text', text: 'some words'}, {kind: 'turn-end'}]);
	await turns.run({}, 'again');
	expect(turns.server.requests[1]?.body.input).toMatchObject([{role: 'user'}, {role: 'user'}]);
});

test('an interrupt within a tool that ignores its signal ends the turn in time and names what may still run', async () => {
	let report = (_: string) => {};
	const stubborn = defineTool({
		...echo,
		run: (_, context) => {
			context.progress({terminalId: 3, terminalName: 'dev', tail: ['ready']});
			report = line => context.progress({tail: [line]});
			return new Promise(() => {});
		},
	});
	const turns = await startTurns(
		[[call('echo', {text: 'a'}, 'c1'), call('echo', {text: 'b'}, 'c2')], text('next turn')],
		[stubborn],
	);
	const abort = new AbortController();
	const ended = turns.run({
		signal: abort.signal,
		runningTerminals: () => [{id: 3, name: 'dev'}],
	});
	await turns.seen(event => event.type === 'call.progressed');

	const before = performance.now();
	abort.abort();
	expect(await ended).toEqual({kind: 'interrupted'});
	expect(performance.now() - before).toBeLessThan(10 * 300);

	expect(turns.outputOf('c1')).toContain('terminal 3 (dev)');
	expect(turns.outputOf('c2')).toContain('Not run');
	expect(turns.state().entries).toMatchObject([
		{},
		{status: 'interrupted', display: {terminalId: 3}},
		{status: 'interrupted'},
		{kind: 'turn-end', waitedFor: 3, running: [{id: 3, name: 'dev'}]},
	]);
	const count = turns.events.length;
	report('too late');
	expect(turns.events.length).toBe(count);
	expect(await turns.run({}, 'again')).toEqual({kind: 'done'});
});

test('a tool that honours its signal has the last word', async () => {
	const polite = defineTool({
		...echo,
		run: (_, {signal, progress}) => {
			progress({terminalId: 4});
			return new Promise(resolve => {
				signal.addEventListener('abort', () =>
					resolve({output: 'Interrupted; terminal 4 lives on.', positions: {4: {line: 2, seen: []}}}),
				);
			});
		},
	});
	const turns = await startTurns([call('echo', {text: 'a'}, 'c1')], [polite]);
	const abort = new AbortController();
	const ended = turns.run({signal: abort.signal});
	await turns.seen(event => event.type === 'call.progressed');
	abort.abort();
	expect(await ended).toEqual({kind: 'interrupted'});
	expect(turns.outputOf('c1')).toBe('Interrupted; terminal 4 lives on.');
	expect(turns.state().positions).toEqual({4: {line: 2, seen: []}});
});

test('an interrupt while the person is asked withdraws the question', async () => {
	const turns = await startTurns([call('echo', {text: 'a'}, 'c1')], [careful()]);
	const abort = new AbortController();
	const ended = turns.run({
		signal: abort.signal,
		approve: () => {
			setImmediate(() => abort.abort());
			return new Promise(() => {});
		},
	});
	expect(await ended).toEqual({kind: 'interrupted'});
	expect(turns.events).toContainEqual(
		expect.objectContaining({type: 'approval.answered', answer: {kind: 'cancelled'}}),
	);
	expect(typesOf(turns.events)).not.toContain('call.started');
});

test('an interrupt does not wait for a disk that hangs', async () => {
	const turns = await startTurns([[call('echo', {text: 'a'}, 'c1'), call('echo', {text: 'b'}, 'c2')]]);
	const abort = new AbortController();
	let abortedAt = 0;
	const end = await turns.run({
		signal: abort.signal,
		emit: event => {
			if (abortedAt === 0 && event.type !== 'call.started') return turns.emit(event);
			if (abortedAt === 0) {
				setImmediate(() => abort.abort());
				abortedAt = performance.now();
			}
			return new Promise(() => {});
		},
	});
	expect(end).toEqual({kind: 'interrupted'});
	expect(performance.now() - abortedAt).toBeLessThan(10 * 300);
});

test('a turn that is cancelled before it begins leaves the queue as it is', async () => {
	const turns = await startTurns([]);
	const queue = [{messageId: 'm1', text: 'later'}];
	const end = await turns.run({signal: AbortSignal.abort(), takeQueued: () => queue.splice(0)});
	expect(end).toEqual({kind: 'interrupted'});
	expect(queue).toHaveLength(1);
	expect(turns.server.requests).toHaveLength(0);
});

test('control characters of the model are kept as they are, for the screen to show', async () => {
	const hostile = 'a\u001b]52;c;eHh4\u0007b\u202ec\ud800d';
	const turns = await startTurns([text([hostile]), text('ok')]);
	await turns.run();
	expect(turns.state().entries[1]).toMatchObject({kind: 'text', text: hostile});
	await turns.run({}, 'again');
	expect(turns.server.requests[1]?.body.input[1]?.content).toBe(hostile.toWellFormed());
});

test('a fault of our own ends the turn with words, not with an exception', async () => {
	const turns = await startTurns([text('ok')]);
	const end = await turns.run({
		messages: () => {
			throw new Error('bug');
		},
	});
	expect(end).toMatchObject({kind: 'failed', code: 'fault', message: expect.stringContaining('bug')});
	expect(turns.bugs).toMatchObject([{message: 'bug'}]);
	expect(turns.events.at(-1)).toMatchObject({type: 'turn.ended'});
});

test('a schema that is not of an object is answered too', async () => {
	const odd = defineTool({
		name: 'echo',
		description: 'Odd.',
		schema: z.union([z.string(), z.number()]),
		run: async () => ({output: ''}),
	});
	const turns = await startTurns([call('echo', {text: 'a'}, 'c1'), text('ok')], [odd]);
	await turns.run();
	expect(turns.outputOf('c1')).toContain('arguments: got {"text":"a"}');
});

test('a call that only waits holds up none of those after it, and each fact is told by one of them', async () => {
	const {promise: released, resolve: release} = Promise.withResolvers<void>();
	const tools = [
		defineTool({
			...waiting,
			run: async () => {
				await released;
				return {output: 'held'};
			},
		}),
		defineTool({
			name: 'release',
			description: '',
			schema: z.strictObject({}),
			run: async () => {
				release();
				return {output: 'released'};
			},
		}),
	];
	const turns = await startTurns([[call('hold', {}, 'c1'), call('release', {}, 'c2')], text('done')], tools);
	const notices = async () => {
		const isTold = turns.state().told.length > 0;
		// Long enough for the other call to ask too.
		await new Promise(resolve => setImmediate(resolve));
		return isTold
			? {notices: [], told: []}
			: {notices: ['Terminal 1 ended.'], told: [{terminalId: 1, what: 'ended' as const}]};
	};
	// A message would take the notice along.
	expect(await turns.run({notices, takeQueued: () => []})).toEqual({kind: 'done'});
	expect(turns.outputOf('c1')).toContain('held');
	expect(turns.outputOf('c2')).toContain('released');
	const outputs = JSON.stringify(turns.server.requests[1]?.body.input);
	expect(outputs.match(/Terminal 1 ended/g)).toHaveLength(1);
});

test('a turn that ends for its mistakes does not stay for a call that waits', async () => {
	const hold = defineTool({
		...waiting,
		run: (_args, {signal}) =>
			new Promise(resolve => signal.addEventListener('abort', () => resolve({output: 'cut'}), {once: true})),
	});
	const wrong = (id: string) => call('nothing', {}, id);
	const turns = await startTurns([[call('hold', {}, 'c1'), wrong('c2'), wrong('c3'), wrong('c4')]], [hold]);
	expect(await turns.run()).toMatchObject({kind: 'failed', code: 'broken-calls'});
	expect(turns.outputOf('c1')).toContain('cut');
});

const waiting = {name: 'hold', description: '', schema: z.strictObject({}), onlyWaits: true} as const;
