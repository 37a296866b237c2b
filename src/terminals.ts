// The list of terminals in the state: its order, and what is selected or open when it changes. Pure.
import type {TerminalInfo} from './host/protocol.js';
import type {State} from './state.js';

/** Keeps them sorted, and the selection and the open terminal on ones that exist. */
export const withTerminals = (state: State, unsorted: readonly TerminalInfo[]): State => {
	const terminals = unsorted.toSorted((a, b) => rank(a) - rank(b) || a.id - b.id);
	const exists = (id: number | undefined) => terminals.some(terminal => terminal.id === id);
	const selectedTerminal = exists(state.ui.selectedTerminal)
		? state.ui.selectedTerminal
		: neighbour(state, terminals);
	const openTerminal = exists(state.ui.openTerminal) ? state.ui.openTerminal : undefined;
	// Terminals change many times a second; what is open seldom.
	const isSame = selectedTerminal === state.ui.selectedTerminal && openTerminal === state.ui.openTerminal;
	const ui = isSame ? state.ui : {...state.ui, selectedTerminal, openTerminal};
	return {...state, terminals, ui};
};

/** Which terminal takes the place of the selected one that is gone: the next row, else the last. */
const neighbour = (state: State, terminals: readonly TerminalInfo[]): number | undefined => {
	const row = state.terminals.findIndex(({id}) => id === state.ui.selectedTerminal);
	return (terminals[Math.max(0, row)] ?? terminals.at(-1))?.id;
};

const rank = ({state}: TerminalInfo): number => {
	if (state.kind === 'running') return 0;
	return state.kind === 'unknown' ? 1 : 2;
};

/** Without the host nobody knows whether it still runs (P8). */
export const outOfSight = (terminal: TerminalInfo): TerminalInfo =>
	terminal.state.kind === 'running' ? {...terminal, state: {kind: 'unknown'}} : terminal;
