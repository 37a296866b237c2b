import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, test} from 'vitest';
import {openPrograms, type Programs} from './scenario.js';

let programs: Programs;
beforeAll(async () => {
	programs = await openPrograms();
});
afterAll(() => programs.close());

test.concurrent('less pages, searches and follows', async () => {
	const folder = programs.makeFolder();
	writeFileSync(
		join(folder, 'long.txt'),
		Array.from({length: 500}, (_, index) => `row ${index + 1}\n`).join(''),
	);
	await programs.play(folder, [
		[
			{cmd: 'less long.txt'},
			'waiting for input',
			`row 1
			…
			row 23
			long.txt
			Cursor: row 24, column 9
			Screen: 80x24, alternate screen
			Reverse video: row 24: long.txt`,
		],
		[{keys: ['PageDown']}, 'waiting for input', 'Output:\nrow 24\n…\nrow 46\n:\nCursor: row 24, column 2'],
		[{chars: '/row 40[05]', keys: ['Enter']}, 'waiting for input', 'Output:\nrow 400\nrow 401'],
		[{chars: 'n'}, 'waiting for input', 'Output:\nrow 405'],
		[{chars: 'G'}, 'waiting for input', 'row 500\n(END)\n…\nReverse video: row 24: (END)'],
		// A key that changes nothing comes back all the same.
		[{keys: ['Down']}, 'waiting for input', 'row 500\n(END)'],
		[{chars: 'q'}, 'exited', 'Output:\n[less, … s]'],
	]);
});

test.concurrent('git log in its pager', async () => {
	const folder = programs.makeFolder();
	const make =
		'git init -q . && git config user.name Ada && git config user.email ada@example.org && seq 60 | while read n; do git commit -qm "step $n" --allow-empty; done';
	await programs.play(folder, [
		[{cmd: make}, 'exited', 'Output:'],
		[
			{cmd: 'git log --oneline', env: {GIT_PAGER: 'less -R'}},
			'waiting for input',
			'…step 60\n…step 59\n…\n…step 38\n:',
		],
		[{keys: ['Space']}, 'waiting for input', '…step 37\n…step 36\n…\n…step 15\n:'],
		[{chars: 'q'}, 'exited', 'Output:'],
	]);
});

test.concurrent('man shows a page and finds in it', async () => {
	const folder = programs.makeFolder();
	const options = Array.from(
		{length: 40},
		(_, index) => `.TP\n.B \\-\\-option${index + 1}\nDoes it ${index + 1} times.`,
	);
	writeFileSync(
		join(folder, 'tool.1'),
		['.TH TOOL 1', '.SH NAME', 'tool \\- does it', '.SH OPTIONS', ...options, ''].join('\n'),
	);
	await programs.play(folder, [
		[
			{cmd: 'man ./tool.1', env: {MANPAGER: 'less'}},
			'waiting for input',
			`NAME
			tool - does it
			OPTIONS
			--option1
			Does it 1 times.
			…
			Manual page tool.1 line 1 …`,
		],
		[{chars: '/option33', keys: ['Enter']}, 'waiting for input', 'Output:\n--option33\nDoes it 33 times.'],
		[{chars: 'q'}, 'exited', '[less, … s]'],
	]);
});

test.concurrent('htop shows processes, help and a search', async () => {
	await programs.play(programs.makeFolder(), [
		[
			{cmd: 'htop', rows: 30},
			'waiting for input',
			`…Tasks: …
			…
			PID USER PRI NI VIRT RES SHR S CPU%… MEM% TIME+ Command
			…
			F1Help F2Setup F3SearchF4FilterF5Tree F6SortByF7Nice -F8Nice +F9Kill F10Quit`,
		],
		[{keys: ['F1']}, 'waiting for input', 'htop … - (C) 2004-…\nReleased under the GNU GPL…'],
		[{keys: ['Esc']}, 'waiting for input', 'PID USER …\n…\nF1Help F2Setup …'],
		[{keys: ['F3']}, 'waiting for input', 'F3Next …Search:'],
		[{chars: 'htop'}, 'waiting for input', '…Search: htop'],
		[{keys: ['Esc', 'F10']}, 'exited', 'Output:\n[htop, … s]'],
	]);
});

test.concurrent('top draws on the main screen, and is read like a screen', async () => {
	await programs.play(programs.makeFolder(), [
		[
			{cmd: 'top'},
			'waiting for input',
			`top - … load average: …
			Tasks: … total, …
			%Cpu(s): …
			MiB Mem : …
			MiB Swap: …
			PID USER PR NI VIRT RES SHR S %CPU %MEM TIME+ COMMAND`,
		],
		[
			{chars: 'h'},
			'waiting for input',
			"Help for Interactive Commands - …\n…\nType 'q' or <Esc> to continue",
		],
		[{chars: 'q'}, 'waiting for input', 'top - …\n…\nPID USER …'],
		[{chars: 'q'}, 'exited', 'Output:'],
	]);
});

test.concurrent('a full screen that reads no keys is shown when it has settled', async () => {
	await programs.play(programs.makeFolder(), [
		[{cmd: 'watch -n 20 echo steady'}, 'waiting for input', 'Every 20.0s: echo steady …\nsteady'],
		[{keys: ['C-c']}, 'exited', '[watch, … s]'],
	]);
});
