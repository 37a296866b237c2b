// Cuts the bytes of a terminal into keys, pastes and mouse reports, however they are spread over reads. Pure but
// for the two moments that it asks its owner to come back at.
import {StringDecoder} from 'node:string_decoder';
import {characterKey, type Focus, type Key, keyOf, type Mouse, type Reply, sequenceEvent} from './keys.js';

export type Paste = {
	kind: 'paste';
	/** Line feeds for line ends; no other control characters but tabs. */
	text: string;
	/** More came than is kept. */
	isCut: boolean;
};

export type InputEvent = Key | Paste | Mouse | Focus;

// A paste beyond this is no message; the memory stays bounded.
const longestPaste = 4 * 1024 * 1024;
// No key, mouse report or reply is longer; beyond it the ESC was typed.
const longestSequence = 128;
// What comes in one read is typed key by key up to here: keys sent quickly, or before the start.
const longestTyping = 64;

type Emit = (event: InputEvent | Reply) => void;

const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';

export const createDecoder = (emit: Emit) => {
	const utf8 = new StringDecoder('utf8');
	/** Text that is not decided yet: an unfinished sequence. */
	let pending = '';
	/** An open paste's parts. */
	let paste: {parts: string[]; length: number; isCut: boolean; tail: string} | undefined;

	const endPaste = () => {
		if (!paste) return;
		const {parts, tail, isCut} = paste;
		paste = undefined;
		emit({kind: 'paste', text: cleanPaste(parts.join('') + tail), isCut});
	};

	const addToPaste = (text: string): string => {
		if (!paste) return text;
		const whole = paste.tail + text;
		const end = whole.indexOf(pasteEnd);
		// The end marker itself may come in two reads.
		const kept = end === -1 ? whole.length - markerStart(whole) : end;
		const room = longestPaste - paste.length;
		paste.parts.push(whole.slice(0, Math.min(kept, room)));
		paste.isCut ||= kept > room;
		paste.length += Math.min(kept, room);
		paste.tail = end === -1 ? whole.slice(kept) : '';
		if (end === -1) return '';
		endPaste();
		return whole.slice(end + pasteEnd.length);
	};

	const decode = (text: string) => {
		let rest = text;
		while (rest !== '') {
			if (paste) {
				rest = addToPaste(rest);
				continue;
			}
			if (rest.startsWith('\x1b')) {
				const length = sequenceLength(rest);
				if (length === undefined) {
					pending = rest;
					return;
				}
				const sequence = rest.slice(0, length);
				rest = rest.slice(length);
				if (sequence === pasteStart) paste = {parts: [], length: 0, isCut: false, tail: ''};
				else emitSequence(sequence, emit);
				continue;
			}
			const run = /^[^\x1b]+/.exec(rest)?.[0] ?? '';
			rest = rest.slice(run.length);
			emitTyped(run, emit);
		}
	};

	return {
		push: (chunk: Buffer | string) => {
			const text = pending + (typeof chunk === 'string' ? chunk : utf8.write(chunk));
			pending = '';
			decode(text);
		},
		/** What the decoder waits for: the rest of a sequence (or a lone Esc), the end of a paste, nothing. */
		waitsFor: (): 'sequence' | 'paste' | undefined =>
			paste ? 'paste' : pending === '' ? undefined : 'sequence',
		/** The rest did not come: a lone Esc is the key, a paste ends as it is. */
		settle: () => {
			if (paste) return endPaste();
			const text = pending;
			pending = '';
			const characters = Array.from(text);
			if (text === '\x1b' || text === '\x1b\x1b') for (const _ of text) emit(keyOf('escape'));
			// ESC [ alone is Alt+[; anything longer was a sequence that broke off.
			else if (characters.length === 2) emit(characterKey(characters[1] ?? '', true));
		},
	};
};

/** The length of the sequence at the start, undefined while it is unfinished. */
const sequenceLength = (text: string): number | undefined => {
	if (text.length === 1) return undefined;
	// ESC ESC [ A is Alt with an arrow in some terminals.
	const start = text[1] === '\x1b' ? 2 : 1;
	const introducer = text[start];
	if (introducer === undefined) return undefined;
	if (introducer === '[') return csiLength(text, start);
	if (introducer === 'O') {
		const final = text[start + 1];
		if (final === undefined) return undefined;
		// Alt+O and then something that is no key of a keypad.
		return /[A-Zj-y]/.test(final) ? start + 2 : start + 1;
	}
	if (introducer === ']' || introducer === 'P' || introducer === '_' || introducer === '^') {
		return stringLength(text, start);
	}
	if (start === 2) return 1;
	return (
		1 + ((text.codePointAt(1) ?? 0 > 0xffff) ? String.fromCodePoint(text.codePointAt(1) ?? 0).length : 1)
	);
};

const csiLength = (text: string, start: number): number | undefined => {
	// Linux's console sends ESC [ [ A for F1.
	if (text[start + 1] === '[') return text.length > start + 2 ? start + 3 : undefined;
	for (let index = start + 1; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code >= 0x40 && code <= 0x7e) return index + 1;
		// Not part of a sequence: what stands before it is swallowed.
		if (code < 0x20 || code > 0x7e) return index;
		if (index > longestSequence) return index;
	}
	return undefined;
};

/** OSC, DCS, APC, PM: replies of the terminal. Alt+] and Alt+P look like their start. */
const stringLength = (text: string, start: number): number | undefined => {
	if (text.length === start + 1) return undefined;
	const end = /\x07|\x1b\\/.exec(text.slice(start));
	if (end) return start + end.index + end[0].length;
	const looksLikeReply = /^(?:\][\d;]|P[01>]|_G)/.test(text.slice(start, start + 2));
	return looksLikeReply && text.length < 4_096 ? undefined : start + 1;
};

const emitSequence = (sequence: string, emit: Emit) => {
	const linuxFunction = /^\x1b\[\[([A-E])$/.exec(sequence)?.[1];
	const [, character = '', ...more] = sequence;
	if (sequence === '\x1b') emit(keyOf('escape'));
	else if (linuxFunction) emit(keyOf(`f${linuxFunction.charCodeAt(0) - 0x40}`));
	else if (sequence.length > 1 && more.length === 0) emit(characterKey(character, true));
	else {
		const event = sequenceEvent(sequence);
		if (event) emit(event);
	}
};

const emitTyped = (run: string, emit: Emit): void => {
	for (const part of run.match(/[^\x00-\x1f\x7f]+|[\x00-\x1f\x7f]/g) ?? []) {
		const characters = Array.from(part);
		if (characters.length > longestTyping) emit(keyOf('', {}, withoutC1(part)));
		else for (const character of characters) if (withoutC1(character)) emit(characterKey(character));
	}
};

const withoutC1 = (text: string): string => text.replaceAll(/[\x80-\x9f]/g, '');

const cleanPaste = (text: string): string =>
	text
		.replaceAll(/\r\n?/g, '\n')
		.replaceAll(/\x1b\[[0-?]*[ -/]*[@-~]/g, '')
		.replaceAll(/(?![\n\t])[\x00-\x1f\x7f-\x9f]/g, '');

/** How many characters at the end may be the start of the end marker. */
const markerStart = (text: string): number => {
	for (let length = Math.min(pasteEnd.length - 1, text.length); length > 0; length--) {
		if (text.endsWith(pasteEnd.slice(0, length))) return length;
	}
	return 0;
};
