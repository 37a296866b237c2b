// Folds a whole session log into a conversation, in time that grows with its length alone: event by event each one
// would copy everything before it. Gives what `reduce` gives.
import {changeConversation, type Edit, sameFactKey} from './entries.js';
import type {DurableEvent, Message, Told} from './events.js';
import type {Position} from './host/protocol.js';
import {changedShellLine, newShellLine} from './shell-entries.js';
import {type Conversation, conversationOf, type Entry, initialState, type State} from './state.js';

export const createFold = () => {
	const entries: Entry[] = [];
	const messages: Message[] = [];
	const state: State = {...initialState('', ''), entries, messages};
	const positions: Record<number, Position> = {};
	const told = new Map<string, Told>();
	/** A shell line may end long after it was typed. */
	const shells = new Map<string, number>();
	let turnStart = {entries: 0, messages: 0};
	const edit: Edit = {
		...inPlace,
		from: turnStart,
		entriesOfTurn: () => entries.length - turnStart.entries,
	};

	const addShell = (event: Extract<DurableEvent, {shellId: string}>) => {
		if (event.type === 'shell.sent') {
			shells.set(event.shellId, entries.length);
			entries.push(newShellLine(event));
			return;
		}
		const index = shells.get(event.shellId);
		const entry = index === undefined ? undefined : entries[index];
		if (index !== undefined && entry?.kind === 'shell') entries[index] = changedShellLine(entry, event);
	};

	return {
		add(event: DurableEvent) {
			if ('shellId' in event) return addShell(event);
			changeConversation(state, event, edit);
			if ('positions' in event) Object.assign(positions, event.positions);
			if ('told' in event) {
				for (const fact of event.told) if (!told.has(sameFactKey(fact))) told.set(sameFactKey(fact), fact);
			}
			if (event.type !== 'turn.ended' || entries.at(-1)?.kind !== 'turn-end') return;
			// What the last but one turn has said is not touched any more.
			edit.from = turnStart;
			turnStart = {entries: entries.length, messages: messages.length};
		},
		/** Once, after the last event. */
		end: (): Conversation => ({...conversationOf(state), positions, told: [...told.values()]}),
	};
};

/** Of events that begin anywhere: from the first message on. */
export const foldEnd = (last: readonly DurableEvent[]): Conversation => {
	const fold = createFold();
	const first = last.findIndex(({type}) => type === 'message.sent');
	for (const event of first < 0 ? [] : last.slice(first)) fold.add(event);
	return fold.end();
};

/** Nobody has seen them yet. */
const inPlace: Omit<Edit, 'from' | 'entriesOfTurn'> = {
	change: Object.assign,
	append(list, values) {
		for (const value of values) own(list).push(value);
		return list;
	},
	replace(list, index, value) {
		own(list)[index] = value;
		return list;
	},
	insert(list, index, value) {
		if (index === list.length) own(list).push(value);
		else own(list).splice(index, 0, value);
		return list;
	},
};

/** The lists are the fold's: it made them. */
const own = <Value>(list: readonly Value[]) => list as Value[];
