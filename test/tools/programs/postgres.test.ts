import {chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, test} from 'vitest';
import {openPrograms, type Programs} from './scenario.js';

let programs: Programs;
let data = '';
beforeAll(async () => {
	programs = await openPrograms();
	data = makeDataFolder();
});
afterAll(async () => {
	await programs.close();
	rmSync(data, {recursive: true, force: true});
});

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

test('psql against a real server that runs in a terminal beside it', async () => {
	const folder = programs.makeFolder();
	const env = {LC_ALL: 'C.UTF-8'};
	const connection = `psql -X -h ${data} -U tester postgres`;
	await programs.play(folder, [
		[
			{cmd: `${asServer}${server('initdb')} -D ${data}/data -U tester -A trust -E UTF8 --no-sync -N`, env},
			'exited',
			'Success. You can now start the database server using:',
		],
		[
			{
				cmd: `${asServer}${server('postgres')} -D ${data}/data -k ${data} -c listen_addresses= -F`,
				env,
				name: 'database',
				until: {pattern: 'ready to accept connections'},
			},
			'matched "…database system is ready to accept connections"',
			'…',
		],
		[
			{cmd: connection, env, name: 'psql'},
			'waiting for input',
			'psql (…)\nType "help" for help.\npostgres=#',
		],
		[
			{chars: 'create table fruit (name text, price int);', keys: ['Enter']},
			'waiting for input',
			'CREATE TABLE\npostgres=#',
		],
		[
			{chars: 'insert into fruit', keys: ['Enter']},
			'waiting for input',
			'postgres=# insert into fruit\npostgres-#',
		],
		[
			{chars: "values ('apple', 2), ('pear', 3);", keys: ['Enter']},
			'waiting for input',
			'INSERT 0 2\npostgres=#',
		],
		[
			{chars: 'select * from fruit;', keys: ['Enter']},
			'waiting for input',
			`name | price
			-------+-------
			apple | 2
			pear | 3
			(2 rows)
			postgres=#`,
		],
		[{chars: 'select * from fru', keys: ['Tab']}, 'waiting for input', 'postgres=# select * from fruit'],
		[{keys: ['C-c']}, 'waiting for input', 'postgres=#'],
		[{chars: '\\password', keys: ['Enter']}, 'waiting for input', 'Enter new password for user "tester":'],
		[{chars: 'secret', keys: ['Enter']}, 'waiting for input', 'Enter it again:'],
		[{chars: 'secret', keys: ['Enter']}, 'waiting for input', 'postgres=#'],
		// Silent while the server works, and not taken for waiting.
		[
			{chars: "select 'woke up' from pg_sleep(0.7);", keys: ['Enter']},
			'waiting for input',
			'woke up\n(1 row)\npostgres=#',
		],
		[{chars: 'table fruit;', keys: ['Enter']}, 'waiting for input', '(2 rows)\npostgres=#'],
		[{chars: '\\q', keys: ['Enter']}, 'exited', 'postgres=# \\q'],
		[
			{cmd: `PGPASSWORD= psql -X -W -h ${data} -U tester postgres -c 'select 1'`, env},
			'waiting for input',
			'Output:\nPassword:',
		],
		[{chars: 'secret', keys: ['Enter']}, 'exited', '?column?\n----------\n1\n(1 row)'],
	]);
});
