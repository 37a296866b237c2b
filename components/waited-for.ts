// What an interrupted turn left running that one key can stop.
import type {State} from '../src/state.js';

/** The terminal that the last, interrupted turn was waiting for, while it runs. */
export const waitedFor = ({entries, terminals, turn}: State): {id: number; name: string} | undefined => {
	if (turn) return undefined;
	const last = entries.findLast(({kind}) => kind !== 'notice' && kind !== 'shell');
	if (last?.kind !== 'turn-end' || last.end.kind !== 'interrupted') return undefined;
	return terminals.find(({id, state}) => id === last.waitedFor && state.kind === 'running');
};
