// What is being selected in the open terminal, in place of its screen.
import {useLayoutEffect, useSyncExternalStore} from 'react';
import type {State} from '../src/state.js';
import {plural} from '../src/text/plural.js';
import {width as widthOf} from '../src/text/width.js';
import {useSlice, useTandem} from './hooks/use-tandem.js';
import {fitting, rule} from './lines.js';
import type {Shown} from './selecting.js';
import {selectionRows} from './selection-rows.js';
import {theme} from './theme.js';
import {Rows} from './ui/Rows.js';

type Props = {
	shown: Shown;
	/** Of the terminal. */
	title: string;
	width: number;
	height: number;
};

export const SelectionView = ({shown, title, width, height}: Props) => {
	const {caret} = useTandem();
	const left = `${title}${theme.dim(' · ')}${theme.accent('selecting')}`;
	const hints = useSlice(keysReachSelection) ? hintsOf(shown) : [];
	const right = theme.dim(fitting(hints, ' · ', Math.max(1, width - widthOf(left) - 8)));
	const rows = selectionRows(shown, {width, height: height - 1}, caret);
	return <Rows rows={[rule(left, right, width), ...rows]} width={width} height={height} />;
};

/** The selection in a terminal that is on the screen, once its first lines are there; it ends when that is left. */
export const useSelection = (id: number, height: number): Shown | undefined => {
	const {selecting} = useTandem();
	const shown = useSyncExternalStore(selecting.subscribe, selecting.get);
	useLayoutEffect(() => selecting.setHeight(height), [selecting, height]);
	useLayoutEffect(
		() => () => {
			selecting.leave();
			selecting.setArea(undefined);
		},
		[selecting],
	);
	return shown?.id === id && shown.isRead ? shown : undefined;
};

/** Else an approval, an overlay or the panel has the keys: the letters that copy mean something else there. */
export const keysReachSelection = ({ui, approvals}: State): boolean =>
	ui.inside !== undefined || (approvals.length === 0 && !ui.overlay && !ui.isPanelFocused);

const hintsOf = ({selection: {cursor, anchor}, last}: Shown): string[] =>
	anchor
		? [plural(Math.abs(cursor.line - anchor.line) + 1, 'line'), 'y copy', 'esc back']
		: [`line ${cursor.line} of ${last}`, 'v V begin', 'y copy', 'esc back'];
