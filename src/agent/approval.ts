// Whether a call may run unasked. Pure policy: what a call would do is the tool's word, the answer the person's.
import type {ApprovalMode} from '../events.js';
import type {ApprovalSubject} from './tool.js';

/** A subject is only made for what can do harm; a call without one needs no judgement. */
export const judge = (mode: ApprovalMode, subject: ApprovalSubject | undefined): 'allow' | 'ask' => {
	if (mode === 'full' || subject === undefined) return 'allow';
	if (subject.kind === 'command') return subject.isHarmless ? 'allow' : 'ask';
	const isOwnPatch = subject.kind === 'patch' && subject.files.every(({isOutside}) => !isOutside);
	return mode === 'auto-edit' && isOwnPatch ? 'allow' : 'ask';
};

/** The same for what would run the same: everything that the approval showed but the model's own words. */
export const commandKey = (subject: ApprovalSubject): string => {
	if (subject.kind !== 'command') return JSON.stringify(subject);
	const {cmd, cwd, env = {}} = subject;
	return JSON.stringify([cmd, cwd, Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
};
