import {expect, test} from 'vitest';
import type {Message} from '../src/events.js';
import {initialState, type State} from '../src/state.js';
import {isTourOver, tourLength, tourOffer, tourStepsDone} from '../src/tour.js';
import {terminal} from './support/window.js';

const shop = terminal(1, 'shop', {cmd: 'node server.js'});

/** A message of the person and what the tool answered. */
const round = (text: string, output: string): Message[] => [
	{role: 'user', text},
	{role: 'assistant', items: [{kind: 'call', callId: text, name: 'exec_command', arguments: '{}'}]},
	{role: 'tool', callId: text, output},
];
const started = (port = 4173) =>
	round(
		'start',
		`Returned because: listening on port ${port}\nListening: http://localhost:${port}\nOutput:\nThe shop is open: http://localhost:${port}`,
	);
const failed = round('visit', 'Process exited with code 1\nOutput:\n500 Internal Server Error');
const seen = round('show', 'Name: shop\nListening: http://localhost:4173\nScreen:\nTypeError: Cannot read');
const fixed = round('apply', 'Success. Updated the following files:\nM login.js');
const worked = round('again', 'Process exited with code 0\nOutput:\n200 OK\nWelcome back, Ada!');
const building = round('build', 'Process running with session ID 4\nName: build\nOutput:\n');
const built = round('wait', 'Process exited with code 0\nOutput:\nBuilt 6 files into dist/.');
const rounds = [started(), failed, seen, fixed, worked, building, built];

const stateWith = (messages: readonly Message[], change: Partial<State> = {}): State => ({
	...initialState('/tmp/demo', 's', true),
	host: {kind: 'connected'},
	terminals: [shop],
	messages,
	...change,
});

test('each step follows from the conversation so far', () => {
	const offers = [...rounds, []].map((_, done) => tourOffer(stateWith(rounds.slice(0, done).flat()))?.text);
	expect(offers).toEqual([
		'start node server.js as shop',
		'run node visit.js http://localhost:4173/login/ada',
		'show shop',
		'apply fix.patch',
		'run node visit.js http://localhost:4173/login/ada',
		'start node build.js as build',
		'/ps',
		'/quit',
	]);
	expect(offers).toHaveLength(tourLength);
	expect(isTourOver(rounds.flat())).toBe(true);
});

test('a step that was refused or failed is offered again', () => {
	const refused = round('start', 'The user did not allow this call; it was not run.');
	expect(tourStepsDone(refused)).toBe(0);
	expect(tourStepsDone([...refused, ...started()])).toBe(1);
});

test('whatever is asked in between does not move it', () => {
	const aside = round('run ls', 'Process exited with code 0\nOutput:\nREADME.md');
	expect(tourStepsDone([...started(), ...aside, ...failed, ...aside])).toBe(2);
});

test('a stopped server is started again, where the tour needs it', () => {
	const needing = [1, 2, 4].map(done => stateWith(rounds.slice(0, done).flat(), {terminals: []}));
	expect(needing.map(state => tourOffer(state)?.text)).toEqual(Array(3).fill('start node server.js as shop'));
	expect(tourOffer(stateWith(rounds.slice(0, 3).flat(), {terminals: []}))?.text).toBe('apply fix.patch');
});

test('a server started again must fail again before the fix, and its new port counts', () => {
	const again = [...started(), ...failed, ...started(4180)];
	expect(tourStepsDone(again)).toBe(1);
	expect(tourOffer(stateWith(again))?.text).toContain('http://localhost:4180/');
	expect(tourStepsDone([...rounds.slice(0, 4).flat(), ...started(4180)])).toBe(4);
});

test('once /ps was seen, the wait for the build is offered', () => {
	const messages = rounds.slice(0, 6).flat();
	const {ui} = initialState('/tmp/demo', 's');
	expect(tourOffer(stateWith(messages, {ui: {...ui, hasSeenPs: true}}))?.text).toBe('wait until build ends');
});

test('nothing is offered in other sessions, nor before the terminals are known', () => {
	expect(tourOffer({...stateWith([]), session: {id: 's', workspace: '/w', isTour: false}})).toBeUndefined();
	expect(tourOffer(stateWith([], {host: {kind: 'connecting'}}))).toBeUndefined();
});
