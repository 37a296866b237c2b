// Images in a conversation, in both wire formats and for servers that take none.
import {expect, test} from 'vitest';
import type {Message} from '../../src/events.js';
import {apiError, text} from '../support/model-server.js';
import {collect, failureOf, startModel, streamedText} from './setup.js';

const call = {kind: 'call', name: 'view_image', arguments: '{}'} as const;
const messages: Message[] = [
	{role: 'user', text: 'look'},
	{
		role: 'assistant',
		items: [
			{...call, callId: 'c1'},
			{...call, callId: 'c2'},
		],
	},
	{
		role: 'tool',
		callId: 'c1',
		output: 'a.png: PNG',
		images: [{name: 'a.png', mediaType: 'image/png', data: 'AAAA'}],
	},
	{role: 'tool', callId: 'c2', output: 'no such file'},
];
const address = 'data:image/png;base64,AAAA';

test('Responses: the image is part of the call’s output', async () => {
	const {server, model} = await startModel([text('A cat.')]);
	expect(streamedText(await collect(model, {messages}))).toBe('A cat.');
	expect(server.requests[0]?.sent.input).toMatchObject([
		{role: 'user'},
		{call_id: 'c1', type: 'function_call'},
		{call_id: 'c2', type: 'function_call'},
		{
			call_id: 'c1',
			output: [
				{type: 'input_text', text: 'a.png: PNG'},
				{type: 'input_image', image_url: address},
			],
		},
		{call_id: 'c2', output: 'no such file'},
	]);
});

test('Chat Completions: the image follows all answers', async () => {
	const {server, model} = await startModel([text('A cat.')], {wireApi: 'chat'});
	expect(streamedText(await collect(model, {messages}))).toBe('A cat.');
	expect(server.requests[0]?.sent.messages).toMatchObject([
		{role: 'system'},
		{role: 'user'},
		{role: 'assistant'},
		{role: 'tool', tool_call_id: 'c1', content: 'a.png: PNG'},
		{role: 'tool', tool_call_id: 'c2'},
		{role: 'user', content: [{type: 'text'}, {type: 'image_url', image_url: {url: address}}]},
	]);
});

for (const wireApi of ['responses', 'chat'] as const) {
	test(`a server that takes no images gets the conversation without them, once and for all (${wireApi})`, async () => {
		const {server, model} = await startModel(
			({sent}) =>
				JSON.stringify(sent).includes(address)
					? apiError(400, {type: 'invalid_request_error', message: 'Invalid content type.'})
					: text('I see nothing.'),
			{wireApi},
		);
		expect(streamedText(await collect(model, {messages}))).toBe('I see nothing.');
		expect(JSON.stringify(server.requests.at(-1)?.sent)).toContain('this model does not take any');
		expect(streamedText(await collect(model, {messages}))).toBe('I see nothing.');
		expect(server.requests).toHaveLength(3);
	});
}

test('a request that is refused for something else fails with its reason, and images are still sent', async () => {
	const {server, model} = await startModel([
		...Array.from({length: 2}, () =>
			apiError(400, {type: 'invalid_request_error', message: 'No such model.'}),
		),
		text('A cat.'),
	]);
	expect(failureOf(await collect(model, {messages}))?.message).toContain('No such model.');
	expect(streamedText(await collect(model, {messages}))).toBe('A cat.');
	expect(JSON.stringify(server.requests.at(-1)?.sent)).toContain(address);
});
