import {expect, onTestFinished, test} from 'vitest';
import {checkTools} from '../../src/model/tool-support.js';
import {apiError, call, type Reply, startModelServer, text} from '../support/model-server.js';

const check = async (script: Reply[], options: Parameters<typeof startModelServer>[1] = {}, model = 'm') => {
	const server = await startModelServer(script, options);
	onTestFinished(server.close);
	const support = await checkTools(
		{model, apiKey: 'sk-secret', baseURL: server.url, wireApi: 'chat', retry: {sleep: async () => {}}},
		new AbortController().signal,
	);
	return {server, support};
};

test('a server that says what its models can do is believed, and no model is asked', async () => {
	const capabilities = {able: ['completion', 'tools'], plain: ['completion']};
	const able = await check([], {capabilities}, 'able');
	const plain = await check([], {capabilities}, 'plain');
	expect(able.support).toEqual({kind: 'yes'});
	expect(plain.support).toMatchObject({kind: 'no'});
	expect([...able.server.requests, ...plain.server.requests]).toEqual([]);
	expect(able.server.visits.map(({headers}) => headers.authorization)).toEqual([undefined]);
});

test('any other is asked to call a small tool', async () => {
	const {server, support} = await check([call('ready', {})]);
	expect(support).toEqual({kind: 'yes'});
	expect(server.requests[0]?.sent.tools).toHaveLength(1);
});

test.each<[string, Reply[], string, RegExp]>([
	['answers in words', [text('I am ready.')], 'no', /in words/],
	['calls something else', [call('other', {})], 'no', /in words/],
	['is refused tools', [apiError(400, {message: 'm does not support tools'})], 'no', /server says so/],
	['fails', [apiError(401, {message: 'No.'})], 'unknown', /No\./],
])('a model that %s', async (_, script, kind, reason) => {
	expect((await check(script)).support).toEqual({kind, reason: expect.stringMatching(reason)});
});
