// A short wait for what a terminal's own changes bring about: its end, mostly. Longer ones are conditions (until.ts).
import type {Terminal} from './terminal.js';

/** Whether the claim comes true in time. */
export const becomesWithin = (terminal: Terminal, claim: () => boolean, ms: number) =>
	new Promise<boolean>(resolve => {
		if (claim()) return resolve(true);
		const finish = (isTrue: boolean) => {
			clearTimeout(timer);
			undo();
			resolve(isTrue);
		};
		const timer = setTimeout(() => finish(false), ms);
		const undo = terminal.onChange(() => {
			if (claim()) finish(true);
		});
	});
