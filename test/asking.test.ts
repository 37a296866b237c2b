// What the model asks is settled once, and at once.
import {expect, test} from 'vitest';
import {createAsking} from '../src/asking.js';
import type {Event} from '../src/events.js';

const ask = (signal = new AbortController().signal) => {
	const shown: Event['type'][] = [];
	const opened: number[] = [];
	const asking = createAsking({show: event => shown.push(event.type), openTerminal: id => opened.push(id)});
	const inquiry = {callId: 'c1', question: 'Which?', choices: ['a', 'b']};
	return {asking, shown, opened, answer: asking.ask(inquiry, signal)};
};

test('with the answer the question is closed, before anything else can be typed', async () => {
	const {asking, shown, answer} = ask();
	asking.answer('c1', {kind: 'answered', text: 'a'});
	expect(shown).toEqual(['inquiry.asked', 'inquiry.closed']);
	asking.answer('c1', {kind: 'answered', text: 'b'});
	expect(shown).toHaveLength(2);
	expect(await answer).toEqual({kind: 'answered', text: 'a'});
});

test('with the turn it is called off, also when that has ended before', async () => {
	const turn = new AbortController();
	const {shown, answer} = ask(turn.signal);
	turn.abort();
	expect(shown).toEqual(['inquiry.asked', 'inquiry.closed']);
	expect(await answer).toEqual({kind: 'withdrawn'});
	const late = ask(turn.signal);
	expect(late.shown).toEqual(['inquiry.asked', 'inquiry.closed']);
	expect(await late.answer).toEqual({kind: 'withdrawn'});
});
