import type {Command} from '../src/command.js';

/** Finds a terminal by a few letters. */
export const switchTerminal: Command = {
	name: 'switch',
	summary: 'go to a terminal by a few letters of its name (Ctrl+O)',
	usage: '/switch',
	run: ({actions}) => actions.openOverlay('switch'),
};
