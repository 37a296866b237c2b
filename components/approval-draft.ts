// How far the person is with an approval: since when it is on the screen, and the word that is being typed to
// go with a no. Belongs to one approval; the next one starts anew.

export type ApprovalDraft = ReturnType<typeof createApprovalDraft>;

type Draft = {callId: string | undefined; shownAt: number; word: string | undefined};

/** A yes counts only this long after it was asked and shown: keys on their way to something else answer nothing. */
export const armedAfterMs = 150;

export const createApprovalDraft = () => {
	let draft: Draft = {callId: undefined, shownAt: 0, word: undefined};
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
		/** The prompt was painted. */
		shown(callId: string, at: number) {
			if (draft.callId !== callId) set({callId, shownAt: at, word: undefined});
		},
		isArmed: (approval: {callId: string; askedAt: number}, now: number): boolean =>
			draft.callId === approval.callId && now - Math.max(draft.shownAt, approval.askedAt) >= armedAfterMs,
		/** Somebody is typing something else: what comes next is not yet meant for this. */
		rearm(at: number) {
			if (draft.callId !== undefined) set({...draft, shownAt: at});
		},
		/** Starts the word, or changes it; undefined drops it. */
		setWord(callId: string, word: string | undefined) {
			set({...draft, callId, word});
		},
		/** The word being typed for this approval. */
		wordFor: (callId: string): string | undefined => (draft.callId === callId ? draft.word : undefined),
	};
};
