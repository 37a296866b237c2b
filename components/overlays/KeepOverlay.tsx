// The quit question, answered for each terminal: which go on, and which are stopped. All go on at first.
import {runningTerminals} from '../../src/state.js';
import {plural} from '../../src/text/plural.js';
import {truncate} from '../../src/text/truncate.js';
import {useArmed} from '../hooks/use-armed.js';
import {useKept} from '../hooks/use-kept.js';
import {stepOf} from '../hooks/use-scroll.js';
import {useCommands, useSlice, useTandem} from '../hooks/use-tandem.js';
import {clean} from '../lines.js';
import {scrollTo} from '../panel-rows.js';
import {theme} from '../theme.js';
import {OverlayFrame, type Place, roomIn} from './OverlayFrame.js';

export const KeepOverlay = ({width, height}: Place) => {
	const {actions, store} = useTandem();
	const running = useSlice(state => state.terminals).filter(({state}) => state.kind === 'running');
	const stopped = useKept<ReadonlySet<number>>(() => new Set());
	const selected = useKept(() => running[0]?.id);
	const isArmed = useArmed();
	const room = roomIn({width, height});

	const rowOf = (ids: readonly number[]) => Math.max(0, ids.indexOf(selected.get() ?? -1));
	const runningIds = () => runningTerminals(store.get()).map(({id}) => id);

	useCommands('overlay', command => {
		const ids = runningIds();
		const step = stepOf(command, room);
		if (step === undefined) return actions.closeOverlay();
		selected.set(ids[Math.max(0, Math.min(ids.length - 1, rowOf(ids) + step))]);
	});
	useCommands('keep', command => {
		const ids = runningIds();
		if (command === 'keep.quit') {
			const stop = ids.filter(id => stopped.get().has(id));
			if (stop.length === 0) return actions.leave('keep');
			if (isArmed()) actions.leave({stop});
			return;
		}
		const id = ids[rowOf(ids)];
		if (id !== undefined) stopped.set(toggled(stopped.get(), id));
	});

	const index = rowOf(running.map(({id}) => id));
	const rows = running.map(({id, name, cmd}, row) => {
		const mark = stopped.value.has(id) ? theme.warn('[ ] stop') : `${theme.good('[x]')} keep`;
		const words = `${clean(name)} (${id})`;
		const pointer = row === index ? theme.accent('▸') : ' ';
		const who = row === index ? theme.strong(words) : words;
		return truncate(` ${pointer} ${mark}  ${who}  ${theme.dim(clean(cmd))}`, width);
	});
	const ending = running.filter(({id}) => stopped.value.has(id)).length;
	const title =
		ending === 0
			? 'quit: all terminals go on'
			: `quit: ${ending} of ${plural(running.length, 'terminal')} ${ending === 1 ? 'stops' : 'stop'}`;
	return (
		<OverlayFrame
			title={title}
			keys={['space keeps or stops', 'enter quits', 'esc stay']}
			rows={rows}
			first={scrollTo(index, 0, room, rows.length)}
			width={width}
			height={height}
		/>
	);
};

const toggled = (ids: ReadonlySet<number>, id: number): ReadonlySet<number> => {
	const next = new Set(ids);
	if (!next.delete(id)) next.add(id);
	return next;
};
