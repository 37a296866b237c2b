// What a person's shell lines show in the transcript, as a fold of their events. Pure.
import type {Event} from './events.js';
import type {ShellEntry, State} from './state.js';

type ShellEvent = Extract<Event, {type: 'shell.sent' | 'shell.started' | 'shell.progressed' | 'shell.ended'}>;

export const reduceShell = (state: State, event: ShellEvent): State => {
	switch (event.type) {
		case 'shell.sent':
			return sendShellLine(state, event);
		case 'shell.started': {
			const {terminalId: id, terminalName: name} = event;
			return withShell(state, event, {terminal: {id, name}});
		}
		case 'shell.progressed':
			return withShell(state, event, {tail: event.tail, outcome: event.outcome});
		case 'shell.ended': {
			const {end, tail, earlierLines, at: endedAt} = event;
			return withShell(state, event, {end, tail, earlierLines, endedAt});
		}
	}
};

const sendShellLine = (state: State, event: Extract<Event, {type: 'shell.sent'}>): State => {
	const {shellId: id, cmd, at: sentAt} = event;
	const entry: ShellEntry = {kind: 'shell', id, cmd, tail: [], earlierLines: 0, sentAt};
	return {
		...state,
		entries: [...state.entries, entry],
		ui: state.ui.scroll === 0 ? state.ui : {...state.ui, scroll: 0},
	};
};

/** One that has ended stays as it is. */
const withShell = (state: State, {shellId}: {shellId: string}, change: Partial<ShellEntry>): State => {
	const index = state.entries.findLastIndex(({kind, id}) => kind === 'shell' && id === shellId);
	const entry = state.entries[index];
	if (entry?.kind !== 'shell' || entry.end) return state;
	return {...state, entries: state.entries.with(index, {...entry, ...change})};
};
