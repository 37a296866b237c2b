// The only child process of the host besides its terminals: one `sh`, started before the first PTY (whoever is
// started later inherits PTY masters), that makes pipes with names and asks a terminal for its modes.
import {spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {rmSync} from 'node:fs';
import {join} from 'node:path';

export type CoProcess = {
	/** The path of a new fifo, mode 0600; undefined if none could be made. */
	takeFifo(): Promise<string | undefined>;
	/** What `stty -a` says of the terminal, one line; undefined if it cannot be asked. */
	readModes(device: string): Promise<string | undefined>;
	/** Resolves when it is gone. */
	close(): Promise<void>;
};

// Made ahead in one go, so that a command does not wait for mkfifo.
const stockSize = 8;

export const createCoProcess = (runtimeFolder: string): CoProcess => {
	const child = spawn('/bin/sh', [], {
		cwd: '/',
		env: {PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C'},
		stdio: ['pipe', 'pipe', 'ignore'],
	});
	const pending: ((answer: string | undefined) => void)[] = [];
	let text = '';
	let isGone = false;
	const end = `end-${randomBytes(8).toString('hex')}`;

	const fail = () => {
		isGone = true;
		for (const answer of pending.splice(0)) answer(undefined);
	};
	const exited = new Promise<void>(resolve => {
		child.on('error', fail);
		child.on('exit', fail);
		child.on('error', () => resolve());
		child.on('close', () => resolve());
	});
	child.stdin.on('error', fail);
	child.stdout.setEncoding('utf8').on('data', (more: string) => {
		text += more;
		for (;;) {
			const match = text.match(new RegExp(`^([^]*?)${end} (\\d+)\n`));
			if (!match) return;
			text = text.slice(match[0].length);
			pending.shift()?.(match[2] === '0' ? match[1] : undefined);
		}
	});

	/** What the script printed; undefined if it failed or the co-process is gone. */
	const run = (script: string) =>
		new Promise<string | undefined>(resolve => {
			if (isGone) return resolve(undefined);
			pending.push(resolve);
			child.stdin.write(`(${script}) </dev/null; echo "${end} $?"\n`);
		});

	const stock: string[] = [];
	let refilling: Promise<boolean> | undefined;
	/** False if there is no hope of more. */
	const refill = async () => {
		const paths = Array.from({length: stockSize}, () =>
			join(runtimeFolder, `pipe-${randomBytes(8).toString('hex')}`),
		);
		const isMade = (await run(`umask 077; mkfifo ${paths.map(quote).join(' ')}`)) !== undefined;
		if (isMade) stock.push(...paths);
		return isMade;
	};
	const startRefill = () => {
		refilling ??= refill().finally(() => {
			refilling = undefined;
		});
		return refilling;
	};
	void startRefill();

	return {
		async takeFifo() {
			while (stock.length === 0 && (await startRefill()));
			const path = stock.pop();
			if (stock.length < stockSize / 2) void startRefill();
			return path;
		},
		readModes: device => run(`stty -a -F ${quote(device)} | tr '\\n' ' '`),
		async close() {
			child.stdin.end();
			await exited;
			for (const path of stock.splice(0)) rmSync(path, {force: true});
		},
	};
};

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
