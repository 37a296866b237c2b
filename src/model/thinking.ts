// Takes the thoughts out of a streamed text that begins with <think>…</think>, as models say them whose server
// does not know how to. Anywhere else the words are text.

export type ThinkingPiece = {kind: 'text' | 'reasoning'; delta: string};

const opening = '<think>';
const closing = '</think>';

export const createThinkingSplitter = () => {
	let phase: 'start' | 'thinking' | 'after' | 'text' = 'start';
	let held = '';

	const pieces = (kind: ThinkingPiece['kind'], delta: string): ThinkingPiece[] =>
		delta === '' ? [] : [{kind, delta}];

	const add = (text: string): ThinkingPiece[] => {
		held += text;
		switch (phase) {
			case 'start': {
				const begun = held.trimStart();
				if (begun.startsWith(opening)) {
					phase = 'thinking';
					held = begun.slice(opening.length);
					return add('');
				}
				if (opening.startsWith(begun)) return [];
				phase = 'text';
				return add('');
			}
			case 'thinking': {
				const end = held.indexOf(closing);
				const length = end < 0 ? held.length - overlap(held, closing) : end;
				const thought = pieces('reasoning', held.slice(0, length));
				held = held.slice(length);
				if (end < 0) return thought;
				held = held.slice(closing.length);
				phase = 'after';
				return [...thought, ...add('')];
			}
			case 'after':
				// The blank lines between thought and answer belong to neither.
				held = held.trimStart();
				if (held === '') return [];
				phase = 'text';
				return add('');
			case 'text': {
				const delta = held;
				held = '';
				return pieces('text', delta);
			}
		}
	};

	return {
		add,
		/** What was held back, for nothing more comes. */
		end(): ThinkingPiece[] {
			const rest = held;
			held = '';
			return pieces(phase === 'thinking' ? 'reasoning' : 'text', rest);
		},
	};
};

/** How many characters at the text's end may be the beginning of the word. */
const overlap = (text: string, word: string): number => {
	for (let length = Math.min(text.length, word.length - 1); length > 0; length--) {
		if (text.endsWith(word.slice(0, length))) return length;
	}
	return 0;
};
