import {expect, test} from 'vitest';
import {initialState} from '../src/state.js';
import {createStore} from '../src/store.js';
import {watchUnseenEnds} from '../src/unseen-ends.js';
import {noon, terminal} from './support/window.js';

test('what ends unseen is told once, by name and outcome; what is looked at is not', () => {
	const store = createStore(initialState('/app', 's1'));
	const told: string[] = [];
	const stop = watchUnseenEnds(store, text => told.push(text));
	const change = (id: number, name: string, exit?: {code: number} | {signal: string}) =>
		store.dispatch(
			{
				type: 'terminal.changed',
				terminal: terminal(id, name, exit ? {state: {kind: 'ended', exit, at: noon}} : {}),
			},
			true,
		);
	for (const [id, name] of ['dev', 'build', 'seen'].entries()) change(id + 1, name);
	store.dispatch({type: 'terminal.opened', terminalId: 3}, true);
	change(1, 'dev', {signal: 'SIGSEGV'});
	change(1, 'dev', {signal: 'SIGSEGV'});
	change(2, 'build', {code: 1});
	change(3, 'seen', {code: 1});
	expect(told).toEqual(['dev was ended by SIGSEGV', 'build ended with code 1']);
	stop();
});
