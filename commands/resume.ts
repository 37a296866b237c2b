import type {Command} from '../src/command.js';

/** Lists the sessions, or goes on with one at once: `/resume`, `/resume 20261123-0706-k3f9`. */
export const resume: Command = {
	name: 'resume',
	summary: 'go on with an earlier conversation',
	usage: '/resume [session]',
	takes: 1,
	idleOnly: 'A turn is running: interrupt it with Esc first.',
	run({actions}, [id]) {
		if (id === undefined) actions.openSessions();
		else actions.resumeSession(id);
	},
};
