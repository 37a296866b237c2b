import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, onTestFinished, test} from 'vitest';
import {findLocalServers, isLoopback} from '../../src/model/local-servers.js';
import {startModelServer} from '../support/model-server.js';

const never = new AbortController().signal;

const portOf = (url: string) => Number(new URL(url).port);

/** A server that answers everything with this; its port. */
const answering = async (status: number, body: string, headers: Record<string, string> = {}) => {
	const server = createServer((_, response) => response.writeHead(status, headers).end(body));
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.close();
	});
	return (server.address() as AddressInfo).port; // It listens on TCP.
};

test('servers that list models are found with their address, and never given a key', async () => {
	const [one, two] = [await startModelServer([], {models: ['a', 'b']}), await startModelServer()];
	onTestFinished(one.close);
	onTestFinished(two.close);
	const found = await findLocalServers({ollama: portOf(one.url), vllm: portOf(two.url)}, never);
	expect(found).toEqual([
		{name: 'ollama', baseURL: one.url, models: ['a', 'b']},
		{name: 'vllm', baseURL: two.url, models: ['test-model']},
	]);
	for (const {headers} of [...one.visits, ...two.visits]) {
		expect(headers).not.toHaveProperty('authorization');
	}
});

test('whatever else listens on such a port is left alone', async () => {
	const gone = await startModelServer();
	await gone.close();
	const elsewhere = await startModelServer();
	onTestFinished(elsewhere.close);
	const ports = {
		nobody: portOf(gone.url),
		page: await answering(200, '<!doctype html><title>My app</title>'),
		json: await answering(200, '{"data":"mine"}'),
		refusing: await answering(401, '{"data":[{"id":"x"}]}'),
		redirecting: await answering(302, '', {location: `${elsewhere.url}/models`}),
		endless: await answering(200, `{"data":[{"id":"${'x'.repeat(2_000_000)}"}]}`),
	};
	expect(await findLocalServers(ports, never)).toEqual([]);
	expect(elsewhere.visits).toEqual([]);
});

test('a server that is slow does not hold up the others, and is told when it answers', async () => {
	const listing = Promise.withResolvers<void>();
	const slow = await startModelServer([], {listing: listing.promise});
	const silent = await startModelServer([], {listing: new Promise(() => {})});
	const quick = await startModelServer();
	for (const server of [slow, silent, quick]) onTestFinished(server.close);
	const ports = {slow: portOf(slow.url), silent: portOf(silent.url), quick: portOf(quick.url)};
	const told: string[] = [];
	const enough = new AbortController();
	const found = await findLocalServers(ports, enough.signal, ({name}) => {
		told.push(name);
		if (name === 'slow') enough.abort();
		// On a machine that loads a model nobody answers in a moment.
		if (name === 'quick') setTimeout(listing.resolve, 1_000);
	});
	expect(told).toEqual(['quick', 'slow']);
	expect(found.map(({name}) => name)).toEqual(['slow', 'quick']);
});

test('this machine is known by its names', () => {
	for (const address of [
		'http://localhost:1/v1',
		'http://127.0.0.1/v1',
		'http://[::1]:8080',
		'http://127.1.2.3',
	]) {
		expect(isLoopback(address)).toBe(true);
	}
	for (const address of [
		'https://api.openai.com/v1',
		'http://localhost.evil.example/v1',
		'http://10.0.0.1',
		'',
	]) {
		expect(isLoopback(address)).toBe(false);
	}
});
