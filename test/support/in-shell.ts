// tandem inside an interactive shell, as a person has it, and whether that shell is usable afterwards.
import {expect} from 'vitest';
import {knowKeyboardProtocols} from './keyboard-protocols.js';
import type {Stage} from './stage.js';
import type {Tandem} from './tandem.js';

export type ShellBefore = Awaited<ReturnType<typeof openShell>>['before'];

/** A shell that has flags of the kitty keyboard protocol of its own, and what its terminal is like before tandem. */
export const openShell = async (
	stage: Stage,
	{through = ['bash', '--norc', '-i']}: {through?: readonly string[]} = {},
) => {
	const tandem = await stage.open({
		through,
		env: {PS1: 'shell> ', TERM: 'xterm-256color'},
	});
	const keyboard = knowKeyboardProtocols(tandem.emulator, reply => tandem.type(reply));
	await tandem.sees('shell>');
	tandem.type("printf '\\e[>5u'; stty -a | grep -v rows | md5sum\r");
	const settings = await readSettings(tandem);
	return {tandem, before: {settings, keyboard, keys: keyboard.now(), modes: {...tandem.emulator.modes}}};
};

export const startInShell = async (stage: Stage) => {
	const {tandem, before} = await openShell(stage);
	tandem.type('clear; "$TANDEM" -a full --trust\r');
	await tandem.sees('asks nothing');
	return {tandem, before};
};

/** Echo, cursor, mouse, screen and keys are as they were, without `reset`. */
export const expectUsableShell = async (tandem: Tandem, before: ShellBefore) => {
	await tandem.sees('shell>');
	tandem.type('clear; stty -a | grep -v rows | md5sum\r');
	expect(await readSettings(tandem)).toBe(before.settings);
	const {buffer, modes} = tandem.emulator;
	expect(buffer.active.type).toBe('normal');
	expect({...modes}).toEqual(before.modes);
	// It was on, else this says nothing.
	expect(before.keyboard.pushes()).toBeGreaterThan(1);
	expect(before.keyboard.now()).toEqual(before.keys);
	const output = tandem.bytes().toString('latin1');
	// Nobody asks an emulator whether it shows the cursor.
	expect(output.lastIndexOf('\x1b[?25h')).toBeGreaterThan(output.lastIndexOf('\x1b[?25l'));
};

/** The terminal's settings as a sum, once the shell reads again. */
const readSettings = (tandem: Tandem): Promise<string> =>
	tandem.until(
		'the settings',
		() => /^([0-9a-f]{32})\b.*\n+shell> $/m.exec(`${tandem.text().trimEnd()} `)?.[1],
	);
