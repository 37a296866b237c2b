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
	const unseen = withUnseen(state, terminals);
	const isSame =
		selectedTerminal === state.ui.selectedTerminal &&
		openTerminal === state.ui.openTerminal &&
		unseen === state.ui.unseen;
	const ui = isSame ? state.ui : {...state.ui, selectedTerminal, openTerminal, unseen};
	return {...state, terminals, ui};
};

// What ends sooner is seen where it was started: a call, a shell line.
const longEnoughMs = 10_000;

/** Marks what ended by itself while the person looked elsewhere. */
const withUnseen = (state: State, terminals: readonly TerminalInfo[]): readonly number[] => {
	const {unseen, openTerminal} = state.ui;
	const wasAlive = (id: number) =>
		state.terminals.some(
			old => old.id === id && (old.state.kind === 'running' || old.state.kind === 'unknown'),
		);
	const news = terminals.filter(
		terminal => hasEndedByItself(terminal) && terminal.id !== openTerminal && wasAlive(terminal.id),
	);
	const kept = unseen.filter(id => terminals.some(terminal => terminal.id === id));
	if (news.length === 0 && kept.length === unseen.length) return unseen;
	return [...kept, ...news.map(({id}) => id).filter(id => !kept.includes(id))];
};

const hasEndedByItself = ({state, startedAt, stoppedBy}: TerminalInfo): boolean =>
	state.kind === 'lost' ||
	(state.kind === 'ended' && state.at - startedAt >= longEnoughMs && stoppedBy !== 'user');

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
