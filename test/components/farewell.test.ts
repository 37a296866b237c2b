// What a person finds on the normal screen after the window.
import {stripVTControlCharacters} from 'node:util';
import {expect, test} from 'vitest';
import {farewell} from '../../components/farewell.js';
import {initialState, type State} from '../../src/state.js';
import {terminal} from '../support/window.js';

const at = (some: Partial<State>, troubles: readonly string[] = [], isOnDisk = true) =>
	stripVTControlCharacters(
		farewell({...initialState('/home/ada/my-app', 's1'), ...some}, {columns: 60, troubles, isOnDisk}),
	);

const talk: State['entries'] = [
	{kind: 'user', id: 'm1', text: 'why?', notices: []},
	{kind: 'text', id: 't1', text: '## Why\n\nThe **handler** never awaited `session`.\n\n- one\n- two\x1b[2J'},
];

test('the last answer as the transcript shows it, and how to come back', () => {
	expect(at({entries: talk})).toBe(
		[
			' Why',
			'',
			' The handler never awaited session.',
			'',
			' • one',
			' • two^[[2J',
			'',
			'Resume with: tandem resume s1',
			'',
		].join('\n'),
	);
});

test('what goes on, what is not known, and what could not be ended', () => {
	const terminals = [
		terminal(1, 'dev', {state: {kind: 'running'}}),
		terminal(2, 'nap', {state: {kind: 'unknown'}}),
		terminal(3, 'over', {state: {kind: 'lost'}}),
	];
	expect(at({terminals}, ['Could not end: 812 node.'])).toBe(
		[
			'Could not end: 812 node.',
			'Still running: dev. See them with: tandem',
			'The terminal host does not answer. Not known whether these still run: nap.',
			'',
		].join('\n'),
	);
});

test('what is not saved is not offered, and is said', () => {
	const entries = talk.slice(0, 1);
	const banner = 'Not being saved: the disk is full';
	expect(at({entries, banner}, [], false)).toBe('This session is not saved.\n');
	expect(at({entries, banner})).toBe(
		'The end of this session is not saved.\nResume with: tandem resume s1\n',
	);
	expect(at({banner}, [], false)).toBe('');
});

test('a window in which nothing happened says nothing', () => {
	expect(at({})).toBe('');
});
