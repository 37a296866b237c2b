// One terminal's live screen, looked at: cropped to the room there is, the program never resized. Scrolled up it
// shows the log.
import {useLayoutEffect} from 'react';
import type {View} from '../src/actions.js';
import type {LogPage} from '../src/host/host.js';
import type {LogLine, Run, Snapshot, TerminalInfo} from '../src/host/protocol.js';
import {currentInquiry, type State} from '../src/state.js';
import {truncate} from '../src/text/truncate.js';
import {width as widthOf} from '../src/text/width.js';
import {type Crop, crop} from './crop.js';
import {exitText, stateText} from './format.js';
import {useKept} from './hooks/use-kept.js';
import {useScreen} from './hooks/use-screen.js';
import {useCommands, useSlice, useTandem} from './hooks/use-tandem.js';
import {clean, cleanLines, fitting, rule} from './lines.js';
import {patternOf} from './log-view.js';
import {lineAt} from './pointing.js';
import {SelectionView, useSelection} from './SelectionView.js';
import {columnAt} from './selection.js';
import {theme} from './theme.js';
import {Rows} from './ui/Rows.js';

/** In cells; left and top from the window's corner, from 0. */
type Place = {width: number; height: number; left: number; top: number};

export const TerminalView = ({id, ...place}: {id: number} & Place) => {
	const terminal = useSlice(state => state.terminals.find(each => each.id === id));
	const row = useSlice(state => state.terminals.findIndex(each => each.id === id) + 1);
	if (!terminal)
		return (
			<Rows
				rows={[theme.dim(' This terminal is gone. Esc goes back.')]}
				width={place.width}
				height={place.height}
			/>
		);
	// A key makes the scroll position the terminal's own.
	return <Screen key={id} terminal={terminal} row={row} place={place} />;
};

const Screen = ({terminal, row, place}: {terminal: TerminalInfo; row: number; place: Place}) => {
	const {caret} = useTandem();
	const {width, height} = place;
	const selected = useSelection(terminal.id, height - 1);
	// While the next terminal's screen is awaited this one is still shown, but nobody is inside of it.
	const inside = useSlice(({ui}) => (ui.openTerminal === terminal.id ? ui.inside : undefined));
	const isPrefixed = useSlice(state => state.ui.isPrefixed);
	const isSettled = useSlice(state => state.ui.isSettled);
	const asked = useSlice(state => askedThere(state, terminal.id));
	const asks = useSlice(state => state.ui.inside !== undefined && asksElsewhere(state, terminal.id));
	const wants = useSlice(state => state.ui.inside === 'driving' && wantsToType(state, terminal.id));
	const snapshot = useScreen(terminal.id);
	const cropped = snapshot && crop(snapshot, width, height - 1, inside === 'driving' ? caret : undefined);
	const notice = useNotice(place.left === 0);
	const view = {cols: width, rows: height - 1, left: place.left, top: place.top + 1};
	const {page, found, ...search} = useLogPage(terminal, view, {snapshot, cropped}, notice.pass);
	const message = search.message === '' ? notice.text : search.message;
	usePlacedView(view);

	if (selected) {
		const title = shortTitle(terminal, row, inside);
		return <SelectionView shown={selected} title={title} width={width} height={height} />;
	}
	const rows = page
		? page.lines.map(line => logRow(line, line.number === found, width))
		: terminal.state.kind === 'ended' && snapshot?.lines.every(runs => textOfRow(runs) === '')
			? terminal.lastLines.map(line => theme.dim(truncate(clean(line), width)))
			: (cropped?.rows ?? []);
	const hints = page
		? [
				`lines ${page.lines[0]?.number ?? 0}–${page.lines.at(-1)?.number ?? 0} of ${page.total}`,
				'end: live',
				'ctrl+f search',
				'f3 earlier',
			]
		: inside || isPrefixed
			? keyHints(inside, isPrefixed, isSettled, terminal)
			: [`${cropped?.isCut ? 'part of ' : ''}${terminal.cols}x${terminal.rows}`, 'esc back'];
	const wish = asks ? 'the model asks' : wants ? 'the model wants to type' : '';
	const question = wish === '' ? '' : `${theme.warn(wish)} · `;
	const left =
		isPrefixed || message !== '' ? shortTitle(terminal, row, inside) : titleOf(terminal, row, inside, asked);
	const room = Math.max(leastHintWidth, width - widthOf(left) - 8);
	const keys = question + theme[isPrefixed ? 'accent' : 'dim'](fitting(hints, ' · ', room));
	const told = [theme.warn(truncate(clean(message), room)), ...hints.slice(0, 1).map(theme.dim)];
	const right = message === '' ? keys : fitting(told, theme.dim(' · '), room);
	return <Rows rows={[rule(left, right, width), ...rows]} width={width} height={height} />;
};

/** What the model asks the person to type there. */
const askedThere = (state: State, id: number): string | undefined => {
	const inquiry = currentInquiry(state);
	return inquiry?.terminal?.id === id ? inquiry.question : undefined;
};

const asksElsewhere = (state: State, id: number): boolean =>
	state.approvals.length > 0 || state.inquiries.some(({terminal}) => terminal?.id !== id);

/** The newest call was to type there, and was refused: the person is inside. */
const wantsToType = ({turn, entries}: State, id: number): boolean => {
	if (!turn) return false;
	const call = entries.findLast(entry => entry.kind === 'call');
	return call?.name === 'write_stdin' && call.status === 'failed' && call.display.terminalId === id;
};

const logRow = ({text}: LogLine, isFound: boolean, width: number): string => {
	const row = truncate(cleanLines(text).join(' '), width);
	return isFound ? theme.accent(theme.inverse(row)) : row;
};

const leastHintWidth = 28;

/** Most important first. */
const keyHints = (
	inside: Inside,
	isPrefixed: boolean,
	isSettled: boolean,
	{state}: TerminalInfo,
): string[] => {
	if (isPrefixed) {
		const always = ['esc back', '1…9 ←→ switch', 'f full screen'];
		return inside === 'driving' ? [...always, 'pgup scroll', 'ctrl+] sends it'] : always;
	}
	if (inside === 'driving') return ['ctrl+] esc back'];
	if (!isSettled) return ['keys go nowhere'];
	return state.kind === 'running' ? ['esc back', 'enter take over'] : ['esc back'];
};

/** Where clicks land, and how large a terminal is that is taken over, only the layout knows. */
const usePlacedView = ({cols, rows, left, top}: View) => {
	const {actions} = useTandem();
	useLayoutEffect(() => actions.placeView({cols, rows, left, top}), [actions, cols, rows, left, top]);
};

/** A notice that the view hides with the transcript, until the person types on. */
const useNotice = (isHidden: boolean): {text: string; pass(): void} => {
	const {store} = useTandem();
	const said = useSlice(state => state.ui.said);
	const passed = useKept<typeof said>(() => undefined);
	return {
		text: isHidden && said !== passed.value ? (said?.text ?? '') : '',
		pass: () => passed.set(store.get().ui.said),
	};
};

type Inside = 'driving' | 'displaced' | undefined;

/** "4 dev", "dev (12) · you type". */
const shortTitle = (terminal: TerminalInfo, row: number, inside: Inside): string => {
	const title = nameOf(terminal, row);
	return inside === 'driving' ? `${title}${theme.dim(' · ')}${youType}` : title;
};

const nameOf = (terminal: TerminalInfo, row: number): string => {
	const name = theme.strong(clean(terminal.name)) + (terminal.id === row ? '' : ` (${terminal.id})`);
	return `${row <= 9 ? `${row} ` : ''}${name}`;
};

const youType = theme.warn(theme.inverse(' you type '));

/** "dev (4) · npm run dev · running :5173 · model types". */
const titleOf = (terminal: TerminalInfo, row: number, inside: Inside, asked: string | undefined): string => {
	const {text, tone} = stateText(terminal);
	const driver =
		inside === 'driving'
			? youType
			: terminal.driver === 'user'
				? theme.warn('typed in elsewhere')
				: terminal.startedBy === 'user'
					? 'yours'
					: 'model types';
	const parts = [nameOf(terminal, row)];
	if (asked !== undefined && terminal.state.kind === 'running') {
		return [...parts, ...(inside === 'driving' ? [youType] : []), theme.warn(clean(asked))].join(
			theme.dim(' · '),
		);
	}
	if (terminal.state.kind === 'running')
		parts.push(theme[tone](`running${text === '' ? '' : ` ${text}`}`), driver);
	else if (terminal.state.kind === 'ended') parts.push(theme[tone](`ended ${exitText(terminal.state.exit)}`));
	else parts.push(theme[tone](text));
	parts.push(theme.dim(clean(terminal.cmd)));
	return parts.join(theme.dim(' · '));
};

const textOfRow = (runs: readonly Run[]): string =>
	runs
		.map(({text}) => text)
		.join('')
		.trimEnd();

/** The log above what is on the screen, a page at a time, and the line that a search found; no page: the live screen. */
const useLogPage = (
	terminal: TerminalInfo,
	{rows: height, cols: width, left, top}: View,
	{snapshot, cropped}: {snapshot: Snapshot | undefined; cropped: Crop | undefined},
	onTyped: () => void,
): {page: LogPage | undefined; found: number | undefined; message: string} => {
	const {actions, store, question, selecting} = useTandem();
	const page = useKept<LogPage | undefined>(() => undefined);
	const search = useKept<{query: string; found?: number; message: string}>(() => ({query: '', message: ''}));

	const show = async (last: number) => {
		if (last >= terminal.lineCount) return page.set(undefined);
		await showPage(last);
	};

	const showPage = async (last: number) => {
		const end = Math.max(Math.min(height, terminal.lineCount), last);
		const answer = await actions.readLog(terminal.id, [Math.max(1, end - height + 1), end]);
		if (answer.kind === 'log') page.set(answer);
		else actions.notice(answer.message, 'warning');
	};

	const find = async (direction: 'previous' | 'next') => {
		const {query, found} = search.get();
		const say = (message: string) => search.set({...search.get(), message});
		if (query === '') return say('ctrl+f searches');
		const range: [number, number] =
			direction === 'previous'
				? [1, (found ?? Number.MAX_SAFE_INTEGER) - 1]
				: [(found ?? 0) + 1, Number.MAX_SAFE_INTEGER];
		const answer = await actions.searchLog(terminal.id, patternOf(query), range);
		if (answer.kind === 'refused') return say(answer.message);
		const line = direction === 'previous' ? answer.lines.at(-1) : answer.lines[0];
		const where = direction === 'previous' ? 'earlier' : 'later';
		if (!line) return say(`no ${where} match for ${query}`);
		search.set({query, found: line.number, message: ''});
		await showPage(line.number + Math.floor(height / 2));
	};

	/** From the end up: the newest match is what one looks for. */
	const ask = () => {
		if (store.get().ui.inside) actions.giveBack();
		question.ask({
			label: `search ${clean(terminal.name)}`,
			text: '',
			onAnswer: query => {
				search.set({query, message: ''});
				if (query !== '') void find('previous');
			},
		});
	};

	const source = () => ({
		id: terminal.id,
		...(snapshot?.isAlternateScreen && {screen: snapshot.lines.map(textOfRow)}),
		height,
	});

	const locate = async (cell: {column: number; row: number}) => {
		const line = page.get()?.lines[cell.row];
		if (page.get()) return line && {line: line.number, column: columnAt(line.text, cell.column)};
		if (!snapshot || !cropped) return undefined;
		const [row, column] = [cropped.top + cell.row, cropped.left + cell.column];
		if (snapshot.isAlternateScreen) {
			const text = textOfRow(snapshot.lines[row] ?? []);
			return {line: row + 1, column: columnAt(text, column)};
		}
		const answer = await actions.readLog(terminal.id, {last: snapshot.rows});
		return answer.kind === 'log' ? lineAt(answer.lines, snapshot, {row, column}) : undefined;
	};

	useLayoutEffect(() => selecting.setArea({left, top, width, height, locate, source}));

	useCommands('view', command => {
		if (typeof command === 'object' && selecting.get()) return selecting.move(command.wheel);
		if (command === 'view.select') {
			const lines = page.get()?.lines;
			const found = lines?.find(({number}) => number === search.get().found);
			return selecting.begin({...source(), line: (found ?? lines?.at(-1))?.number});
		}
		if (command === 'view.follow') {
			onTyped();
			if (search.get().message !== '') search.set({...search.get(), message: ''});
			return page.get() && page.set(undefined);
		}
		if (command === 'view.search') return ask();
		if (command === 'view.next' || command === 'view.previous')
			return void find(command === 'view.next' ? 'next' : 'previous');
		const takesWheel = snapshot?.wantsMouse || snapshot?.isAlternateScreen;
		if (typeof command === 'object' && store.get().ui.inside === 'driving' && takesWheel) {
			return actions.clickInside(command.event);
		}
		const step =
			typeof command === 'object'
				? command.wheel
				: Math.max(1, height - 2) * (command === 'view.pageUp' ? -1 : 1);
		if (!page.get() && step > 0) return;
		// Of a full-screen program alone there are no lines.
		if (terminal.lineCount === 0) return search.set({...search.get(), message: 'nothing to scroll back to'});
		void show((page.get()?.lines.at(-1)?.number ?? terminal.lineCount) + step);
	});
	const {found, message} = search.value;
	return {page: page.value, found, message};
};
