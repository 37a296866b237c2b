// The few ways to tell the user's terminal that something wants to be seen; terminals that do not know one ignore it.
import {sanitiseLine} from '../text/sanitise.js';

export type NotifyKind = 'bell' | 'osc9' | 'osc777' | 'osc99';

const longestText = 120; // more than a notification shows

/** Text is foreign: nothing in it ends or divides the sequence. */
export const notifySequence = (kind: NotifyKind, text: string): string => {
	const clean = sanitiseLine(text).replaceAll(';', ',').slice(0, longestText).toWellFormed();
	switch (kind) {
		case 'bell':
			return '\x07';
		case 'osc9':
			return `\x1b]9;${clean}\x1b\\`;
		case 'osc777':
			return `\x1b]777;notify;tandem;${clean}\x1b\\`;
		case 'osc99':
			return `\x1b]99;;tandem: ${clean}\x1b\\`;
	}
};
