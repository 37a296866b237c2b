// Stopping and going on (Ctrl+Z, fg): the terminal is given back before, taken and painted anew after.
import {setImmediate} from 'node:timers/promises';
import type {Input} from './input.js';
import type {Output} from './output.js';

type Terminal = {input: Input; output: Output};

/** Gives the terminal to the shell and stops; resolves when the shell has brought tandem back. */
export const suspendProcess = async ({input, output}: Terminal): Promise<void> => {
	input.suspend();
	await output.suspend();
	// The whole group: the launcher too must stop, or the shell would not notice. Without a shell that could bring
	// it back the kernel ignores this signal, and tandem simply goes on.
	process.kill(0, 'SIGTSTP');
	// The signal that brought it back is heard first, while nothing is tandem's yet.
	await setImmediate();
	input.resume();
	output.resume();
};

/** After a stop that came from outside (`kill -STOP`) the shell has changed the terminal. Returns the undoing. */
export const watchContinuation = ({input, output}: Terminal): (() => void) => {
	const takeAgain = () => {
		if (!output.isActive()) return;
		// Node believes that raw mode is on already, and would do nothing.
		input.suspend();
		input.resume();
		output.retake();
	};
	process.on('SIGCONT', takeAgain);
	return () => process.off('SIGCONT', takeAgain);
};
