// `/ps`: every terminal with its last lines, live; one is selected, to be opened or stopped.
import type {TerminalInfo} from '../../src/host/protocol.js';
import {truncate} from '../../src/text/truncate.js';
import {width as widthOf} from '../../src/text/width.js';
import {stateText, terminalAge} from '../format.js';
import {useKept} from '../hooks/use-kept.js';
import {stepOf} from '../hooks/use-scroll.js';
import {useCommands, useNow, useSlice, useTandem} from '../hooks/use-tandem.js';
import type {PaneCommand} from '../key-router.js';
import {clean, filled} from '../lines.js';
import {panelTitle} from '../panel-rows.js';
import {type TerminalAct, terminalActs} from '../terminal-acts.js';
import {theme} from '../theme.js';
import {OverlayFrame, type Place, roomIn} from './OverlayFrame.js';

/** Ages are told in minutes: one is late by a minute at most. */
const ageTickMs = 60_000;
/** A page of the list. */
const pageTerminals = 4;

export const PsOverlay = ({width, height}: Place) => {
	const tandem = useTandem();
	const {actions, store} = tandem;
	const terminals = useSlice(state => state.terminals);
	const isFeatureOn = useSlice(state => state.features.background_terminal);
	const selectedId = useKept(() => store.get().ui.openTerminal ?? store.get().ui.selectedTerminal);
	const now = useNow(terminals.length > 0 ? ageTickMs : undefined);
	const rowOf = (rows: readonly TerminalInfo[]) =>
		Math.max(
			0,
			rows.findIndex(({id}) => id === selectedId.get()),
		);
	const index = rowOf(terminals);
	const selected = terminals[index];

	useCommands('overlay', command => {
		const step = stepOf(command, pageTerminals);
		if (step === undefined) return actions.closeOverlay();
		const rows = store.get().terminals;
		// A notch of the wheel is one terminal: they are several rows each.
		const by = typeof command === 'object' ? Math.sign(step) : step;
		const next = rows[Math.max(0, Math.min(rows.length - 1, rowOf(rows) + by))];
		if (next) selectedId.set(next.id);
	});
	useCommands('ps', command => {
		const rows = store.get().terminals;
		const chosen = rows[rowOf(rows)];
		if (!chosen) return;
		const act = typeof command === 'object' ? undefined : acts[command];
		if (act) return terminalActs[act](chosen, tandem);
		actions.closeOverlay();
		actions.openTerminal(chosen.id);
		if (command === 'ps.fullScreen') actions.toggleFullScreen();
	});

	const intro = [...(isFeatureOn ? [] : featureOffRows(width)), ...(terminals.length === 0 ? emptyRows : [])];
	const columns = psColumns(terminals, width);
	const blocks = terminals.map(terminal =>
		psRows(terminal, columns, terminal.id === selected?.id, now, width),
	);
	const room = roomIn({width, height});
	const before = intro.length + blocks.slice(0, index).reduce((sum, block) => sum + block.length, 0);
	// The whole of the selected block is seen; what is above stays put as long as it can.
	const first = Math.max(0, Math.min(before, before + (blocks[index]?.length ?? 0) - room));
	return (
		<OverlayFrame
			title={panelTitle(terminals)}
			keys={[
				'↑↓ select',
				'enter open',
				'f full screen',
				's stop',
				'r restart',
				'/ search',
				'y copy',
				'n rename',
				'd drop',
				'esc close',
			]}
			rows={[...intro, ...blocks.flat()]}
			first={first}
			width={width}
			height={height}
		/>
	);
};

const acts: {[Command in PaneCommand & string]?: TerminalAct} = {
	'ps.stop': 'stop',
	'ps.restart': 'restart',
	'ps.rename': 'rename',
	'ps.search': 'search',
	'ps.copy': 'copy',
	'ps.forget': 'forget',
};

const emptyRows = ['', theme.dim(' No terminals yet. Commands that keep running appear here.')];

const featureOffRows = (width: number): string[] => [
	theme.warn(
		truncate(' Background terminals are off: the model starts none. /experimental switches them on.', width),
	),
];

type Columns = {name: number; kind: number; detail: number; id: number; cmd: number};

const kindOf = ({state}: TerminalInfo): string => state.kind;

const detailOf = (terminal: TerminalInfo): string => {
	const {state} = terminal;
	return state.kind === 'running' || state.kind === 'ended' ? stateText(terminal).text : '';
};

const psColumns = (terminals: readonly TerminalInfo[], width: number): Columns => {
	const widest = (texts: string[], most: number) => Math.min(most, Math.max(0, ...texts.map(widthOf)));
	const name = widest(
		terminals.map(terminal => clean(terminal.name)),
		Math.max(6, Math.floor(width / 5)),
	);
	const kind = widest(terminals.map(kindOf), 7);
	const detail = widest(terminals.map(detailOf), Math.max(6, Math.floor(width / 6)));
	const id = widest(
		terminals.map(terminal => String(terminal.id)),
		5,
	);
	return {name, kind, detail, id, cmd: Math.max(0, width - 3 - id - name - kind - detail - 4 - 10)};
};

const psRows = (
	terminal: TerminalInfo,
	columns: Columns,
	isSelected: boolean,
	now: number,
	width: number,
): string[] => {
	const {tone} = stateText(terminal);
	const isOver = terminal.state.kind === 'ended';
	const name = filled(clean(terminal.name), columns.name);
	const head = [
		` ${isSelected ? theme.accent('▸') : ' '} ${theme.dim(String(terminal.id).padStart(columns.id))}`,
		isSelected ? theme.strong(name) : isOver ? theme.dim(name) : name,
		theme[terminal.state.kind === 'running' ? 'good' : tone](filled(kindOf(terminal), columns.kind)),
		theme[tone](filled(detailOf(terminal), columns.detail)),
		theme.dim(terminalAge(terminal, now).padStart(4)),
		truncate(clean(terminal.cmd), columns.cmd),
	].join('  ');
	const indent = ' '.repeat(Math.min(columns.id + 5, 8));
	return [
		head,
		...terminal.lastLines
			.slice(-3)
			.map(line => indent + theme.dim(truncate(clean(line), Math.max(1, width - indent.length - 1)))),
	];
};
