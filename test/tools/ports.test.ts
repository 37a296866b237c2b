// Ports on real terminals: URLs in answers, and a taken port with the name of its holder.
import {createServer} from 'node:net';
import {expect, onTestFinished, test} from 'vitest';
import {server, setUp} from './real-terminals.js';

test('a port that a terminal holds is told with its name, and the same server started twice is said', async () => {
	const {run} = await setUp();
	await run('exec_command', {cmd: server(24_951), name: 'api'});
	const second = await run('exec_command', {cmd: server(24_951), name: 'again'});
	expect(second).toContain('Process exited with code 1');
	expect(second).toContain('Note: the same command is already running as terminal 1 (api)');
	expect(second).toContain('Note: port 24951 is held by terminal 1 (api)');
});

test('a port that a stranger holds is told with the pid and the name of the process', async () => {
	const stranger = createServer();
	await new Promise<void>(resolve => stranger.listen(24_952, resolve));
	onTestFinished(() => void stranger.close());
	const {run} = await setUp();
	// Python does not say which port it was: the command does.
	const answer = await run('exec_command', {cmd: 'python3 -m http.server 24952', name: 'files'});
	expect(answer).toMatch(new RegExp(`Note: port 24952 is held by pid ${process.pid} .*node`));
	expect(answer).toContain('which no terminal here has started');
});

test('a port that is free again, and a number that is none, are not explained', async () => {
	const {run} = await setUp();
	const answer = await run('exec_command', {
		cmd: 'echo "EADDRINUSE: address already in use :::24953, errno -98"',
	});
	expect(answer).not.toContain('held by');
});

test('a server in the background of a shell, and one on all interfaces, have their URLs in the answer', async () => {
	const {run} = await setUp();
	const started = await run('exec_command', {
		cmd: 'python3 -m http.server 24954 --bind 0.0.0.0 >/dev/null 2>&1 &',
		until: {port: true},
	});
	expect(started).toContain('Returned because: listening on port 24954\nListening: http://localhost:24954');
	expect(await run('list_terminals', {})).toContain('http://localhost:24954');
	expect(await run('read_terminal', {session_id: 1})).toContain('Listening: http://localhost:24954');
});
