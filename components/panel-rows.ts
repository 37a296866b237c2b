// The rows of terminals in the panel and in lists: columns of common widths, cut to the screen. Pure.

import type {TerminalInfo} from '../src/host/protocol.js';
import type {State} from '../src/state.js';
import {truncate} from '../src/text/truncate.js';
import {width as widthOf} from '../src/text/width.js';
import {isCleanExit, stateText, terminalAge, usageText} from './format.js';
import {clean, filled, fitting, link} from './lines.js';
import {theme} from './theme.js';

export type PanelColumns = {
	name: number;
	cmd: number;
	state: number;
	usage: number;
	age: number;
	last: number;
};

/** Names longer than this are cut. */
const widestName = 18;
const widestCommand = 34;
const widestState = 17;
/** "100%  45M", where the row is this wide. */
const usageColumns = 9;
const widthForUsage = 100;
/** Less room than this says nothing of a last line. */
const narrowestLast = 12;
/** Marker, digit and a space each. */
const edge = 5;

/** "dev", "tests (4)" where the id is not the row's digit. */
export const panelName = ({name, id}: TerminalInfo, row: number): string =>
	id === row ? clean(name) : `${clean(name)} (${id})`;

/** The same for all rows, visible or not, so that scrolling moves nothing sideways. */
export const panelColumns = (terminals: readonly TerminalInfo[], width: number): PanelColumns => {
	const widest = (texts: string[], most: number) => Math.min(most, Math.max(0, ...texts.map(widthOf)));
	const name = widest(
		terminals.map((terminal, index) => panelName(terminal, index + 1)),
		Math.min(widestName, Math.max(6, Math.floor(width / 3))),
	);
	// A program asks and goes on again: nothing moves sideways for that.
	const states = terminals.map(terminal => stateText(terminal).text || 'asks');
	const state = widest(states, widestState);
	const isUsageKnown = width >= widthForUsage && terminals.some(({usage}) => usage);
	const usage = isUsageKnown ? usageColumns : 0;
	const age = 4;
	const cmd = widest(
		terminals.map(terminal => clean(terminal.cmd)),
		Math.min(widestCommand, Math.floor(width / 4)),
	);
	const room = width - edge - name - 2 - state - (state > 0 ? 2 : 0) - usage - (usage > 0 ? 2 : 0) - age - 2;
	if (room - cmd >= narrowestLast) return {name, cmd, state, usage, age, last: room - cmd - 2};
	return {name, cmd: Math.max(0, Math.min(cmd, room)), state, usage, age, last: 0};
};

export const panelRow = (
	terminal: TerminalInfo,
	row: number,
	columns: PanelColumns,
	look: {isSelected: boolean; isOpen: boolean; isFocused: boolean; isUnseen: boolean; now: number},
): string => {
	const state = stateText(terminal);
	const isOver = terminal.state.kind !== 'running';
	const marker = look.isSelected
		? theme.accent('▸')
		: look.isOpen
			? theme.accent('•')
			: look.isUnseen
				? unseenMark(terminal)
				: ' ';
	const digit = row <= 9 ? String(row) : ' ';
	const name = filled(panelName(terminal, row), columns.name);
	const last = clean(terminal.lastLines.at(-1) ?? '');
	const parts = [
		` ${marker} ${look.isSelected && look.isFocused ? theme.accent(digit) : theme.dim(digit)} `,
		look.isSelected && look.isFocused ? theme.strong(name) : isOver ? theme.dim(name) : name,
		columns.cmd > 0 ? `  ${theme.dim(filled(clean(terminal.cmd), columns.cmd))}` : '',
		columns.state > 0 ? `  ${theme[state.tone](stateCell(terminal, state.text, columns.state))}` : '',
		columns.usage > 0
			? `  ${theme.dim((terminal.usage ? usageText(terminal.usage) : '').padEnd(columns.usage))}`
			: '',
		`  ${theme.dim(terminalAge(terminal, look.now).padStart(columns.age))}`,
		columns.last > 0
			? `  ${isOver ? theme.dim(truncate(last, columns.last)) : truncate(last, columns.last)}`
			: '',
	];
	return parts.join('');
};

/** Ends that nobody has seen yet. */
const unseenMark = ({state}: TerminalInfo): string =>
	state.kind === 'ended' && isCleanExit(state.exit) ? theme.good('✓') : theme.bad('!');

/** Ports as links, where all of them fit. */
const stateCell = ({ports, state}: TerminalInfo, text: string, width: number): string => {
	const isPorts = state.kind === 'running' && ports.length > 0 && text.startsWith(':');
	if (!isPorts || widthOf(text) > width) return filled(text, width);
	const linked = ports.map(({port, url}) => link(`:${port}`, url)).join(' ');
	return linked + ' '.repeat(width - widthOf(text));
};

/** "terminals · 2 running · 1 ended". */
export const panelTitle = (terminals: readonly TerminalInfo[], unseen: readonly number[] = []): string => {
	const running = terminals.filter(({state}) => state.kind === 'running').length;
	const lost = terminals.filter(({state}) => state.kind === 'lost').length;
	const ended = terminals.length - running - lost;
	const counts = [
		running > 0 && `${running} running`,
		ended > 0 && `${ended} ended`,
		lost > 0 && theme.bad(`${lost} lost`),
		unseen.length > 0 && theme.warn(`${unseen.length} new`),
	].filter(part => part !== false);
	return ['terminals', ...(counts.length > 0 ? counts : ['none yet'])].join(theme.dim(' · '));
};

/** The panel in one line: "1 dev :5173 · 2 tests · 3 build exit 0". */
export const collapsedPanel = (
	terminals: readonly TerminalInfo[],
	ui: Pick<State['ui'], 'selectedTerminal' | 'isPanelFocused' | 'unseen'>,
	width: number,
): string => {
	const parts = terminals.map((terminal, index) => {
		const state = stateText(terminal);
		const name = `${index < 9 ? `${index + 1} ` : ''}${panelName(terminal, index + 1)}`;
		const isSelected = ui.isPanelFocused && ui.selectedTerminal === terminal.id;
		const mark = ui.unseen.includes(terminal.id) ? unseenMark(terminal) : '';
		return `${mark}${isSelected ? theme.accent(`▸${name}`) : name}${state.text === '' ? '' : ` ${theme[state.tone](state.text)}`}`;
	});
	const selected = terminals.findIndex(({id}) => id === ui.selectedTerminal);
	const from = ui.isPanelFocused && selected > 0 ? selected : 0;
	const line = fitting(parts.slice(from), theme.dim(' · '), width);
	return line === '' ? truncate(parts[from] ?? '', width) : line;
};

/** The first visible row so that the selected one is seen; moves as little as it can. */
export const scrollTo = (selected: number, previous: number, height: number, count: number): number => {
	const last = Math.max(0, count - height);
	if (selected < previous) return Math.max(0, selected);
	if (selected >= previous + height) return Math.min(last, selected - height + 1);
	return Math.min(previous, last);
};
