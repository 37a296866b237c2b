// The terminals as rows: what they are called, what they run, how they are. Open, or collapsed to one line.
import {useRef} from 'react';
import {useNow, useSlice} from './hooks/use-tandem.js';
import {rule} from './lines.js';
import {collapsedPanel, panelColumns, panelRow, panelTitle, scrollTo} from './panel-rows.js';
import {theme} from './theme.js';
import {Rows} from './ui/Rows.js';

/** Ages are told in minutes: one is late by a minute at most. */
const ageTickMs = 60_000;

/** `height` holds the title; 1 is the collapsed form. */
export const TerminalPanel = ({width, height}: {width: number; height: number}) => {
	const terminals = useSlice(state => state.terminals);
	const selectedTerminal = useSlice(state => state.ui.selectedTerminal);
	const openTerminal = useSlice(state => state.ui.openTerminal);
	const isPanelFocused = useSlice(state => state.ui.isPanelFocused);
	const unseen = useSlice(state => state.ui.unseen);
	const now = useNow(terminals.length > 0 && height > 1 ? ageTickMs : undefined);
	const first = useRef(0);

	if (height === 1) {
		const line =
			terminals.length === 0
				? panelTitle(terminals)
				: collapsedPanel(terminals, {selectedTerminal, isPanelFocused, unseen}, width - 6);
		return <Rows rows={[rule(line, '', width)]} width={width} height={1} />;
	}
	const visible = height - 1;
	const selected = Math.max(
		0,
		terminals.findIndex(({id}) => id === selectedTerminal),
	);
	first.current = scrollTo(
		isPanelFocused ? selected : first.current,
		first.current,
		visible,
		terminals.length,
	);
	const columns = panelColumns(terminals, width);
	const rows = terminals.slice(first.current, first.current + visible).map((terminal, index) => {
		const isSelected = isPanelFocused && first.current + index === selected;
		const isOpen = terminal.id === openTerminal;
		return panelRow(terminal, first.current + index + 1, columns, {
			isSelected,
			isOpen,
			isFocused: isPanelFocused,
			isUnseen: unseen.includes(terminal.id),
			now,
		});
	});
	const hidden = terminals.length - rows.length;
	const title = panelTitle(terminals, unseen) + (hidden > 0 ? theme.dim(` · ${hidden} more ↕`) : '');
	const enter = terminals[selected]?.id === openTerminal ? 'enter type in it' : 'enter open';
	const keys = isPanelFocused ? `${enter} · s stop · r restart · ? more` : 'ctrl+t select';
	return (
		<Rows
			rows={[rule(isPanelFocused ? theme.accent(title) : title, theme.dim(keys), width), ...rows]}
			width={width}
			height={height}
		/>
	);
};
