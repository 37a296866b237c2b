// Scrolling and choosing in overlays: which row is first, which choice is selected.
import type {PaneCommand} from '../key-router.js';
import {useKept} from './use-kept.js';
import {useCommands} from './use-tandem.js';

/** Keys and the wheel move the first row; `others` gets what is left. */
export const useScroll = (rows: number, room: number, others: (command: PaneCommand) => void): number => {
	const first = useKept(() => 0);
	const last = Math.max(0, rows - room);
	useCommands('overlay', command => {
		const step = stepOf(command, room);
		if (step === undefined) others(command);
		else first.set(Math.max(0, Math.min(last, first.get() + step)));
	});
	return Math.min(first.value, last);
};

/** Keys move the selected choice; `others` gets what is left, and the choice. */
export const useChoice = (
	choices: number,
	start: number,
	others: (command: PaneCommand, choice: number) => void,
): number => {
	const choice = useKept(() => start);
	useCommands('overlay', command => {
		const step = stepOf(command, choices);
		if (step === undefined) others(command, choice.get());
		else choice.set(Math.max(0, Math.min(choices - 1, choice.get() + step)));
	});
	return Math.min(choice.value, choices - 1);
};

/** How many rows a command moves; undefined: it is none that moves. */
export const stepOf = (command: PaneCommand, page: number): number | undefined => {
	if (typeof command === 'object') return command.wheel;
	switch (command) {
		case 'overlay.up':
			return -1;
		case 'overlay.down':
			return 1;
		case 'overlay.pageUp':
			return -page;
		case 'overlay.pageDown':
			return page;
		case 'overlay.start':
			return Number.NEGATIVE_INFINITY;
		case 'overlay.end':
			return Number.POSITIVE_INFINITY;
		default:
			return undefined;
	}
};
