// What an emulator may see of a program's output: valid UTF-8, escape sequences of bounded length and cost.
// Bytes in, bytes out; a sequence that is split over chunks is put together. Knows no emulator but the facts
// that @xterm/headless spends time by counts and keeps strings and combining marks without a limit.
import {isAscii} from 'node:buffer';

export type Filter = {
	/** The same bytes when there is nothing to change. The result may share memory with the argument. */
	push(bytes: Uint8Array): Uint8Array;
	resize(cols: number, rows: number): void;
	/** No sequence is open and text means what its bytes say: no other character set, no changed tab stops. */
	readonly isPlain: boolean;
};

export const createFilter = (options: {
	cols: number;
	rows: number;
	/** A title that the program has set, readable and of bounded length. Titles never reach the emulator. */
	onTitle(title: string): void;
}): Filter => {
	let {cols, rows} = options;
	let state: State = 'ground';
	// The bytes of the open sequence, without ESC.
	const sequence = new Uint8Array(maxSequenceBytes);
	let length = 0;
	let isOverlong = false;
	let partialCharacter: Uint8Array | undefined;
	let marks = 0;
	let run: Run | undefined;
	let isAlternate = false;
	let hasGraphics = false;
	let hasOwnTabs = false;
	let newTitle: string | undefined;

	let out = new Uint8Array(0);
	let outLength = 0;
	let input: Uint8Array = out;
	let copied = 0;
	// Where the open sequence starts in the input, or -1 if it began in an earlier chunk or was changed.
	let sequenceStart = -1;

	const reserve = (bytes: number) => {
		if (outLength + bytes <= out.length) return;
		const larger = new Uint8Array(Math.max(out.length * 2, outLength + bytes));
		larger.set(out.subarray(0, outLength));
		out = larger;
	};
	const write = (bytes: Uint8Array) => {
		if (bytes.length === 0) return;
		flushRun();
		reserve(bytes.length);
		out.set(bytes, outLength);
		outLength += bytes.length;
	};
	const writeText = (text: string) => write(Buffer.from(text, 'latin1'));
	/** Everything up to `end` that was not copied yet goes out as it is; the copying goes on at `next`. */
	const copyUntil = (end: number, next: number) => {
		if (end > copied) write(input.subarray(copied, end));
		copied = next;
	};
	const flushRun = () => {
		if (!run) return;
		const text = runText(run);
		run = undefined;
		writeText(text);
	};

	const open = (at: number) => {
		state = 'escape';
		length = 0;
		isOverlong = false;
		sequenceStart = at;
	};
	const collect = (byte: number) => {
		if (length < maxSequenceBytes) sequence[length++] = byte;
		else isOverlong = true;
	};
	/** The open sequence goes out unchanged. `at` is its last byte in the input. */
	const pass = (at: number) => {
		state = 'ground';
		marks = 0;
		if (sequenceStart >= 0) return;
		copied = at + 1;
		write(Uint8Array.of(0x1b, ...sequence.subarray(0, length)));
	};
	/** The open sequence is taken out of the stream; what replaces it, if anything, is written by the caller. */
	const drop = (at: number) => {
		state = 'ground';
		marks = 0;
		if (sequenceStart >= 0) copyUntil(sequenceStart, at + 1);
		else copied = at + 1;
	};
	/** A control character within a sequence acts at once: it goes out before the sequence. */
	const control = (byte: number, at: number) => {
		if (sequenceStart >= 0) copyUntil(sequenceStart, at + 1);
		else copied = at + 1;
		sequenceStart = -1;
		write(Uint8Array.of(byte));
	};

	const dispatchEscape = (final: number, at: number) => {
		if (length === 0 && final === 0x63) {
			// ESC c, the full reset: a run of resets and clears is one.
			drop(at);
			if (run?.kind !== 'clear') flushRun();
			isAlternate = false;
			hasGraphics = false;
			hasOwnTabs = false;
			run = {kind: 'clear', isReset: true, isErased: false, isHome: true};
			return;
		}
		if (length === 1 && sequence[0] === 0x23 && final === 0x38) {
			// ESC # 8 fills the screen for a test: once is as good as often.
			drop(at);
			if (run?.kind !== 'fill') flushRun();
			run = {kind: 'fill'};
			return;
		}
		if (length === 1 && sequence[0] !== undefined && sequence[0] >= 0x28 && sequence[0] <= 0x2f)
			hasGraphics = final !== 0x42;
		if (length === 0 && final === 0x48) hasOwnTabs = true;
		// Locking shifts to the other sets.
		if (length === 0 && (final === 0x6e || final === 0x6f || (final >= 0x7c && final <= 0x7e)))
			hasGraphics = true;
		collect(final);
		pass(at);
	};

	const dispatchCsi = (final: number, at: number) => {
		if (isOverlong) return drop(at);
		const text = latin1(sequence.subarray(1, length));
		const match = csiPattern.exec(text);
		if (!match) return drop(at);
		const [, prefix = '', params = '', intermediates = ''] = match;
		if (prefix === '' && isUncommon(final, intermediates)) return drop(at);
		const letter = String.fromCharCode(final);
		if (prefix === '?' && intermediates === '' && (letter === 'J' || letter === 'K')) {
			// Erasing all but protected text, of which there is none.
			if (joinsRun(letter, params, at)) return;
			drop(at);
			return writeText(`\x1b[${clampDigits(params)}${letter}`);
		}
		const isBare = prefix === '' && intermediates === '';
		if (isBare && joinsRun(letter, params, at)) return;
		if (
			prefix === '?' &&
			intermediates === '' &&
			alternateModes.has(params) &&
			(letter === 'h' || letter === 'l')
		) {
			drop(at);
			flipScreen(params, letter === 'h');
			return;
		}
		if (prefix === '?' && /(?:^|;)(?:47|1047|1049)(?:;|$)/.test(params) && (letter === 'h' || letter === 'l'))
			isAlternate = letter === 'h';
		// Line feed mode is the kernel's business here, and the emulator's own setting for pipes.
		if (isBare && (letter === 'h' || letter === 'l') && params === '20') return drop(at);
		if (isBare && letter === 'g') hasOwnTabs = true;
		const clamped = isBare ? clampCounts(letter, params) : clampDigits(params);
		if (clamped === params) {
			collect(final);
			return pass(at);
		}
		drop(at);
		writeText(`\x1b[${prefix}${clamped}${intermediates}${letter}`);
	};

	const joinsRun = (letter: string, params: string, at: number): boolean => {
		const isSpanEmpty = sequenceStart < 0 || sequenceStart === copied;
		const current = isSpanEmpty && run?.kind === 'clear' ? run : undefined;
		// Nobody sees a scrollback here: lines are in the log once they are there.
		if (letter === 'J' && params === '3') {
			drop(at);
			return true;
		}
		if (letter === 'J' && (params === '2' || (isZero(params) && current?.isHome))) {
			drop(at);
			if (current) current.isErased = true;
			else {
				flushRun();
				run = {kind: 'clear', isReset: false, isErased: true, isHome: false};
			}
			return true;
		}
		if ((letter === 'H' || letter === 'f') && /^[01]?(?:;[01]?)?$/.test(params)) {
			drop(at);
			if (current) current.isHome = true;
			else {
				flushRun();
				run = {kind: 'clear', isReset: false, isErased: false, isHome: true};
			}
			return true;
		}
		if (!scrolls.includes(letter) || !/^\d*$/.test(params)) return false;
		const count = Math.min(rows, Math.max(1, Number(params.slice(0, 6)) || 1));
		const scroll = isSpanEmpty && run?.kind === 'scroll' && run.letter === letter ? run : undefined;
		drop(at);
		if (scroll) scroll.count = Math.min(rows, scroll.count + count);
		else {
			flushRun();
			run = {kind: 'scroll', letter, count};
		}
		return true;
	};

	const flipScreen = (mode: string, isSet: boolean) => {
		if (run?.kind !== 'flip') {
			flushRun();
			run = {kind: 'flip', steps: []};
		}
		const {steps} = run;
		const last = steps.at(-1);
		const step = `[?${mode}${isSet ? 'h' : 'l'}`;
		if (!isSet && last?.step === `[?${mode}h` && !last.wasAlternate) {
			// There and back is nothing, but that mode 1049 saves the cursor.
			steps.pop();
			if (mode === '1049' && steps.at(-1)?.step !== saveCursor)
				steps.push({step: saveCursor, wasAlternate: false});
		} else if (last?.step !== step) steps.push({step, wasAlternate: isAlternate});
		isAlternate = isSet;
	};

	const clampCounts = (letter: string, params: string): string => {
		if (letter === 'b') return clampNumbers(params, cols);
		if (letter === 'I' || letter === 'Z')
			return clampNumbers(params, hasOwnTabs ? cols : Math.ceil(cols / 8));
		return clampDigits(params);
	};

	/** Takes one byte of a sequence. False: the byte is not of it and is to be looked at again. */
	const takeByte = (byte: number, at: number): boolean => {
		if (state === 'string') return takeStringByte(byte, at);
		if (byte >= 0x80) {
			drop(at - 1);
			return false;
		}
		if (byte === 0x1b) {
			drop(at - 1);
			open(at);
			return true;
		}
		if (byte === 0x18 || byte === 0x1a) {
			drop(at);
			return true;
		}
		if (byte < 0x20) {
			control(byte, at);
			return true;
		}
		if (byte === 0x7f) {
			if (sequenceStart >= 0) copyUntil(sequenceStart, at + 1);
			sequenceStart = -1;
			return true;
		}
		if (state === 'csi') {
			if (byte >= 0x40) dispatchCsi(byte, at);
			else collect(byte);
			return true;
		}
		if (length === 0 && byte === 0x5b) {
			collect(byte);
			state = 'csi';
		} else if (length === 0 && stringStarts.includes(byte)) {
			collect(byte);
			state = 'string';
		} else if (byte < 0x30) collect(byte);
		else dispatchEscape(byte, at);
		return true;
	};

	/**
	 * OSC, DCS, SOS, PM, APC: none reaches the emulator but a status request, and bare marks of where a command's output
	 * begins and ends; a title is told aside.
	 */
	const takeStringByte = (byte: number, at: number): boolean => {
		const isOsc = sequence[0] === 0x5d;
		if (byte === 0x1b || (byte === 0x07 && isOsc)) {
			endString(byte === 0x1b ? at - 1 : at);
			if (byte === 0x1b) open(at);
		} else if (byte === 0x18 || byte === 0x1a) drop(at);
		else collect(byte);
		return true;
	};
	const endString = (at: number) => {
		drop(at);
		const text = latin1(sequence.subarray(1, length));
		if (sequence[0] === 0x50 && text.startsWith('$q') && !isOverlong && /^[\x20-\x7e]+$/.test(text))
			writeText(`\x1bP${text}\x1b\\`);
		const title = sequence[0] === 0x5d ? /^[02];/.exec(text) : null;
		const mark = sequence[0] === 0x5d ? /^133;([CD])(?:;|$)/.exec(text)?.[1] : undefined;
		if (mark) writeText(`\x1b]133;${mark}\x1b\\`);
		if (title) newTitle = Buffer.from(sequence.subarray(3, length)).toString('utf8');
	};

	/** Takes the character at `at`, which is not ASCII. Returns the index after it, or -1 if it is not complete. */
	const takeCharacter = (at: number): number => {
		const size = characterSize(input, at);
		if (size === 0) return -1;
		if (size < 0 || (input[at] === 0xc2 && (input[at + 1] ?? 0) < 0xa0)) {
			// Invalid, or a C1 control: nothing in today's output means these as controls.
			const next = at + Math.abs(size);
			copyUntil(at, next);
			write(replacement);
			marks = 0;
			return next;
		}
		const next = at + size;
		if (!isMark(codePointAt(input, at, size))) marks = 0;
		else if (++marks > maxMarks) copyUntil(at, next);
		return next;
	};

	const takeGround = (from: number): number => {
		const bytes = input;
		const end = bytes.length;
		let at = from;
		while (at < end) {
			const byte = bytes[at] ?? 0;
			if (byte < 0x80) {
				marks = 0;
				if (byte === 0x1b) {
					const after = skipHarmless(bytes, at);
					if (after === 0) {
						open(at);
						return at + 1;
					}
					at = after;
					continue;
				}
				if (byte < 0x10 && byte >= 0x0e) hasGraphics = byte === 0x0e;
				at++;
				continue;
			}
			// U+4000 to U+9FFF: whole, and never a mark.
			if (byte >= 0xe4 && byte <= 0xe9 && isContinuation(bytes[at + 1]) && isContinuation(bytes[at + 2])) {
				marks = 0;
				at += 3;
				continue;
			}
			const next = takeCharacter(at);
			if (next < 0) {
				partialCharacter = Uint8Array.from(bytes.subarray(at));
				copyUntil(at, end);
				return end;
			}
			at = next;
		}
		return at;
	};

	return {
		get isPlain() {
			return state === 'ground' && !hasGraphics && !hasOwnTabs && !partialCharacter;
		},
		resize(newCols, newRows) {
			cols = newCols;
			rows = newRows;
		},
		push(bytes) {
			if (state === 'ground' && !partialCharacter && isUnremarkable(bytes)) {
				if (bytes.length > 0) marks = 0;
				return bytes;
			}
			input = partialCharacter ? Buffer.concat([partialCharacter, bytes]) : bytes;
			partialCharacter = undefined;
			out = new Uint8Array(0);
			outLength = 0;
			copied = 0;
			sequenceStart = -1;
			let at = 0;
			while (at < input.length) {
				if (state === 'ground') at = takeGround(at);
				else if (takeByte(input[at] ?? 0, at)) at++;
			}
			if (newTitle !== undefined) options.onTitle(readableTitle(newTitle));
			newTitle = undefined;
			const isOpen = state !== 'ground';
			if (isOpen && sequenceStart >= 0) copyUntil(sequenceStart, input.length);
			else if (isOpen) copied = input.length;
			if (copied === 0 && outLength === 0 && !run) return input;
			copyUntil(input.length, input.length);
			flushRun();
			return out.subarray(0, outLength);
		},
	};
};

type State = 'ground' | 'escape' | 'csi' | 'string';

/** Operations that cost much and of which only the sum matters, held back until something else comes. */
type Run =
	| {kind: 'clear'; isReset: boolean; isErased: boolean; isHome: boolean}
	| {kind: 'flip'; steps: {step: string; wasAlternate: boolean}[]}
	| {kind: 'scroll'; letter: string; count: number}
	| {kind: 'fill'};

const maxSequenceBytes = 1_024; // longer than any sequence in use; the titles that people read are shorter
const maxMarks = 16; // on one character; real text stays below 10
const stringStarts = [0x5d, 0x50, 0x58, 0x5e, 0x5f]; // OSC, DCS, SOS, PM, APC
const saveCursor = '7';
const scrolls = ['S', 'T', 'L', 'M'];
const alternateModes = new Set(['47', '1047', '1049']);
const csiPattern = /^([<=>?]?)([0-9:;]*)([\x20-\x2f]*)$/;
// Moving the whole screen to a side, which touches every cell, and protecting text from erasure. No terminal
// description that programs get names these.
const isUncommon = (final: number, intermediates: string): boolean =>
	(intermediates === ' ' && (final === 0x40 || final === 0x41)) ||
	(intermediates === "'" && (final === 0x7d || final === 0x7e)) ||
	(intermediates === '"' && final === 0x71);
const replacement = Uint8Array.of(0xef, 0xbf, 0xbd); // U+FFFD

const runText = (run: Run): string => {
	switch (run.kind) {
		case 'clear':
			return `${run.isReset ? '\x1bc' : ''}${run.isErased && !run.isReset ? '\x1b[2J' : ''}${run.isHome && !run.isReset ? '\x1b[H' : ''}`;
		case 'flip':
			return run.steps.map(({step}) => `\x1b${step}`).join('');
		case 'fill':
			return '\x1b#8';
		case 'scroll':
			return `\x1b[${run.count}${run.letter}`;
	}
};

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** The index after a sequence of the common kinds that need no look (colours, erasing in a line, moving), or 0. */
const skipHarmless = (bytes: Uint8Array, from: number): number => {
	if (bytes[from + 1] !== 0x5b) return 0;
	let digits = 0;
	for (let at = from + 2; at < from + 40; at++) {
		const byte = bytes[at];
		if (byte === undefined) return 0;
		if (byte >= 0x30 && byte <= 0x39) {
			if (++digits > 4) return 0;
		} else if (byte === 0x3b || byte === 0x3a) digits = 0;
		else return harmlessFinals.has(byte) ? at + 1 : 0;
	}
	return 0;
};
const harmlessFinals = new Set(Buffer.from('mKABCDGPX@d'));

const isUnremarkable = (bytes: Uint8Array): boolean =>
	bytes.indexOf(0x1b) < 0 && isAscii(bytes) && bytes.indexOf(0x0e) < 0 && bytes.indexOf(0x0f) < 0;

const latin1 = (bytes: Uint8Array): string =>
	Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

const isZero = (params: string) => /^0*$/.test(params);

// The largest real parameter has four digits (mode 2004 and its kin).
const clampDigits = (params: string): string =>
	/\d{5}/.test(params) ? params.replace(/\d{5,}/g, digits => (/^0*$/.test(digits) ? '0' : '9999')) : params;

const clampNumbers = (params: string, limit: number): string =>
	params.replace(/\d+/g, digits => (Number(digits) > limit ? String(limit) : digits));

/** Title text that can stand in a line: no control, bidi or invisible characters, at most 200 characters. */
const readableTitle = (text: string): string =>
	[...text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}\p{Co}\p{Cs}]/gu, '')].slice(0, 200).join('');

/** Bytes of the character at `at`; 0 if the input ends within it; negative: so many bytes are invalid. */
const characterSize = (input: Uint8Array, at: number): number => {
	const first = input[at] ?? 0;
	const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (first < 0xc2 || first > 0xf4) return -1;
	for (let i = 1; i < size; i++) {
		if (at + i >= input.length) return 0;
		const byte = input[at + i] ?? 0;
		let lowest = 0x80;
		let highest = 0xbf;
		if (i === 1) {
			if (first === 0xe0) lowest = 0xa0;
			else if (first === 0xed) highest = 0x9f;
			else if (first === 0xf0) lowest = 0x90;
			else if (first === 0xf4) highest = 0x8f;
		}
		if (byte < lowest || byte > highest) return -i;
	}
	return size;
};

const codePointAt = (input: Uint8Array, at: number, size: number): number => {
	let codePoint = (input[at] ?? 0) & (0xff >> (size + 1));
	for (let i = 1; i < size; i++) codePoint = (codePoint << 6) | ((input[at + i] ?? 0) & 0x3f);
	return codePoint;
};

// Characters that may join the one before them in its cell: marks, joiners, skin tones, Hangul's parts.
const isMark = (codePoint: number): boolean => {
	if (codePoint < 0x300) return codePoint === 0xad;
	if (codePoint < 0x370) return true;
	if (codePoint < 0x483) return false;
	if (codePoint >= 0x2010 && codePoint < 0x2028) return false;
	if (codePoint >= 0x2100 && codePoint < 0x2ce0) return false;
	if (codePoint >= 0x3030 && codePoint < 0x3099) return false;
	if (codePoint >= 0x309b && codePoint < 0xa66f) return false;
	if (codePoint >= 0xac00 && codePoint < 0xd7a4) return false;
	if (codePoint >= 0x1f400 && codePoint < 0x1fb00) return false;
	return markPattern.test(String.fromCodePoint(codePoint));
};
const markPattern = /[\p{M}\p{Cf}\p{Emoji_Modifier}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u;
