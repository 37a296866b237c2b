// The first frame as text: the very cells that the window paints of the same state, made without Ink, so that they
// stand before Ink is loaded. What is not known yet is left empty. Pure.
import type {TextBuffer} from '../src/editor/buffer.js';
import type {Usage} from '../src/events.js';
import type {State} from '../src/state.js';
import {truncate} from '../src/text/truncate.js';
import {composerSize, composerView} from './composer-view.js';
import {headerRow} from './header-row.js';
import {layout} from './layout.js';
import {exactly} from './lines.js';
import {readingRow, statusRow} from './status-row.js';
import {noGuide} from './tour-guide.js';
import {welcomeRows} from './welcome.js';

/** What a conversation ends with, as rows of the transcript. */
export type Glimpse = {
	usage: Usage | undefined;
	rows(width: number, height: number): readonly string[];
};

/** `isConversationKnown`: false leaves empty what an earlier conversation, or a notice, will fill. */
export const firstFrame = (
	state: State,
	{columns, rows}: {columns: number; rows: number},
	parts: {
		buffer: TextBuffer;
		isConversationKnown: boolean;
		glimpse?: Glimpse | undefined;
		caret(character: string): string;
		now: number;
	},
): string => {
	const {buffer, isConversationKnown, glimpse} = parts;
	const isModal = state.ui.overlay !== undefined;
	const place = layout({
		rows,
		columns,
		terminals: 0,
		panel: state.ui.panel,
		isPanelFocused: false,
		isModal,
		input: composerSize(buffer, {queue: [], guide: noGuide}, columns, rows),
		banner: 0,
	});
	const composer = composerView(
		{buffer, queue: [], isTurnRunning: false, guide: noGuide},
		{width: columns, height: place.input},
		isModal ? character => character : parts.caret,
	);
	const header =
		isConversationKnown || glimpse
			? headerRow(state.session.workspace, state.model, glimpse?.usage, columns)
			: '';
	const welcome = () => welcomeRows({model: state.model, isTour: state.session.isTour}, columns, place.main);
	const main = glimpse ? glimpse.rows(columns, place.main) : isConversationKnown ? welcome() : [];
	const status = glimpse ? readingRow(state, columns) : statusRow(state, parts.now, columns);
	return [
		...exactly([header], place.header),
		...exactly(isModal ? [] : main, place.main),
		...exactly(composer, place.input),
		...exactly([status], place.status),
	]
		.map(row => truncate(row, columns))
		.join('\n');
};
