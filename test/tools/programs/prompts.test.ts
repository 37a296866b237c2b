import {chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openPrograms, type Programs} from './scenario.js';

let programs: Programs;
beforeAll(async () => {
	programs = await openPrograms();
});
afterAll(() => programs.close());

const waits = 'waiting for input';
const enter = ['Enter'];

test.concurrent('sqlite3', async () => {
	await programs.play(programs.makeFolder(), [
		[{cmd: 'sqlite3 shop.db'}, waits, 'SQLite version …\nEnter ".help" for usage hints.\nsqlite>'],
		[{chars: 'create table fruit(name, price);', keys: enter}, waits, 'sqlite> create …\nsqlite>'],
		[
			{chars: "insert into fruit values ('apple', 2), ('pear', 3);\nselect * from fruit;\n"},
			waits,
			'apple|2\npear|3\nsqlite>',
		],
		[{chars: 'select', keys: enter}, waits, 'sqlite> select\n...>'],
		[{chars: 'nope;', keys: enter}, waits, '...> nope;\nParse error: no such column: nope\n…\nsqlite>'],
		[{chars: '.quit', keys: enter}, 'exited', 'sqlite> .quit'],
	]);
});

test.concurrent('python3', async () => {
	await programs.play(programs.makeFolder(), [
		[{cmd: 'python3 -q'}, waits, 'Output:\n>>>'],
		[{chars: '6 * 7', keys: enter}, waits, 'Output:\n>>> 6 * 7\n42\n>>>'],
		[{chars: 'for i in range(2):\n    print(i)\n\n'}, waits, '0\n1\n>>>'],
		// Not back before it is done, however quiet it is.
		[{chars: 'import time; time.sleep(0.7); print("slept")', keys: enter}, waits, 'slept\n>>>'],
		[{chars: 'name = input("Name? ")', keys: enter}, waits, 'Name?'],
		[{chars: 'Ada', keys: enter}, waits, 'Name? Ada\n>>>'],
		[{chars: '1 / 0', keys: enter}, waits, 'ZeroDivisionError: division by zero\n>>>'],
		[{chars: 'while True: pass', keys: ['Enter', 'Enter'], until: {quiet_ms: 300}}, 'quiet for 300 ms', '…'],
		[{keys: ['C-c']}, waits, 'KeyboardInterrupt\n>>>'],
		[{keys: ['C-d']}, 'exited', 'Output:'],
	]);
});

test.concurrent('node', async () => {
	await programs.play(programs.makeFolder(), [
		[{cmd: 'node'}, waits, 'Welcome to Node.js …\nType ".help" for more information.\n>'],
		[{chars: '6 * 7', keys: enter}, waits, '> 6 * 7\n42\n>'],
		[{chars: 'process.exitC', keys: ['Tab']}, waits, '> process.exitCode'],
		[{keys: ['C-u'], chars: ''}, waits, '>'],
		// It reads keys while it waits for a promise, and is not taken for waiting for them.
		[{chars: 'await new Promise(done => setTimeout(done, 700, "late"))', keys: enter}, waits, "'late'\n>"],
		[
			{chars: 'const {exec} = require("child_process"), {promisify} = require("util")', keys: enter},
			waits,
			'undefined\n>',
		],
		[{chars: '(await promisify(exec)("sleep 0.7; echo later")).stdout', keys: enter}, waits, "'later\\n'\n>"],
		// What goes on behind a prompt does not make that wait.
		[{chars: 'void setTimeout(() => {}, 60000)', keys: enter}, waits, 'undefined\n>'],
		[{chars: '.exit', keys: enter}, 'exited', '> .exit'],
	]);
});

test.concurrent('a shell in a terminal of its own, and a relay, which pass keys on, are awaited', async () => {
	const folder = programs.makeFolder();
	writeFileSync(join(folder, 'relay.py'), relay);
	await programs.play(folder, [
		[{cmd: 'script -q -c "bash --norc" /dev/null', env: {PS1: 'inner$ '}}, waits, 'inner$'],
		[{chars: 'sleep 0.7; echo sl""ept', keys: enter}, waits, 'slept\ninner$'],
		[{keys: ['C-d']}, 'exited', '…'],
		[{cmd: 'python3 relay.py'}, waits, 'far>'],
		[{chars: 'one', keys: enter}, waits, 'far> one\ngot one\nfar>'],
		[{keys: ['C-d']}, 'exited', '…'],
	]);
});

const isRoot = process.getuid?.() === 0;

test.concurrent.each([
	['in a session of its own, without a terminal', 'setsid sh ask; true'],
	// Nobody but root may without a password.
	...(isRoot ? [['of another user', "su nobody -s /bin/sh -c 'sh ask'"]] : []),
])('a program %s is awaited', async (_, cmd) => {
	const folder = programs.makeFolder();
	for (const each of [folder, dirname(folder)]) chmodSync(each, 0o755);
	writeFileSync(
		join(folder, 'ask'),
		'printf "Name: "; read x; sleep 0.7; printf "Hello $x. Age: "; read y; echo "$y!"',
	);
	await programs.play(folder, [
		[{cmd}, waits, 'Name:'],
		// Not back before it asks again, however quiet it is.
		[{chars: 'Ada', keys: enter}, waits, 'Name: Ada\nHello Ada. Age:'],
		[{chars: '36', keys: enter}, 'exited', 'Hello Ada. Age: 36\n36!'],
	]);
});

/** Passes lines on to a slow one at the other end of a socket, as ssh does. */
const relay = `
import os, select, socket, time
near, far = socket.socketpair()
if os.fork() == 0:
    near.close()
    far.send(b'far> ')
    while line := far.recv(999):
        time.sleep(0.7)
        far.send(b'got ' + line + b'far> ')
    os._exit(0)
far.close()
while True:
    ready = select.select([0, near], [], [])[0]
    if near in ready:
        os.write(1, near.recv(999))
    if 0 in ready:
        line = os.read(0, 999)
        if not line: break
        near.send(line)
`;

test.concurrent('gdb stops, prints and goes on', async () => {
	const folder = programs.makeFolder();
	writeFileSync(
		join(folder, 'sum.c'),
		`#include <stdio.h>
int sum(int n) {
	int s = 0;
	for (int i = 1; i <= n; i++) s += i;
	return s;
}
int main(void) {
	printf("sum %d\\n", sum(4));
	return 0;
}
`,
	);
	await programs.play(folder, [
		[{cmd: 'cc -g -O0 -o sum sum.c && gdb -q -nx ./sum'}, waits, 'Reading symbols from ./sum...\n(gdb)'],
		[{chars: 'break sum', keys: enter}, waits, 'Breakpoint 1 at …: file sum.c, line 3.\n(gdb)'],
		[{chars: 'run', keys: enter}, waits, 'Breakpoint 1, sum (n=4) at sum.c:3\n3 int s = 0;\n(gdb)'],
		[{chars: 'print n * 2', keys: enter}, waits, '$1 = 8\n(gdb)'],
		[{chars: 'finish', keys: enter}, waits, 'Value returned is $2 = 10\n(gdb)'],
		[{chars: 'continue', keys: enter}, waits, 'sum 10\n[Inferior 1 (process …) exited normally]\n(gdb)'],
		[{chars: 'quit', keys: enter}, 'exited', '(gdb) quit'],
	]);
});

test.concurrent('bash: history, search, completion and jobs', async () => {
	const folder = programs.makeFolder();
	writeFileSync(join(folder, 'unusual name.txt'), 'found\n');
	await programs.play(folder, [
		[{cmd: 'bash --norc -i', env: {PS1: 'here$ ', HISTFILE: ''}}, waits, 'Output:\nhere$'],
		[{chars: 'echo one', keys: enter}, waits, 'here$ echo one\none\nhere$'],
		[{chars: 'echo two; sleep 0.4; echo three', keys: enter}, waits, 'two\nthree\nhere$'],
		[{keys: ['Up', 'Up', 'Enter']}, waits, 'here$ echo one\none\nhere$'],
		[{keys: ['C-r']}, waits, "(reverse-i-search)`':"],
		[{chars: 'tw'}, waits, "(reverse-i-search)`tw': echo two; sleep 0.4; echo three"],
		[{keys: ['C-g']}, waits, 'here$'],
		[{chars: 'cat unus', keys: ['Tab']}, waits, 'here$ cat unusual\\ name.txt'],
		[{keys: enter}, waits, 'found\nhere$'],
		[{chars: 'cat', keys: enter}, waits, 'here$ cat'],
		[{chars: 'said twice', keys: enter}, waits, 'said twice\nsaid twice'],
		[{keys: ['C-z']}, waits, '[1]+ Stopped cat\nhere$'],
		[{chars: 'fg', keys: enter}, waits, 'cat'],
		[{keys: ['C-d']}, waits, 'here$'],
		[{chars: 'exit 3', keys: enter}, 'exited', 'here$ exit 3'],
	]);
});

test.concurrent('ssh-keygen asks for its passphrase without echo', async () => {
	const folder = programs.makeFolder();
	await programs.play(folder, [
		[
			{cmd: 'ssh-keygen -t ed25519 -f key'},
			waits,
			'Generating public/private ed25519 key pair.\nEnter passphrase (empty for no passphrase):',
		],
		[{chars: 'one thing', keys: enter}, waits, 'Output:\nEnter same passphrase again:'],
		[{chars: 'another', keys: enter}, waits, 'Passphrases do not match.  Try again.\nEnter passphrase …'],
		[{chars: 'one thing', keys: enter}, waits, 'Enter same passphrase again:'],
		[{chars: 'one thing', keys: enter}, 'exited', 'Your identification has been saved in key'],
	]);
	expect(readFileSync(join(folder, 'key.pub'), 'utf8')).toMatch(/^ssh-ed25519 /);
});

test.concurrent('a password is asked for, in three programs’ ways', async () => {
	await programs.play(programs.makeFolder(), [
		[
			{cmd: `bash -c 'read -rs -p "Password: " p; echo; echo "\${#p} characters"'`},
			waits,
			'Output:\nPassword:',
		],
		[{chars: 'hunter2', keys: enter}, 'exited', '7 characters'],
		[{cmd: `python3 -c 'import getpass; print(len(getpass.getpass()))'`}, waits, 'Output:\nPassword:'],
		[{chars: 'hunter2', keys: enter}, 'exited', '7'],
		// Without a prompt the terminal's echo tells.
		[{cmd: `stty -echo; read -r secret; stty echo; echo "\${#secret} characters"`}, waits, 'Output:'],
		[{chars: 'hunter2', keys: enter}, 'exited', 'Output:\n7 characters'],
	]);
});

test.concurrent('npm init', async () => {
	const folder = join(programs.makeFolder(), 'shop');
	mkdirSync(folder);
	await programs.play(folder, [
		[{cmd: 'npm init'}, waits, 'Press ^C at any time to quit.\npackage name: (shop)'],
		[{chars: 'my-shop', keys: enter}, waits, 'package name: (shop) my-shop\nversion: (1.0.0)'],
		[{keys: enter}, waits, 'description:'],
		[{chars: 'Sells fruit', keys: enter}, waits, 'description: Sells fruit\nentry point: (index.js)'],
		// What follows differs between versions; all of it has a default.
		[{keys: ['C-c']}, 'exited', '…'],
		[{cmd: 'npm init --yes'}, 'exited', 'Wrote to …package.json:\n…\n"name": "shop",'],
	]);
});

test.concurrent('npm create: a generator’s menus are moved in by arrow keys', async () => {
	const folder = programs.makeFolder();
	offerGenerator(folder);
	// The network is not asked: what npm would run is in the folder.
	const env = {npm_config_offline: 'true', npm_config_update_notifier: 'false'};
	await programs.play(folder, [
		[
			{cmd: 'npm create vite', env},
			waits,
			"> npx\n> 'create-vite'\ncreate-vite v…\n│\n◆ Project name:\n│ vite-project\n└",
		],
		[{chars: 'shop'}, waits, '│ shop█'],
		[{keys: enter}, waits, '◇ Project name:\n│ shop\n│\n◆ Select a framework:\n│ ● Vanilla\n│ ○ Vue'],
		[{keys: ['Down']}, waits, 'Output:\n│ ○ Vanilla\n│ ● Vue'],
		[{keys: enter}, waits, '◆ Select a variant:\n│ ● TypeScript\n│ ○ JavaScript'],
		[{keys: ['Down']}, waits, 'Output:\n│ ○ TypeScript\n│ ● JavaScript'],
		[
			{view: 'screen'},
			'looked',
			'◇ Select a framework:\n│ Vue\n│\n◆ Select a variant:\n│ ○ TypeScript\n│ ● JavaScript',
		],
		[{keys: enter}, waits, '◆ Install with npm and start now?\n│ ● Yes / ○ No\n└'],
		[{keys: ['Right']}, waits, '│ ○ Yes / ● No'],
		[{keys: enter}, 'exited', '◇ Scaffolding project in …shop...\n│\n└ Done. Now run:'],
	]);
	expect(readFileSync(join(folder, 'shop/package.json'), 'utf8')).toContain('"vue"');
});

/** As `npm install create-vite` leaves it. */
const offerGenerator = (folder: string) => {
	const bin = join(folder, 'node_modules/.bin');
	mkdirSync(bin, {recursive: true});
	symlinkSync(resolve('node_modules/create-vite'), join(bin, '../create-vite'));
	symlinkSync('../create-vite/index.js', join(bin, 'create-vite'));
};
