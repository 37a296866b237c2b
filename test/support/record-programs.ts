// Records real programs, by hand: `node test/support/record-programs.ts`. Each is run at 80x24 on fixed files,
// keys are pressed one after the other, and what it printed goes to test/fixtures/streams/NAME.bin; NAME.json
// holds the offsets at which it had come to rest. test/host/fidelity.test.ts replays them.
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {hostname, tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import headless from '@xterm/headless';
import {spawn} from 'node-pty';

const target = resolve('test/fixtures/streams');
const [cols, rows] = [80, 24];
const quietMs = 400;

const environment = (folder: string) => ({
	PATH: '/usr/bin:/bin',
	HOME: folder,
	TERM: 'xterm-256color',
	LC_ALL: 'C.UTF-8',
	GIT_EDITOR: 'vim -u NONE -N -n -i NONE',
	GIT_CONFIG_NOSYSTEM: '1',
	GIT_AUTHOR_DATE: '2020-02-02T02:02:02Z',
	GIT_COMMITTER_DATE: '2020-02-02T02:02:02Z',
});

const writeFiles = (folder: string) => {
	const text = Array.from(
		{length: 120},
		(_, i) => `${i + 1}\trow ${'.'.repeat(i % 50)} ${['é', '日本語', '👍', '│'][i % 4]} end`,
	);
	writeFileSync(join(folder, 'long.txt'), `${text.join('\n')}\n`);
	writeFileSync(
		join(folder, 'wide.txt'),
		`${'日本語テキスト'.repeat(20)}\n${'word '.repeat(60)}\n\tindented\n`,
	);
	writeFileSync(
		join(folder, 'code.c'),
		'#include <stdio.h>\n\nint main(void)\n{\n\tprintf("hello, %d\\n", 42);\n\treturn 0; /* done */\n}\n',
	);
};

const writeRepository = (folder: string) => {
	const git = (...args: string[]) => execFileSync('git', args, {cwd: folder, env: environment(folder)});
	git('init', '-q', '-b', 'main');
	git('config', 'user.name', 'A Person');
	git('config', 'user.email', 'person@example.com');
	for (let i = 1; i <= 5; i++) {
		writeFileSync(
			join(folder, 'story.txt'),
			Array.from({length: i * 12}, (_, row) => `chapter ${i}, row ${row % (i + 3)}\n`).join(''),
		);
		git('add', 'story.txt');
		git('commit', '-q', '-m', `Write chapter ${i}`);
	}
};

const alone = (command: string) => [
	'unshare',
	'--user',
	'--map-root-user',
	'--pid',
	'--fork',
	'--mount-proc',
	'sh',
	'-c',
	`sleep 1000 & ${command}`,
];

const esc = '\x1b';
const programs: Record<string, {run: string[]; keys: string[]}> = {
	vim: {
		run: ['vim', '-u', 'NONE', '-N', '-n', '-i', 'NONE', 'code.c'],
		keys: [
			':syntax on\r',
			':set number hlsearch\r',
			'jjA // 日本語 👍',
			esc,
			':split long.txt\r',
			'\x04',
			'\x04',
			'/row\r',
			'n',
			'dd',
			'5dd',
			'u',
			'\x17w',
			'Gofoo\tbar',
			esc,
			':vsplit wide.txt\r',
			'G',
			'gg',
			':set nowrap\r',
			'\x17o',
			'VG',
			esc,
			':qa!\r',
		],
	},
	less: {
		run: ['less', 'long.txt'],
		keys: [
			' ',
			' ',
			'/row .....$\r',
			'b',
			'k',
			'k',
			'y',
			'/日本\r',
			'n',
			'N',
			'G',
			'g',
			'30g',
			'-S',
			'\r',
			'\x1b[C',
			'\x1b[D',
			':n\r',
			'q',
		],
	},
	'less-wide': {run: ['less', 'wide.txt'], keys: ['j', 'j', 'k', '\x1b[C', '/word\r', 'q']},
	nano: {
		run: ['nano', '-I', 'code.c'],
		keys: [
			'\x1b[B',
			'\x1b[B',
			'a line ',
			'日本語',
			'\r',
			'\x0b',
			'\x15',
			'\x17main\r',
			'\x07',
			'\x18',
			'\x03',
			'\x1f',
			'\x18',
			'n',
		],
	},
	htop: {
		run: alone('exec htop -d 100'),
		keys: ['t', '\x1b[B', 'h', 'q', '\x1b[14~', '\x1b', 'S', '\x1b', 'q'],
	},
	top: {run: alone('exec top -d 60'), keys: ['V', 'z', 'x', 'm', 't', 'c', '?', '\x1b', 'q']},
	'git-log': {
		run: ['git', '-c', 'color.ui=always', '-c', 'core.pager=less -R', 'log', '-p'],
		keys: [' ', ' ', 'j', '/chapter 3\r', 'n', 'b', 'G', 'q'],
	},
	'git-rebase': {
		run: ['git', 'rebase', '-i', 'HEAD~4'],
		keys: [
			'j',
			'cwsquash',
			esc,
			'jcwreword',
			esc,
			':wq\r',
			'ggcwRewrite',
			esc,
			':wq\r',
			'A again',
			esc,
			':wq\r',
		],
	},
};

const record = async (name: string) => {
	const program = programs[name];
	if (!program) throw new Error(`No program is called ${name}.`);
	const folder = mkdtempSync(join(tmpdir(), 'record-'));
	writeFiles(folder);
	if (name.startsWith('git')) writeRepository(folder);
	const [file = '', ...args] = program.run;
	const terminal = new headless.Terminal({cols, rows, allowProposedApi: true});
	const pty = spawn(file, args, {cols, rows, cwd: folder, encoding: null, env: environment(folder)});
	const chunks: Buffer[] = [];
	let printedAt = performance.now();
	pty.onData(data => {
		printedAt = performance.now();
		const bytes = data as unknown as Buffer;
		chunks.push(bytes);
		terminal.write(bytes);
	});
	terminal.onData(reply => pty.write(reply));
	let hasEnded = false;
	pty.onExit(() => {
		hasEnded = true;
	});
	const marks: number[] = [];
	const rest = async () => {
		printedAt = performance.now();
		while (performance.now() - printedAt < quietMs) await sleep(20);
		const length = chunks.reduce((total, chunk) => total + chunk.length, 0);
		if (length > (marks.at(-1) ?? 0)) marks.push(length);
	};
	await rest();
	for (const key of program.keys) {
		if (!hasEnded) pty.write(key);
		await rest();
	}
	if (!hasEnded) pty.kill('SIGKILL');
	const bytes = Buffer.concat(chunks);
	for (const secret of [folder, hostname(), process.cwd()])
		if (bytes.includes(secret)) throw new Error(`${name} printed ${secret}.`);
	writeFileSync(join(target, `${name}.bin`), bytes);
	writeFileSync(join(target, `${name}.json`), `${JSON.stringify({cols, rows, marks})}\n`);
	rmSync(folder, {recursive: true, force: true});
	process.stdout.write(`${name}: ${bytes.length} bytes, ${marks.length} moments of rest\n`);
};

mkdirSync(target, {recursive: true});
for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(programs))
	await record(name);
