// The start: a frame before the window is loaded, no key lost, and the terminal given back whatever goes wrong.
import {cpSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {setStage} from '../support/stage.js';
import {findWindow, keys, startTandem, type Tandem} from '../support/tandem.js';

const stage = setStage();

const countOf = (tandem: Tandem, text: string) => tandem.bytes().toString().split(text).length - 1;

test('the first frame is painted once: the window goes on from it', async () => {
	const tandem = await stage.open({args: ['--trust']});
	await tandem.submit('/status');
	await tandem.sees(/trusted +yes/);
	expect(countOf(tandem, 'No model is set up')).toBe(1);
	expect(countOf(tandem, 'tandem\x1b')).toBe(1);
	expect(countOf(tandem, '\x1b[?1049h')).toBe(1);
});

test('what is typed and pasted at any moment of the start is in the composer, in order', async () => {
	const tandem = await startTandem({place: stage.place, args: ['--trust']});
	const alphabet = 'abcdefghijklmnopqrstuvwxyz';
	const left = [...alphabet, keys.paste('<pasted>'), ...alphabet];
	// Faster than a start, slower than one read.
	const typing = setInterval(() => {
		const next = left.shift();
		if (next === undefined) clearInterval(typing);
		else tandem.type(next);
	}, 5);
	await tandem.sees(`› ${alphabet}<pasted>${alphabet}`);
	await tandem.end();
});

test.each([
	{cols: 20, rows: 4},
	{cols: 9, rows: 2},
])('in a terminal of $cols x $rows, too small for its rows, it runs', async size => {
	const tandem = await startTandem({place: stage.place, args: ['--trust'], ...size});
	await tandem.sees('›');
	tandem.type('/qui');
	await tandem.sees(/qui/);
	tandem.type('t\r');
	await tandem.ends(0);
});

test('keys that do more than write are left to the window, in order', async () => {
	const tandem = await startTandem({place: stage.place, args: ['--trust']});
	tandem.type(`two${keys.home}one ${keys.end}!`);
	await tandem.sees('› one two!');
	await tandem.end();
});

test('a start that fails gives the terminal back before it says why', async () => {
	const tandem = await startTandem({place: stage.place, args: ['resume', 'no-such-session']});
	await tandem.ends(1);
	expect(tandem.emulator.buffer.active.type).toBe('normal');
	expect(tandem.text()).toContain('There is no session of this folder yet.');
	expect(tandem.emulator.modes.mouseTrackingMode).toBe('none');
});

test('a window that cannot be loaded is said on the screen that was there before', async () => {
	const program = join(stage.place.root, 'dist');
	cpSync('dist', program, {recursive: true});
	for (const name of readdirSync(program)) {
		if (/^window-.*\.js$/.test(name))
			writeFileSync(join(program, name), 'throw new Error("no such \\x1b[2J thing");');
	}
	const tandem = await startTandem({
		place: stage.place,
		through: ['sh', '-c', `'${process.execPath}' '${program}/main.js' --trust; echo "status $?"`],
	});
	await tandem.sees('status 1');
	expect(tandem.text()).toContain('tandem stopped: no such ^[[2J thing');
	expect(tandem.emulator.buffer.active.type).toBe('normal');
	await tandem.end();
});

test.each([
	['SIGTERM', 143],
	['SIGHUP', 129],
	['SIGINT', 130],
	['SIGKILL', 137],
] as const)('%s in the middle of the start ends it and gives the terminal back', async (signal, status) => {
	const tandem = await startTandem({
		place: stage.place,
		through: ['sh', '-c', '"$TANDEM" --trust; echo "status $?"'],
	});
	await tandem.sees('› ask');
	process.kill(findWindow(stage.place.home), signal);
	await tandem.sees(`status ${status}`);
	expect(tandem.emulator.buffer.active.type).toBe('normal');
	await tandem.end();
});
