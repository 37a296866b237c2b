import type {Command} from '../src/command.js';
import {findTerminal, isRunning, type State, terminalNames, whichTerminals} from '../src/state.js';

/** Stops one terminal or all: `/stop dev`, `/stop 3`, `/stop all`; alone: the open one, or the only one. */
export const stop: Command = {
	name: 'stop',
	summary: 'stop a terminal, or all of them',
	usage: '/stop [id|name|all]',
	takes: 1,
	complete: state => [...state.terminals.filter(isRunning).map(({name}) => name), 'all'],
	run({state, actions}, [which]) {
		const running = state.terminals.filter(isRunning);
		if (!state.terminals.some(isStoppable)) return actions.notice('No terminal is running.');
		// A terminal may be called "all"; its id still names it.
		if (which === 'all') return actions.stopTerminals(running.map(({id}) => id));
		const terminal = which === undefined ? meant(state) : findTerminal(state, which);
		if (!terminal) return actions.notice(missing(state, which));
		if (!isStoppable(terminal)) return actions.notice(`${terminal.name} (${terminal.id}) is not running.`);
		actions.stopTerminals([terminal.id]);
	},
};

/** Of a lost one, processes may have outlived its host. */
const isStoppable = (terminal: State['terminals'][number]): boolean =>
	isRunning(terminal) || (terminal.state.kind === 'lost' && terminal.leftovers.length > 0);

const meant = (state: State) => {
	const running = state.terminals.filter(isRunning);
	return (
		running.find(({id}) => id === state.ui.openTerminal) ?? (running.length === 1 ? running[0] : undefined)
	);
};

const missing = (state: State, which: string | undefined): string =>
	which === undefined
		? `Which one? /stop with one of: ${terminalNames(state.terminals)}, or all.`
		: `No terminal ${which}. ${whichTerminals(state)}`;
