// What stands where the conversation will be, before it has begun.
import type {ModelStatus} from '../src/events.js';
import {wrap} from '../src/text/wrap.js';
import {clean} from './lines.js';
import {theme} from './theme.js';

export const welcomeRows = (model: ModelStatus, width: number, height: number): string[] => {
	const text = [
		'Ask for something: "start the dev server and fix the login route".',
		'Commands run in terminals that keep running while you go on.',
	];
	const keys = [
		'!npm test runs a command of yours',
		'/ps lists terminals',
		'/experimental switches features',
		'? shows the keys',
	];
	const rows = [
		'',
		...text.flatMap(line => wrap(line, Math.max(1, width - 2))),
		'',
		...wrap(keys.join(' · '), Math.max(1, width - 2)).map(theme.dim),
	];
	const hint =
		model.kind === 'missing' && model.hint !== ''
			? ['', ...wrap(clean(model.hint), Math.max(1, width - 2)).map(theme.warn)]
			: [];
	// The hint is what a person needs most.
	const all = [...rows, ...hint].length <= height ? [...rows, ...hint] : [...hint.slice(1), ...rows];
	return all.map(row => ` ${row}`);
};
