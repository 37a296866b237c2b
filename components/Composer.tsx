// Where the person types: grows with the text up to a few rows, messages that wait stand above it.
import {useLayoutEffect, useSyncExternalStore} from 'react';
import {currentInquiry} from '../src/state.js';
import {composerEdge, composerView} from './composer-view.js';
import {useGuide} from './hooks/use-guide.js';
import {useSlice, useTandem} from './hooks/use-tandem.js';
import {Rows} from './ui/Rows.js';

export const Composer = ({width, height}: {width: number; height: number}) => {
	const {composing, inquiryDraft, selecting, caret, now} = useTandem();
	const {buffer} = useSyncExternalStore(composing.subscribe, composing.get);
	const queue = useSlice(state => state.queue);
	const guide = useGuide();
	const isSelecting = useSyncExternalStore(selecting.subscribe, () => selecting.get() !== undefined);
	const isOutside = useSlice(({ui}) => !ui.overlay && !ui.isPanelFocused && ui.inside === undefined);
	const isActive = isOutside && !isSelecting;
	const isTurnRunning = useSlice(state => state.turn !== undefined);
	const inquiry = useSlice(state => currentInquiry(state)?.callId);

	// Once it is painted where keys go, and only then, a choice may count.
	useLayoutEffect(() => {
		if (inquiry !== undefined && isActive) inquiryDraft.shown(inquiry, now());
	}, [inquiry, isActive, inquiryDraft, now]);

	composing.setColumns(width - composerEdge);
	const mark = (character: string) => (isActive ? caret(character) : character);
	// A step is offered only where Enter plays it.
	const shown = isActive && !isTurnRunning ? guide : {...guide, offered: undefined};
	const rows = composerView({buffer, queue, isTurnRunning, guide: shown}, {width, height}, mark);
	return <Rows rows={rows} width={width} height={height} />;
};
