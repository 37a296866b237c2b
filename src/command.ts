// What a slash command is. The table of them is commands/index.ts.
import type {Actions} from './actions.js';
import type {State} from './state.js';

export type Command = {
	/** Without the slash. */
	name: string;
	aliases?: readonly string[];
	/** One line for the popup and /help. */
	summary: string;
	usage: string;
	/** Why it can't run while a turn runs; absent: it can. */
	idleOnly?: string;
	/** What may stand after it, for completion. */
	complete?(state: State): string[];
	run(context: {state: State; actions: Actions; commands: readonly Command[]}, args: readonly string[]): void;
};
