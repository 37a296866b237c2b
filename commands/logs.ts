import type {Command} from '../src/command.js';
import {meantTerminal} from './meant-terminal.js';

/** Everything that a terminal printed: `/logs dev`; alone: the open one, or the only one. */
export const logs: Command = {
	name: 'logs',
	summary: 'read and search what a terminal printed',
	usage: '/logs [id|name]',
	takes: 1,
	complete: ({terminals}) => terminals.map(({name}) => name),
	run({state, actions}, [which]) {
		const meant = meantTerminal(state, which, '/logs');
		if (meant.kind === 'none') return actions.notice(meant.message);
		actions.openLog(meant.terminal.id, '');
	},
};
