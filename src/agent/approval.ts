// Whether a call may run unasked. Pure policy: what a call would do is the tool's word, the answer the person's.
import type {ApprovalMode} from '../events.js';
import type {ApprovalSubject} from './tool.js';

/** A subject is only made for what can do harm; a call without one needs no judgement. */
export const judge = (mode: ApprovalMode, subject: ApprovalSubject | undefined): 'allow' | 'ask' =>
	mode === 'full' || subject === undefined ? 'allow' : 'ask';
