// What each approval mode lets run without asking, in words.
import type {ApprovalMode} from './events.js';

/** From the most to the least careful: the order of Shift+Tab. */
export const approvalModes: Record<ApprovalMode, string> = {
	ask: 'everything but harmless reading asks first',
	'auto-edit': 'as ask, but patches inside the workspace do not ask',
	full: 'nothing asks',
};

export const isApprovalMode = (mode: string): mode is ApprovalMode => Object.hasOwn(approvalModes, mode);

/** The one after it, round the end. */
export const nextMode = (mode: ApprovalMode): ApprovalMode => {
	// The keys of the record are the modes.
	const modes = Object.keys(approvalModes) as ApprovalMode[];
	return modes[(modes.indexOf(mode) + 1) % modes.length] ?? 'ask';
};
