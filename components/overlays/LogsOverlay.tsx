// `/logs`: everything that a terminal printed, by numbered lines, at its end until one scrolls up.
import {useLayoutEffect, useState, useSyncExternalStore} from 'react';
import type {LogPage} from '../../src/host/host.js';
import {plural} from '../../src/text/plural.js';
import {truncate} from '../../src/text/truncate.js';
import {stateText} from '../format.js';
import {stepOf} from '../hooks/use-scroll.js';
import {useCommands, useSlice, useTandem} from '../hooks/use-tandem.js';
import {clean, cleanLines} from '../lines.js';
import {createLogView, type ShownLog} from '../log-view.js';
import {terminalActs} from '../terminal-acts.js';
import {theme} from '../theme.js';
import {OverlayFrame, type Place, roomIn} from './OverlayFrame.js';

export const LogsOverlay = (place: Place) => {
	const log = useSlice(state => state.ui.log);
	// Another terminal or another search is another view.
	return log && <Log key={`${log.terminalId} ${log.query}`} {...log} {...place} />;
};

const Log = ({terminalId, query, width, height}: {terminalId: number; query: string} & Place) => {
	const tandem = useTandem();
	const {actions, store, question} = tandem;
	const terminal = useSlice(state => state.terminals.find(({id}) => id === terminalId));
	const [view] = useState(() => createLogView({actions, store, id: terminalId, query}));
	const shown = useSyncExternalStore(view.subscribe, view.get);
	const room = roomIn({width, height});
	useLayoutEffect(() => view.setHeight(room), [view, room]);

	useCommands('overlay', command => {
		const step = stepOf(command, Math.max(1, room - 2));
		if (step === undefined) actions.closeOverlay();
		else view.scroll(step);
	});
	useCommands('logs', command => {
		switch (command) {
			case 'logs.search':
				return question.ask({label: 'search', text: '', onAnswer: view.search});
			case 'logs.next':
				return view.next();
			case 'logs.previous':
				return view.previous();
			case 'logs.start':
				return view.toStart();
			case 'logs.end':
				return view.toEnd();
			case 'logs.copy':
				return terminal && terminalActs.copy(terminal, tandem);
		}
	});

	const name = terminal ? `${clean(terminal.name)} (${terminal.id})` : `terminal ${terminalId}`;
	const rows = shown.page ? pageRows(shown.page, shown.found, width) : [];
	return (
		<OverlayFrame
			title={[`log of ${name}`, ...(terminal ? [howItIs(terminal)] : []), placeText(shown)].join(' · ')}
			keys={[
				...(shown.message === '' ? [] : [theme.warn(truncate(clean(shown.message), Math.max(1, width - 3)))]),
				'↑↓ pgup pgdn',
				'/ search',
				'n N later, earlier',
				'g G start, end',
				'y copy',
				'esc close',
			]}
			rows={rows.slice(-room)}
			width={width}
			height={height}
		/>
	);
};

const howItIs = (terminal: Parameters<typeof stateText>[0]): string =>
	terminal.state.kind === 'running' ? 'running' : stateText(terminal).text;

const placeText = ({page, isFollowing}: ShownLog): string => {
	if (!page) return 'reading';
	const {lines, total} = page;
	if (total === 0) return 'nothing printed yet';
	const range = `lines ${lines[0]?.number ?? 0}–${lines.at(-1)?.number ?? 0} of ${total}`;
	return isFollowing ? `${range}, the end` : range;
};

const pageRows = (page: LogPage, found: number | undefined, width: number): string[] => {
	const digits = String(page.total).length;
	const rows = page.lines.map(({number, text}) => {
		const isFound = number === found;
		const label = String(number).padStart(digits);
		const head = isFound ? theme.accent(`▸${label}`) : theme.dim(` ${label}`);
		// A line has no line feeds; what else could break the row is shown.
		const line = truncate(cleanLines(text).join(' '), Math.max(1, width - digits - 4));
		return `${head}  ${isFound ? theme.strong(line) : line}`;
	});
	return [
		...(page.gap ? [theme.warn(` … lines ${page.gap.from} to ${page.gap.to} are gone: over the limit`)] : []),
		...(page.omitted
			? [theme.warn(` … ${plural(page.omitted.to - page.omitted.from + 1, 'line')} too long for this page`)]
			: []),
		...rows,
	];
};
