// What a person's shell lines show in the transcript, as a fold of their events. Pure.
import type {Event} from './events.js';
import type {ShellEntry, State} from './state.js';

type ShellEvent = Extract<Event, {type: 'shell.sent' | 'shell.started' | 'shell.progressed' | 'shell.ended'}>;

export const reduceShell = (state: State, event: ShellEvent): State => {
	if (event.type === 'shell.sent') {
		const ui = state.ui.scroll === 0 ? state.ui : {...state.ui, scroll: 0};
		return {...state, entries: [...state.entries, newShellLine(event)], ui};
	}
	const index = state.entries.findLastIndex(({kind, id}) => kind === 'shell' && id === event.shellId);
	const entry = state.entries[index];
	if (entry?.kind !== 'shell') return state;
	const changed = changedShellLine(entry, event);
	return changed === entry ? state : {...state, entries: state.entries.with(index, changed)};
};

export const newShellLine = (event: Extract<ShellEvent, {type: 'shell.sent'}>): ShellEntry => {
	const {shellId: id, cmd, at: sentAt} = event;
	return {kind: 'shell', id, cmd, tail: [], earlierLines: 0, sentAt};
};

/** One that has ended stays as it is. */
export const changedShellLine = (
	entry: ShellEntry,
	event: Exclude<ShellEvent, {type: 'shell.sent'}>,
): ShellEntry => {
	if (entry.end) return entry;
	switch (event.type) {
		case 'shell.started': {
			const {terminalId: id, terminalName: name} = event;
			return {...entry, terminal: {id, name}};
		}
		case 'shell.progressed':
			return {...entry, tail: event.tail, outcome: event.outcome};
		case 'shell.ended': {
			const {end, tail, earlierLines, at: endedAt} = event;
			return {...entry, end, tail, earlierLines, endedAt};
		}
	}
};
