// The last row as text. Pure.
import type {State, Turn} from '../src/state.js';
import {currentInquiry, runningCount} from '../src/state.js';
import {truncate} from '../src/text/truncate.js';
import {width as widthOf} from '../src/text/width.js';
import {clock} from './format.js';
import {clean, fitting} from './lines.js';
import {theme} from './theme.js';
import {waitedFor} from './waited-for.js';

const leastReasonWidth = 10;

/** The row for a state at a time. */
export const statusRow = (state: State, now: number, width: number): string => {
	if (state.ui.quitArmedUntil !== undefined) return ` ${theme.warn('press ctrl+c again to quit')}`;
	const work = state.turn ? working(state, state.turn, now, roomBesideMarks(state, width)) : [];
	return besideMarks([...work, ...hints(state)], state, width);
};

/** While an earlier conversation is read. */
export const readingRow = (state: State, width: number): string =>
	besideMarks([theme.dim('reading the session…')], state, width);

const besideMarks = (parts: readonly string[], state: State, width: number): string => {
	const right = marks(state);
	const left = fitting(parts, theme.dim(' · '), roomBesideMarks(state, width));
	if (right === '') return ` ${left}`;
	return ` ${left}${' '.repeat(Math.max(1, width - 2 - widthOf(left) - widthOf(right)))}${right}`;
};

const roomBesideMarks = (state: State, width: number): number => {
	const right = marks(state);
	return width - 2 - (right === '' ? 0 : widthOf(right) + 1);
};

const working = (state: State, turn: Turn, now: number, room: number): string[] => {
	const stop = theme.dim(`${interruptKey(state)} to interrupt`);
	if (state.approvals.length > 0) return [theme.warn('waiting for your answer')];
	if (currentInquiry(state) && !state.ui.inside) return asked(state, stop);
	if (state.ui.inside) return [`${theme.accent('working')} ${clock(now - turn.startedAt)}`];
	if (turn.phase.kind === 'retrying') {
		const {attempt, of, until, reason} = turn.phase;
		const left = clock(until - now + 999);
		const head = [theme.warn(`retry ${attempt} of ${of} in ${left}`), stop];
		// Why is worth a part of it more than a key's name.
		const rest = room - widthOf([...head, ''].join(' · '));
		return rest < leastReasonWidth ? head : [...head, theme.dim(truncate(clean(reason), rest))];
	}
	const work = `${theme.accent('working')} ${clock(now - turn.startedAt)}`;
	return state.ui.overlay ? [work] : [work, stop];
};

/** The keys that answer what the model asks, where they do. */
const asked = (state: State, stop: string): string[] => {
	const {choices = [], terminal} = currentInquiry(state) ?? {};
	const {ui} = state;
	const waiting = theme.warn('waiting for your answer');
	if (ui.overlay || ui.isPanelFocused) return [waiting];
	const texts = [
		terminal && 'enter go inside',
		choices.length > 0 && '↑↓ enter choose',
		ui.openTerminal === undefined && 'esc no answer',
	];
	return [waiting, ...texts.filter(text => typeof text === 'string').map(theme.dim), stop];
};

/** Esc does first what stands before the turn. */
const interruptKey = ({ui, inquiries}: State): string =>
	ui.openTerminal !== undefined || ui.isPanelFocused || inquiries.length > 0 ? 'ctrl+c' : 'esc';

const hints = (state: State): string[] => {
	const {ui, terminals, approvals} = state;
	if (ui.inside === 'displaced')
		return ['keys go nowhere', ...(ui.isSettled ? ['esc back here'] : [])].map(theme.dim);
	if (ui.inside)
		return [theme.dim('ctrl+] then esc: back here'), theme.dim('every other key goes to the terminal')];
	if (approvals.length > 0 || ui.overlay) return [];
	const waited = waitedFor(state);
	const inquiry = currentInquiry(state);
	const texts = [
		waited && `ctrl+x stop ${clean(waited.name)}`,
		ui.openTerminal !== undefined && 'esc back',
		!(inquiry?.terminal || inquiry?.choices.length) &&
			terminals.some(({id, state: {kind}, tty}) => id === ui.openTerminal && kind === 'running' && tty) &&
			'enter type in it',
		terminals.length > 0 && 'ctrl+t terminals',
		terminals.length > 0 && `alt+1${terminals.length > 1 ? `…${Math.min(9, terminals.length)}` : ''} open`,
		'/ commands',
		'? help',
	];
	return texts.filter(text => typeof text === 'string').map(theme.dim);
};

/** What must be seen at every width: a mode that asks less than usual, and terminals that no panel shows. */
const marks = (state: State): string => {
	const running = runningCount(state);
	const texts = [
		state.host.kind === 'lost' ? theme.bad('no terminal host') : '',
		state.ui.panel === 'hidden' && state.ui.unseen.length > 0
			? theme.warn(`${state.ui.unseen.length} ended`)
			: '',
		state.ui.panel === 'hidden' && running > 0 ? `${running} running` : '',
		state.mode === 'auto-edit' ? theme.warn('auto-edit: patches do not ask') : '',
		state.mode === 'full' ? theme.warn(theme.inverse(' full: asks nothing ')) : '',
	];
	return texts.filter(text => text !== '').join(' ');
};
