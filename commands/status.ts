import type {Command} from '../src/command.js';

export const status: Command = {
	name: 'status',
	summary: 'show model, approvals, host and session',
	usage: '/status',
	run: ({actions}) => actions.openOverlay('status'),
};
