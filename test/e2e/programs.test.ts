// Real programs driven by the model through the built program: window, socket and host; what is asserted is what
// the next model request carries.
import {execFileSync} from 'node:child_process';
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {call, text} from '../support/model-server.js';
import {lastOutput} from '../support/model-turns.js';
import {preparePostgres} from '../support/postgres.js';
import {callOf, expectAnswer, type Step, terminalOf} from '../support/program-steps.js';
import {setStage} from '../support/stage.js';

const stage = setStage();

/** The model makes one call a reply, all in one turn. */
const play = async (steps: readonly Step[]) => {
	let id = 0;
	const model = await stage.play(request => {
		id = terminalOf(lastOutput(request)) ?? id;
		const step = steps[request.index];
		if (!step) return text('All done.');
		const {name, args} = callOf(step[0], id);
		return call(name, args);
	});
	const tandem = await stage.open({cols: 100, rows: 30});
	await tandem.submit('drive them');
	await model.nextRequest();
	for (const step of steps) expectAnswer(lastOutput(await model.nextRequest()), step);
	await tandem.sees('All done.');
};

const waits = 'waiting for input';
const enter = ['Enter'];

const makeRepository = () => {
	const script = `
		git config user.name Ada && git config user.email ada@example.org
		for i in 1 2 3; do echo $i > file$i; git add .; git commit -qm "commit $i"; done
		echo 4 > file4 && git add .`;
	execFileSync('sh', ['-ec', script], {cwd: stage.place.folder});
};
const subjects = () =>
	execFileSync('git', ['log', '--format=%s', '--reverse'], {cwd: stage.place.folder, encoding: 'utf8'});

test('git commit in nano, git rebase -i in vim', async () => {
	makeRepository();
	const vim = {GIT_EDITOR: 'vim --clean'};
	await play([
		[
			{cmd: 'git commit', env: {GIT_EDITOR: 'nano --ignorercfiles'}},
			waits,
			'…COMMIT_EDITMSG\n# Please enter the commit message …\n…\n^X Exit …\nCursor: row 2, column 1\nScreen: 80x24, alternate screen',
		],
		[{chars: 'add four'}, waits, '…COMMIT_EDITMSG Modified\nadd four\n# Please …'],
		[{keys: ['C-x']}, waits, 'Save modified buffer?\nY Yes\nN No ^C Cancel'],
		[{chars: 'y'}, waits, 'File Name to Write:…'],
		[{keys: enter}, 'exited', '[… …] add four\n1 file changed, 1 insertion(+)'],
		[
			{cmd: 'git rebase -i HEAD~3', env: vim},
			waits,
			'pick … commit 2\npick … commit 3\npick … add four\n# Rebase … onto … (3 commands)',
		],
		[{keys: ['Down']}, waits, 'Cursor: row 2, column 1'],
		[{chars: 'ddp', keys: ['Esc']}, waits, 'pick … commit 2\npick … add four\npick … commit 3\n# Rebase …'],
		[{chars: ':wq', keys: enter}, 'exited', 'Successfully rebased and updated refs/heads/….'],
	]);
	expect(subjects()).toBe('commit 1\ncommit 2\nadd four\ncommit 3\n');
});

test('less and htop', async () => {
	const rows = Array.from({length: 300}, (_, index) => `row ${index + 1}\n`);
	writeFileSync(join(stage.place.folder, 'long.txt'), rows.join(''));
	await play([
		[
			{cmd: 'less long.txt'},
			waits,
			'row 1\n…\nrow 23\nlong.txt\nCursor: …\nScreen: 80x24, alternate screen\nReverse video: row 24: long.txt',
		],
		[{keys: ['PageDown']}, waits, 'Output:\nrow 24\n…\nrow 46\n:'],
		[{chars: '/row 20[05]', keys: enter}, waits, 'Output:\nrow 200\nrow 201'],
		[{chars: 'q'}, 'exited', 'Output:\n[less, … s]'],
		[{cmd: 'htop', rows: 30}, waits, '…Tasks: …\n…\nPID USER …\n…\nF1Help F2Setup F3Search…F10Quit'],
		[{keys: ['F3']}, waits, 'F3Next …Search:'],
		[{chars: 'htop'}, waits, '…Search: htop'],
		[{keys: ['Esc', 'F10']}, 'exited', 'Output:\n[htop, … s]'],
	]);
});

test('python3, node and gdb', async () => {
	const source = 'int twice(int n) {\n\treturn 2 * n;\n}\nint main(void) {\n\treturn twice(21) - 42;\n}\n';
	writeFileSync(join(stage.place.folder, 'twice.c'), source);
	await play([
		[{cmd: 'python3 -q'}, waits, 'Output:\n>>>'],
		[{chars: 'name = input("Name? ")', keys: enter}, waits, 'Name?'],
		[{chars: 'Ada', keys: enter}, waits, 'Name? Ada\n>>>'],
		[{chars: '1 / 0', keys: enter}, waits, 'ZeroDivisionError: division by zero\n>>>'],
		[{keys: ['C-d']}, 'exited', 'Output:'],
		[{cmd: 'node'}, waits, 'Welcome to Node.js …\nType ".help" for more information.\n>'],
		[{chars: '6 * 7', keys: enter}, waits, '> 6 * 7\n42\n>'],
		[{chars: '.exit', keys: enter}, 'exited', '> .exit'],
		[
			{cmd: 'cc -g -O0 -o twice twice.c && gdb -q -nx ./twice'},
			waits,
			'Reading symbols from ./twice...\n(gdb)',
		],
		[{chars: 'break twice', keys: enter}, waits, 'Breakpoint 1 at …: file twice.c, line 2.\n(gdb)'],
		[{chars: 'run', keys: enter}, waits, 'Breakpoint 1, twice (n=21) at twice.c:2\n2 return 2 * n;\n(gdb)'],
		[{chars: 'finish', keys: enter}, waits, 'Value returned is $1 = 42\n(gdb)'],
		[{chars: 'kill', keys: enter}, waits, 'Kill the program being debugged? (y or n)'],
		[{chars: 'y', keys: enter}, waits, '…killed]\n(gdb)'],
		[{chars: 'quit', keys: enter}, 'exited', '(gdb) quit'],
	]);
});

test('a password for ssh-keygen, which the screen does not show', async () => {
	await play([
		[{cmd: 'ssh-keygen -t ed25519 -f key'}, waits, 'Enter passphrase (empty for no passphrase):'],
		[{chars: 'one thing', keys: enter}, waits, 'Output:\nEnter same passphrase again:'],
		[{chars: 'another', keys: enter}, waits, 'Passphrases do not match. Try again.\nEnter passphrase …'],
		[{chars: 'one thing', keys: enter}, waits, 'Enter same passphrase again:'],
		[
			{view: 'screen'},
			'looked',
			'Enter passphrase (empty for no passphrase):\nEnter same passphrase again:\nCursor: …',
		],
		[{chars: 'one thing', keys: enter}, 'exited', 'Your identification has been saved in key'],
	]);
});

test('psql against a server that runs in a terminal beside it', async () => {
	const {folder, init, start, connection} = preparePostgres();
	onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
	const env = {LC_ALL: 'C.UTF-8'};
	await play([
		[{cmd: init, env}, 'exited', 'Success. You can now start the database server using:'],
		[
			{cmd: start, env, name: 'database', until: {pattern: 'ready to accept connections'}},
			'matched "…database system is ready to accept connections"',
			'…',
		],
		[{cmd: `psql ${connection}`, env}, waits, 'psql (…)\nType "help" for help.\npostgres=#'],
		[{chars: 'create table fruit (name text);', keys: enter}, waits, 'CREATE TABLE\npostgres=#'],
		[{chars: "insert into fruit values ('apple');", keys: enter}, waits, 'INSERT 0 1\npostgres=#'],
		[{chars: 'table fru', keys: ['Tab']}, waits, 'postgres=# table fruit'],
		[{chars: ';', keys: enter}, waits, 'name\n-------\napple\n(1 row)\npostgres=#'],
		[{chars: '\\q', keys: enter}, 'exited', 'postgres=# \\q'],
	]);
});
