// Commands that are over before anybody could look at them: their whole story is one answer. Nobody else hears of
// such a terminal, so that no list flickers and no window paints what is gone already.
import {becomesWithin} from './becomes-within.js';
import type {Reading, Started} from './host.js';
import type {Terminal} from './terminal.js';

export type Briefs = {
	/** Nobody hears of it for the moment. */
	hide(id: number): void;
	isHidden(id: number): boolean;
	/** All hear of it now. */
	reveal(id: number): void;
	/** What is to be told of a hidden terminal once it has ended, or of one that goes on, which all hear of now. */
	settle(terminal: Terminal, maxChars: number): Promise<Started['ended']>;
};

// A person sees two frames of it; most commands of a model that end at all take less.
const momentMs = 50;

export const createBriefs = (host: {
	read(id: number, maxChars: number): Reading;
	forget(id: number): void;
	/** Tells everybody that it is there. */
	tell(id: number): void;
}): Briefs => {
	const hidden = new Set<number>();
	const reveal = (id: number) => {
		hidden.delete(id);
		host.tell(id);
	};
	return {
		hide: id => void hidden.add(id),
		isHidden: id => hidden.has(id),
		reveal,
		async settle(terminal, maxChars) {
			const {id} = terminal;
			await becomesWithin(terminal, () => terminal.hasExited, momentMs);
			const reading = terminal.isEnded ? host.read(id, maxChars) : undefined;
			const isForgotten = reading !== undefined && isAll(reading, maxChars);
			if (!isForgotten) reveal(id);
			else {
				hidden.delete(id);
				host.forget(id);
			}
			return reading && {reading, isForgotten};
		},
	};
};

/** Nothing is left in its log that the reading has not told. */
const isAll = ({omitted, gap, totalChars, terminal}: Reading, maxChars: number): boolean =>
	omitted === undefined && gap === undefined && totalChars <= maxChars && terminal.driver !== 'user';
