// What stays on the normal screen after the window: the last answer, what still runs, and how to come back. Pure.
import {ownCommand} from '../src/own-command.js';
import type {State} from '../src/state.js';
import {listed} from '../src/text/listed.js';
import {isTourOver} from '../src/tour.js';
import {textRows} from './entries/rows.js';
import {clean} from './lines.js';
import {theme} from './theme.js';

/**
 * Rows of styled text, each ended by a line feed. `troubles`: what could not be ended. `isOnDisk`: there is a session
 * to go on with.
 */
export const farewell = (
	state: State,
	{columns, troubles, isOnDisk}: {columns: number; troubles: readonly string[]; isOnDisk: boolean},
): string => {
	const last = state.entries.findLast(entry => entry.kind === 'text');
	const answer = last ? textRows(last.text, columns) : [];
	const rows = [
		...troubles.map(trouble => theme.warn(clean(trouble))),
		...terminals(state),
		...wayBack(state, isOnDisk),
	];
	const gap = answer.length > 0 && rows.length > 0 ? [''] : [];
	return [...answer, ...gap, ...rows].map(row => `${row}\n`).join('');
};

const terminals = (state: State): string[] => {
	const namesOf = (kind: State['terminals'][number]['state']['kind']) =>
		listed(state.terminals.filter(terminal => terminal.state.kind === kind).map(({name}) => clean(name)));
	const [running, unknown] = [namesOf('running'), namesOf('unknown')];
	return [
		...(running === '' ? [] : [`Still running: ${running}. See them with: ${ownCommand(folderOf(state))}`]),
		...(unknown === ''
			? []
			: [`The terminal host does not answer. Not known whether these still run: ${unknown}.`]),
	];
};

const wayBack = (state: State, isOnDisk: boolean): string[] => {
	const {id, isTour} = state.session;
	const hasBegun = state.entries.some(({kind}) => kind === 'user' || kind === 'shell');
	const isTourLeft = isTour && !isTourOver(state.messages);
	const resume = ['resume', folderOf(state), id].filter(word => word !== '').join(' ');
	return [
		...(isTourLeft ? [`Go on with the tour: ${ownCommand('demo')}`] : []),
		...(hasBegun && state.banner !== undefined ? [theme.warn(unsaved(isOnDisk))] : []),
		...(hasBegun && isOnDisk ? [`Resume with: ${ownCommand(resume)}`] : []),
	];
};

const unsaved = (isOnDisk: boolean): string =>
	isOnDisk ? 'The end of this session is not saved.' : 'This session is not saved.';

/** The tour's folder is not the one that the person is in. */
const folderOf = ({session}: State): string => (session.isTour ? `-C ${session.workspace}` : '');
