// How a turn ended, when it did not just end: what still runs, and the key that stops what it waited for.
import type {Entry} from '../../src/state.js';
import {wrap} from '../../src/text/wrap.js';
import {clean} from '../lines.js';
import {theme} from '../theme.js';

export const turnEndRows = (entry: Extract<Entry, {kind: 'turn-end'}>, width: number): string[] => {
	const {end} = entry;
	if (end.kind === 'done') return [];
	const [text, look] =
		end.kind === 'failed'
			? [`The turn failed: ${clean(end.message)}`, theme.bad]
			: [interruptedText(entry), theme.warn];
	return wrap(text, Math.max(1, width - 4)).map(
		(row, index) => `${index === 0 ? look(' ■ ') : '   '}${look(row)}`,
	);
};

const interruptedText = ({running, waitedFor}: Extract<Entry, {kind: 'turn-end'}>): string => {
	if (running.length === 0) return 'Interrupted.';
	const nameOf = ({id, name}: {id: number; name: string}) => `${clean(name)} (${id})`;
	const waited = running.find(({id}) => id === waitedFor);
	const key = waited ? ` The turn was waiting for ${nameOf(waited)}: Ctrl+X stops it.` : '';
	return `Interrupted. Still running: ${running.map(nameOf).join(', ')}.${key}`;
};
