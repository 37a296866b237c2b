// Where the person types: grows with the text up to a few rows, messages that wait stand above it.
import {useSyncExternalStore} from 'react';
import {parseShellLine} from '../src/command.js';
import type {State} from '../src/state.js';
import {truncate} from '../src/text/truncate.js';
import {composerHeight, composerRows} from './composer-rows.js';
import type {Draft} from './composing.js';
import {useSlice, useTandem} from './hooks/use-tandem.js';
import {clean, rule} from './lines.js';
import {theme} from './theme.js';
import {Rows} from './ui/Rows.js';

const mostRows = 8;
const shellHint = 'shell command: it runs in a terminal of yours, the model can read it';
const mostQueued = 3;
/** " › " before the text, and one column for the caret after it. */
const edge = 4;

/** Rows that composer and queue take, the line above included. */
export const composerSize = (draft: Draft, queue: State['queue'], width: number, rows: number): number =>
	1 +
	queueHeight(queue) +
	Math.min(composerHeight(draft.buffer.text, draft.buffer.cursor, width - edge), mostComposerRows(rows));

const mostComposerRows = (rows: number): number => Math.max(1, Math.min(mostRows, Math.floor(rows / 3)));

const queueHeight = (queue: State['queue']): number => Math.min(queue.length, mostQueued);

export const Composer = ({width, height}: {width: number; height: number}) => {
	const {composing, caret} = useTandem();
	const {buffer} = useSyncExternalStore(composing.subscribe, composing.get);
	const queue = useSlice(state => state.queue);
	const isActive = useSlice(state => !state.ui.overlay && !state.ui.isPanelFocused);
	const isTurnRunning = useSlice(state => state.turn !== undefined);

	composing.setColumns(width - edge);
	const mark = (character: string) => (isActive ? caret(character) : character);
	const textHeight = Math.max(1, height - 1 - queueHeight(queue));
	const {rows, hiddenAbove, hiddenBelow} = composerRows(
		buffer,
		{width: width - edge, height: textHeight},
		mark,
	);
	const hidden = hiddenAbove + hiddenBelow > 0 ? theme.dim(`${hiddenAbove + hiddenBelow} more rows`) : '';
	const hint = isTurnRunning ? 'ask next, /command, !shell' : 'ask, /command, !shell';
	const line = parseShellLine(buffer.text);
	// What Enter will do is seen before it is pressed.
	const sign = line === undefined ? theme.accent('›') : theme.warn('$');
	const title = line === undefined ? '' : theme.warn(line === '' ? shellHint : 'shell command');
	const text =
		buffer.text === ''
			? [
					` ${sign} ${mark(hint[0] ?? ' ').replace(hint[0] ?? ' ', letter => theme.dim(letter))}${theme.dim(hint.slice(1))}`,
				]
			: rows.map((row, index) => `${index === 0 && hiddenAbove === 0 ? ` ${sign} ` : '   '}${row}`);
	return (
		<Rows
			rows={[rule(title, hidden, width), ...queueRows(queue, width), ...text]}
			width={width}
			height={height}
		/>
	);
};

const queueRows = (queue: State['queue'], width: number): string[] => {
	const shown = queue.slice(-mostQueued);
	return shown.map(({text}, index) => {
		const more = index === 0 && queue.length > shown.length ? ` (+${queue.length - shown.length} more)` : '';
		const hint = index === shown.length - 1 ? '  ↑ edits' : '';
		return theme.dim(truncate(` ⧗ queued: ${clean(text)}${more}`, width - 1 - hint.length) + hint);
	});
};
