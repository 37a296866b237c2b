// The text being typed, as data: every edit takes a buffer and gives the next one, the same one when nothing
// changes. It knows no keys and no screen; a cursor counts code units and stands between graphemes.
import {graphemes} from '../text/width.js';
import {visualLines} from './layout.js';

export type TextBuffer = {
	readonly text: string;
	readonly cursor: number;
	/** Long pastes stand in the text as their labels. */
	readonly pastes: readonly {label: string; text: string}[];
	/** What the last kill took, for `yank`. */
	readonly killed: string;
	/** The column that up and down keep to. */
	readonly goal: number | undefined;
	readonly undone: readonly Moment[];
	readonly done: readonly Moment[];
	/** Edits of one kind in a row are one step of undo. */
	readonly lastEdit: 'typing' | 'erasing' | 'killing' | 'other' | undefined;
};

type Moment = {text: string; cursor: number};

export const emptyBuffer: TextBuffer = {
	text: '',
	cursor: 0,
	pastes: [],
	killed: '',
	goal: undefined,
	undone: [],
	done: [],
	lastEdit: undefined,
};

// Every key lays the whole text out anew.
const longestEditable = 10_000;

/** A buffer with this text and the cursor at its end. One too long to edit is a paste again. */
export const bufferOf = (text: string): TextBuffer => {
	const clean = cleanText(text);
	if (clean.length > longestEditable) return paste(emptyBuffer, clean);
	return {...emptyBuffer, text: clean, cursor: clean.length};
};

export const insert = (buffer: TextBuffer, text: string): TextBuffer => {
	const clean = cleanText(text);
	if (clean === '') return buffer;
	// A new step begins with each word.
	const kind = /^\S$/u.test(clean) ? 'typing' : 'other';
	return replace(buffer, buffer.cursor, buffer.cursor, clean, kind);
};

/** Puts a text in the place of the characters before the cursor. */
export const replaceBefore = (buffer: TextBuffer, length: number, text: string): TextBuffer =>
	replace(buffer, buffer.cursor - length, buffer.cursor, cleanText(text), 'other');

// A paste beyond either would push everything else out of sight.
const longestPaste = {characters: 800, lines: 3};

/** A short paste is typed; a long one becomes a label that stands for it until it is sent. */
export const paste = (buffer: TextBuffer, text: string): TextBuffer => {
	const clean = cleanText(text);
	// A line feed ends a line; the last one begins none.
	const lines = clean.replace(/\n$/, '').split('\n').length;
	if (clean.length <= longestPaste.characters && lines <= longestPaste.lines) {
		return clean === '' ? buffer : replace(buffer, buffer.cursor, buffer.cursor, clean, 'other');
	}
	const size = lines > 1 ? `+${lines} lines` : `${clean.length} characters`;
	const label = `[Pasted text #${buffer.pastes.length + 1} ${size}]`;
	const pasted = replace(buffer, buffer.cursor, buffer.cursor, label, 'other');
	return {...pasted, pastes: [...buffer.pastes, {label, text: clean}]};
};

/** The text to send: labels replaced by what was pasted. */
export const expanded = ({text, pastes}: TextBuffer): string => {
	// Cut at labels first: what was pasted may itself look like one.
	let parts = [{text, isPaste: false}];
	for (const {label, text: pasted} of pastes) {
		parts = parts.flatMap(part =>
			part.isPaste
				? [part]
				: part.text
						.split(label)
						.flatMap((piece, index) => [
							...(index > 0 ? [{text: pasted, isPaste: true}] : []),
							{text: piece, isPaste: false},
						]),
		);
	}
	return parts.map(part => part.text).join('');
};

export type Movement =
	| 'left'
	| 'right'
	| 'word-left'
	| 'word-right'
	| 'line-start'
	| 'line-end'
	| 'up'
	| 'down'
	| 'start'
	| 'end';

/** Moves the cursor; up and down by the rows that a screen of `columns` shows. */
export const move = (buffer: TextBuffer, movement: Movement, columns: number): TextBuffer => {
	if (movement === 'up' || movement === 'down') return moveByRow(buffer, movement === 'up' ? -1 : 1, columns);
	const cursor = target(buffer, movement);
	return cursor === buffer.cursor ? buffer : {...buffer, cursor, goal: undefined, lastEdit: undefined};
};

/** Erases from the cursor to where a movement would take it; word and line erasures can be yanked back. */
export const erase = (
	buffer: TextBuffer,
	movement: 'left' | 'right' | 'word-left' | 'word-right' | 'line-start' | 'line-end',
): TextBuffer => {
	const end = eraseEnd(buffer, movement);
	if (end === buffer.cursor) return buffer;
	const [from, to] = end < buffer.cursor ? [end, buffer.cursor] : [buffer.cursor, end];
	if (movement === 'left' || movement === 'right') return replace(buffer, from, to, '', 'erasing');
	const taken = buffer.text.slice(from, to);
	const before = buffer.lastEdit === 'killing' ? buffer.killed : '';
	const killed = end < buffer.cursor ? taken + before : before + taken;
	return {...replace(buffer, from, to, '', 'killing'), killed};
};

/** At a line's edge the line feed itself goes, as in every shell and editor. */
const eraseEnd = (buffer: TextBuffer, movement: Parameters<typeof erase>[1]): number => {
	const end = target(buffer, movement);
	if (end !== buffer.cursor) return end;
	if (movement === 'line-start') return Math.max(0, end - 1);
	return movement === 'line-end' ? Math.min(buffer.text.length, end + 1) : end;
};

/** Puts back what was killed last. */
export const yank = (buffer: TextBuffer): TextBuffer =>
	buffer.killed === '' ? buffer : replace(buffer, buffer.cursor, buffer.cursor, buffer.killed, 'other');

export const undo = (buffer: TextBuffer): TextBuffer => {
	const moment = buffer.done.at(-1);
	if (!moment) return buffer;
	const undone = [...buffer.undone, {text: buffer.text, cursor: buffer.cursor}];
	return {...buffer, ...moment, done: buffer.done.slice(0, -1), undone, goal: undefined, lastEdit: undefined};
};

export const redo = (buffer: TextBuffer): TextBuffer => {
	const moment = buffer.undone.at(-1);
	if (!moment) return buffer;
	const done = [...buffer.done, {text: buffer.text, cursor: buffer.cursor}];
	return {
		...buffer,
		...moment,
		undone: buffer.undone.slice(0, -1),
		done,
		goal: undefined,
		lastEdit: undefined,
	};
};

// Steps, not keys: further back nobody remembers.
const mostMoments = 200;

const replace = (
	buffer: TextBuffer,
	from: number,
	to: number,
	inserted: string,
	kind: NonNullable<TextBuffer['lastEdit']>,
): TextBuffer => {
	const isSameStep = kind !== 'other' && kind === buffer.lastEdit;
	const done = isSameStep
		? buffer.done
		: [...buffer.done, {text: buffer.text, cursor: buffer.cursor}].slice(-mostMoments);
	return {
		...buffer,
		text: buffer.text.slice(0, from) + inserted + buffer.text.slice(to),
		cursor: from + inserted.length,
		goal: undefined,
		undone: [],
		done,
		lastEdit: kind,
	};
};

const cleanText = (text: string): string =>
	text
		.toWellFormed()
		.replaceAll(/\r\n?/g, '\n')
		.replaceAll(/(?![\n\t])[\x00-\x1f\x7f-\x9f]/g, '');

const moveByRow = (buffer: TextBuffer, step: 1 | -1, columns: number): TextBuffer => {
	const {rows, caret} = visualLines(buffer.text, buffer.cursor, columns);
	const row = rows[caret.row + step];
	if (!row) return buffer;
	const goal = buffer.goal ?? caret.column;
	const found = row.offsetAt(goal);
	return {...buffer, cursor: outsideLabel(buffer, found, step < 0), goal, lastEdit: undefined};
};

const target = (buffer: TextBuffer, movement: Exclude<Movement, 'up' | 'down'>): number => {
	const {text, cursor} = buffer;
	const lineStart = text.lastIndexOf('\n', cursor - 1) + 1;
	const nextFeed = text.indexOf('\n', cursor);
	const lineEnd = nextFeed === -1 ? text.length : nextFeed;
	switch (movement) {
		case 'start':
			return 0;
		case 'end':
			return text.length;
		case 'line-start':
			return cursor === 0 ? 0 : lineStart;
		case 'line-end':
			return lineEnd;
		case 'left': {
			const last = graphemes(text.slice(lineStart, cursor)).at(-1) ?? '\n';
			return outsideLabel(buffer, Math.max(0, cursor - last.length), true);
		}
		case 'right': {
			const [first = '\n'] = graphemes(text.slice(cursor, lineEnd));
			return outsideLabel(buffer, Math.min(text.length, cursor + first.length), false);
		}
		case 'word-left':
			return outsideLabel(buffer, wordStart(text, cursor), true);
		case 'word-right': {
			const after = /^[^\p{L}\p{N}\p{M}_]*[\p{L}\p{N}\p{M}_]*/u.exec(text.slice(cursor));
			return outsideLabel(buffer, cursor + (after?.[0].length ?? 0), false);
		}
	}
};

const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;

/** Step by step: a pattern that looks for the last word tries from everywhere. */
const wordStart = (text: string, cursor: number): number => {
	const characterBefore = (index: number) =>
		text.slice(index - (/[\udc00-\udfff]/.test(text[index - 1] ?? '') ? 2 : 1), index);
	let start = cursor;
	const stepBack = (isWord: boolean) => {
		while (start > 0) {
			const character = characterBefore(start);
			if (wordCharacter.test(character) !== isWord) return;
			start -= character.length;
		}
	};
	stepBack(false);
	stepBack(true);
	return start;
};

/** A label is one thing: the cursor stands before or behind it. */
const outsideLabel = ({text, pastes}: TextBuffer, offset: number, isBackwards: boolean): number => {
	for (const {label} of pastes) {
		const start = text.lastIndexOf(label, offset);
		if (start !== -1 && offset > start && offset < start + label.length) {
			return isBackwards ? start : start + label.length;
		}
	}
	return offset;
};
