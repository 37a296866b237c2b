// Which terminal a command means: the one that is named, else the open one, else the only one there is.
import {findTerminal, type State, terminalNames, whichTerminals} from '../src/state.js';

type Meant =
	| {kind: 'terminal'; terminal: State['terminals'][number]}
	/** In words for the person. */
	| {kind: 'none'; message: string};

export const meantTerminal = (state: State, which: string | undefined, command: string): Meant => {
	const {terminals, ui} = state;
	if (terminals.length === 0) return {kind: 'none', message: 'There are no terminals.'};
	const terminal =
		which === undefined
			? (terminals.find(({id}) => id === ui.openTerminal) ??
				(terminals.length === 1 ? terminals[0] : undefined))
			: findTerminal(state, which);
	if (terminal) return {kind: 'terminal', terminal};
	return {
		kind: 'none',
		message:
			which === undefined
				? `Which one? ${command} with one of: ${terminalNames(state.terminals)}.`
				: `No terminal ${which}. ${whichTerminals(state)}`,
	};
};
