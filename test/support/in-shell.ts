// tandem inside an interactive shell, as a person has it, and whether that shell is usable afterwards.
import {expect} from 'vitest';
import type {Stage} from './stage.js';
import type {Tandem} from './tandem.js';

const settings = /[0-9a-f]{32}/;

/** `before`: the terminal's settings, as a sum. */
export const startInShell = async (stage: Stage) => {
	const tandem = await stage.open({through: ['bash', '--norc', '-i'], env: {PS1: 'shell> '}});
	await tandem.sees('shell>');
	tandem.type('stty -a | md5sum\r');
	await tandem.sees(settings);
	const before = settings.exec(tandem.text())?.[0];
	tandem.type('clear; "$TANDEM" -a full --trust\r');
	await tandem.sees('asks nothing');
	return {tandem, before};
};

/** Echo, cursor, mouse, screen and keys are as they were, without `reset`. */
export const expectUsableShell = async (tandem: Tandem, before: string | undefined) => {
	await tandem.sees('shell>');
	tandem.type('clear; stty -a | md5sum\r');
	await tandem.sees(settings);
	expect(settings.exec(tandem.text())?.[0]).toBe(before);
	const {buffer, modes} = tandem.emulator;
	expect(buffer.active.type).toBe('normal');
	expect(modes).toMatchObject({
		mouseTrackingMode: 'none',
		sendFocusMode: false,
		applicationCursorKeysMode: false,
		applicationKeypadMode: false,
		wraparoundMode: true,
	});
	const output = tandem.bytes().toString('latin1');
	// Nobody asks an emulator whether it shows the cursor, or which keyboard protocol it is told.
	expect(output.lastIndexOf('\x1b[?25h')).toBeGreaterThan(output.lastIndexOf('\x1b[?25l'));
	expect(output.lastIndexOf('\x1b[<u')).toBeGreaterThanOrEqual(output.lastIndexOf('\x1b[>1u'));
};
