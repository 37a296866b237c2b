import {approvalModes, isApprovalMode} from '../src/approval-modes.js';
import type {Command} from '../src/command.js';

/** Chooses or sets what runs without asking: `/approvals`, `/approvals full`. */
export const approvals: Command = {
	name: 'approvals',
	summary: 'choose what runs without asking',
	usage: '/approvals [mode]',
	takes: 1,
	complete: () => Object.keys(approvalModes),
	run({actions}, [mode]) {
		if (mode === undefined) return actions.openOverlay('approvals');
		if (!isApprovalMode(mode)) {
			return actions.notice(`No approval mode ${mode}. There are: ${Object.keys(approvalModes).join(', ')}.`);
		}
		actions.setMode(mode);
	},
};
