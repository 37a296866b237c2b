// Turns what a person or the model types (text and tmux's key names) into the bytes that a program expects
// in its current modes. Knows no terminal: modes come as an argument.
import type {Refusal} from './host.js';

/** The modes a program has set that change how keys are encoded. */
export type KeyModes = {
	/** DECCKM: arrows, Home and End are sent as SS3. */
	applicationCursor: boolean;
	/** DECKPAM. Named keys do not differ by it; a person's keypad does. */
	applicationKeypad: boolean;
	/** Mode 2004: pastes are framed. */
	bracketedPaste: boolean;
	/** Mode 1004: the program wants to be told of focus. */
	focusEvents: boolean;
	/** Which mouse events the program wants, and whether in the SGR encoding. */
	mouse: 'none' | 'x10' | 'vt200' | 'drag' | 'any';
	/** Mode 1006: mouse events as decimal numbers. */
	isSgrMouse: boolean;
};

export const plainKeyModes: KeyModes = {
	applicationCursor: false,
	applicationKeypad: false,
	bracketedPaste: false,
	focusEvents: false,
	mouse: 'none',
	isSgrMouse: false,
};

/**
 * The bytes for `chars` (framed as a paste if asked for and the program knows pastes), then `keys`.
 * Refusal `bad-argument` for a name that is no key; nothing is encoded then.
 */
export const encodeInput = (
	input: {chars?: string | undefined; keys?: readonly string[] | undefined; paste?: boolean | undefined},
	modes: KeyModes,
): {kind: 'encoded'; bytes: Uint8Array} | Refusal => {
	const chars = input.chars ?? '';
	let text = input.paste && chars !== '' ? encodePaste(chars, modes) : chars;
	for (const name of input.keys ?? []) {
		const encoded = encodeKey(name, modes);
		if (encoded === undefined) return unknownKey(name);
		text += encoded;
	}
	return {kind: 'encoded', bytes: Buffer.from(text, 'utf8')};
};

/** What one named key sends, or undefined if there is no such key. */
export const encodeKey = (name: string, modes: KeyModes): string | undefined => {
	if ([...name].length === 1) return name;
	const parsed = parseModifiers(name);
	if (!parsed) return undefined;
	const {base, isShift, isMeta, isControl} = parsed;
	const special = keyTable.get(base.toLowerCase());
	if (special) return encodeSpecial(special, parsed, modes);
	if ([...base].length !== 1) return undefined;
	let text = isShift ? base.toUpperCase() : base;
	if (isControl) {
		const control = controlCharacter(base);
		if (control === undefined) return undefined;
		text = control;
	}
	return isMeta ? `\x1b${text}` : text;
};

// Pasted text must not be able to end its own frame or to press keys: a program takes what stands in the
// frame as text. Tab and line ends are text; a line end is what the Enter key sends.
const encodePaste = (chars: string, modes: KeyModes): string => {
	const text = chars
		.replace(/\r\n?|\n/g, '\r')
		.replace(/\x1b\[20[01]~/g, '')
		.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, '');
	return modes.bracketedPaste ? `\x1b[200~${text}\x1b[201~` : text;
};

type Modifiers = {base: string; isShift: boolean; isMeta: boolean; isControl: boolean};

const parseModifiers = (name: string): Modifiers | undefined => {
	const modifiers = {base: name, isShift: false, isMeta: false, isControl: false};
	for (;;) {
		const {base} = modifiers;
		if (base.length > 2 && base[1] === '-') {
			const letter = base[0]?.toLowerCase();
			if (letter === 'c') modifiers.isControl = true;
			else if (letter === 'm' || letter === 'a') modifiers.isMeta = true;
			else if (letter === 's') modifiers.isShift = true;
			else return undefined;
			modifiers.base = base.slice(2);
		} else if (base.length > 1 && base[0] === '^') {
			modifiers.isControl = true;
			modifiers.base = base.slice(1);
		} else {
			return modifiers;
		}
	}
};

// C-a is 1 … C-z is 26; the rest as terminals have it since the VT100.
const controlCharacter = (base: string): string | undefined => {
	if (/^[a-z]$/i.test(base)) return String.fromCharCode(base.toUpperCase().charCodeAt(0) - 64);
	const codes: Record<string, number> = {
		'@': 0,
		'2': 0,
		'[': 27,
		'3': 27,
		'\\': 28,
		'4': 28,
		']': 29,
		'5': 29,
		'^': 30,
		'6': 30,
		_: 31,
		'7': 31,
		'/': 31,
		'-': 31,
		'?': 127,
		'8': 127,
	};
	const code = codes[base];
	return code === undefined ? undefined : String.fromCharCode(code);
};

type SpecialKey =
	/** Sends this; `shifted` with Shift, `controlled` with Control. */
	| {kind: 'text'; text: string; shifted?: string; controlled?: string}
	/** `CSI letter`, `SS3 letter` in application mode, `CSI 1;m letter` with modifiers. */
	| {kind: 'cursor'; letter: string}
	/** `SS3 letter`, `CSI 1;m letter` with modifiers. */
	| {kind: 'function'; letter: string}
	/** `CSI number ~`, `CSI number;m ~` with modifiers. */
	| {kind: 'number'; number: number};

const encodeSpecial = (key: SpecialKey, {isShift, isMeta, isControl}: Modifiers, modes: KeyModes): string => {
	const modifier = 1 + (isShift ? 1 : 0) + (isMeta ? 2 : 0) + (isControl ? 4 : 0);
	switch (key.kind) {
		case 'text': {
			const text =
				(isControl ? key.controlled : undefined) ?? (isShift ? key.shifted : undefined) ?? key.text;
			return isMeta ? `\x1b${text}` : text;
		}
		case 'cursor':
			if (modifier > 1) return `\x1b[1;${modifier}${key.letter}`;
			return modes.applicationCursor ? `\x1bO${key.letter}` : `\x1b[${key.letter}`;
		case 'function':
			return modifier > 1 ? `\x1b[1;${modifier}${key.letter}` : `\x1bO${key.letter}`;
		case 'number':
			return modifier > 1 ? `\x1b[${key.number};${modifier}~` : `\x1b[${key.number}~`;
	}
};

const keys: [names: string[], key: SpecialKey][] = [
	[['Enter', 'Return', 'C-m'], {kind: 'text', text: '\r'}],
	[['Esc', 'Escape'], {kind: 'text', text: '\x1b'}],
	[['Tab'], {kind: 'text', text: '\t', shifted: '\x1b[Z'}],
	[['BTab'], {kind: 'text', text: '\x1b[Z'}],
	[['Space'], {kind: 'text', text: ' ', controlled: '\0'}],
	[['BSpace', 'Backspace'], {kind: 'text', text: '\x7f', controlled: '\b'}],
	[['Up'], {kind: 'cursor', letter: 'A'}],
	[['Down'], {kind: 'cursor', letter: 'B'}],
	[['Right'], {kind: 'cursor', letter: 'C'}],
	[['Left'], {kind: 'cursor', letter: 'D'}],
	[['Home'], {kind: 'cursor', letter: 'H'}],
	[['End'], {kind: 'cursor', letter: 'F'}],
	[['Insert', 'IC'], {kind: 'number', number: 2}],
	[['Delete', 'DC'], {kind: 'number', number: 3}],
	[['PageUp', 'PgUp', 'PPage'], {kind: 'number', number: 5}],
	[['PageDown', 'PgDn', 'NPage'], {kind: 'number', number: 6}],
	[['F1'], {kind: 'function', letter: 'P'}],
	[['F2'], {kind: 'function', letter: 'Q'}],
	[['F3'], {kind: 'function', letter: 'R'}],
	[['F4'], {kind: 'function', letter: 'S'}],
	[['F5'], {kind: 'number', number: 15}],
	[['F6'], {kind: 'number', number: 17}],
	[['F7'], {kind: 'number', number: 18}],
	[['F8'], {kind: 'number', number: 19}],
	[['F9'], {kind: 'number', number: 20}],
	[['F10'], {kind: 'number', number: 21}],
	[['F11'], {kind: 'number', number: 23}],
	[['F12'], {kind: 'number', number: 24}],
];

const keyTable = new Map(keys.flatMap(([names, key]) => names.map(name => [name.toLowerCase(), key])));

const unknownKey = (name: string): Refusal => {
	const names = keys.flatMap(([[first], key]) => (first === undefined ? [] : [{first, key}]));
	const nearest = [...keys.flatMap(([all]) => all)].sort(
		(a, b) =>
			editDistance(a.toLowerCase(), name.toLowerCase()) - editDistance(b.toLowerCase(), name.toLowerCase()),
	)[0];
	const list = names.map(({first}) => first).join(' ');
	return {
		kind: 'refused',
		code: 'bad-argument',
		message:
			`Unknown key ${JSON.stringify(name.slice(0, 40))}` +
			`${nearest ? `, the nearest is ${nearest}` : ''}. Keys: ${list}, single characters, ` +
			'each also with C- (Control), M- (Alt) or S- (Shift) before it: C-c, M-x, S-Left, C-M-Left. ' +
			'Longer text goes into chars.',
	};
};

const editDistance = (a: string, b: string): number => {
	let row = Array.from({length: b.length + 1}, (_, index) => index);
	for (let i = 1; i <= Math.min(a.length, 40); i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
};
