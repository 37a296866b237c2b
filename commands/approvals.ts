import type {Command} from '../src/command.js';
import type {ApprovalMode} from '../src/events.js';

const modes: Record<ApprovalMode, string> = {
	ask: 'everything but harmless reading asks first',
	full: 'nothing asks',
};

/** Says or sets what runs without asking: `/approvals`, `/approvals full`. */
export const approvals: Command = {
	name: 'approvals',
	summary: 'choose what runs without asking',
	usage: '/approvals [ask|full]',
	complete: () => Object.keys(modes),
	run({state, actions}, [mode]) {
		if (mode === undefined) {
			return actions.notice(
				`Approvals: ${state.mode}, ${modes[state.mode]}. Change it with /approvals ask or /approvals full.`,
			);
		}
		if (!isMode(mode))
			return actions.notice(`No approval mode ${mode}. There are: ${Object.keys(modes).join(', ')}.`);
		actions.setMode(mode);
	},
};

const isMode = (mode: string): mode is ApprovalMode => Object.hasOwn(modes, mode);
