import type {Command} from '../src/command.js';
import {meantTerminal} from './meant-terminal.js';

/** To the clipboard: the last answer, or the output of a terminal's last command: `/copy`, `/copy dev`. */
export const copy: Command = {
	name: 'copy',
	summary: 'copy the last answer, or the output of a terminal’s last command',
	usage: '/copy [id|name]',
	takes: 1,
	complete: ({terminals}) => terminals.map(({name}) => name),
	run({state, actions}, [which]) {
		if (which === undefined) return actions.copyAnswer();
		const meant = meantTerminal(state, which, '/copy');
		if (meant.kind === 'none') return actions.notice(meant.message);
		actions.copyOutput(meant.terminal.id);
	},
};
