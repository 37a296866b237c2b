import type {Command} from '../src/command.js';

/** Begins a new conversation. The terminals go on. */
export const newSession: Command = {
	name: 'new',
	aliases: ['clear'],
	summary: 'begin a new conversation; terminals go on',
	usage: '/new',
	idleOnly: 'A turn is running: interrupt it with Esc first.',
	run: ({actions}) => actions.newSession(),
};
