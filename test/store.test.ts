import {expect, test, vi} from 'vitest';
import {initialState} from '../src/state.js';
import {createStore} from '../src/store.js';

const turn = {type: 'turn.started', turnId: 'u1', at: 1} as const;

test('three thousand deltas are one notification, and the state is never behind', async () => {
	const store = createStore(initialState('/project', 's1'), 1);
	const listener = vi.fn();
	const notified = new Promise<void>(resolve => store.subscribe(resolve));
	store.subscribe(listener);
	store.dispatch(turn);
	for (let count = 0; count < 3000; count++) store.dispatch({type: 'answer.text', text: 'x'});
	expect(store.get().turn?.text).toHaveLength(3000);
	expect(listener).not.toHaveBeenCalled();
	await notified;
	expect(listener).toHaveBeenCalledTimes(1);
});

test('a typed key is told at once, with what waited for the frame', () => {
	vi.useFakeTimers();
	const store = createStore(initialState('/project', 's1'), 33);
	const listener = vi.fn();
	store.subscribe(listener);
	store.dispatch(turn);
	store.dispatch({type: 'overlay.opened', overlay: 'ps'}, true);
	expect(listener).toHaveBeenCalledTimes(1);
	vi.advanceTimersByTime(1_000);
	expect(listener).toHaveBeenCalledTimes(1);
	vi.useRealTimers();
});

test('the end of a turn is told at once: a person may have interrupted it', () => {
	vi.useFakeTimers();
	const store = createStore(initialState('/project', 's1'), 33);
	const listener = vi.fn();
	store.subscribe(listener);
	store.dispatch(turn);
	store.dispatch({type: 'turn.ended', turnId: 'u1', end: {kind: 'interrupted'}, at: 2, running: []});
	expect(listener).toHaveBeenCalledTimes(1);
	vi.useRealTimers();
});

test('the frame waits for a call that has just begun, but never long', () => {
	vi.useFakeTimers();
	const store = createStore(initialState('/project', 's1'), 33);
	const listener = vi.fn();
	store.subscribe(listener);
	store.dispatch(turn);
	for (let count = 0; count < 6; count++) {
		vi.advanceTimersByTime(16);
		store.dispatch({type: 'call.started', callId: `c${count}`, name: 'exec_command', at: count});
	}
	expect(listener).not.toHaveBeenCalled();
	vi.advanceTimersByTime(4);
	expect(listener).toHaveBeenCalledTimes(1);
	store.dispatch({type: 'call.started', callId: 'last', name: 'exec_command', at: 9});
	vi.advanceTimersByTime(40);
	expect(listener).toHaveBeenCalledTimes(2);
	vi.useRealTimers();
});

test('who unsubscribes hears nothing more', () => {
	const store = createStore(initialState('/project', 's1'));
	const listener = vi.fn();
	store.subscribe(listener)();
	store.dispatch(turn, true);
	expect(listener).not.toHaveBeenCalled();
});

test('what changes outside of the state shares the frames of what changes inside', () => {
	vi.useFakeTimers();
	const store = createStore(initialState('/project', 's1'), 33);
	const listener = vi.fn();
	store.subscribe(listener);
	store.frame();
	expect(listener).toHaveBeenCalledTimes(1);
	for (let ms = 0; ms < 990; ms += 10) {
		store.frame();
		store.dispatch({type: 'answer.text', text: 'x'});
		vi.advanceTimersByTime(10);
	}
	expect(listener.mock.calls.length).toBeLessThanOrEqual(31);
	const {length} = listener.mock.calls;
	store.frame(true);
	expect(listener).toHaveBeenCalledTimes(length + 1);
	vi.useRealTimers();
});
