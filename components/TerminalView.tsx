// One terminal's live screen, looked at: cropped to the room there is, the program never resized. Scrolled up it
// shows the log.
import type {LogPage} from '../src/host/host.js';
import type {TerminalInfo} from '../src/host/protocol.js';
import {truncate} from '../src/text/truncate.js';
import {crop} from './crop.js';
import {exitText, stateText} from './format.js';
import {useKept} from './hooks/use-kept.js';
import {useScreen} from './hooks/use-screen.js';
import {useCommands, useSlice, useTandem} from './hooks/use-tandem.js';
import {clean, rule} from './lines.js';
import {theme} from './theme.js';
import {Rows} from './ui/Rows.js';

type Place = {width: number; height: number};

export const TerminalView = ({id, width, height}: {id: number} & Place) => {
	const terminal = useSlice(state => state.terminals.find(each => each.id === id));
	const row = useSlice(state => state.terminals.findIndex(each => each.id === id) + 1);
	if (!terminal)
		return (
			<Rows rows={[theme.dim(' This terminal is gone. Esc goes back.')]} width={width} height={height} />
		);
	// A key makes the scroll position the terminal's own.
	return <Screen key={id} terminal={terminal} row={row} width={width} height={height} />;
};

const Screen = ({terminal, row, width, height}: {terminal: TerminalInfo; row: number} & Place) => {
	const snapshot = useScreen(terminal.id);
	const page = useLogPage(terminal, height - 1);
	const cropped = snapshot && crop(snapshot, width, height - 1);
	const rows = page ? page.lines.map(({text}) => truncate(clean(text), width)) : (cropped?.rows ?? []);
	const hints = page
		? `lines ${page.lines[0]?.number ?? 0}–${page.lines.at(-1)?.number ?? 0} of ${page.total} · pgdn`
		: `${cropped?.isCut ? 'part of ' : ''}${terminal.cols}x${terminal.rows} · esc back`;
	const title = rule(titleOf(terminal, row), theme.dim(hints), width);
	return <Rows rows={[title, ...rows]} width={width} height={height} />;
};

/** "dev (4) · npm run dev · running :5173 · model types". */
const titleOf = (terminal: TerminalInfo, row: number): string => {
	const {text, tone} = stateText(terminal);
	const name = theme.strong(clean(terminal.name)) + (terminal.id === row ? '' : ` (${terminal.id})`);
	const driver = terminal.driver === 'user' ? theme.warn('you type') : 'model types';
	const parts = [`${row <= 9 ? `${row} ` : ''}${name}`];
	if (terminal.state.kind === 'running')
		parts.push(theme[tone](`running${text === '' ? '' : ` ${text}`}`), driver);
	else if (terminal.state.kind === 'ended') parts.push(theme[tone](`ended ${exitText(terminal.state.exit)}`));
	else parts.push(theme[tone](text));
	parts.push(theme.dim(clean(terminal.cmd)));
	return parts.join(theme.dim(' · '));
};

/** The log above what is on the screen, a page at a time; undefined: the live screen. */
const useLogPage = (terminal: TerminalInfo, height: number): LogPage | undefined => {
	const {actions} = useTandem();
	const page = useKept<LogPage | undefined>(() => undefined);

	const show = async (last: number) => {
		if (last >= terminal.lineCount) return page.set(undefined);
		const end = Math.max(Math.min(height, terminal.lineCount), last);
		const answer = await actions.readLog(terminal.id, [Math.max(1, end - height + 1), end]);
		if (answer.kind === 'log') page.set(answer);
		else actions.notice(answer.message, 'warning');
	};

	useCommands('view', command => {
		const step =
			typeof command === 'object'
				? command.wheel
				: Math.max(1, height - 2) * (command === 'view.pageUp' ? -1 : 1);
		if (!page.get() && step > 0) return;
		void show((page.get()?.lines.at(-1)?.number ?? terminal.lineCount) + step);
	});
	return page.value;
};
