// `/resume`: the sessions that can be gone on with, this folder's first; typing filters, Enter takes the selected one.
import {basename} from 'node:path';
import type {SessionChoice} from '../../src/events.js';
import type {TerminalInfo} from '../../src/host/protocol.js';
import {fuzzyFilter} from '../../src/text/fuzzy.js';
import {truncate} from '../../src/text/truncate.js';
import {age} from '../format.js';
import {useFilter} from '../hooks/use-filter.js';
import {useKept} from '../hooks/use-kept.js';
import {stepOf} from '../hooks/use-scroll.js';
import {useCommands, useSlice, useTandem} from '../hooks/use-tandem.js';
import {clean, filterRow, sides} from '../lines.js';
import {theme} from '../theme.js';
import {OverlayFrame, type Place, roomIn} from './OverlayFrame.js';

export const ResumeOverlay = ({width, height}: Place) => {
	const {actions, store, caret, now} = useTandem();
	const sessions = useSlice(state => state.sessions);
	const terminals = useSlice(state => state.terminals);
	const here = useSlice(state => state.session.workspace);
	const current = useSlice(state => state.session.id);
	const index = useKept(() => 0);
	const filter = useFilter({
		onChange: () => index.set(0),
		onChoose() {
			const choice = matching()[index.get()];
			if (!choice) return;
			actions.closeOverlay();
			if (choice.folder === here) return actions.resumeSession(choice.id);
			actions.notice(
				`That session is of another folder. Go on with it there: tandem resume -C ${quoted(choice.folder)} ${choice.id}`,
			);
		},
	});
	const matching = () => matchesOf(store.get().sessions ?? [], filter.get());

	useCommands('overlay', command => {
		const step = stepOf(command, roomIn({width, height}));
		if (step === undefined) return actions.closeOverlay();
		index.set(Math.max(0, Math.min(matching().length - 1, index.get() + step)));
	});

	const shown = matchesOf(sessions ?? [], filter.value);
	const selected = Math.min(index.value, shown.length - 1);
	const room = Math.max(1, roomIn({width, height}) - 1);
	const first = Math.max(0, Math.min(shown.length - room, selected - Math.floor(room / 2)));
	const rows = shown.slice(first, first + room).map((session, row) =>
		sessionRow(session, {
			isSelected: first + row === selected,
			terminals,
			here,
			current,
			now: now(),
			width,
		}),
	);
	const empty =
		sessions === undefined ? ' Reading the sessions …' : ' No session fits. Esc goes on with a new one.';
	const place = shown.length === 0 ? '' : ` · ${selected + 1} of ${shown.length}`;
	return (
		<OverlayFrame
			title={`go on with a session${place}`}
			keys={['↑↓ enter choose', 'letters filter', 'esc close']}
			rows={[
				filterRow(filter.value, caret, width),
				...(rows.length > 0 ? rows : [theme.dim(truncate(empty, width - 1))]),
			]}
			width={width}
			height={height}
		/>
	);
};

const matchesOf = (sessions: readonly SessionChoice[], filter: string): readonly SessionChoice[] =>
	filter === ''
		? sessions
		: fuzzyFilter(
				filter,
				sessions,
				({firstWords, folder, id}) => `${firstWords} ${basename(folder)} ${id}`,
			).map(({candidate}) => candidate);

const sessionRow = (
	{id, folder, firstWords, changedAt, openIn}: SessionChoice,
	{isSelected, terminals, here, current, now, width}: RowContext,
): string => {
	const running = terminals.filter(({state, session}) => state.kind === 'running' && session === id);
	const facts = [
		id === current
			? theme.good('this one')
			: openIn === undefined
				? ''
				: theme.warn(`open in process ${openIn}`),
		running.length > 0 ? theme.good(`running: ${running.map(({name}) => clean(name)).join(', ')}`) : '',
		folder === here ? '' : theme.dim(`in ${clean(basename(folder) || 'an unknown folder')}`),
	].filter(fact => fact !== '');
	const words = isSelected ? theme.strong(clean(firstWords)) : clean(firstWords);
	const time = theme.dim(age(now - changedAt).padStart(4));
	return sides(
		` ${isSelected ? theme.accent('▸') : ' '} ${time}  ${words}`,
		facts.join(theme.dim(' · ')),
		width - 1,
	);
};

type RowContext = {
	isSelected: boolean;
	terminals: readonly TerminalInfo[];
	here: string;
	current: string;
	now: number;
	width: number;
};

/** For a shell's line. */
const quoted = (path: string): string =>
	/^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
