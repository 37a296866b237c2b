import type {Command} from '../src/command.js';
import {findTerminal, whichTerminals} from '../src/state.js';

/** Opens a terminal and takes it over: `/attach 3`, `/attach dev`; without an argument the open one. */
export const attach: Command = {
	name: 'attach',
	summary: 'go inside a terminal; Ctrl+] Esc comes back',
	usage: '/attach [id|name]',
	takes: 1,
	complete: ({terminals}) => terminals.map(({name}) => name),
	run({state, actions}, [which]) {
		const terminal =
			which === undefined
				? state.terminals.find(({id}) => id === (state.ui.openTerminal ?? state.ui.selectedTerminal))
				: findTerminal(state, which);
		if (terminal) return actions.takeOver(terminal.id);
		const wanted = which === undefined ? 'Which terminal? /attach NAME.' : `No terminal ${which}.`;
		actions.notice(`${wanted} ${whichTerminals(state)}`);
	},
};
