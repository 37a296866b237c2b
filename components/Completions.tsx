// The popup over the composer: what the slash line could become. Painted over the transcript, so that nothing
// moves when it comes and goes.
import {Box} from 'ink';
import {useSyncExternalStore} from 'react';
import {width as widthOf} from '../src/text/width.js';
import {useSlice, useTandem} from './hooks/use-tandem.js';
import {clean, filled} from './lines.js';
import {scrollTo} from './panel-rows.js';
import {theme} from './theme.js';
import {Rows} from './ui/Rows.js';

const mostRows = 8;

/** `bottom`: rows of the screen below it; `room`: rows above that. */
export const Completions = ({width, bottom, room}: {width: number; bottom: number; room: number}) => {
	const {composing} = useTandem();
	const {completion} = useSyncExternalStore(composing.subscribe, composing.get);
	// What it offers may depend on the terminals there are.
	useSlice(state => state.terminals);
	const found = composing.completions();
	const height = Math.min(found.length, mostRows, room);
	if (height <= 0) return null;
	const selected = Math.min(completion.index, found.length - 1);
	const first = scrollTo(selected, 0, height, found.length);
	const labels = Math.min(
		found.some(({summary}) => summary !== '') ? 24 : width - 4,
		Math.max(...found.map(({label}) => widthOf(label))),
	);
	const rows = found.slice(first, first + height).map(({label, summary}, index) => {
		const isSelected = first + index === selected;
		const name = filled(clean(label), labels);
		const head = isSelected ? ` ${theme.accent('▸')} ${theme.strong(name)}` : `   ${name}`;
		return filled(`${head}  ${theme.dim(clean(summary))}`, width);
	});
	return (
		<Box position="absolute" bottom={bottom} left={0}>
			<Rows rows={rows} width={width} height={height} />
		</Box>
	);
};
