import {expect, test} from 'vitest';
import type {DurableEvent} from '../src/events.js';
import {foldEnd} from '../src/fold.js';
import {initialState, reduce} from '../src/state.js';
import {foldAll} from './support/fold.js';
import {longSession} from './support/long-session.js';

const empty = initialState('/w', 's');

const resumed = (events: readonly DurableEvent[]) =>
	reduce(empty, {type: 'session.replaced', sessionId: empty.session.id, conversation: foldAll(events)});

test('a log folded at once is what its events make one by one, wherever it ends', () => {
	for (let seed = 1; seed <= 20; seed++) {
		const events = longSession({turns: 12, size: 40, seed});
		for (let length = 0; length <= events.length; length += 1 + (length % 3)) {
			const log = events.slice(0, length);
			expect(resumed(log)).toEqual(log.reduce(reduce, empty));
		}
	}
});

test('what comes late, of the turn before, finds its call', () => {
	const events = longSession({turns: 4, size: 40, seed: 3});
	const finished = events.findLast(({type}) => type === 'call.finished');
	if (finished?.type !== 'call.finished') throw new Error('no call');
	const log = [...events, {...finished, output: 'late'}];
	expect(resumed(log)).toEqual(log.reduce(reduce, empty));
});

test('the ids of a long session are all different', () => {
	const {entries} = resumed(longSession({turns: 500, size: 40}));
	expect(new Set(entries.map(({id}) => id)).size).toBe(entries.length);
});

test('the end of a log, wherever it begins, shows what the whole shows last', () => {
	const events = longSession({turns: 40, size: 40, seed: 7});
	const {entries} = foldAll(events);
	for (let start = 1; start < events.length; start++) {
		const end = foldEnd(events.slice(start)).entries;
		const message = events.findIndex(({type}, index) => index >= start && type === 'message.sent');
		if (message < 0) expect(end).toEqual([]);
		else expect(end).toHaveLength(foldAll(events.slice(message)).entries.length);
		// What a shell line that stands before it came to is not at the end.
		expect(end).toEqual(entries.slice(entries.length - end.length));
	}
});

// One by one these took minutes.
test('ten thousand turns are folded in time', () => {
	const events = longSession({turns: 10_000, size: 40});
	const startedAt = performance.now();
	resumed(events);
	expect(performance.now() - startedAt).toBeLessThan(10 * 300);
});

test('a turn of forty thousand calls is folded in time', () => {
	const [at, turnId, name] = [1, 't1', 'exec_command'];
	const events: DurableEvent[] = [{type: 'turn.started', turnId, at}];
	for (let call = 0; call < 40_000; call++) {
		const callId = `c${call}`;
		events.push(
			{type: 'answer.finished', turnId, items: [{kind: 'call', callId, name, arguments: '{}'}], at},
			{type: 'call.started', callId, name, at},
			{type: 'call.finished', callId, name, output: '', isError: false, positions: {}, told: [], at},
		);
	}
	const startedAt = performance.now();
	const {entries, messages} = foldAll(events);
	expect(performance.now() - startedAt).toBeLessThan(10 * 300);
	expect(entries).toHaveLength(40_000);
	expect(messages).toHaveLength(80_000);
});
