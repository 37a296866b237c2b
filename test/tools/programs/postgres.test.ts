import {rmSync} from 'node:fs';
import {afterAll, beforeAll, test} from 'vitest';
import {preparePostgres} from '../../support/postgres.js';
import {openPrograms, type Programs} from './scenario.js';

let programs: Programs;
let postgres: ReturnType<typeof preparePostgres>;
beforeAll(async () => {
	programs = await openPrograms();
	postgres = preparePostgres();
});
afterAll(async () => {
	await programs.close();
	rmSync(postgres.folder, {recursive: true, force: true});
});

test('psql against a real server that runs in a terminal beside it', async () => {
	const folder = programs.makeFolder();
	const env = {LC_ALL: 'C.UTF-8'};
	const {init, start, connection} = postgres;
	await programs.play(folder, [
		[{cmd: init, env}, 'exited', 'Success. You can now start the database server using:'],
		[
			{
				cmd: start,
				env,
				name: 'database',
				until: {pattern: 'ready to accept connections'},
			},
			'matched "…database system is ready to accept connections"',
			'…',
		],
		[
			{cmd: `psql ${connection}`, env, name: 'psql'},
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
			{cmd: `PGPASSWORD= psql -W ${connection} -c 'select 1'`, env},
			'waiting for input',
			'Output:\nPassword:',
		],
		[{chars: 'secret', keys: ['Enter']}, 'exited', '?column?\n----------\n1\n(1 row)'],
	]);
});
