// kill -9 at the worst moment: the person is inside of a program that has switched on all that a terminal has. The
// shell that is left is usable without `reset`, and the program goes on.
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {expectUsableShell, openShell, type ShellBefore} from '../support/in-shell.js';
import {setStage} from '../support/stage.js';
import {findWindow, keys, type Tandem} from '../support/tandem.js';

const stage = setStage();

const programs = [
	{
		name: 'vim with the mouse',
		cmd: 'vim -u NONE -N -n -c "set mouse=a" notes',
		shows: /^~\s*$/m,
		typed: 'ihalf a word',
		shownThen: 'half a word',
	},
	{
		name: 'a program with the keyboard protocols, bracketed paste, focus and every mouse movement',
		cmd: String.raw`printf '\e[?1049h\e[>31u\e[>4;2m\e[?2004h\e[?1003h\e[?1006h\e[?1004h\e[?1h\e=\e[?7l\e[?25lall on\r\n'; cat`,
		shows: 'all on',
		typed: 'half a word\r',
		shownThen: /half a word\s+half a word/,
	},
] as const;

/** All that tandem ever switches on is on. */
const isInside = async (tandem: Tandem, {keyboard}: ShellBefore) => {
	await tandem.sees('you type');
	const {modes} = tandem.emulator;
	await tandem.until(
		'the mouse’s drags and the keyboard protocol to be wanted',
		() => (modes.mouseTrackingMode === 'drag' && keyboard.pushes() > 1) || undefined,
	);
};

const ways: {name: string; go(tandem: Tandem, program: {shows: string | RegExp}): Promise<void>}[] = [
	{
		name: 'the window, in place',
		async go(tandem, {shows}) {
			tandem.type('"$TANDEM" -a full --trust\r');
			await tandem.sees('alt+1');
			tandem.type(keys.alt('1'));
			await tandem.sees(shows);
			tandem.type(keys.enter);
		},
	},
	{
		name: 'the window, on the full screen',
		async go(tandem, program) {
			await ways[0]?.go(tandem, program);
			await tandem.sees('you type');
			tandem.type('\x1df');
			await tandem.loses('› ask');
		},
	},
	{
		name: 'attach',
		async go(tandem, {shows}) {
			tandem.type('"$TANDEM" attach it\r');
			await tandem.sees(shows);
		},
	},
];

test.each(ways)('the launcher of $name is killed: the terminal is given back without it', async way => {
	const {tandem, before} = await openShell(stage);
	tandem.type('clear; "$TANDEM" run --name it -- cat\r');
	await tandem.sees(/Started/);
	tandem.type('clear\r');
	await way.go(tandem, {shows: 'it · running'});
	await isInside(tandem, before);
	process.kill(parentOf(findWindow(stage.place.home)), 'SIGKILL');
	await tandem.until('the normal screen', () => tandem.emulator.buffer.active.type === 'normal' || undefined);
	tandem.type('\r');
	await expectUsableShell(tandem, before);
});

for (const way of ways) {
	test.each(programs)(`${way.name}, inside of $name`, async program => {
		const {tandem, before} = await openShell(stage);
		tandem.type(`clear; "$TANDEM" run --name it -- '${program.cmd.replaceAll("'", String.raw`'\''`)}'\r`);
		await tandem.sees(/Started/);
		tandem.type('clear\r');
		await way.go(tandem, program);
		await isInside(tandem, before);
		tandem.type(program.typed);
		await tandem.sees(program.shownThen);
		process.kill(findWindow(stage.place.home), 'SIGKILL');
		await tandem.sees(/was cut off[\s\S]*\nshell>/);
		await expectUsableShell(tandem, before);
		tandem.type('clear; "$TANDEM" attach it\r');
		await tandem.sees(program.shownThen);
		tandem.type('\x1d\x1b');
		await tandem.sees('it runs on');
		await expectUsableShell(tandem, before);
		expect(tandem.text()).not.toContain('half a word');
	});
}

const parentOf = (pid: number): number =>
	Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
