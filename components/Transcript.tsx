// The conversation: only what is visible is made, and a finished entry is made once.
import {useRef, useState} from 'react';
import {plural} from '../src/text/plural.js';
import {entryRows, textRows} from './entries/rows.js';
import {useCommands, useSlice, useTandem} from './hooks/use-tandem.js';
import {sides} from './lines.js';
import {createLiveRows} from './live-rows.js';
import {theme} from './theme.js';
import {createTranscriptWindow, type TranscriptView} from './transcript-window.js';
import {Rows} from './ui/Rows.js';
import {foundServerRows, welcomeRows} from './welcome.js';

export const Transcript = ({width, height}: {width: number; height: number}) => {
	const {actions, store} = useTandem();
	const entries = useSlice(state => state.entries);
	const turn = useSlice(state => state.turn);
	const scroll = useSlice(state => state.ui.scroll);
	const model = useSlice(state => state.model);
	const sources = useSlice(state => state.modelSources);
	const isTour = useSlice(state => state.session.isTour);
	const [window] = useState(() => createTranscriptWindow(entryRows));
	const [liveRows] = useState(() => createLiveRows(textRows));
	const answer = liveRows(turn?.text ?? '', width);
	const live = answer.length > 0 ? ['', ...answer] : answer;
	const view = window({entries, live, width, height, scroll});
	const latest = useRef(view);
	latest.current = view;

	useCommands('scroll', command => {
		// From where the reader really stands: rows that came since count.
		const page = Math.max(1, height - 2);
		const rows = typeof command === 'object' ? -command.wheel : command === 'scroll.pageUp' ? page : -page;
		const {scroll: asked} = store.get().ui;
		// A second key of the same read comes before the first is painted.
		const {below, isAtTop} = asked === scroll ? latest.current : {below: asked, isAtTop: false};
		const to = Math.max(0, below + (isAtTop ? Math.min(0, rows) : rows));
		if (to !== asked) actions.scrollTranscript(to);
	});

	const isNew = entries.length === 0 && !turn;
	const found = isNew && model.kind !== 'ready' ? foundServerRows(sources, width) : [];
	const rows = isNew ? [...welcomeRows({model, isTour}, width, height - found.length), ...found] : view.rows;
	return <Rows rows={view.below > 0 ? withHint(rows, view, width) : rows} width={width} height={height} />;
};

const withHint = (rows: readonly string[], {below, isNew}: TranscriptView, width: number): string[] => {
	const text = isNew > 0 ? `↓ ${plural(isNew, 'new line')}` : `↓ ${plural(below, 'line')}`;
	return [...rows.slice(0, -1), sides('', theme.accent(`${text} · PgDn `), width)];
};
