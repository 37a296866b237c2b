// Selecting in the open terminal: what is shown stands still while the program prints on, since lines are numbered.
// On the screen of a full-screen program, whose log has nothing of it, its rows as they were are the lines.
import type {Actions, LogPlace} from '../src/actions.js';
import type {MouseInput} from '../src/host/host.js';
import type {Store} from '../src/store.js';
import {plural} from '../src/text/plural.js';
import {clean} from './lines.js';
import {columnAt, type Motion, moved, partOf, type Selection, spanOf, toggled} from './selection.js';
import {hiddenColumns} from './selection-rows.js';

export type Selecting = ReturnType<typeof createSelecting>;

export type Shown = {
	/** The terminal's. */
	id: number;
	selection: Selection;
	/** The line in the first row. */
	top: number;
	/** Of the lines that are shown, as far as they are known. */
	textOf(line: number): string;
	last: number;
	/** Until then what was shown before stays on the screen. */
	isRead: boolean;
};

type Begin = {
	id: number;
	/** Where it begins; the last line if absent. */
	line?: number | undefined;
	/** Rows of a full-screen program's screen, in place of the log. */
	screen?: readonly string[];
	height: number;
	/** In which row that line is to stand. */
	row?: number;
};

/** Where a terminal is painted, in cells of the window. */
export type SelectionArea = {
	left: number;
	top: number;
	width: number;
	height: number;
	/** What stands at a cell of it while nothing is selected. */
	locate(cell: {column: number; row: number}): Promise<LogPlace | undefined>;
	/** What a selection would begin in. */
	source(): Omit<Begin, 'line' | 'row'>;
};

/** Texts that are kept beside those that are shown. */
const mostTexts = 2_000;

export const createSelecting = ({actions, store}: {actions: Actions; store: Store}) => {
	let shown: Shown | undefined;
	let screen: readonly string[] | undefined;
	let height = 1;
	let area: SelectionArea | undefined;
	/** Where a button went down, and where the mouse is since. */
	let drag: {from: {column: number; row: number}; to: {column: number; row: number}} | undefined;
	const texts = new Map<number, string>();
	const listeners = new Set<() => void>();
	const set = (next: Shown | undefined) => {
		shown = next;
		for (const listener of listeners) listener();
	};

	const terminal = () => store.get().terminals.find(({id}) => id === shown?.id);
	const last = () => Math.max(1, screen ? screen.length : (terminal()?.lineCount ?? 1));
	const textOf = (line: number) => (screen ? screen[line - 1] : texts.get(line)) ?? '';

	const read = async () => {
		if (!shown || screen) return;
		const {id, top} = shown;
		const page = await actions.readLog(id, [top, top + height - 1]);
		if (shown?.id !== id) return;
		if (page.kind === 'refused') {
			// Nothing of it has been shown: keys would go to what nobody sees.
			if (!shown.isRead) set(undefined);
			return actions.notice(page.message, 'warning');
		}
		const anchor = shown.selection.anchor?.line;
		if (texts.size > mostTexts) for (const line of texts.keys()) if (line !== anchor) texts.delete(line);
		for (const {number, text} of page.lines) texts.set(number, text);
		// What was asked for meanwhile is read by whoever asked.
		set({...shown, textOf: line => textOf(line), isRead: true});
	};

	/** The cursor stays on the screen. */
	const show = (selection: Selection) => {
		if (!shown) return;
		const {line} = selection.cursor;
		const top = Math.max(Math.min(shown.top, line), line - height + 1);
		const isNews = top !== shown.top;
		set({...shown, selection, top, last: last()});
		if (isNews) void read();
	};

	const begin = async (from: Begin) => {
		texts.clear();
		({screen, height} = {screen: undefined, ...from});
		shown = {id: from.id, selection: nothing, top: 1, textOf, last: 1, isRead: screen !== undefined};
		const line = Math.max(1, Math.min(last(), from.line ?? last()));
		// A line that was searched for stands in the middle, the last one at the end, one that was pointed at stays.
		const top =
			from.row === undefined ? Math.min(last() - height + 1, line - Math.floor(height / 2)) : line - from.row;
		set({...shown, selection: {...nothing, cursor: {line, column: 0}}, top: Math.max(1, top), last: last()});
		await read();
	};

	/** Beyond the edges it is a line further, so that the lines move on. */
	const placeAt = ({column, row}: {column: number; row: number}): LogPlace => {
		if (!shown || !area) return nothing.cursor;
		const line = Math.max(1, Math.min(last(), shown.top + Math.max(-1, Math.min(height, row))));
		const cell = hiddenColumns(shown, area.width) + Math.max(0, column);
		return {line, column: columnAt(textOf(line), cell)};
	};

	/** The button may be let go before the log is read: the drag knows where. */
	const beginDragging = async (begun: NonNullable<typeof drag>) => {
		const {from} = begun;
		const dragged = area;
		const place = await dragged?.locate(from);
		if (!dragged || !place || shown || dragged.source().id !== area?.source().id) return;
		await begin({...dragged.source(), line: place.line, row: from.row});
		show({cursor: placeAt(begun.to), anchor: place, kind: 'characters'});
	};

	return {
		get: () => shown,
		subscribe(listener: () => void) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		begin: (from: Begin) => void begin(from),
		setArea(next: SelectionArea | undefined) {
			area = next;
			if (!next) drag = undefined;
		},
		/** A button pressed and moved selects; let go, what is selected stays. */
		point({action, button, ...place}: MouseInput) {
			if (!area || action === 'release') {
				drag = undefined;
				return;
			}
			const cell = {column: place.column - area.left, row: place.row - area.top};
			if (action === 'press') {
				const isOver =
					cell.column >= 0 && cell.row >= 0 && cell.column < area.width && cell.row < area.height;
				drag = isOver && button === 'left' ? {from: cell, to: cell} : undefined;
				if (drag && shown) show({...nothing, cursor: placeAt(cell)});
			} else if (drag && action === 'move') {
				const isFirst = drag.from === drag.to;
				drag.to = cell;
				if (shown) {
					const anchor = shown.selection.anchor ?? shown.selection.cursor;
					show({cursor: placeAt(cell), anchor, kind: 'characters'});
				} else if (isFirst) void beginDragging(drag);
			}
		},
		setHeight(next: number) {
			if (next === height || !shown) return;
			height = next;
			show(shown.selection);
			void read();
		},
		move(motion: Motion | 'pageUp' | 'pageDown') {
			if (!shown) return;
			const page = Math.max(1, height - 1);
			const by = motion === 'pageUp' ? -page : motion === 'pageDown' ? page : motion;
			show(moved(shown.selection, by, {textOf, last: last()}));
		},
		toggle(kind: Selection['kind']) {
			if (shown) show(toggled(shown.selection, kind));
		},
		copy() {
			if (!shown) return;
			const span = spanOf(shown.selection, textOf);
			if (!screen) actions.copySpan(shown.id, span);
			else {
				const lines = screen
					.map((text, index) => ({text, part: partOf(span, index + 1, text)}))
					.flatMap(({text, part}) => (part ? [text.slice(...part)] : []));
				actions.copyText(
					lines.join('\n'),
					`${plural(lines.length, 'row')} of ${clean(terminal()?.name ?? '')}`,
				);
			}
			set(undefined);
		},
		leave: () => set(undefined),
	};
};

const nothing: Selection = {cursor: {line: 1, column: 0}, anchor: undefined, kind: 'characters'};
