import type {Command} from '../src/command.js';

export const quit: Command = {
	name: 'quit',
	aliases: ['exit', 'q'],
	summary: 'quit; asks when terminals run',
	usage: '/quit',
	run: ({actions}) => actions.quit(),
};
