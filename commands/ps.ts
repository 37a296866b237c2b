import type {Command} from '../src/command.js';
import {findTerminal, whichTerminals} from '../src/state.js';

/** Lists the terminals, or opens one: `/ps`, `/ps 3`, `/ps dev`. */
export const ps: Command = {
	name: 'ps',
	summary: 'list background terminals',
	usage: '/ps [id|name]',
	takes: 1,
	complete: ({terminals}) => terminals.map(({name}) => name),
	run({state, actions}, [which]) {
		if (which === undefined) return actions.openOverlay('ps');
		const terminal = findTerminal(state, which);
		if (!terminal) return actions.notice(`No terminal ${which}. ${whichTerminals(state)}`);
		actions.openTerminal(terminal.id);
	},
};
