// What a conversation ends with, as rows of the transcript, before the rest of it is known. Pure.
import type {Conversation} from '../src/state.js';
import {entryRows} from './entries/rows.js';
import type {Glimpse} from './first-frame.js';
import {createTranscriptWindow} from './transcript-window.js';

export const glimpse = ({entries, usage}: Conversation): Glimpse => {
	const transcript = createTranscriptWindow(entryRows);
	return {
		usage,
		rows(width, height) {
			const {rows, isAtTop} = transcript({entries, live: [], width, height, scroll: 0});
			// Something stands above what is too little for the screen, and nobody knows it yet.
			return isAtTop ? [] : rows;
		},
	};
};
