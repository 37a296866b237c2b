// Ctrl+O, `/switch`: finds a terminal by a few letters of its name or command, and shows its live screen before one
// goes there. Looking resizes nothing.
import {Box} from 'ink';
import type {TerminalInfo} from '../../src/host/protocol.js';
import type {State} from '../../src/state.js';
import {fuzzyFilter} from '../../src/text/fuzzy.js';
import {truncate} from '../../src/text/truncate.js';
import {crop} from '../crop.js';
import {stateText} from '../format.js';
import {useFilter} from '../hooks/use-filter.js';
import {useKept} from '../hooks/use-kept.js';
import {useScreen, useShown} from '../hooks/use-screen.js';
import {stepOf} from '../hooks/use-scroll.js';
import {useCommands, useSlice, useTandem} from '../hooks/use-tandem.js';
import {clean, filterRow, rule, sides} from '../lines.js';
import {panelName, scrollTo} from '../panel-rows.js';
import {theme} from '../theme.js';
import {Rows} from '../ui/Rows.js';
import {OverlayFrame, type Place, roomIn} from './OverlayFrame.js';

export const SwitchOverlay = ({width, height}: Place) => {
	const {actions, store, caret} = useTandem();
	const terminals = useSlice(state => state.terminals);
	const open = useSlice(state => state.ui.openTerminal);
	const picked = useKept<number | undefined>(() => undefined);

	const filter = useFilter({
		onChange: () => picked.set(undefined),
		onChoose() {
			const {found, index} = selection(store.get(), filter.get(), picked.get());
			const chosen = found[index];
			if (!chosen) return;
			// In this order no frame shows what lies under the list.
			actions.openTerminal(chosen.id);
			actions.closeOverlay();
		},
	});
	useCommands('overlay', command => {
		const step = stepOf(command, roomIn(listPlace({width, height})));
		if (step === undefined) return actions.closeOverlay();
		const {found, index} = selection(store.get(), filter.get(), picked.get());
		picked.set(found[Math.max(0, Math.min(found.length - 1, index + step))]?.id);
	});
	const {found, index} = selection({terminals, ui: {openTerminal: open}}, filter.value, picked.value);
	const place = listPlace({width, height});
	const room = Math.max(1, roomIn(place) - 1);
	const first = scrollTo(index, 0, room, found.length);
	const rows = found
		.slice(first, first + room)
		.map((terminal, at) =>
			listRow(terminal, terminals.indexOf(terminal) + 1, first + at === index, place.width),
		);
	const none = terminals.length === 0 ? ' No terminals yet.' : ' None has these letters.';
	const selected = found[index];
	const previewed = useShown(selected?.id);
	const preview = selected && terminals.find(({id}) => id === previewed);
	return (
		<Box width={width} height={height} flexDirection={place.width < width ? 'row' : 'column'}>
			<OverlayFrame
				title={`go to a terminal · ${found.length} of ${terminals.length}`}
				keys={['↑↓ enter open', 'letters filter', 'esc close']}
				rows={[
					filterRow(filter.value, caret, place.width),
					...(rows.length === 0 ? [theme.dim(truncate(none, place.width))] : rows),
				]}
				{...place}
			/>
			{preview && (
				<Preview
					key={preview.id}
					terminal={preview}
					width={place.width < width ? width - place.width : width}
					height={place.width < width ? height : height - place.height}
				/>
			)}
		</Box>
	);
};

/** From here on the preview stands beside the list. */
const widthForBeside = 100;
/** Below it, if both have room. */
const heightForBelow = 14;

const listPlace = ({width, height}: Place): Place => {
	if (width >= widthForBeside) return {width: Math.min(60, Math.floor(width / 2)), height};
	return {width, height: height >= heightForBelow ? Math.floor(height / 2) : height};
};

/** What the letters find, best first, and which of it is selected: the one picked, else the first that is not open. */
const selection = (
	{terminals, ui}: Pick<State, 'terminals'> & {ui: Pick<State['ui'], 'openTerminal'>},
	filter: string,
	picked: number | undefined,
): {found: TerminalInfo[]; index: number} => {
	const found = fuzzyFilter(filter, terminals, ({name, cmd}) => `${name} ${cmd}`).map(
		({candidate}) => candidate,
	);
	const byHand = found.findIndex(({id}) => id === picked);
	if (byHand >= 0) return {found, index: byHand};
	const other = filter === '' ? found.findIndex(({id}) => id !== ui.openTerminal) : 0;
	return {found, index: Math.max(0, other)};
};

const listRow = (terminal: TerminalInfo, row: number, isSelected: boolean, width: number): string => {
	const {text, tone} = stateText(terminal);
	const name = panelName(terminal, row);
	const head = ` ${isSelected ? theme.accent('▸') : ' '} ${isSelected ? theme.strong(name) : name}`;
	return sides(`${head}  ${theme.dim(clean(terminal.cmd))}`, theme[tone](text), width - 1);
};

const Preview = ({terminal, width, height}: {terminal: TerminalInfo} & Place) => {
	const snapshot = useScreen(terminal.id);
	if (height < 2) return null;
	const rows = snapshot ? crop(snapshot, width, height - 1).rows : [];
	const title = theme.dim(`${clean(terminal.name)} as it is now`);
	return <Rows rows={[rule(title, '', width), ...rows]} width={width} height={height} />;
};
