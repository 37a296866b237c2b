// What stands where the conversation will be, before it has begun.
import type {ModelSource, ModelStatus} from '../src/events.js';
import {ownCommand} from '../src/own-command.js';
import {plural} from '../src/text/plural.js';
import {wrap} from '../src/text/wrap.js';
import {clean, filled} from './lines.js';
import {theme} from './theme.js';

export const welcomeRows = (
	{model, isTour}: {model: ModelStatus; isTour: boolean},
	width: number,
	height: number,
): string[] => {
	const room = Math.max(1, Math.min(width - 2, widestText));
	const rows = isTour
		? tourRows(room)
		: model.kind === 'offline'
			? offlineRows(model.hint, room)
			: usualRows(model, room, height);
	// Low screens do without the air.
	const fitting = rows.length > height ? rows.filter(row => row !== '') : rows;
	return fitting.map(row => ` ${row}`);
};

/** The eye does not follow a longer row back. */
const widestText = 100;

const tourRows = (width: number): string[] => [
	'',
	...wrap(
		'A tour of tandem: a model and you in one window, with real terminals that keep running.',
		width,
	).map(theme.strong),
	'',
	...wrap(
		'The part of the model is played by the built-in offline assistant, which is none. Everything else is real: the server, its bug, the patch, the questions before anything runs.',
		width,
	),
	'',
	...examples(
		[
			['Enter', 'plays the step that stands below, with nothing typed'],
			['help', 'or anything else you like, in between'],
			['Ctrl+D', `leaves, at any point; ${ownCommand('demo')} goes on from there`],
		],
		width,
	),
];

const offlineRows = (hint: string, width: number): string[] => [
	'',
	...wrap('A model and you in one window, with real terminals that keep running.', width).map(theme.strong),
	'',
	...wrap(
		'No model is set up: the built-in offline assistant answers. It is no language model and knows a few requests. Try:',
		width,
	),
	'',
	...examples(
		[
			['run npm test', 'a command: you see it before it runs'],
			['start top as top', 'a terminal that goes on: Alt+1 opens it'],
			['help', 'all that it knows'],
		],
		width,
	),
	'',
	...wrap(`Or leave with Ctrl+D and take the tour: ${ownCommand('demo')}`, width),
	'',
	...wrap(`For a real model: ${clean(hint)}`, width).map(theme.warn),
];

const keys = [
	'!npm test runs a command of yours',
	'/ps lists terminals',
	'/experimental switches features',
	'? shows the keys',
];

const usualRows = (model: ModelStatus, width: number, height: number): string[] => {
	const rows = [
		'',
		...wrap('Ask for something: "start the dev server and fix the login route".', width),
		...wrap('Commands run in terminals that keep running while you go on.', width),
		'',
		...wrap(keys.join(' · '), width).map(theme.dim),
	];
	if (model.kind !== 'missing' || model.hint === '') return rows;
	// The hint is what a person needs most: it leads.
	const hint = wrap(clean(model.hint), width).map(theme.warn);
	return rows.length + hint.length < height ? ['', ...hint, ...rows] : [...hint, ...rows];
};

const examples = (table: readonly (readonly [string, string])[], width: number): string[] => {
	const column = Math.max(...table.map(([request]) => request.length)) + 2;
	return table.flatMap(([request, what]) =>
		wrap(what, Math.max(8, width - column - 3)).map(
			(row, index) => `  ${theme.accent(filled(index === 0 ? request : '', column))} ${theme.dim(row)}`,
		),
	);
};

/** Servers of this machine that a person may pick, each with its address: any program may listen there. */
export const foundServerRows = (sources: readonly ModelSource[], width: number): string[] => {
	const found = sources.filter(({origin}) => origin === 'found');
	if (found.length === 0) return [];
	const servers = found.map(
		({provider, address, models}) =>
			`${clean(provider)} at ${clean(address)} (${plural(models.length, 'model')})`,
	);
	const text = `Found on this machine: ${servers.join(', ')}. /model lets you choose.`;
	return ['', ...wrap(text, Math.max(1, width - 2)).map(row => ` ${theme.accent(row)}`)];
};
