// How far the person is with what the model asks: since when it is on the screen, and which answer is selected.

import {armedAfterMs} from './approval-draft.js';

export type InquiryDraft = ReturnType<typeof createInquiryDraft>;

type Draft = {callId: string | undefined; shownAt: number; choice: number};

export const createInquiryDraft = () => {
	let draft: Draft = {callId: undefined, shownAt: 0, choice: 0};
	const listeners = new Set<() => void>();
	const set = (next: Draft) => {
		draft = next;
		for (const listener of listeners) listener();
	};

	return {
		get: () => draft,
		subscribe(listener: () => void) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		/** Painted, for the first time or again after something else. */
		shown(callId: string, at: number) {
			set({callId, shownAt: at, choice: draft.callId === callId ? draft.choice : 0});
		},
		isShown: (callId: string): boolean => draft.callId === callId,
		/** Keys on their way to something else choose nothing. */
		isArmed: (callId: string, now: number): boolean =>
			draft.callId === callId && now - draft.shownAt >= armedAfterMs,
		/** Which answer is selected, from 0. */
		choice: (callId: string): number => (draft.callId === callId ? draft.choice : 0),
		select(choice: number) {
			set({...draft, choice});
		},
	};
};
