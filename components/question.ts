// A question that one typed line answers, in the window's last row: a new name, what to search for. One at a time;
// while it stands, keys go to it.
import {graphemes} from '../src/text/width.js';
import {createCell} from './cell.js';

export type Question = ReturnType<typeof createQuestion>;

export type Asked = {
	label: string;
	/** What stands there already. */
	text: string;
	onAnswer(text: string): unknown;
	/** With every letter, and when it is left without an answer. */
	onChange?(text: string): void;
	onDrop?(): void;
	/** Down and up, where it has a list beside it. */
	onStep?(step: 1 | -1): void;
};

export const createQuestion = () => {
	const {get, set, subscribe} = createCell<Asked | undefined>(undefined);
	const change = (edit: (text: string) => string) => {
		const asked = get();
		if (!asked) return;
		const text = edit(asked.text);
		set({...asked, text});
		asked.onChange?.(text);
	};

	return {
		get,
		subscribe,
		ask: (question: Asked) => set(question),
		/** Only the first line: it is one. */
		type: (text: string) => change(before => before + (text.split(/[\r\n]/u)[0] ?? '')),
		erase: () => change(text => graphemes(text).slice(0, -1).join('')),
		clear: () => change(() => ''),
		answer() {
			const answered = get();
			set(undefined);
			answered?.onAnswer(answered.text.trim());
		},
		drop() {
			const dropped = get();
			set(undefined);
			dropped?.onDrop?.();
		},
		step: (step: 1 | -1) => get()?.onStep?.(step),
	};
};
