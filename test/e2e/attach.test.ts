// `tandem attach` in a plain terminal: inside a program, beside a window that shows the same, and back out.
import {execFileSync} from 'node:child_process';
import {resolve} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {makePlace, startTandem, type Tandem} from '../support/tandem.js';

const launcher = resolve('src/tandem.sh');
const detach = '\x1d\x1b';
let place: ReturnType<typeof makePlace>;
const opened: Tandem[] = [];

beforeEach(() => {
	place = makePlace();
});
afterEach(async () => {
	for (const each of opened.splice(0)) await each.end();
	place.remove();
});

const run = (...args: string[]): string =>
	execFileSync('sh', [launcher, ...args], {
		cwd: place.folder,
		env: {...process.env, TANDEM_HOME: place.home, HOME: place.home},
		encoding: 'utf8',
	});

/** A shell in a terminal, in which a person calls tandem. */
const openShell = async (size: {cols: number; rows: number}) => {
	const shell = await startTandem({
		place,
		through: ['bash', '--norc', '-i'],
		env: {PS1: 'outside> '},
		...size,
	});
	opened.push(shell);
	await shell.sees('outside>');
	return shell;
};

test('every key goes to the program at this size; Ctrl+] Esc comes back to a usable terminal', async () => {
	run('run', '--name', 'sh', '--', 'env PS1="inside> " bash --norc -i');
	const shell = await openShell({cols: 90, rows: 25});
	shell.type('sh "$TANDEM" attach sh\r');
	await shell.sees('inside>');
	await shell.sees('you type');
	shell.type('while sleep 0.05; do stty size; done\r');
	await shell.sees(/^24 90$/m);
	shell.resize({cols: 70, rows: 20});
	await shell.sees(/^19 70$/m);
	shell.type('\x03');
	shell.type(detach);
	await shell.sees('Detached from sh (1); it runs on.');
	shell.type('stty -a | grep -c -- " -echo "; echo back\r');
	await shell.sees(/^back$/m);
	await shell.sees(/^0$/m);
	expect(shell.emulator.buffer.active.type).toBe('normal');
	expect(shell.emulator.modes.mouseTrackingMode).toBe('none');
	expect(run('ps')).toMatch(/sh +waits for input|sh +running/);
});

test('a window shows what is typed in the attached shell, at the same time', async () => {
	run('run', '--name', 'cat', '--', 'cat');
	const window = await startTandem({place, args: ['--trust'], cols: 100, rows: 30});
	opened.push(window);
	await window.sees('cat');
	window.type('\x1b1');
	await window.sees(/1 cat · running/);
	const shell = await openShell({cols: 80, rows: 24});
	shell.type('sh "$TANDEM" attach cat\r');
	await shell.sees('you type');
	await window.sees('typed in elsewhere');
	shell.type('seen by both\r');
	await shell.sees('seen by both');
	await window.sees('seen by both');
	window.type('\r');
	await window.sees('you type');
	await shell.sees('enter take over');
	shell.type('\x1b');
	await shell.sees('Detached');
});

test('two that show the same terminal do not fight about its size: it is that of the one inside', async () => {
	run('run', '--name', 'sizes', '--', "trap 'echo size $(stty size)' WINCH; while :; do sleep 0.05; done");
	const window = await startTandem({place, args: ['--trust'], cols: 100, rows: 30});
	opened.push(window);
	await window.sees('sizes');
	window.type('\x1b1');
	await window.sees(/1 sizes · running/);
	const shell = await openShell({cols: 70, rows: 20});
	shell.type('sh "$TANDEM" attach sizes\r');
	await shell.sees('size 19 70');
	await window.sees('size 19 70');
	window.resize({cols: 110, rows: 35});
	await window.until('a wider frame', () => window.lines()[0]?.length === 110 || undefined);
	window.type('\r');
	await window.sees('you type');
	const [rows] = await window.until('the window’s size', () =>
		window
			.text()
			.match(/size (\d+) 110/)
			?.slice(1),
	);
	await shell.sees(`size ${rows} 110`);
	shell.resize({cols: 60, rows: 18});
	await shell.sees(/enter take over ─$/m);
	window.type(detach);
	// As it was started, whatever the two that look are like.
	await window.sees(new RegExp(`^size 19 70\nsize ${rows} 110\nsize 40 120$`, 'm'));
});

test('Ctrl+] / searches what was printed without leaving; Enter goes inside again', async () => {
	run('run', '--name', 'numbers', '--', 'seq -f "line %g" 500; exec cat');
	const shell = await openShell({cols: 80, rows: 24});
	shell.type('sh "$TANDEM" attach numbers\r');
	await shell.sees('line 500');
	shell.type('\x1d/');
	await shell.sees('search numbers');
	shell.type('line 123\r');
	await shell.sees(/^.*line 123$/m);
	shell.type('\r');
	await shell.sees('you type');
	shell.type('still here\r');
	await shell.sees(/still here\s+still here/);
	shell.type(detach);
	await shell.sees('Detached from numbers (1); it runs on.');
});

test('the end of the program keeps its last screen until Esc; an ended one can’t be attached', async () => {
	run('run', '--name', 'ask', '--', 'read answer; echo "got $answer"');
	const shell = await openShell({cols: 80, rows: 24});
	shell.type('sh "$TANDEM" attach ask; sh "$TANDEM" attach ask; echo "code $?"\r');
	await shell.sees('you type');
	shell.type('yes\r');
	await shell.sees('got yes');
	await shell.sees('exit 0');
	shell.type('rm -rf x\r');
	await shell.sees('esc back');
	shell.type('\x1b');
	await shell.sees('Terminal ask (1) has ended.');
	expect(shell.text()).not.toContain('rm -rf');
	await shell.sees('does not run');
	await shell.sees('code 1');
});
