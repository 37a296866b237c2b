// The last row: what goes on, what would otherwise be overlooked, and the keys that fit.
import {useSyncExternalStore} from 'react';
import {truncate} from '../src/text/truncate.js';
import {graphemes, width as widthOf} from '../src/text/width.js';
import {useNow, useSlice, useTandem} from './hooks/use-tandem.js';
import {clean, fitting} from './lines.js';
import type {Asked} from './question.js';
import {keysReachSelection} from './SelectionView.js';
import {statusRow} from './status-row.js';
import {theme} from './theme.js';
import {Rows} from './ui/Rows.js';

const clockTickMs = 1_000;

export const StatusLine = ({width}: {width: number}) => {
	const turn = useSlice(state => state.turn);
	const now = useNow(turn ? clockTickMs : undefined);
	const line = useSlice(state => statusRow(state, now, width));
	const {question, selecting, caret} = useTandem();
	const isSelecting = useSyncExternalStore(selecting.subscribe, () => selecting.get() !== undefined);
	const asked = useSyncExternalStore(question.subscribe, question.get);
	const isApproving = useSlice(state => state.approvals.length > 0);
	const reachesSelection = useSlice(keysReachSelection);
	const row =
		asked && !isApproving
			? questionRow(asked, width, caret)
			: isSelecting && reachesSelection
				? selectingRow(width)
				: line;
	return <Rows rows={[row]} width={width} height={1} />;
};

const selectingRow = (width: number): string =>
	theme.dim(
		` ${fitting(['v begin here', 'V whole lines', 'y copy', 'esc back', '↑↓←→ b w g G move', 'pgup pgdn'], ' · ', width - 2)}`,
	);

/** The end of a long answer is what is being typed. */
const questionRow = ({label, text}: Asked, width: number, caret: (character: string) => string): string => {
	const head = ` ${truncate(label, Math.max(1, Math.floor(width / 2)))}: `;
	const room = Math.max(1, width - widthOf(head) - 2);
	const letters = graphemes(clean(`.${text}.`).slice(1, -1));
	while (letters.length > 0 && widthOf(letters.join('')) > room) letters.shift();
	return `${theme.accent(head)}${letters.join('')}${caret(' ')}`;
};
