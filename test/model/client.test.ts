import {inspect} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';
import {createModel, listModels} from '../../src/model/client.js';
import {apiError, call, reasoning, startModelServer, text} from '../support/model-server.js';
import {collect, failureOf, itemsOf, startModel} from './setup.js';

const never = new AbortController().signal;

test('the request is stateless and asks for encrypted reasoning', async () => {
	const {model, server} = await startModel([text('ok')]);

	await collect(model, {
		tools: [{name: 'exec_command', description: 'Runs.', parameters: {type: 'object', properties: {}}}],
	});

	const [{body, headers} = expect.unreachable()] = server.requests;
	expect(headers.authorization).toBe('Bearer sk-secret-key-123456');
	expect(body).toEqual({
		model: 'test-model',
		instructions: 'Be brief.',
		input: [{type: 'message', role: 'user', content: 'hello'}],
		tools: [
			{
				type: 'function',
				name: 'exec_command',
				description: 'Runs.',
				parameters: {type: 'object', properties: {}},
				strict: false,
			},
		],
		parallel_tool_calls: true,
		store: false,
		include: ['reasoning.encrypted_content'],
		stream: true,
	});
});

test('reasoning, calls and their outputs go back with the next request', async () => {
	const {model, server} = await startModel([
		[reasoning('Listing.'), text('I look.', {phase: 'commentary'}), call('exec_command', {cmd: 'ls'}, 'c1')],
		text('done'),
	]);
	const items = itemsOf(await collect(model)) ?? [];

	await collect(model, {
		messages: [
			{role: 'user', text: 'look'},
			{role: 'assistant', items},
			{role: 'tool', callId: 'c1', output: 'a.txt'},
		],
	});

	expect(server.requests[1]?.body.input).toEqual([
		{type: 'message', role: 'user', content: 'look'},
		{
			type: 'reasoning',
			id: 'rs_0',
			summary: [{type: 'summary_text', text: 'Listing.'}],
			encrypted_content: 'gAAAA-encrypted',
		},
		{type: 'message', role: 'assistant', content: 'I look.', phase: 'commentary'},
		{type: 'function_call', call_id: 'c1', name: 'exec_command', arguments: '{"cmd":"ls"}'},
		{type: 'function_call_output', call_id: 'c1', output: 'a.txt'},
	]);
});

test('a server that quotes the key does not bring it into the failure', async () => {
	const {model} = await startModel([apiError(401, {message: 'Bad key sk-secret-key-123456!'})]);
	const failure = failureOf(await collect(model));
	expect(failure?.message).toContain('Bad key [key]!');
});

test('a key that is no header is a failure that does not show it', async () => {
	const {model} = await startModel([], {apiKey: 'sk-first-line\nsk-second-line'});
	const failure = failureOf(await collect(model));
	expect(failure).toMatchObject({code: 'invalid-request', message: expect.stringMatching(/OPENAI_API_KEY/)});
	expect(inspect(failure)).not.toContain('sk-');
});

test('a server that nobody runs is named', async () => {
	const server = await startModelServer();
	await server.close();
	const model = createModel({
		model: 'm',
		apiKey: '',
		baseURL: server.url,
		wireApi: 'responses',
		retry: {sleep: async () => {}},
	});
	const failure = failureOf(await collect(model));
	expect(failure?.code).toBe('unreachable');
	expect(failure?.message).toContain(new URL(server.url).host);
	expect(failure?.message).toContain('ECONNREFUSED');
});

test('a server that knows no encrypted reasoning is asked without it from then on', async () => {
	const {model, server} = await startModel([
		apiError(400, {message: 'Encrypted content is not supported with this model.', param: 'include'}),
		text('one'),
		text('two'),
	]);
	const events = await collect(model);
	await collect(model);
	expect(events.map(({type}) => type)).not.toContain('retry.scheduled');
	expect(server.requests.map(({body}) => 'include' in body)).toEqual([true, false, false]);
});

test('an address that is none is told before anything is sent', async () => {
	const model = createModel({model: 'm', apiKey: '', baseURL: 'localhost', wireApi: 'responses'});
	expect(failureOf(await collect(model))).toMatchObject({
		code: 'not-configured',
		message: expect.stringContaining('localhost'),
	});
});

test('the models of a server are listed', async () => {
	const server = await startModelServer([], {models: ['a', 'b']});
	onTestFinished(server.close);
	expect(await listModels({apiKey: '', baseURL: server.url}, never)).toEqual({
		kind: 'listed',
		names: ['a', 'b'],
	});
	expect(await listModels({apiKey: '', baseURL: `${server.url}/nowhere`}, never)).toMatchObject({
		kind: 'failed',
		failure: {code: 'invalid-request'},
	});
	await server.close();
	expect(await listModels({apiKey: '', baseURL: server.url}, never)).toMatchObject({
		kind: 'failed',
		failure: {code: 'unreachable'},
	});
});
