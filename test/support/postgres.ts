// A PostgreSQL server of a test's own: Debian's newest, on a socket in a folder of its own.
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

/** The commands that make its data and start it, and what a client says to find it. */
export const preparePostgres = () => {
	const folder = makeDataFolder();
	return {
		folder,
		init: `${asServer}${server('initdb')} -D ${folder}/data -U tester -A trust -E UTF8 --no-sync -N`,
		start: `${asServer}${server('postgres')} -D ${folder}/data -k ${folder} -c listen_addresses= -F`,
		connection: `-X -h ${folder} -U tester postgres`,
	};
};

// Debian's own place: only psql is on the PATH.
const versions = '/usr/lib/postgresql';
const newest = () =>
	readdirSync(versions)
		.sort((a, b) => Number(a) - Number(b))
		.at(-1);
const server = (program: string) => join(versions, newest() ?? '', 'bin', program);

/** The server refuses to run as root: then it runs as the owner of Debian's own cluster. */
const isRoot = process.getuid?.() === 0;
const asServer = isRoot ? 'setpriv --reuid=postgres --regid=postgres --clear-groups ' : '';

const makeDataFolder = () => {
	const folder = mkdtempSync(join(tmpdir(), 'tandem-postgres-'));
	const data = join(folder, 'data');
	mkdirSync(data, {mode: 0o700});
	chmodSync(folder, 0o755);
	if (isRoot) {
		const {uid, gid} = statSync('/var/lib/postgresql');
		for (const each of [folder, data]) chownSync(each, uid, gid);
	}
	return folder;
};

/** A running one; resolves when it takes connections. */
export const startPostgres = async () => {
	const {folder, init, start, connection} = preparePostgres();
	const env = {...process.env, LC_ALL: 'C.UTF-8'};
	execFileSync('sh', ['-c', init], {env, stdio: 'ignore'});
	const server = spawn('sh', ['-c', `exec ${start}`], {env, stdio: ['ignore', 'ignore', 'pipe']});
	const ended = once(server, 'exit');
	await new Promise<void>((ready, failed) => {
		createInterface(server.stderr).on('line', line => line.includes('ready to accept') && ready());
		server.once('exit', () => failed(new Error('The server did not start.')));
	});
	return {
		connection,
		async stop() {
			server.kill('SIGQUIT');
			await ended;
			rmSync(folder, {recursive: true, force: true});
		},
	};
};
