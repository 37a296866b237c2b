// The text being typed: buffer, history and completions, with subscribers that are told at once, since a typed
// key must not wait for a frame. Knows nothing of how it is drawn but the width, by which up and down go.
import {type Command, parseShellLine} from '../src/command.js';
import {
	bufferOf,
	emptyBuffer,
	erase,
	expanded,
	insert,
	type Movement,
	move,
	paste,
	replaceBefore,
	type TextBuffer,
	undo,
	yank,
} from '../src/editor/buffer.js';
import {type History, historyOf, newer, older, remember, withConversation} from '../src/editor/history.js';
import type {State} from '../src/state.js';
import type {Store} from '../src/store.js';
import {createCell} from './cell.js';
import {
	commonStart,
	earlierMessages,
	type Files,
	mentionAt,
	mentions,
	shellWords,
	slashItems,
} from './completing.js';
import type {Completion} from './completion-items.js';

export type Composing = ReturnType<typeof createComposing>;

export type Draft = {
	buffer: TextBuffer;
	/** Which completion is selected, and whether the person chose it. */
	completion: {index: number; isPicked: boolean};
	/** Esc closed the popup for this text. */
	closedFor: string | undefined;
	/** What Tab found for the last word of a shell line. */
	offered: readonly Completion[];
	/** What earlier messages are searched for. */
	sought: string | undefined;
};

type Parts = {
	store: Store;
	commands: readonly Command[];
	/** What was sent in earlier sessions, oldest first; asked once, when somebody goes back. */
	sent(): readonly string[];
	files: Files;
	/** What was typed before the window was there. */
	typed: TextBuffer;
};

export const createComposing = ({store, commands, sent, files, typed}: Parts) => {
	const {get: draft, set, subscribe} = createCell(draftOf(typed));
	let loaded: History | undefined;
	/** Whose conversation is in the history. */
	let loadedFor: string | undefined;
	const history = (): History => {
		const {session, entries} = store.get();
		if (loaded && loadedFor === session.id) return loaded;
		loadedFor = session.id;
		loaded = withConversation(loaded ?? historyOf(sent()), entries.flatMap(saidIn));
		return loaded;
	};
	/** A draft keeps its completions: keys and frames ask for them often. */
	let made: {draft: Draft; found: Completion[]} | undefined;
	let columns = 80;
	let serial = store.get().ui.composerText.serial;

	const setBuffer = (buffer: TextBuffer) => {
		if (buffer !== draft().buffer) set({...draftOf(buffer), closedFor: draft().closedFor});
	};
	const change = (edit: (buffer: TextBuffer) => TextBuffer) => setBuffer(edit(draft().buffer));
	const replace = (text: string) => setBuffer(bufferOf(text));

	/** A text that the app puts here (a message taken back) comes through the state. */
	const follow = () => {
		const {composerText} = store.get().ui;
		if (composerText.serial === serial) return;
		serial = composerText.serial;
		replace(composerText.text);
	};

	const completions = (): Completion[] => {
		const current = draft();
		const {buffer, sought, offered, closedFor} = current;
		if (sought === undefined && closedFor === buffer.text) return [];
		// What a slash command offers depends on the state.
		if (sought === undefined && buffer.text.startsWith('/')) return slashItems(buffer, commands, store.get());
		if (made?.draft === current) return made.found;
		const found =
			sought === undefined ? [...offered, ...mentions(buffer, files)] : earlierMessages(history(), sought);
		made = {draft: current, found};
		return found;
	};
	const selected = (): Completion | undefined => {
		const found = completions();
		return found[Math.min(draft().completion.index, found.length - 1)];
	};

	const apply = ({line, edit}: Completion) => {
		if (edit) change(buffer => replaceBefore(buffer, edit.erase, edit.insert));
		else replace(line);
	};

	/** An earlier message opens no popup: the next key may go on to another. */
	const recall = (text: string) => {
		const buffer = bufferOf(text);
		set({...draftOf(buffer), closedFor: buffer.text});
	};

	/** Within the text, then through what was sent. */
	const vertical = (direction: 'up' | 'down') => {
		const moved = move(draft().buffer, direction, columns);
		if (moved.cursor !== draft().buffer.cursor) return setBuffer(moved);
		const found = direction === 'up' ? older(history(), expanded(draft().buffer)) : newer(history());
		if (!found) return;
		loaded = found.history;
		recall(found.text);
	};

	return {
		get: draft,
		subscribe(listener: () => void) {
			const stops = [
				subscribe(listener),
				store.subscribe(follow),
				files.subscribe(() => {
					if (mentionAt(draft().buffer)) set({...draft()});
				}),
			];
			return () => {
				for (const stop of stops) stop();
			};
		},
		/** The width of the rows that are shown. */
		setColumns(next: number) {
			columns = next;
		},
		isEmpty: () => draft().buffer.text === '',
		/** The text with what was pasted. */
		whole: () => expanded(draft().buffer),
		insert: (text: string) => change(buffer => insert(buffer, text)),
		paste: (text: string) => change(buffer => paste(buffer, text)),
		move: (movement: Exclude<Movement, 'up' | 'down'>) => change(buffer => move(buffer, movement, columns)),
		erase: (movement: Parameters<typeof erase>[1]) => change(buffer => erase(buffer, movement)),
		yank: () => change(yank),
		undo: () => change(undo),
		/** The next step back begins at the newest message again. */
		clear() {
			loaded = loaded && historyOf(loaded.messages);
			change(() => emptyBuffer);
		},
		replace,
		up: () => vertical('up'),
		down: () => vertical('down'),
		/** Takes the text to send it; undefined when there is none, or when `\` before Enter asks for a new line. */
		take(): string | undefined {
			const {text, cursor} = draft().buffer;
			if (text[cursor - 1] === '\\') {
				change(buffer => insert(erase(buffer, 'left'), '\n'));
				return undefined;
			}
			const message = expanded(draft().buffer).trim();
			if (message === '') return undefined;
			loaded = remember(history(), message);
			set(draftOf(emptyBuffer));
			return message;
		},

		completions,
		selectCompletion(step: 1 | -1) {
			const {length} = completions();
			if (length === 0) return;
			const index = (Math.min(draft().completion.index, length - 1) + step + length) % length;
			set({...draft(), completion: {index, isPicked: true}});
		},
		/** Writes the selected completion into the line. */
		complete() {
			const chosen = selected();
			if (chosen) apply(chosen);
		},
		/** Whether the completion is of a word, so that the line goes on behind it. */
		completesWord: () => selected()?.edit !== undefined,
		/** Tab in a shell line: what all words have in common, else the list of them. */
		async offerWords() {
			const {text, cursor} = draft().buffer;
			if (parseShellLine(text) === undefined || cursor < text.length) return;
			const sign = text.indexOf('!') + 1;
			const {head, words} = await files.completeShellWord(text.slice(sign));
			// Who typed on meanwhile is not interrupted.
			if (draft().buffer.text !== text || draft().buffer.cursor !== cursor) return;
			const found = shellWords(head, words, text.slice(sign));
			const [only, ...others] = found;
			if (only && others.length === 0) return apply(only);
			const common = commonStart(words);
			const typed = text.slice(sign + head.length);
			if (common.startsWith(typed) && common.length > typed.length) {
				return change(buffer => insert(buffer, common.slice(typed.length)));
			}
			set({...draft(), offered: found, closedFor: undefined, completion: {index: 0, isPicked: false}});
		},
		/** Shows earlier messages with this in them. */
		seek: (query: string) => set({...draft(), sought: query, completion: {index: 0, isPicked: false}}),
		/** Ends the search, with the selected message or as it was. */
		endSeeking(isTaken: boolean) {
			const chosen = isTaken ? selected() : undefined;
			set({...draft(), sought: undefined});
			if (chosen) recall(chosen.line);
		},
		/** As `complete`, unless that would put in an argument that nobody meant. */
		completeIfMeant() {
			const chosen = selected();
			if (chosen && (chosen.isCertain || draft().completion.isPicked)) replace(chosen.line);
		},
		closeCompletions: () => set({...draft(), closedFor: draft().buffer.text}),
	};
};

/** What a person typed for an entry, if it was one. */
const saidIn = (entry: State['entries'][number]): string[] => {
	if (entry.kind === 'shell') return [`!${entry.cmd}`];
	return entry.kind === 'user' ? [entry.text] : [];
};

const draftOf = (buffer: TextBuffer): Draft => ({
	buffer,
	completion: {index: 0, isPicked: false},
	closedFor: undefined,
	offered: [],
	sought: undefined,
});
