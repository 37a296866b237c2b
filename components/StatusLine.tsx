// The last row: what goes on, what would otherwise be overlooked, and the keys that fit.
import {useSyncExternalStore} from 'react';
import type {State, Turn} from '../src/state.js';
import {runningCount} from '../src/state.js';
import {truncate} from '../src/text/truncate.js';
import {graphemes, width as widthOf} from '../src/text/width.js';
import {clock} from './format.js';
import {useNow, useSlice, useTandem} from './hooks/use-tandem.js';
import {clean, fitting} from './lines.js';
import type {Asked} from './question.js';
import {theme} from './theme.js';
import {Rows} from './ui/Rows.js';
import {waitedFor} from './waited-for.js';

const clockTickMs = 1_000;

export const StatusLine = ({width}: {width: number}) => {
	const turn = useSlice(state => state.turn);
	const now = useNow(turn ? clockTickMs : undefined);
	const line = useSlice(state => statusRow(state, now, width));
	const {question, caret} = useTandem();
	const asked = useSyncExternalStore(question.subscribe, question.get);
	const isApproving = useSlice(state => state.approvals.length > 0);
	const row = asked && !isApproving ? questionRow(asked, width, caret) : line;
	return <Rows rows={[row]} width={width} height={1} />;
};

/** The end of a long answer is what is being typed. */
const questionRow = ({label, text}: Asked, width: number, caret: (character: string) => string): string => {
	const head = ` ${truncate(label, Math.max(1, Math.floor(width / 2)))}: `;
	const room = Math.max(1, width - widthOf(head) - 2);
	const letters = graphemes(clean(`.${text}.`).slice(1, -1));
	while (letters.length > 0 && widthOf(letters.join('')) > room) letters.shift();
	return `${theme.accent(head)}${letters.join('')}${caret(' ')}`;
};

/** The row for a state at a time. */
export const statusRow = (state: State, now: number, width: number): string => {
	if (state.ui.quitArmedUntil !== undefined) return ` ${theme.warn('press ctrl+c again to quit')}`;
	const right = marks(state);
	const room = width - 2 - (right === '' ? 0 : widthOf(right) + 1);
	const parts = [...(state.turn ? working(state, state.turn, now) : []), ...hints(state)];
	const left = fitting(parts, theme.dim(' · '), room);
	if (right === '') return ` ${left}`;
	return ` ${left}${' '.repeat(Math.max(1, width - 2 - widthOf(left) - widthOf(right)))}${right}`;
};

const working = (state: State, turn: Turn, now: number): string[] => {
	const stop = theme.dim(`${interruptKey(state)} to interrupt`);
	if (state.approvals.length > 0) return [theme.warn('waiting for your answer')];
	if (turn.phase.kind === 'retrying') {
		const {attempt, of, until, reason} = turn.phase;
		const left = clock(until - now + 999);
		return [theme.warn(`retry ${attempt} of ${of} in ${left}`), stop, theme.dim(clean(reason))];
	}
	const work = `${theme.accent('working')} ${clock(now - turn.startedAt)}`;
	return state.ui.overlay ? [work] : [work, stop];
};

/** Esc does first what stands before the turn. */
const interruptKey = ({ui}: State): string =>
	ui.openTerminal !== undefined || ui.isPanelFocused ? 'ctrl+c' : 'esc';

const hints = (state: State): string[] => {
	const {ui, terminals, approvals} = state;
	if (approvals.length > 0 || ui.overlay) return [];
	const waited = waitedFor(state);
	const texts = [
		waited && `ctrl+x stop ${clean(waited.name)}`,
		ui.openTerminal !== undefined && 'esc back',
		terminals.length > 0 && 'ctrl+t terminals',
		terminals.length > 0 && `alt+1${terminals.length > 1 ? `…${Math.min(9, terminals.length)}` : ''} open`,
		'/ commands',
		'? help',
	];
	return texts.filter(text => typeof text === 'string').map(theme.dim);
};

/** What must be seen at every width: the mode that asks nothing, and terminals that no panel shows. */
const marks = (state: State): string => {
	const running = runningCount(state);
	const texts = [
		state.host.kind === 'lost' ? theme.bad('no terminal host') : '',
		state.ui.panel === 'hidden' && running > 0 ? `${running} running` : '',
		state.mode === 'full' ? theme.warn(theme.inverse(' full: asks nothing ')) : '',
	];
	return texts.filter(text => text !== '').join(' ');
};
