// Ports on real terminals: URLs in answers, and a taken port with the name of its holder.
import {createServer} from 'node:net';
import {expect, onTestFinished, test} from 'vitest';
import {freePort} from '../support/web-project.js';
import {server, setUp} from './real-terminals.js';

test('a port that a terminal holds is told with its name, and the same server started twice is said', async () => {
	const {run} = await setUp();
	const port = await freePort();
	await run('exec_command', {cmd: server(port), name: 'api'});
	const second = await run('exec_command', {cmd: server(port), name: 'again'});
	expect(second).toContain('Process exited with code 1');
	expect(second).toContain('Note: the same command is already running as terminal 1 (api)');
	expect(second).toContain(`Note: port ${port} is held by terminal 1 (api)`);
});

test('a port that a stranger holds is told with the pid and the name of the process', async () => {
	const stranger = createServer();
	const port = await freePort();
	await new Promise<void>(resolve => stranger.listen(port, resolve));
	onTestFinished(() => void stranger.close());
	const {run} = await setUp();
	// Python does not say which port it was: the command does.
	const answer = await run('exec_command', {cmd: `python3 -m http.server ${port}`, name: 'files'});
	expect(answer).toMatch(new RegExp(`Note: port ${port} is held by pid ${process.pid} .*node`));
	expect(answer).toContain('which no terminal here has started');
});

test('a port that is free again, and a number that is none, are not explained', async () => {
	const {run} = await setUp();
	const answer = await run('exec_command', {
		cmd: `echo "EADDRINUSE: address already in use :::${await freePort()}, errno -98"`,
	});
	expect(answer).not.toContain('held by');
});

test('a server in the background of a shell, and one on all interfaces, have their URLs in the answer', async () => {
	const {run} = await setUp();
	const port = await freePort();
	const started = await run('exec_command', {
		cmd: `python3 -m http.server ${port} --bind 0.0.0.0 >/dev/null 2>&1 &`,
		until: {port: true},
	});
	expect(started).toContain(
		`Returned because: listening on port ${port}\nListening: http://localhost:${port}`,
	);
	expect(await run('list_terminals', {})).toContain(`http://localhost:${port}`);
	expect(await run('read_terminal', {session_id: 1})).toContain(`Listening: http://localhost:${port}`);
});
