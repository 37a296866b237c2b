// What the host adds to a command's environment, and what it takes away because it would describe another
// terminal. The rest is the client's own and complete.
import {markName} from './family.js';

/** `mark`: unguessable, the terminal's own; it is how a process that left every group is found again. */
export const buildEnvironment = (
	env: Readonly<Record<string, string>>,
	{tty, cwd, mark}: {tty: boolean; cwd: string; mark: string},
): Record<string, string> => {
	const isKept = (name: string) => !isOfAnotherTerminal(name) && (tty || !forcesColor.has(name));
	const kept = Object.fromEntries(Object.entries(env).filter(([name]) => isKept(name)));
	return {
		// A pager would wait for keys that nobody presses.
		PAGER: 'cat',
		GIT_PAGER: 'cat',
		GH_PAGER: 'cat',
		...kept,
		...(tty
			? {TERM: 'xterm-256color', COLORTERM: 'truecolor', TERM_PROGRAM: 'tandem'}
			: {TERM: 'dumb', NO_COLOR: '1'}),
		PWD: cwd,
		[markName]: mark,
	};
};

// Programs that see these talk to tmux, kitty or VS Code in their own dialects.
const namesOfAnotherTerminal = new Set([
	'TMUX',
	'TMUX_PANE',
	'STY',
	'WINDOW',
	'WINDOWID',
	'TERMCAP',
	'COLUMNS',
	'LINES',
	'COLORTERM',
	'TERM_PROGRAM',
	'TERM_PROGRAM_VERSION',
	'TERM_SESSION_ID',
	'VTE_VERSION',
	'WT_SESSION',
	'TANDEM_LEADER',
]);
const prefixesOfAnotherTerminal = ['KITTY_', 'WEZTERM_', 'ITERM_', 'ALACRITTY_', 'KONSOLE_', 'GHOSTTY_'];

// They contradict NO_COLOR; Node warns of that on every start.
const forcesColor = new Set(['FORCE_COLOR', 'CLICOLOR_FORCE']);

const isOfAnotherTerminal = (name: string) =>
	namesOfAnotherTerminal.has(name) || prefixesOfAnotherTerminal.some(prefix => name.startsWith(prefix));

/** Shells drop variables whose names are none to them, exported functions of bash among them. */
export const isShellName = (name: string) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
