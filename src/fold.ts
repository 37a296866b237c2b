// Folds a whole session log into a conversation, in time that grows with its length alone: event by event each one
// would copy everything before it. Gives what `reduce` gives. Pure.
import {reduceConversation, sameFactKey} from './entries.js';
import type {DurableEvent, Message, Told} from './events.js';
import type {Position} from './host/protocol.js';
import {reduceShell} from './shell-entries.js';
import {type Conversation, conversationOf, type Entry, initialState, type State} from './state.js';

export const createFold = () => {
	const past = createPast();
	let recent: State = initialState('', '');
	// What the last but one turn has said is not touched any more.
	let mark = {entries: 0, messages: 0};
	return {
		add(event: DurableEvent) {
			if ('shellId' in event && past.takeShell(event)) return;
			recent = reduceConversation(recent, event);
			if (event.type !== 'turn.ended') return;
			past.add(recent, mark);
			recent = {
				...recent,
				...nothing,
				entries: recent.entries.slice(mark.entries),
				messages: recent.messages.slice(mark.messages),
			};
			mark = {entries: recent.entries.length, messages: recent.messages.length};
		},
		/** Once, after the last event. */
		end(): Conversation {
			past.add(recent, {entries: recent.entries.length, messages: recent.messages.length});
			return {...conversationOf(recent), ...past.all()};
		},
	};
};

const nothing = {entries: [], messages: [], positions: {}, told: []} as const satisfies Partial<State>;

type ShellEvent = Extract<DurableEvent, {shellId: string}>;

const createPast = () => {
	const entries: Entry[] = [];
	const messages: Message[] = [];
	const positions: Record<number, Position> = {};
	const told = new Map<string, Told>();
	const shells = new Map<string, number>();

	return {
		/** The first entries and messages, and all that is known of terminals. */
		add(recent: State, count: {entries: number; messages: number}) {
			for (const entry of recent.entries.slice(0, count.entries)) {
				if (entry.kind === 'shell') shells.set(entry.id, entries.length);
				entries.push(entry);
			}
			for (const message of recent.messages.slice(0, count.messages)) messages.push(message);
			Object.assign(positions, recent.positions);
			for (const fact of recent.told) if (!told.has(sameFactKey(fact))) told.set(sameFactKey(fact), fact);
		},
		/** A shell line may end long after it was typed. False: it is a recent one. */
		takeShell(event: ShellEvent): boolean {
			const index = shells.get(event.shellId);
			const entry = index === undefined ? undefined : entries[index];
			if (index === undefined || !entry) return false;
			const [changed = entry] = reduceShell({...initialState('', ''), entries: [entry]}, event).entries;
			entries[index] = changed;
			return true;
		},
		all: () => ({entries, messages, positions, told: [...told.values()]}),
	};
};
