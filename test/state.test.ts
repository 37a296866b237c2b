import {expect, test} from 'vitest';
import {tornTurnEnd} from '../src/entries.js';
import {type Event, isDurable} from '../src/events.js';
import type {TerminalInfo} from '../src/host/protocol.js';
import {
	type CallEntry,
	currentApproval,
	type Entry,
	initialState,
	neighbourTerminal,
	reduce,
	runningCount,
	type State,
	terminalInRow,
} from '../src/state.js';

const start = initialState('/project', 's1');
const fold = (events: readonly Event[], from: State = start) => events.reduce(reduce, from);

const terminal = (id: number, more: Partial<TerminalInfo> = {}): TerminalInfo => ({
	id,
	name: `t${id}`,
	cmd: 'npm run dev',
	cwd: '/project',
	tty: true,
	cols: 120,
	rows: 40,
	state: {kind: 'running'},
	leftovers: [],
	ports: [],
	isWaitingForInput: false,
	isAlternateScreen: false,
	title: '',
	startedAt: 1,
	startedBy: 'model',
	driver: 'model',
	lastLines: [],
	lineCount: 0,
	undeliveredBytes: 0,
	revision: 0,
	...more,
});

const sent = (messageId: string, text: string, notices: string[] = []): Event => ({
	type: 'message.sent',
	messageId,
	text,
	notices,
	told: [],
	at: 1,
});
const turnStarted = (turnId = 'u1'): Event => ({type: 'turn.started', turnId, at: 2});
const called = (callId: string, name = 'exec_command', turnId = 'u1'): Event => ({
	type: 'answer.finished',
	turnId,
	items: [
		{kind: 'reasoning', summary: 'think'},
		{kind: 'text', text: 'Starting it.'},
		{kind: 'call', callId, name, arguments: '{}'},
	],
	at: 3,
});
const started = (callId: string): Event => ({type: 'call.started', callId, name: 'exec_command', at: 4});
const finished = (callId: string, output = 'ok', more: object = {}): Event => ({
	type: 'call.finished',
	callId,
	name: 'exec_command',
	output,
	isError: false,
	positions: {},
	told: [],
	at: 5,
	...more,
});
const ended = (kind: 'done' | 'interrupted' = 'done', turnId = 'u1'): Event => ({
	type: 'turn.ended',
	turnId,
	end: {kind},
	at: 6,
});

const callEntry = (state: State, callId: string): CallEntry | undefined =>
	state.entries.findLast((entry): entry is CallEntry => entry.kind === 'call' && entry.callId === callId);

/** What a provider demands: each call answered once, right after its answer; no output without a call. */
const expectValidRequest = ({messages}: State) => {
	let open = new Set<string>();
	for (const message of messages) {
		if (message.role === 'tool') {
			expect(open.delete(message.callId), `output of ${message.callId} has its call`).toBe(true);
			continue;
		}
		expect([...open]).toEqual([]);
		open = new Set(
			message.role === 'assistant'
				? message.items.flatMap(item => (item.kind === 'call' ? [item.callId] : []))
				: [],
		);
	}
	expect([...open]).toEqual([]);
};

test('a shell line is an entry of its own that no message knows, and stays as it is once it has ended', () => {
	const before = fold([
		{type: 'shell.sent', shellId: 's1', cmd: 'npm test', at: 1},
		{type: 'shell.sent', shellId: 's2', cmd: 'ls', at: 2},
		{type: 'shell.started', shellId: 's1', terminalId: 4, terminalName: 'test', at: 3},
		{type: 'shell.progressed', shellId: 's1', tail: ['ok 1'], outcome: 'running'},
	]);
	expect(before.entries).toMatchObject([
		{kind: 'shell', id: 's1', terminal: {id: 4, name: 'test'}, tail: ['ok 1'], outcome: 'running'},
		{kind: 'shell', id: 's2', tail: []},
	]);
	const ended: Event = {
		type: 'shell.ended',
		shellId: 's1',
		end: {kind: 'exited', exit: {code: 1}},
		tail: ['not ok 2'],
		earlierLines: 7,
		at: 9,
	};
	const after = fold([ended], before);
	expect(after.entries[0]).toMatchObject({end: ended.end, tail: ['not ok 2'], earlierLines: 7, endedAt: 9});
	expect(after.messages).toEqual([]);
	const late = fold([{type: 'shell.progressed', shellId: 's1', tail: ['late'], outcome: 'running'}], after);
	expect(late.entries[0]).toBe(after.entries[0]);
});

test('a turn with a call becomes messages for the model and entries for the person', () => {
	const state = fold([
		sent('m1', 'start dev'),
		turnStarted(),
		called('c1'),
		started('c1'),
		finished('c1', 'Output: ready', {display: {terminalId: 1, outcome: 'listening'}}),
		{type: 'answer.finished', turnId: 'u1', items: [{kind: 'text', text: 'It runs.'}], at: 7},
		ended(),
	]);
	expect(state.messages.map(({role}) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
	expect(state.entries.map(({kind}) => kind)).toEqual([
		'user',
		'reasoning',
		'text',
		'call',
		'text',
		'turn-end',
	]);
	expect(callEntry(state, 'c1')).toMatchObject({
		status: 'done',
		output: 'Output: ready',
		startedAt: 4,
		endedAt: 5,
		display: {terminalId: 1, outcome: 'listening'},
	});
	expect(state.turn).toBeUndefined();
	expect(new Set(state.entries.map(({id}) => id)).size).toBe(state.entries.length);
	expectValidRequest(state);
});

test('the phase of a turn follows what the model does', () => {
	const phases: unknown[] = [];
	let state = start;
	for (const event of [
		turnStarted(),
		{type: 'answer.reasoning', text: 'hm'},
		{type: 'answer.text', text: 'Hel'},
		{type: 'answer.discarded'},
		{type: 'retry.scheduled', attempt: 1, of: 5, until: 99, reason: 'busy'},
		{type: 'retry.started'},
		{type: 'answer.text', text: 'Hello'},
		called('c1'),
		started('c1'),
		finished('c1'),
	] satisfies Event[]) {
		state = reduce(state, event);
		phases.push([state.turn?.phase.kind, state.turn?.text]);
	}
	expect(phases).toEqual([
		['thinking', ''],
		['thinking', ''],
		['answering', 'Hel'],
		['thinking', ''],
		['retrying', ''],
		['thinking', ''],
		['answering', 'Hello'],
		['calling', ''],
		['calling', ''],
		['thinking', ''],
	]);
});

test('a finished entry keeps its reference whatever follows', () => {
	const before = fold([sent('m1', 'a'), turnStarted(), called('c1'), started('c1'), finished('c1')]);
	const after = fold(
		[
			{type: 'answer.text', text: 'more'},
			called('c2'),
			started('c2'),
			{type: 'call.progressed', callId: 'c2', display: {tail: ['x']}},
			finished('c2'),
			ended(),
			{type: 'notice.shown', text: 'hi', tone: 'info'},
			{type: 'host.connected', terminals: [terminal(1)]},
		],
		before,
	);
	for (const [index, entry] of before.entries.entries()) expect(after.entries[index]).toBe(entry);
});

test('notices stand before the words of the message, each line marked', () => {
	const state = fold([sent('m1', 'go on', ['Terminal 1 (dev) ended: exit 1\nError: x'])]);
	expect(state.messages).toEqual([
		{
			role: 'user',
			text: 'Since you last heard, in the terminals:\n| Terminal 1 (dev) ended: exit 1\n| Error: x\n\ngo on',
		},
	]);
	expect(state.entries[0]).toMatchObject({
		text: 'go on',
		notices: ['Terminal 1 (dev) ended: exit 1\nError: x'],
	});
});

test('an interrupt says what still runs and which terminal the turn waited for', () => {
	const state = fold([
		{type: 'host.connected', terminals: [terminal(2), terminal(1), terminal(3, {state: gone})]},
		sent('m1', 'a'),
		turnStarted(),
		called('c1'),
		started('c1'),
		{type: 'call.progressed', callId: 'c1', display: {terminalId: 2}},
		ended('interrupted'),
	]);
	expect(state.entries.at(-1)).toEqual({
		kind: 'turn-end',
		id: 'u1.end',
		end: {kind: 'interrupted'},
		running: [
			{id: 1, name: 't1'},
			{id: 2, name: 't2'},
		],
		waitedFor: 2,
	});
	expect(callEntry(state, 'c1')).toMatchObject({status: 'interrupted'});
	expectValidRequest(state);
});

test('an interrupted call that still answered is the one waited for', () => {
	const state = fold([
		turnStarted(),
		called('c1'),
		started('c1'),
		finished('c1', 'cut', {isInterrupted: true, display: {terminalId: 7}}),
		ended('interrupted'),
	]);
	expect(callEntry(state, 'c1')).toMatchObject({status: 'interrupted', output: 'cut'});
	expect(state.entries.at(-1)).toMatchObject({waitedFor: 7});
});

test('a turn that waited for nothing names no terminal', () => {
	const state = fold([
		turnStarted(),
		called('c1'),
		started('c1'),
		finished('c1', 'ok', {display: {terminalId: 7}}),
		ended('interrupted'),
	]);
	expect(state.entries.at(-1)).not.toHaveProperty('waitedFor');
});

test('text that had streamed when the turn was cut stays in view', () => {
	const streaming = [turnStarted(), {type: 'answer.text', text: 'Half an ans'}] satisfies Event[];
	const unsaid = fold([...streaming, ended('interrupted')]);
	expect(unsaid.entries[0]).toMatchObject({kind: 'text', text: 'Half an ans'});
	const end: Event = {
		type: 'turn.ended',
		turnId: 'u1',
		end: {kind: 'interrupted'},
		unfinishedText: 'Half an answer',
		at: 6,
	};
	const said = fold([...streaming, end]);
	expect(said.entries.map(({kind}) => kind)).toEqual(['text', 'turn-end']);
	expect(said.entries[0]).toMatchObject({text: 'Half an answer'});
	expect(said.messages).toEqual([]);
});

test('a log that ends inside a turn is closed: what started is unknown, what did not was not run', () => {
	const torn = fold([
		sent('m1', 'a'),
		turnStarted(),
		{
			type: 'answer.finished',
			turnId: 'u1',
			items: ['c1', 'c2', 'c3'].map(callId => ({
				kind: 'call' as const,
				callId,
				name: 'exec_command',
				arguments: '{}',
			})),
			at: 3,
		},
		started('c1'),
		finished('c1'),
		started('c2'),
	]);
	const end = tornTurnEnd(torn, 9);
	expect(end).toMatchObject({type: 'turn.ended', turnId: 'u1', end: {kind: 'failed', code: 'torn'}});
	const state = fold(end ? [end] : [], torn);
	expect(callEntry(state, 'c1')).toMatchObject({status: 'done'});
	expect(callEntry(state, 'c2')).toMatchObject({
		status: 'unknown',
		output: expect.stringContaining('Outcome unknown'),
	});
	expect(callEntry(state, 'c3')).toMatchObject({
		status: 'interrupted',
		output: expect.stringContaining('Not run'),
	});
	expectValidRequest(state);
	expect(tornTurnEnd(state, 10)).toBeUndefined();
});

test('lines lost from the middle of a log leave a request that is valid', () => {
	const events = [
		sent('m1', 'a'),
		turnStarted(),
		called('c1'),
		started('c1'),
		finished('c1'),
		called('c2'),
		started('c2'),
		finished('c2'),
		ended(),
		sent('m2', 'b'),
		turnStarted('u2'),
		called('c1', 'exec_command', 'u2'),
		started('c1'),
		finished('c1', 'second'),
		ended('done', 'u2'),
	];
	for (const lost of events.keys()) {
		const state = fold(events.toSpliced(lost, 1));
		const end = tornTurnEnd(state, 9);
		expectValidRequest(fold(end ? [end] : [], state));
	}
});

test('an id that a server uses twice means the newest call', () => {
	const state = fold([
		turnStarted(),
		called('call_0'),
		started('call_0'),
		finished('call_0', 'first'),
		called('call_0'),
		started('call_0'),
		finished('call_0', 'second'),
	]);
	const outputs = state.messages.flatMap(message => (message.role === 'tool' ? [message.output] : []));
	expect(outputs).toEqual(['first', 'second']);
	expectValidRequest(state);
});

test('an output that comes late takes the place of the stopgap', () => {
	const state = fold([
		turnStarted(),
		called('c1'),
		started('c1'),
		ended('interrupted'),
		finished('c1', 'late'),
	]);
	expect(state.messages.at(-1)).toEqual({role: 'tool', callId: 'c1', output: 'late'});
	expect(callEntry(state, 'c1')).toMatchObject({status: 'done', output: 'late'});
	expectValidRequest(state);
});

test('a denied call stays denied when its answer for the model comes', () => {
	const ask: Event = {
		type: 'approval.asked',
		approval: {
			callId: 'c1',
			toolName: 'exec_command',
			subject: {kind: 'command', cmd: 'ls', cwd: '/'},
			askedAt: 1,
		},
	};
	const asked = fold([turnStarted(), called('c1'), ask, ask]);
	expect(asked.approvals).toHaveLength(1);
	expect(currentApproval(asked)?.callId).toBe('c1');
	const state = fold(
		[
			{type: 'approval.answered', callId: 'c1', answer: {kind: 'denied', word: 'no'}, at: 4},
			finished('c1', 'denied: no', {isError: true}),
		],
		asked,
	);
	expect(state.approvals).toEqual([]);
	expect(callEntry(state, 'c1')).toMatchObject({status: 'denied', output: 'denied: no'});
});

test('a queued message leaves the queue when it is sent or taken back', () => {
	const queued = fold([
		{type: 'message.queued', messageId: 'm2', text: 'b'},
		{type: 'message.queued', messageId: 'm3', text: 'c'},
		{type: 'message.queued', messageId: 'm4', text: 'd'},
	]);
	const state = fold([sent('m2', 'b'), {type: 'message.unqueued', messageId: 'm4'}], queued);
	expect(state.queue).toEqual([{messageId: 'm3', text: 'c'}]);
});

const gone = {kind: 'ended', exit: {code: 0}, at: 9} as const;

test('terminals stand running first, each by id, and selection falls to a neighbour', () => {
	let state = fold([{type: 'host.connected', terminals: [3, 1, 2].map(id => terminal(id))}]);
	expect(state.ui.selectedTerminal).toBe(1);
	state = fold(
		[
			{type: 'panel.selected', terminalId: 2},
			{type: 'terminal.opened', terminalId: 2},
			{type: 'terminal.changed', terminal: terminal(1, {state: gone})},
		],
		state,
	);
	expect(state.terminals.map(({id}) => id)).toEqual([2, 3, 1]);
	expect(runningCount(state)).toBe(2);
	expect(terminalInRow(state, 3)?.id).toBe(1);
	expect(neighbourTerminal(state, -1)?.id).toBe(1);
	expect(neighbourTerminal(state, 1)?.id).toBe(3);
	state = fold([{type: 'terminal.forgotten', id: 2}], state);
	expect(state.ui).toMatchObject({selectedTerminal: 3, openTerminal: undefined});
	state = fold(
		[
			{type: 'terminal.forgotten', id: 3},
			{type: 'terminal.forgotten', id: 1},
		],
		state,
	);
	expect(state.ui.selectedTerminal).toBeUndefined();
	expect(neighbourTerminal(state, 1)).toBeUndefined();
});

test('a lost host makes running terminals unknown, not ended', () => {
	const connected = fold([{type: 'host.connected', terminals: [terminal(1), terminal(2, {state: gone})]}]);
	const state = fold([{type: 'host.lost', reason: 'it was killed'}], connected);
	expect(state.terminals.map(({state}) => state.kind)).toEqual(['unknown', 'ended']);
	expect(state.host).toEqual({kind: 'lost', reason: 'it was killed'});
});

test('scroll is kept when output arrives and follows again after a message', () => {
	let state = fold([
		turnStarted(),
		{type: 'transcript.scrolled', rows: 12},
		{type: 'answer.text', text: 'new'},
		{type: 'terminal.changed', terminal: terminal(1)},
		called('c1'),
	]);
	expect(state.ui.scroll).toBe(12);
	state = fold([{type: 'transcript.scrolled', rows: -3}], state);
	expect(state.ui.scroll).toBe(0);
	state = fold([{type: 'transcript.scrolled', rows: 5}, sent('m1', 'x')], state);
	expect(state.ui.scroll).toBe(0);
});

test('the same text can be put into the composer twice', () => {
	const once = fold([{type: 'composer.replaced', text: 'x'}]);
	const twice = fold([{type: 'composer.replaced', text: 'x'}], once);
	expect(twice.ui.composerText).toEqual({text: 'x', serial: once.ui.composerText.serial + 1});
});

test('a hidden panel has no focus', () => {
	const state = fold([{type: 'panel.changed', panel: 'hidden', isFocused: true}]);
	expect(state.ui).toMatchObject({panel: 'hidden', isPanelFocused: false});
});

test('a new session keeps terminals, trust and features, and forgets the conversation', () => {
	const state = fold([
		{type: 'folder.trusted'},
		{type: 'host.connected', terminals: [terminal(1)]},
		sent('m1', 'a'),
		finished('c9', 'x', {positions: {1: {line: 4, seen: []}}, told: [{terminalId: 1, what: 'ended'}]}),
		{type: 'session.replaced', sessionId: 's2'},
	]);
	expect(state).toMatchObject({
		session: {id: 's2'},
		messages: [],
		entries: [],
		positions: {},
		told: [],
		isTrusted: true,
	});
	expect(state.terminals).toHaveLength(1);
});

test('every event leaves the state it came to untouched', () => {
	const random = createRandom(7);
	let state = start;
	for (let count = 0; count < 400; count++) {
		const before = structuredClone(state);
		const event = randomEvent(random);
		const next = reduce(state, event);
		expect(state, JSON.stringify(event)).toEqual(before);
		state = next;
	}
});

test('folding the durable events gives the conversation that living through all events gave', () => {
	for (let seed = 1; seed <= 300; seed++) {
		const random = createRandom(seed);
		const events = Array.from({length: 60}, () => randomEvent(random));
		const live = fold(events);
		// What is written is read back from JSON.
		const resumed = fold(events.filter(isDurable).map(event => JSON.parse(JSON.stringify(event))));
		expect(durablePart(resumed), `seed ${seed}`).toEqual(durablePart(live));
	}
});

/** Without what is only shown: notices, cut text, what ran when a turn ended, the progress of unfinished calls. */
const durablePart = ({messages, entries, positions, told, usage, session, turn}: State) => ({
	messages,
	entries: entries.flatMap(entry => durableEntry(entry)),
	positions,
	told,
	usage,
	session,
	turn: turn && {id: turn.id, startedAt: turn.startedAt},
});

const durableEntry = (entry: Entry): object[] => {
	if (entry.kind === 'notice' || entry.id.endsWith('.streamed')) return [];
	if (entry.kind === 'turn-end') return [{...entry, running: [], waitedFor: undefined}];
	if (entry.kind === 'call' && entry.endedAt === undefined) return [{...entry, display: {}}];
	return [entry];
};

/** Mulberry32: the same events for the same seed. */
const createRandom = (seed: number) => {
	let state = seed;
	return (below: number) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
};

/** Any event in any order, valid or not, from few ids, so that they meet. */
const randomEvent = (random: (below: number) => number): Event => {
	const id = random(3) + 1;
	const callId = `c${id}`;
	const at = random(1000);
	const turnId = `u${random(4)}`;
	const makers: (() => Event)[] = [
		() => sent(`m${random(20)}`, 'text', random(2) ? ['Terminal 1 ended.'] : []),
		() => turnStarted(turnId),
		() => ({...called(callId), turnId, at}) as Event,
		() => ({type: 'answer.finished', turnId, items: [], usage: {inputTokens: at, outputTokens: 1}, at}),
		() => ({type: 'approval.answered', callId, answer: {kind: 'denied', word: 'no'}, at}),
		() => ({type: 'approval.answered', callId, answer: {kind: 'cancelled'}, at}),
		() => started(callId),
		() =>
			finished(callId, `out ${at}`, {
				isError: random(2) === 0,
				positions: {[id]: {line: at, seen: ['x']}},
				told: [{terminalId: id, what: 'ended'}],
				...(random(2) ? {display: {terminalId: id}} : {}),
			}),
		() => ended(random(2) ? 'done' : 'interrupted', turnId),
		() => Object.assign(ended('interrupted', turnId), {unfinishedText: 'half', running: [], waitedFor: id}),
		() => ({type: 'answer.text', text: 'delta'}),
		() => ({type: 'answer.reasoning', text: 'delta'}),
		() => ({type: 'answer.discarded'}),
		() => ({type: 'retry.scheduled', attempt: 1, of: 3, until: at, reason: 'busy'}),
		() => ({type: 'retry.started'}),
		() => ({type: 'call.progressed', callId, display: {terminalId: id, tail: ['x']}}),
		() => ({
			type: 'approval.asked',
			approval: {callId, toolName: 'x', subject: {kind: 'read', path: 'a', reason: 'b'}, askedAt: at},
		}),
		() => ({type: 'message.queued', messageId: `m${random(20)}`, text: 'q'}),
		() => ({type: 'message.unqueued', messageId: `m${random(20)}`}),
		() => ({type: 'terminal.changed', terminal: terminal(id, random(2) ? {state: gone} : {})}),
		() => ({type: 'terminal.forgotten', id}),
		() => ({type: 'host.connected', terminals: [terminal(id)]}),
		() => ({type: 'host.lost', reason: 'x'}),
		() => ({type: 'notice.shown', text: 'n', tone: 'info'}),
		() => ({type: 'banner.changed', text: 'b'}),
		() => ({type: 'overlay.opened', overlay: 'ps'}),
		() => ({type: 'panel.selected', terminalId: id}),
		() => ({type: 'terminal.opened', terminalId: id}),
		() => ({type: 'transcript.scrolled', rows: at}),
	];
	const make = makers[random(makers.length)] ?? (() => ({type: 'retry.started'}) as const);
	return make();
};
