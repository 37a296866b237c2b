import type {Command} from '../src/command.js';

export const help: Command = {
	name: 'help',
	aliases: ['keys'],
	summary: 'show keys and commands',
	usage: '/help',
	run: ({actions}) => actions.openOverlay('help'),
};
