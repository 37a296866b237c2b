// Which lines of a log are the output of the command that was entered last: as the shell marks it (OSC 133), and
// where none does, what stands behind the line at which something was entered.
import type {TerminalInfo} from './protocol.js';
import type {OutputMark} from './screen.js';

/** All lines are numbers of the log. */
export const createLastOutput = () => {
	let entered: {from: number} | undefined;
	let marked: {from: number; to?: number} | undefined;
	return {
		enter(line: number) {
			entered = {from: line + 1};
		},
		mark({what, line, isLineBegun}: OutputMark) {
			if (what === 'begins') marked = {from: isLineBegun ? line + 1 : line};
			// A shell's first prompt ends no command, and an empty line ends none twice.
			else if (marked && marked.to === undefined) marked = {...marked, to: isLineBegun ? line : line - 1};
		},
		info(): Pick<TerminalInfo, 'lastOutput'> {
			const lastOutput = marked ?? entered;
			return lastOutput ? {lastOutput} : {};
		},
	};
};

/** Whether a line is finished by it. */
export const isEntered = (bytes: Uint8Array): boolean => bytes.includes(0x0d) || bytes.includes(0x0a);
