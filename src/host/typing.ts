// Typing into a terminal: encodes the input for the program's modes and refuses what would not arrive whole.
// What is accepted is on its way to this terminal and no other.
import type {Refusal, TerminalInput} from './host.js';
import {encodeInput} from './keys.js';
import {encodeMouse} from './mouse.js';
import type {Pty} from './pty.js';
import type {Screen} from './screen.js';

// More than anybody pastes; a program that never reads must not fill the host's memory.
const maxQueuedBytes = 2_097_152;
// The kernel's line editor drops what a line holds above this, without a word (N_TTY_BUF_SIZE - 1).
const maxCanonicalLine = 4_095;

/** `readModes`: `stty -a` of the device. `label`: the terminal's id and name, for people. */
export const encodeTyping = async (
	input: TerminalInput,
	target: {
		label: string;
		pty: Pty;
		screen: Screen;
		readModes(device: string): Promise<string | undefined>;
	},
): Promise<{kind: 'encoded'; bytes: Uint8Array} | Refusal> => {
	const {label, pty, screen} = target;
	const modes = screen.modes();
	const encoded = encodeInput(input, modes);
	if (encoded.kind === 'refused') return encoded;
	if (input.mouse) {
		const mouse = encodeMouse(input.mouse, modes, screen.isAlternateScreen);
		return {kind: 'encoded', bytes: Buffer.concat([encoded.bytes, Buffer.from(mouse)])};
	}
	const waiting = pty.queuedBytes;
	if (waiting + encoded.bytes.length > maxQueuedBytes) {
		const message = `The program in terminal ${label} does not read: ${waiting} bytes wait already. Nothing was typed. Look at its screen, or stop it.`;
		return {kind: 'refused', code: 'input-full', message};
	}
	const longest = longestLine(encoded.bytes);
	if (longest <= maxCanonicalLine || !isCanonical(await target.readModes(pty.device))) return encoded;
	const message = `A line of ${longest} bytes is too long: the line editor of terminal ${label} keeps ${maxCanonicalLine} and drops the rest. Nothing was typed. Write the text into a file and let the command read that.`;
	return {kind: 'refused', code: 'line-too-long', message};
};

/** Without a terminal there is one thing to type: Ctrl+C. */
export const isInterrupt = ({chars = '', keys = []}: TerminalInput): boolean =>
	chars + keys.map(key => (key === 'C-c' ? '\x03' : key)).join('') === '\x03';

/** A line is read, and what is typed is not shown. */
export const hidesTyping = (modes: string | undefined): boolean =>
	isCanonical(modes) && / -echo[ ;]/.test(` ${modes} `);

const isCanonical = (modes: string | undefined) => modes !== undefined && /(^| )icanon( |;)/.test(modes);

const longestLine = (bytes: Uint8Array): number => {
	if (bytes.length <= maxCanonicalLine) return bytes.length;
	let longest = 0;
	let start = 0;
	for (let end = 0; end <= bytes.length; end++) {
		if (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) continue;
		longest = Math.max(longest, end - start);
		start = end + 1;
	}
	return longest;
};
