// Images in a conversation, in both wire formats and for servers that take none.
import {expect, test} from 'vitest';
import type {Message} from '../../src/events.js';
import type {ModelEvent} from '../../src/model/model.js';
import {apiError, type Reply, type Script, status, text} from '../support/model-server.js';
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

const refusesImages =
	(refusal: Reply): Script =>
	({sent}) =>
		JSON.stringify(sent).includes(address) ? refusal : text('I see nothing.');

const addressOf = (data: string) => `data:image/png;base64,${data}`;

let callIds = 10;
const looking = (data: string): Message[] => {
	const callId = `c${callIds++}`;
	return [
		{role: 'assistant', items: [{...call, callId}]},
		{role: 'tool', callId, output: data, images: [{name: `${data}.png`, mediaType: 'image/png', data}]},
	];
};

const noticesOf = (events: readonly ModelEvent[]) =>
	events.flatMap(event => (event.type === 'images.refused' ? [event.message] : []));

for (const wireApi of ['responses', 'chat'] as const) {
	test(`a server that refuses an image gets the conversation without it, once and for all, and both are told (${wireApi})`, async () => {
		const refusal = apiError(400, {message: 'This model does not support image input.'});
		const {server, model} = await startModel(refusesImages(refusal), {wireApi});
		const first = await collect(model, {messages});
		expect(streamedText(first)).toBe('I see nothing.');
		expect(noticesOf(first)).toEqual([
			expect.stringMatching(
				/^test-model is not shown a\.png: .* \(400\): This model does not support image input\.$/,
			),
		]);
		expect(JSON.stringify(server.requests.at(-1)?.sent)).toContain(
			'left out: the server refused it: This model does not support image input.]',
		);
		const second = await collect(model, {messages});
		expect(streamedText(second)).toBe('I see nothing.');
		expect(noticesOf(second)).toEqual([]);
		expect(server.requests).toHaveLength(3);
	});

	test(`one image that is refused takes no other along (${wireApi})`, async () => {
		const refusal = error(400, 'image dimensions exceed max allowed size: 8000 pixels');
		const {server, model} = await startModel(
			({sent}) => (JSON.stringify(sent).includes(addressOf('HUGE')) ? refusal : text('I see.')),
			{wireApi},
		);
		const sentLast = () => JSON.stringify(server.requests.at(-1)?.sent);
		const conversation = [...messages];
		const look = async (data: string) => {
			conversation.push(...looking(data));
			return noticesOf(await collect(model, {messages: conversation}));
		};
		expect(await look('HUGE')).toEqual([expect.stringContaining('a.png, HUGE.png')]);
		// Nothing is known of this server yet: the first two were refused in one go.
		expect(await look('GOOD')).toEqual([]);
		expect(sentLast()).toContain(addressOf('GOOD'));
		const other = looking('HUGE');
		conversation.push(...other);
		expect(noticesOf(await collect(model, {messages: conversation}))).toEqual([
			expect.stringMatching(/^test-model is not shown HUGE\.png: .*8000 pixels$/),
		]);
		expect(sentLast()).toContain(addressOf('GOOD'));
		expect(sentLast()).toContain('refused it: image dimensions exceed max allowed size: 8000 pixels]');
		expect(await look('FINE')).toEqual([]);
		for (const data of ['GOOD', 'FINE']) expect(sentLast()).toContain(addressOf(data));
	});
}

const error = (code: number, message: string) => apiError(code, {message});

test.each<[string, Reply]>([
	['OpenAI', error(400, 'Invalid content type. image_url is only supported by certain models.')],
	['DeepSeek', error(400, 'messages[3]: unknown variant `image_url`, expected `text`')],
	['vLLM', error(400, 'test-model is not a multimodal model')],
	['Cerebras', error(400, 'messages.3.content: Input should be a valid string')],
	['Groq', error(400, "('messages.3.content' : value must be a string)")],
	['Ollama', status(400, {error: 'this model does not support image input'})],
	['llama.cpp', error(500, 'image input is not supported - hint: you may need to provide the mmproj')],
	['OpenRouter', error(404, 'No endpoints found that support image input')],
	[
		'FastAPI',
		status(422, {detail: [{loc: ['body', 'messages', 3, 'content'], msg: 'Input should be a valid string'}]}),
	],
	['plain text', status(400, 'no images here')],
	['a media type', error(415, 'Unsupported media type.')],
])('the words of %s are a refusal of images', async (_, refusal) => {
	const {server, model} = await startModel(refusesImages(refusal), {wireApi: 'chat'});
	const events = await collect(model, {messages});
	expect(streamedText(events)).toBe('I see nothing.');
	expect(noticesOf(events)).toHaveLength(1);
	expect(server.requests).toHaveLength(2);
});

test.each<[string, Reply, string]>([
	['a context that is full', error(400, 'The maximum context length is 10 tokens.'), 'context-overflow'],
	[
		'a context full of images',
		apiError(400, {code: 'context_length_exceeded', message: 'Too many image tokens.'}),
		'context-overflow',
	],
	['a request that is too large', error(413, 'Request entity too large.'), 'context-overflow'],
	['another field', error(422, 'temperature: too high'), 'invalid-request'],
	['a model whose name tells of eyes', error(400, 'gpt-4-vision: bad request'), 'invalid-request'],
	['a key', error(401, 'This key is for images only.'), 'unauthorized'],
])('%s is no refusal of images: it is not sent again, and they are still sent', async (_, refusal, code) => {
	const {server, model} = await startModel([refusal, text('A cat.')], {model: 'gpt-4-vision'});
	expect(failureOf(await collect(model, {messages}))?.code).toBe(code);
	expect(server.requests).toHaveLength(1);
	expect(streamedText(await collect(model, {messages}))).toBe('A cat.');
	expect(JSON.stringify(server.requests.at(-1)?.sent)).toContain(address);
});

test('a model of which every image is refused gets no more after three', async () => {
	const refusal = error(400, 'This model does not support image input.');
	const {server, model} = await startModel(({sent}) =>
		JSON.stringify(sent).includes('base64,') ? refusal : text('I see nothing.'),
	);
	const conversation = [...messages];
	const notices: string[] = [];
	for (const data of ['ONE', 'TWO', 'THREE', 'FOUR']) {
		notices.push(...noticesOf(await collect(model, {messages: conversation})));
		conversation.push(...looking(data));
	}
	expect(notices.at(-1)).toMatch(/^test-model is sent no images from now on .*\/model/);
	expect(notices).toHaveLength(3);
	expect(server.requests).toHaveLength(7);
	expect(JSON.stringify(server.requests.at(-1)?.sent)).toContain('refused images for this model');
});

test('a server that takes only so many images keeps those that it has', async () => {
	const {server, model} = await startModel(({sent}) =>
		JSON.stringify(sent).split('base64,').length > 2
			? error(400, 'At most 1 image(s) may be provided in one request.')
			: text('I see.'),
	);
	await collect(model, {messages});
	const more = [...messages, ...looking('MORE')];
	expect(noticesOf(await collect(model, {messages: more}))).toEqual([expect.stringContaining('MORE.png')]);
	expect(JSON.stringify(server.requests.at(-1)?.sent)).toContain(address);
});

test('a limit that names a model with eyes is waited for', async () => {
	const limit = apiError(429, {message: 'Too many requests to gpt-4-vision.'}, {'retry-after': '7'});
	const slept: number[] = [];
	const {server, model} = await startModel([limit, text('A cat.')], {
		retry: {
			random: () => 0.5,
			sleep: async ms => {
				slept.push(ms);
				expect(server.requests).toHaveLength(1);
			},
		},
	});
	expect(streamedText(await collect(model, {messages}))).toBe('A cat.');
	expect(slept).toEqual([7_000]);
	expect(JSON.stringify(server.requests.at(-1)?.sent)).toContain(address);
});

test('a request that is refused without its images too fails with its reason, and images are still sent', async () => {
	const {server, model} = await startModel([
		...Array.from({length: 2}, () => error(400, 'An image and something else are wrong.')),
		text('A cat.'),
	]);
	expect(failureOf(await collect(model, {messages}))?.message).toContain('something else');
	const events = await collect(model, {messages});
	expect(streamedText(events)).toBe('A cat.');
	expect(noticesOf(events)).toEqual([]);
	expect(JSON.stringify(server.requests.at(-1)?.sent)).toContain(address);
});
