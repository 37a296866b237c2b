// Makes what is invisible or acts on a terminal visible: control characters, bidi controls, zero-width and tag
// characters. Everything that came from outside (names, output, errors, model text) passes here once.

/** For text of several lines: line feeds and tabs stay. */
export const sanitise = (text: string): string => reveal(text.replaceAll('\r\n', '\n'), '\n\t');

/** For one line: a tab is one space, a line feed is shown as `^J`. */
export const sanitiseLine = (text: string): string => reveal(text.replaceAll('\t', ' '), '');

/**
 * For what a person must judge to the last character (approvals): joiners and variation selectors that emoji
 * and scripts need are shown too, and so are spaces that are not the plain one, and tabs.
 */
export const sanitiseStrictly = (text: string): string => reveal(text, '\n', true);

const suspicious = /[^\x20-\x7e]/;
// Made when they are used: each costs a millisecond, and most text needs none.
const hidden = () => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
const hiddenOrSpace = () =>
	/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/gu;

const reveal = (text: string, kept: string, isStrict = false): string => {
	if (!suspicious.test(text)) return text;
	return text
		.toWellFormed()
		.replace(isStrict ? hiddenOrSpace() : hidden(), (character, index: number, whole: string) => {
			if (kept.includes(character)) return character;
			if (!isStrict && isPartOfText(character, whole, index)) return character;
			return visible(character);
		});
};

const visible = (character: string): string => {
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
	if (code === 0x7f) return '^?';
	return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
};

const emojiBefore = () => /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u;
const emojiAfter = () => /^\p{Extended_Pictographic}/u;
const selectable = () => /[\p{Emoji}\p{Extended_Pictographic}]$/u;
const joining = () =>
	/[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Malayalam}\p{Script=Kannada}\p{Script=Telugu}\p{Script=Tamil}\p{Script=Sinhala}\p{Script=Gujarati}\p{Script=Khmer}]/u;
const signs = /[\u0600-\u0605\u06dd\u0890\u0891\u08e2]/;

/** Joiners inside emoji and joining scripts, and an emoji's choice of presentation. */
const isPartOfText = (character: string, whole: string, index: number): boolean => {
	if (signs.test(character)) return true;
	const before = characterBefore(whole, index);
	const after = String.fromCodePoint(whole.codePointAt(index + character.length) ?? 0);
	if (character === '\u200d' && emojiBefore().test(before) && emojiAfter().test(after)) return true;
	if (character === '\u200d' || character === '\u200c')
		return joining().test(before) && joining().test(after);
	if (character === '\ufe0f' || character === '\ufe0e') return selectable().test(before);
	return false;
};

const characterBefore = (whole: string, index: number): string => {
	const start = /[\udc00-\udfff]/.test(whole[index - 1] ?? '') ? index - 2 : index - 1;
	return whole.slice(Math.max(0, start), index);
};
