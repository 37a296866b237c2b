import {expect, test} from 'vitest';
import type {Peer} from '../../src/model/failures.js';
import {createAnswerReader, toInput} from '../../src/model/responses.js';

const peer: Peer = {
	provider: 'test',
	baseURL: 'http://a.test/v1',
	model: 'm',
	envKey: 'OPENAI_API_KEY',
	addressKey: 'OPENAI_BASE_URL',
	api: 'Responses API',
};

const call = (callId: string, name = 'f') => ({kind: 'call' as const, callId, name, arguments: '{}'});

test('a call without an answer gets one that says so, an answer without its call is left out', () => {
	const input = toInput(
		[
			{role: 'assistant', items: [call('c1'), call('c2')]},
			{role: 'tool', callId: 'c2', output: 'two'},
			{role: 'tool', callId: 'c2', output: 'two again'},
			{role: 'tool', callId: 'c9', output: 'nobody asked'},
		],
		peer,
	);
	expect(input).toEqual([
		{type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}'},
		{type: 'function_call_output', call_id: 'c1', output: expect.stringContaining('Nobody knows')},
		{type: 'function_call', call_id: 'c2', name: 'f', arguments: '{}'},
		{type: 'function_call_output', call_id: 'c2', output: 'two'},
	]);
});

test("a tool's name that the API would refuse for ever is made harmless", () => {
	const [first] = toInput([{role: 'assistant', items: [call('c1', 'rm -rf "/" ü')]}], peer);
	expect(first).toMatchObject({name: 'rm_-rf______'});
});

test('encrypted reasoning goes back only to the server that made it', () => {
	const item = {
		from: peer.baseURL,
		item: {type: 'reasoning', id: 'r', summary: [], encrypted_content: 'secret'},
	};
	const messages = [
		{
			role: 'assistant' as const,
			items: [
				{kind: 'reasoning' as const, summary: 'hm', item},
				{kind: 'reasoning' as const, summary: 'hm', item: 'junk'},
				{kind: 'text' as const, text: 'so'},
			],
		},
	];
	expect(toInput(messages, peer)).toMatchObject([{id: 'r', encrypted_content: 'secret'}, {content: 'so'}]);
	expect(toInput(messages, {...peer, baseURL: 'http://b.test/v1'})).toMatchObject([{content: 'so'}]);
});

test('a thought that led to nothing stays at home, for the API refuses it', () => {
	const item = {from: peer.baseURL, item: {type: 'reasoning', id: 'r', summary: [], encrypted_content: 'x'}};
	expect(toInput([{role: 'assistant', items: [{kind: 'reasoning', summary: 'hm', item}]}], peer)).toEqual([]);
});

test.each([
	['no object', 'response.completed', 'text'],
	['null', null, null],
	['without a type', null, {delta: 'x'}],
	['a delta that is no text', null, {type: 'response.output_text.delta', delta: 7}],
	[
		'a call without an id',
		null,
		{
			type: 'response.output_item.done',
			output_index: 0,
			item: {type: 'function_call', name: 'f', arguments: '{}'},
		},
	],
	['an end without its response', null, {type: 'response.completed'}],
])('a malformed event (%s) breaks the answer', (_, name, data) => {
	expect(createAnswerReader(peer).read(name, data)).toMatchObject([
		{kind: 'broken', fault: {isRetryable: true, failure: {code: 'incomplete'}}},
	]);
});

test('events and items that we do not know are left out', () => {
	const reader = createAnswerReader(peer);
	expect(reader.read(null, {type: 'response.brand_new', payload: 1})).toEqual([]);
	reader.read(null, {
		type: 'response.output_item.done',
		output_index: 0,
		item: {type: 'web_search_call', id: 'ws'},
	});
	expect(reader.read(null, {type: 'response.completed', response: {}})).toEqual([
		{kind: 'finished', items: [], usage: undefined},
	]);
});

test('a server that tells its items only at the end, or out of order, is understood', () => {
	const message = (text: string) => ({type: 'message', content: [{type: 'output_text', text}]});
	const atEnd = createAnswerReader(peer);
	expect(atEnd.read(null, {type: 'response.completed', response: {output: [message('all')]}})).toMatchObject([
		{items: [{kind: 'text', text: 'all'}]},
	]);

	const disordered = createAnswerReader(peer);
	for (const [output_index, text] of [
		[1, 'second'],
		[0, 'first'],
	] as const) {
		disordered.read(null, {type: 'response.output_item.done', output_index, item: message(text)});
	}
	expect(
		disordered.read(null, {type: 'response.completed', response: {output: [message('first')]}}),
	).toMatchObject([{items: [{text: 'first'}, {text: 'second'}]}]);
});

test('two texts of one answer are two paragraphs', () => {
	const reader = createAnswerReader(peer);
	const added = {type: 'response.output_item.added', output_index: 0, item: {type: 'message'}};
	const delta = (text: string) => reader.read(null, {type: 'response.output_text.delta', delta: text});
	reader.read(null, added);
	expect([delta('one'), delta(' more')]).toMatchObject([[{delta: 'one'}], [{delta: ' more'}]]);
	reader.read(null, added);
	expect(delta('two')).toMatchObject([{delta: '\n\ntwo'}]);
});

test('an error without a type is one, by its own shape or the name of its event', () => {
	expect(
		createAnswerReader(peer).read(null, {error: {message: 'no', code: 'rate_limit_exceeded'}}),
	).toMatchObject([{fault: {failure: {code: 'rate-limited'}}}]);
	expect(createAnswerReader(peer).read('error', {message: 'no'})).toMatchObject([
		{fault: {failure: {code: 'server-error'}}},
	]);
});
