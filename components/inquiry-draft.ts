// How far the person is with what the model asks: since when it is on the screen, and which answer is selected.
import {armedAfterMs} from './approval-draft.js';
import {createCell} from './cell.js';

export type InquiryDraft = ReturnType<typeof createInquiryDraft>;

type Draft = {callId: string | undefined; shownAt: number; choice: number};

export const createInquiryDraft = () => {
	const {get, set, subscribe} = createCell<Draft>({callId: undefined, shownAt: 0, choice: 0});

	return {
		get,
		subscribe,
		/** Painted, for the first time or again after something else. */
		shown(callId: string, at: number) {
			set({callId, shownAt: at, choice: get().callId === callId ? get().choice : 0});
		},
		isShown: (callId: string): boolean => get().callId === callId,
		/** Keys on their way to something else choose nothing. */
		isArmed: (callId: string, now: number): boolean =>
			get().callId === callId && now - get().shownAt >= armedAfterMs,
		/** Which answer is selected, from 0. */
		choice: (callId: string): number => (get().callId === callId ? get().choice : 0),
		select(choice: number) {
			set({...get(), choice});
		},
	};
};
