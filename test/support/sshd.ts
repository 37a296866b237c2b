// An ssh server of a test's own: on a free port of the loopback, for one key, with nothing of this machine's set-up.
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

/** `folder`: private, for keys. Resolves when it listens; `command`: what runs a shell command over it, in a terminal. */
export const startSshServer = async (folder: string) => {
	const [hostKey, userKey, config] = ['host', 'user', 'sshd_config'].map(name => join(folder, name));
	for (const key of [hostKey, userKey])
		execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${key}`]);
	const port = await freePort();
	const settings = [
		`Port ${port}`,
		'ListenAddress 127.0.0.1',
		`HostKey ${hostKey}`,
		`AuthorizedKeysFile ${userKey}.pub`,
		'StrictModes no',
		'UsePAM no',
		'PasswordAuthentication no',
		'PermitRootLogin yes',
		'PidFile none',
	];
	writeFileSync(`${config}`, `${settings.join('\n')}\n`);
	// As root it lets go of its rights in there; the system makes it when it starts the service.
	if (process.getuid?.() === 0) mkdirSync('/run/sshd', {recursive: true, mode: 0o755});
	const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', `${config}`], {
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	const ended = once(server, 'exit');
	const said: string[] = [];
	await new Promise<void>((listens, failed) => {
		createInterface(server.stderr).on('line', line => {
			said.push(line);
			if (line.includes('Server listening')) listens();
		});
		server.once('exit', () => failed(new Error(`sshd did not start: ${said.join('\n')}`)));
	});
	const options = [
		['StrictHostKeyChecking', 'no'],
		['UserKnownHostsFile', '/dev/null'],
		['IdentitiesOnly', 'yes'],
		['LogLevel', 'ERROR'],
	].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
	return {
		command: (line: string): string[] => [
			'ssh',
			...['-tt', '-F', 'none', '-p', String(port), '-i', `${userKey}`, ...options],
			`${userInfo().username}@127.0.0.1`,
			line,
		],
		async stop() {
			server.kill();
			await ended;
		},
	};
};

const freePort = async (): Promise<number> => {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return address.port;
};
