// What must be allowed before it runs: judged by the mode, else asked of the person; the asking call waits here, and
// what was allowed for the session is remembered here.
import {commandKey, judge} from './agent/approval.js';
import type {ApprovalSubject} from './agent/tool.js';
import type {ApprovalAnswer, Event} from './events.js';
import type {Store} from './store.js';

export const createApproving = ({store, show}: {store: Store; show(event: Event): void}) => {
	const waiting = new Map<string, (answer: ApprovalAnswer) => void>();
	/** Commands that the person need not be asked about again in this session. */
	const allowed = new Set<string>();
	return {
		async approve(
			subject: ApprovalSubject,
			{callId, name}: {callId: string; name: string},
			signal: AbortSignal,
		): Promise<ApprovalAnswer> {
			const key = commandKey(subject);
			if (judge(store.get().mode, subject) === 'allow' || allowed.has(key)) return {kind: 'allowed'};
			const {promise, resolve} = Promise.withResolvers<ApprovalAnswer>();
			waiting.set(callId, resolve);
			signal.addEventListener('abort', () => resolve({kind: 'cancelled'}), {once: true});
			show({
				type: 'approval.asked',
				approval: {callId, toolName: name, subject, askedAt: Date.now()},
			});
			const answer = await promise.finally(() => waiting.delete(callId));
			if (answer.kind === 'allowed' && answer.isForSession && subject.kind === 'command') allowed.add(key);
			return answer;
		},
		answer: (callId: string, answer: ApprovalAnswer) => waiting.get(callId)?.(answer),
		/** What the person has allowed for one session holds in no other. */
		forget: () => allowed.clear(),
	};
};
