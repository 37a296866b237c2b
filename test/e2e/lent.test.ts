// The user's terminal lent: to the shell by Ctrl+Z and fg, and to the person's editor by Ctrl+G.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {expectUsableShell, startInShell} from '../support/in-shell.js';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();
const ctrlZ = '\x1a';
const ctrlG = '\x07';

test('Ctrl+Z gives the terminal to the shell, fg brings the window back with what was typed', async () => {
	const {tandem, before} = await startInShell(stage);
	tandem.type(`half a sentence${ctrlZ}`);
	await tandem.sees('Stopped');
	await expectUsableShell(tandem, before);
	tandem.type('fg\r');
	await tandem.sees('› half a sentence');
	tandem.type(' and the rest');
	await tandem.sees('› half a sentence and the rest');
	expect(tandem.emulator.buffer.active.type).toBe('alternate');
	tandem.type(keys.ctrlC + keys.ctrlD);
	await expectUsableShell(tandem, before);
});

test('Ctrl+G opens the text in the editor, which has every key; what was saved is in the composer', async () => {
	const tandem = await stage.open({env: {EDITOR: 'vim -u NONE', VISUAL: ''}});
	tandem.type(`first line${ctrlG}`);
	await tandem.sees(/message\.md" 1 line/);
	tandem.type('osecond');
	await tandem.sees('second');
	tandem.type(`${keys.escape}:wq\r`);
	await tandem.sees(/› first line\n +second/);
	tandem.type(' and on');
	await tandem.sees('second and on');
});

test('Ctrl+C in an editor is the editor’s, and ends no window', async () => {
	const editor = join(stage.place.folder, 'editor.sh');
	writeFileSync(
		editor,
		"trap 'echo interrupted >$1; exit 0' INT; echo editing\nwhile :; do sleep 0.1; done\n",
	);
	const tandem = await stage.open({env: {VISUAL: `sh ${editor}`}});
	tandem.type(ctrlG);
	await tandem.sees('editing');
	tandem.type(keys.ctrlC);
	await tandem.sees('› interrupted');
});

test.each([
	['no-such-editor', 'There is no editor no-such-editor here. Set VISUAL or EDITOR to one.'],
	['false', 'false ended with exit code 1: the text is as it was.'],
])('with the editor %s the text stays, and the next step is said', async (editor, words) => {
	const tandem = await stage.open({env: {VISUAL: editor}, cols: 120});
	tandem.type(`the text${ctrlG}`);
	await tandem.sees(words);
	await tandem.sees('› the text');
});
