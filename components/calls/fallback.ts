// A call of a tool that nobody here knows: its name and its arguments.
import {clean} from '../lines.js';
import {type CallRenderer, tailOf, tense, word} from './call.js';

export const fallback: CallRenderer = (call, args) => ({
	verb: tense(call, 'Calling', 'Called'),
	what: `${clean(call.name)} ${Object.entries(args)
		.map(([key, value]) => `${clean(key)}=${word(value)}`)
		.join(' ')}`.trim(),
	body: tailOf(call),
});
