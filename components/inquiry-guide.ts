// What the model asks, above the composer: the question and the answers to choose from. The person's own words are
// typed below as always. Pure.
import type {Inquiry} from '../src/events.js';
import {wrap} from '../src/text/wrap.js';
import {clean, cleanLines} from './lines.js';
import {theme} from './theme.js';
import type {Guide} from './tour-guide.js';

/** The eye does not follow a longer row back. */
const widestText = 110;
/** Rows of the window that stay for everything else. */
const otherRows = 6;
const fewestChoices = 3;

export const inquiryGuide = (
	inquiry: Inquiry,
	selected: number,
	{columns, rows, isInside, isArmed}: {columns: number; rows: number; isInside: boolean; isArmed: boolean},
): Guide => {
	const {question, choices, terminal} = inquiry;
	const room = Math.max(1, Math.min(Math.floor(rows / 2), rows - otherRows));
	const width = Math.max(1, Math.min(columns - 3, widestText));
	const asked = cleanLines(question).flatMap(line => wrap(line, width));
	const questionRoom = Math.max(1, room - Math.min(choices.length, fewestChoices));
	const shown =
		asked.length <= questionRoom
			? asked
			: [...asked.slice(0, questionRoom - 1), more(asked.length - questionRoom + 1)];
	const title = terminal
		? `the model asks you to type in ${clean(terminal.name)} (${terminal.id})`
		: 'the model asks';
	return {
		// It stands out once a key answers it.
		title: isArmed ? theme.strong(title) : title,
		rows: [...shown.map(row => ` ${row}`), ...choiceRows(choices, selected, room - shown.length, width)],
		offered: undefined,
		hint: hintOf(inquiry, isInside),
	};
};

const more = (rows: number): string => theme.warn(`… ${rows} more rows: see the conversation`);

const hintOf = ({choices, terminal}: Pick<Inquiry, 'choices' | 'terminal'>, isInside: boolean): string => {
	if (isInside) return 'ctrl+] esc comes back here';
	if (terminal) return 'enter: go inside and type there; or answer in words';
	return choices.length > 0 ? 'or answer in your own words' : 'your answer';
};

/** As many as there is room for, around the selected one. */
const choiceRows = (choices: readonly string[], selected: number, room: number, width: number): string[] => {
	const height = Math.max(0, room);
	const first = Math.max(0, Math.min(choices.length - height, selected - Math.floor(height / 2)));
	return choices.slice(first, first + height).map((choice, row) => {
		const index = first + row;
		const isSelected = index === selected;
		const digit = index < 9 ? `${index + 1}` : ' ';
		const [text = '', ...rest] = wrap(clean(choice), Math.max(1, width - 5));
		const label = rest.length > 0 ? `${text} …` : text;
		return ` ${isSelected ? theme.accent('▸') : ' '} ${theme.dim(digit)} ${isSelected ? theme.strong(label) : label}`;
	});
};
