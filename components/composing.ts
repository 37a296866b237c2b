// The text being typed: buffer, history and completions, with subscribers that are told at once, since a typed
// key must not wait for a frame. Knows nothing of how it is drawn but the width, by which up and down go.
import type {Command} from '../src/command.js';
import {
	bufferOf,
	emptyBuffer,
	erase,
	expanded,
	insert,
	type Movement,
	move,
	paste,
	type TextBuffer,
	undo,
	yank,
} from '../src/editor/buffer.js';
import {historyOf, newer, older, remember} from '../src/editor/history.js';
import type {Store} from '../src/store.js';
import {type Completion, completionsOf} from './completion-items.js';

export type Composing = ReturnType<typeof createComposing>;

export type Draft = {
	buffer: TextBuffer;
	/** Which completion is selected, and whether the person chose it. */
	completion: {index: number; isPicked: boolean};
	/** Esc closed the popup for this text. */
	closedFor: string | undefined;
};

type Parts = {
	store: Store;
	commands: readonly Command[];
	/** What was sent in earlier sessions, oldest first. */
	sent: readonly string[];
	/** What was typed before the window was there. */
	typed: TextBuffer;
};

export const createComposing = ({store, commands, sent, typed}: Parts) => {
	let draft = draftOf(typed);
	let history = historyOf(sent);
	let columns = 80;
	let serial = store.get().ui.composerText.serial;
	const listeners = new Set<() => void>();

	const set = (next: Draft) => {
		draft = next;
		for (const listener of listeners) listener();
	};
	const setBuffer = (buffer: TextBuffer) => {
		if (buffer !== draft.buffer) set({...draftOf(buffer), closedFor: draft.closedFor});
	};
	const change = (edit: (buffer: TextBuffer) => TextBuffer) => setBuffer(edit(draft.buffer));
	const replace = (text: string) => setBuffer(bufferOf(text));

	/** A text that the app puts here (a message taken back) comes through the state. */
	const follow = () => {
		const {composerText} = store.get().ui;
		if (composerText.serial === serial) return;
		serial = composerText.serial;
		replace(composerText.text);
	};

	const completions = (): Completion[] => {
		const {text, cursor} = draft.buffer;
		if (draft.closedFor === text || cursor < text.length) return [];
		return completionsOf(text, commands, store.get());
	};
	const selected = (): Completion | undefined => {
		const found = completions();
		return found[Math.min(draft.completion.index, found.length - 1)];
	};

	/** Within the text, then through what was sent. */
	const vertical = (direction: 'up' | 'down') => {
		const moved = move(draft.buffer, direction, columns);
		if (moved.cursor !== draft.buffer.cursor) return setBuffer(moved);
		const found = direction === 'up' ? older(history, expanded(draft.buffer)) : newer(history);
		if (!found) return;
		history = found.history;
		replace(found.text);
	};

	return {
		get: () => draft,
		subscribe(listener: () => void) {
			listeners.add(listener);
			const stop = store.subscribe(follow);
			return () => {
				listeners.delete(listener);
				stop();
			};
		},
		/** The width of the rows that are shown. */
		setColumns(next: number) {
			columns = next;
		},
		isEmpty: () => draft.buffer.text === '',
		insert: (text: string) => change(buffer => insert(buffer, text)),
		paste: (text: string) => change(buffer => paste(buffer, text)),
		move: (movement: Exclude<Movement, 'up' | 'down'>) => change(buffer => move(buffer, movement, columns)),
		erase: (movement: Parameters<typeof erase>[1]) => change(buffer => erase(buffer, movement)),
		yank: () => change(yank),
		undo: () => change(undo),
		clear: () => change(() => emptyBuffer),
		replace,
		up: () => vertical('up'),
		down: () => vertical('down'),
		/** Takes the text to send it; undefined when there is none, or when `\` before Enter asks for a new line. */
		take(): string | undefined {
			const {text, cursor} = draft.buffer;
			if (text[cursor - 1] === '\\') {
				change(buffer => insert(erase(buffer, 'left'), '\n'));
				return undefined;
			}
			const message = expanded(draft.buffer).trim();
			if (message === '') return undefined;
			history = remember(history, message);
			set(draftOf(emptyBuffer));
			return message;
		},

		completions,
		selectCompletion(step: 1 | -1) {
			const {length} = completions();
			if (length === 0) return;
			const index = (Math.min(draft.completion.index, length - 1) + step + length) % length;
			set({...draft, completion: {index, isPicked: true}});
		},
		/** Writes the selected completion into the line. */
		complete() {
			const chosen = selected();
			if (chosen) replace(chosen.line);
		},
		/** As `complete`, unless that would put in an argument that nobody meant. */
		completeIfMeant() {
			const chosen = selected();
			if (chosen && (chosen.isCertain || draft.completion.isPicked)) replace(chosen.line);
		},
		closeCompletions: () => set({...draft, closedFor: draft.buffer.text}),
	};
};

const draftOf = (buffer: TextBuffer): Draft => ({
	buffer,
	completion: {index: 0, isPicked: false},
	closedFor: undefined,
});
