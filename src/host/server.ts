// The host's socket: a private Unix socket, never TCP, with a token beside it. Serves one Host to many clients.
import {randomBytes} from 'node:crypto';
import {chmodSync, rmSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import type {Diagnostics} from '../diagnostics.js';
import {type Answers, answerClient} from './answers.js';
import type {Host} from './host.js';

export type ServerOptions = {
	host: Host;
	/** In a folder that is private already; whoever calls this holds the lock of the workspace's host. */
	socketPath: string;
	tokenFile: string;
	/** Version of the program. */
	tandem: string;
	diagnostics: Diagnostics;
	/** Milliseconds that a client has for its first frame. */
	helloDeadlineMs?: number;
	/** Called with the number of clients that were let in, whenever it changes. */
	onClients?(count: number): void;
};

export type HostServer = {
	/** The secret of this start; never to be written anywhere but in the token file. */
	token: string;
	clientCount(): number;
	/** Listens no longer and removes socket and token; clients stay connected. */
	stopListening(): void;
	/** Says goodbye to every client. */
	goodbye(reason: string): void;
};

const defaultHelloDeadlineMs = 2_000;

/** Listens. Rejects with a code of the system, or with `EADDRINUSE` if somebody answers at the socket. */
export const serveHost = async (options: ServerOptions): Promise<HostServer> => {
	const {socketPath, tokenFile, helloDeadlineMs = defaultHelloDeadlineMs} = options;
	await removeStaleSocket(socketPath);
	const token = writeToken(tokenFile);
	const clients = new Set<Answers>();
	let welcomed = 0;
	const count = (by: 1 | -1) => {
		welcomed += by;
		options.onClients?.(welcomed);
	};

	const server = createServer(stream => {
		let isWelcome = false;
		const client = answerClient({
			...options,
			stream,
			token,
			helloDeadlineMs,
			onWelcomed() {
				isWelcome = true;
				count(1);
			},
			onClosed() {
				clients.delete(client);
				if (isWelcome) count(-1);
			},
		});
		clients.add(client);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(socketPath, () => {
			server.off('error', reject);
			server.on('error', error => options.diagnostics.error('The socket failed', error));
			resolve();
		});
	});
	// The folder is private, so nobody came in between. The umask stays as it is: programs inherit it.
	chmodSync(socketPath, 0o600);

	return {
		token,
		clientCount: () => welcomed,
		stopListening() {
			// Node removes the socket; it is gone before the token, so nobody reads a token in vain.
			server.close();
			rmSync(socketPath, {force: true});
			rmSync(tokenFile, {force: true});
		},
		goodbye(reason) {
			for (const client of clients) client.goodbye(reason);
		},
	};
};

const writeToken = (file: string): string => {
	const token = randomBytes(32).toString('hex');
	rmSync(file, {force: true});
	// wx is O_EXCL: a link or a file planted in between is not written to.
	writeFileSync(file, token, {flag: 'wx', mode: 0o600});
	chmodSync(file, 0o600);
	return token;
};

const removeStaleSocket = async (path: string) => {
	const answer = await new Promise<string>(resolve => {
		const probe = connect(path);
		probe.once('connect', () => resolve('answered'));
		probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
		probe.once('close', () => probe.destroy());
		probe.once('connect', () => probe.destroy());
	});
	if (answer === 'ENOENT') return;
	if (answer === 'ECONNREFUSED') return rmSync(path, {force: true});
	const message = `${path} cannot be used: a host answers there already (${answer}).`;
	throw Object.assign(new Error(message), {code: 'EADDRINUSE'});
};
