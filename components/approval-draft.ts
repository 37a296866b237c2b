// How far the person is with an approval: since when it is on the screen, and the word that is being typed to
// go with a no. Belongs to one approval; the next one starts anew.

import {createCell} from './cell.js';

export type ApprovalDraft = ReturnType<typeof createApprovalDraft>;

type Draft = {callId: string | undefined; shownAt: number; word: string | undefined};

/** A yes counts only this long after it was asked and shown: keys on their way to something else answer nothing. */
export const armedAfterMs = 150;

export const createApprovalDraft = () => {
	const {get, set, subscribe} = createCell<Draft>({callId: undefined, shownAt: 0, word: undefined});

	return {
		get,
		subscribe,
		/** The prompt was painted. */
		shown(callId: string, at: number) {
			if (get().callId !== callId) set({callId, shownAt: at, word: undefined});
		},
		isArmed: (approval: {callId: string; askedAt: number}, now: number): boolean =>
			get().callId === approval.callId && now - Math.max(get().shownAt, approval.askedAt) >= armedAfterMs,
		/** Somebody is typing something else: what comes next is not yet meant for this. */
		rearm(at: number) {
			if (get().callId !== undefined) set({...get(), shownAt: at});
		},
		/** Starts the word, or changes it; undefined drops it. */
		setWord(callId: string, word: string | undefined) {
			set({...get(), callId, word});
		},
		/** The word being typed for this approval. */
		wordFor: (callId: string): string | undefined => (get().callId === callId ? get().word : undefined),
	};
};
