import type {Command} from '../src/command.js';
import {meantTerminal} from './meant-terminal.js';

/** Runs a terminal's command again: `/restart dev`; alone: the open one, or the only one. */
export const restart: Command = {
	name: 'restart',
	summary: 'run a terminal’s command again; a running one is stopped first',
	usage: '/restart [id|name]',
	takes: 1,
	complete: ({terminals}) => terminals.map(({name}) => name),
	run({state, actions}, [which]) {
		const meant = meantTerminal(state, which, '/restart');
		if (meant.kind === 'none') return actions.notice(meant.message);
		actions.restartTerminal(meant.terminal.id);
	},
};
