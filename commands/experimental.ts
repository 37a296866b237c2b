import type {Command} from '../src/command.js';

export const experimental: Command = {
	name: 'experimental',
	summary: 'switch experimental features',
	usage: '/experimental',
	run: ({actions}) => actions.openOverlay('experimental'),
};
