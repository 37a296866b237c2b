// `tandem attach` where people are when they need it: over ssh, and in tmux. It has that terminal's size, follows
// its changes, comes back with Ctrl+] Esc and leaves the terminal as it was.
import {execFileSync} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {expectUsableShell, openShell} from '../support/in-shell.js';
import {startSshServer} from '../support/sshd.js';
import {setStage} from '../support/stage.js';
import {launcher, type Tandem} from '../support/tandem.js';

const stage = setStage();

/** Inside, resized, interrupted, and out again; `rows` that are not the program's. */
const attachAndComeBack = async (tandem: Tandem, rows: number) => {
	tandem.type('clear; sh "$TANDEM" run --name it -- \'env PS1="inside> " bash --norc -i\'\r');
	await tandem.sees('Started');
	tandem.type('clear; sh "$TANDEM" attach it\r');
	await tandem.sees('you type');
	await tandem.sees('inside>');
	tandem.type('while sleep 0.05; do stty size; done\r');
	await tandem.sees(new RegExp(`^${40 - rows} 120$`, 'm'));
	tandem.resize({cols: 70, rows: 20});
	await tandem.sees(new RegExp(`^${20 - rows} 70$`, 'm'));
	tandem.resize({cols: 90, rows: 30});
	await tandem.sees(new RegExp(`^${30 - rows} 90$`, 'm'));
	tandem.type('\x03');
	tandem.type('echo still inside\r');
	await tandem.sees(/^still inside$/m);
	tandem.type('\x1d\x1b');
	await tandem.sees('Detached from it (1); it runs on.');
};

test('over ssh', async () => {
	const {home, folder, root} = stage.place;
	const keys = join(root, 'keys');
	mkdirSync(keys, {mode: 0o700});
	const server = await startSshServer(keys);
	onTestFinished(server.stop);
	const shell = `cd ${folder} && HOME=${home} TANDEM_HOME=${home} TANDEM=${launcher} PS1='shell> ' exec bash --norc -i`;
	const {tandem, before} = await openShell(stage, {through: server.command(shell)});
	await attachAndComeBack(tandem, 1);
	await expectUsableShell(tandem, before);
	tandem.type('exit\r');
	await tandem.ends(0);
});

test('in tmux', async () => {
	const env = {TMUX_TMPDIR: stage.place.root};
	const tmux = ['tmux', '-f', '/dev/null'];
	const tandem = await stage.open({
		through: [...tmux, 'new-session', `PS1='shell> ' exec bash --norc -i`],
		env,
	});
	await tandem.sees('shell>');
	const pane = () =>
		execFileSync(
			'tmux',
			[
				'display-message',
				'-p',
				'#{alternate_on}#{mouse_any_flag}#{mouse_sgr_flag} #{cursor_flag} #{wrap_flag} #{keypad_flag}#{keypad_cursor_flag}',
			],
			{env: {...process.env, ...env}, encoding: 'utf8'},
		);
	const before = pane();
	tandem.type('clear; stty -a | grep -v rows >before\r');
	// tmux's own line is the last one.
	await attachAndComeBack(tandem, 2);
	tandem.type('clear; stty -a | grep -v rows | diff before - && echo as before\r');
	await tandem.sees(/^as before$/m);
	expect(pane()).toBe(before);
	expect(before).toBe('000 1 1 00\n');
});
