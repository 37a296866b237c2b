// Turns one complete escape sequence, or one character, into a typed key. Legacy (xterm) and kitty forms, and
// xterm's modifyOtherKeys. Pure; how sequences are cut out of the stream is input.ts's business.

export type Key = {
	kind: 'key';
	/**
	 * `enter escape tab backspace delete insert up down left right home end pageup pagedown space f1`…`f24`, else
	 * the character itself, letters in lower case. Empty for a longer text that came at once.
	 */
	name: string;
	ctrl: boolean;
	alt: boolean;
	shift: boolean;
	/** What it types; empty for keys that type nothing, and with Ctrl or Alt. */
	text: string;
};

export type Mouse = {
	kind: 'mouse';
	action: 'press' | 'release' | 'move' | 'wheel-up' | 'wheel-down' | 'wheel-left' | 'wheel-right';
	button: 'left' | 'middle' | 'right' | 'none';
	/** From 0. */
	column: number;
	row: number;
	ctrl: boolean;
	alt: boolean;
	shift: boolean;
};

export type Focus = {kind: 'focus'; isFocused: boolean};

/** What a terminal says about itself; not for anybody who wants keys. */
export type Reply = {kind: 'reply'; what: 'kitty-keyboard' | 'other'};

type Modifiers = {ctrl: boolean; alt: boolean; shift: boolean};

const noModifiers: Modifiers = {ctrl: false, alt: false, shift: false};

export const keyOf = (name: string, modifiers: Partial<Modifiers> = {}, text = ''): Key => ({
	kind: 'key',
	name,
	...noModifiers,
	...modifiers,
	text,
});

/** A typed character, control characters included. */
export const characterKey = (character: string, alt = false): Key => {
	const code = character.codePointAt(0) ?? 0;
	if (code === 0x0d || code === 0x0a) return keyOf('enter', {alt, ctrl: code === 0x0a});
	if (code === 0x09) return keyOf('tab', {alt});
	// Where the Backspace key sends 8 it is Ctrl+H for programs too: a program inside gets what was sent.
	if (code === 0x7f) return keyOf('backspace', {alt});
	if (code === 0x1b) return keyOf('escape', {alt});
	if (code === 0) return keyOf('space', {alt, ctrl: true});
	if (code < 0x1b) return keyOf(String.fromCharCode(code + 0x60), {alt, ctrl: true});
	if (code < 0x20) return keyOf(controlSymbol(code), {alt, ctrl: true});
	return printableKey(character, {ctrl: false, alt, shift: false});
};

/** `\` `]` `^` `_`. Ctrl+/ comes as Ctrl+_, Ctrl+7 too. */
const controlSymbol = (code: number): string => String.fromCharCode(code + 0x40);

const printableKey = (character: string, {ctrl, alt, shift}: Modifiers): Key => {
	const lower = character.toLowerCase();
	const isShifted = shift || (lower !== character && lower.length === character.length);
	const types = ctrl || alt ? '' : shift && lower === character ? character.toUpperCase() : character;
	return keyOf(character === ' ' ? 'space' : lower, {ctrl, alt, shift: isShifted}, types);
};

/** A whole sequence that begins with ESC. Undefined: known to nobody, to be swallowed. */
export const sequenceEvent = (sequence: string): Key | Mouse | Focus | Reply | undefined => {
	const ss3 = /^\x1b(\x1b?)O(.)$/s.exec(sequence);
	if (ss3) return letterKey(ss3[2] ?? '', {...noModifiers, alt: ss3[1] !== ''});
	const csi = /^\x1b(\x1b?)\[([<=>?]?)([\d;:]*)([ -/]*)(.)$/s.exec(sequence);
	if (!csi) return undefined;
	const [, alt, prefix, parameters = '', , final = ''] = csi;
	if (prefix === '<') return mouseEvent(parameters, final);
	if (prefix === '?') return {kind: 'reply', what: final === 'u' ? 'kitty-keyboard' : 'other'};
	if (prefix !== '') return {kind: 'reply', what: 'other'};
	if (parameters === '' && final === 'I') return {kind: 'focus', isFocused: true};
	if (parameters === '' && final === 'O') return {kind: 'focus', isFocused: false};
	return csiKey(parameters, final, alt !== '');
};

const csiKey = (parameters: string, final: string, isAlt: boolean): Key | undefined => {
	const fields = parameters.split(';').map(field => field.split(':').map(Number));
	const [code = 1] = fields[0] ?? [];
	const [modifierBits = 1, event = 1] = fields[1] ?? [];
	// Kitty reports releases only where they were asked for; they never act.
	if (event === 3) return undefined;
	const modifiers = modifiersOf(modifierBits);
	if (isAlt) modifiers.alt = true;
	if (final === 'u') return unicodeKey(fields, modifiers);
	if (final === '~' && code === 27) return unicodeKey([[fields[2]?.[0] ?? 0]], modifiers);
	if (final === '~') return numberedKey(code, modifiers);
	if (final === 'Z') return keyOf('tab', {...modifiers, shift: true});
	return letterKey(final, modifiers);
};

const modifiersOf = (parameter: number): Modifiers => {
	// Super and Meta count as Alt: no other key of tandem's uses them.
	const bits = Math.max(0, (Number.isFinite(parameter) ? parameter : 1) - 1);
	return {shift: (bits & 1) !== 0, alt: (bits & 0b101010) !== 0, ctrl: (bits & 4) !== 0};
};

const letterNames: Record<string, string> = {
	A: 'up',
	B: 'down',
	C: 'right',
	D: 'left',
	E: 'clear',
	F: 'end',
	H: 'home',
	M: 'enter',
	P: 'f1',
	Q: 'f2',
	R: 'f3',
	S: 'f4',
};

const letterKey = (letter: string, modifiers: Modifiers): Key | undefined => {
	const name = letterNames[letter];
	if (name) return keyOf(name, modifiers);
	// The keypad in application mode: `j` is `*`, `p` is 0.
	return /^[j-y]$/.test(letter)
		? printableKey(String.fromCharCode(letter.charCodeAt(0) - 0x40), modifiers)
		: undefined;
};

const numberNames: Record<number, string> = {
	1: 'home',
	2: 'insert',
	3: 'delete',
	4: 'end',
	5: 'pageup',
	6: 'pagedown',
	7: 'home',
	8: 'end',
	...Object.fromEntries(
		[11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34].map((code, index) => [
			code,
			`f${index + 1}`,
		]),
	),
};

const numberedKey = (code: number, modifiers: Modifiers): Key | undefined => {
	const name = numberNames[code];
	return name === undefined ? undefined : keyOf(name, modifiers);
};

/** Kitty's functional keys that are not keys of their own for tandem: the keypad. */
const keypadNames: Record<number, string> = {
	57414: 'enter',
	57417: 'left',
	57418: 'right',
	57419: 'up',
	57420: 'down',
	57421: 'pageup',
	57422: 'pagedown',
	57423: 'home',
	57424: 'end',
	57425: 'insert',
	57426: 'delete',
};
const keypadCharacters = '0123456789./*-+';

const unicodeKey = (fields: readonly number[][], modifiers: Modifiers): Key | undefined => {
	const [code = 0, shiftedCode] = fields[0] ?? [];
	const named = keypadNames[code];
	if (named) return keyOf(named, modifiers);
	if (code >= 57399 && code <= 57413) return printableKey(keypadCharacters[code - 57399] ?? '0', modifiers);
	// Kitty numbers F13 and beyond, media keys and lone modifiers from here.
	if (code >= 57376 && code <= 57398) return keyOf(`f${code - 57376 + 13}`, modifiers);
	if (code >= 57344 && code <= 63743) return undefined;
	if (!Number.isInteger(code) || code <= 0 || code > 0x10ffff) return undefined;
	if (code < 0x20 || code === 0x7f) return {...characterKey(String.fromCharCode(code)), ...modifiers};
	const isUpper =
		modifiers.shift && shiftedCode !== undefined && shiftedCode > 0x20 && shiftedCode <= 0x10ffff;
	const key = printableKey(String.fromCodePoint(isUpper ? shiftedCode : code), modifiers);
	return isUpper ? {...key, name: String.fromCodePoint(code)} : key;
};

const mouseEvent = (parameters: string, final: string): Mouse | undefined => {
	const [code, column, row] = parameters.split(';').map(Number);
	if (code === undefined || column === undefined || row === undefined) return undefined;
	if (final !== 'M' && final !== 'm') return undefined;
	const wheel = (['wheel-up', 'wheel-down', 'wheel-left', 'wheel-right'] as const)[code & 3];
	const isWheel = (code & 64) !== 0;
	const action = final === 'm' ? 'release' : (code & 32) !== 0 ? 'move' : 'press';
	return {
		kind: 'mouse',
		action: isWheel && wheel ? wheel : action,
		button: isWheel ? 'none' : ((['left', 'middle', 'right', 'none'] as const)[code & 3] ?? 'none'),
		column: Math.max(0, column - 1),
		row: Math.max(0, row - 1),
		shift: (code & 4) !== 0,
		alt: (code & 8) !== 0,
		ctrl: (code & 16) !== 0,
	};
};
