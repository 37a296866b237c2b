// A question of the model's: all of it, the choices, and what the person answered.
import {clean, cleanLines} from '../lines.js';
import {type BodyRow, type CallRenderer, tense, terminalOf, word} from './call.js';

export const askUser: CallRenderer = (call, args) => {
	const question: BodyRow[] = cleanLines(typeof args.question === 'string' ? args.question : '').map(
		text => ({
			text,
			wraps: true,
		}),
	);
	const choices = Array.isArray(args.choices) ? args.choices.map(word) : [];
	const {outcome, tail = []} = call.display;
	const answer: BodyRow[] =
		args.session_id === undefined
			? outcome === undefined
				? []
				: [{text: `› ${clean(outcome)}`, tone: 'accent', wraps: true}]
			: tail.map(text => ({text: clean(text), tone: 'dim'}));
	return {
		verb: tense(call, 'Asking', 'Asked'),
		what: args.session_id === undefined ? 'you' : `you to type in ${terminalOf(call, args)}`,
		// Why it failed is worth more than the question.
		...(call.status !== 'failed' && {
			body: [
				...question,
				...choices.map((text, index): BodyRow => ({text: `${index + 1} ${text}`, tone: 'dim', wraps: true})),
				...answer,
			],
		}),
	};
};
