// The composer as rows of the screen: the line above it, messages that wait, and the text. Pure.
import {parseShellLine} from '../src/command.js';
import type {TextBuffer} from '../src/editor/buffer.js';
import type {State} from '../src/state.js';
import {truncate} from '../src/text/truncate.js';
import {composerHeight, composerRows} from './composer-rows.js';
import {clean, rule} from './lines.js';
import {theme} from './theme.js';
import type {Guide} from './tour-guide.js';

const mostRows = 8;
const shellHint = 'shell command: it runs in a terminal of yours, the model can read it';
const mostQueued = 3;
/** " › " before the text, and one column for the caret after it. */
export const composerEdge = 4;

/** Rows that composer, queue and the tour's guide take, the line above included. */
export const composerSize = (
	buffer: TextBuffer,
	{queue, guide}: {queue: State['queue']; guide: Guide},
	width: number,
	rows: number,
): number =>
	1 +
	guide.rows.length +
	queueHeight(queue) +
	Math.min(composerHeight(buffer.text, buffer.cursor, width - composerEdge), mostComposerRows(rows));

const mostComposerRows = (rows: number): number => Math.max(1, Math.min(mostRows, Math.floor(rows / 3)));

const queueHeight = (queue: State['queue']): number => Math.min(queue.length, mostQueued);

/** What the composer shows: the line above, the tour's guide, messages that wait, the text. `mark` makes the caret. */
export const composerView = (
	{
		buffer,
		queue,
		isTurnRunning,
		guide,
	}: {
		buffer: TextBuffer;
		queue: State['queue'];
		isTurnRunning: boolean;
		guide: Guide;
	},
	{width, height}: {width: number; height: number},
	mark: (character: string) => string,
): string[] => {
	// On the lowest screens the text goes before what stands above it.
	const above = guide.rows.slice(0, Math.max(0, height - 2 - queueHeight(queue)));
	const textHeight = Math.max(1, height - 1 - above.length - queueHeight(queue));
	const {rows, hiddenAbove, hiddenBelow} = composerRows(
		buffer,
		{width: width - composerEdge, height: textHeight},
		mark,
	);
	const hidden = hiddenAbove + hiddenBelow > 0 ? theme.dim(`${hiddenAbove + hiddenBelow} more rows`) : '';
	const usualHint =
		guide.hint ?? (isTurnRunning ? 'ask next, /command, !shell, @file' : 'ask, /command, !shell, @file');
	const hint = guide.offered === undefined ? usualHint : `${clean(guide.offered)}   (Enter plays it)`;
	const line = parseShellLine(buffer.text);
	// What Enter will do is seen before it is pressed.
	const sign = line === undefined ? theme.accent('›') : theme.warn('$');
	const title =
		line === undefined ? theme.accent(guide.title) : theme.warn(line === '' ? shellHint : 'shell command');
	const text =
		buffer.text === ''
			? [
					` ${sign} ${mark(hint[0] ?? ' ').replace(hint[0] ?? ' ', letter => theme.dim(letter))}${theme.dim(hint.slice(1))}`,
				]
			: rows.map((row, index) => `${index === 0 && hiddenAbove === 0 ? ` ${sign} ` : '   '}${row}`);
	return [rule(title, hidden, width), ...above, ...queueRows(queue, width), ...text];
};

const queueRows = (queue: State['queue'], width: number): string[] => {
	const shown = queue.slice(-mostQueued);
	return shown.map(({text}, index) => {
		const more = index === 0 && queue.length > shown.length ? ` (+${queue.length - shown.length} more)` : '';
		const hint = index === shown.length - 1 ? '  ↑ edits' : '';
		return theme.dim(truncate(` ⧗ queued: ${clean(text)}${more}`, width - 1 - hint.length) + hint);
	});
};
