// Selecting in the open terminal: what is shown stands still while the program prints on, since lines are numbered.
// On the screen of a full-screen program, whose log has nothing of it, its rows as they were are the lines.
import type {Actions} from '../src/actions.js';
import type {Store} from '../src/store.js';
import {plural} from '../src/text/plural.js';
import {clean} from './lines.js';
import {type Motion, moved, partOf, type Selection, spanOf, toggled} from './selection.js';

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
};

/** Texts that are kept beside those that are shown. */
const mostTexts = 2_000;

export const createSelecting = ({actions, store}: {actions: Actions; store: Store}) => {
	let shown: Shown | undefined;
	let screen: readonly string[] | undefined;
	let height = 1;
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
		if (page.kind === 'refused') return actions.notice(page.message, 'warning');
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

	return {
		get: () => shown,
		subscribe(listener: () => void) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		begin(from: Begin) {
			texts.clear();
			({screen, height} = {screen: undefined, ...from});
			shown = {id: from.id, selection: nothing, top: 1, textOf, last: 1, isRead: screen !== undefined};
			const line = Math.max(1, Math.min(last(), from.line ?? last()));
			// A line that was searched for stands in the middle, the last one at the end.
			const top = Math.max(1, Math.min(last() - height + 1, line - Math.floor(height / 2)));
			set({...shown, selection: {...nothing, cursor: {line, column: 0}}, top, last: last()});
			void read();
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
