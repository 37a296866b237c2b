// The part of the transcript that is on the screen: walks up from the end, so that a frame costs what is
// visible and not what there is. Knows how many rows entries have, not how they are made.
import type {Entry} from '../src/state.js';

export type TranscriptView = {
	rows: string[];
	/** Rows below the visible ones. */
	below: number;
	/** Rows that have come at the end since the reader scrolled up. */
	isNew: number;
	/** Whether the first row is visible. */
	isAtTop: boolean;
};

type Request = {
	entries: readonly Entry[];
	/** What is still streaming, below the last entry. */
	live: readonly string[];
	width: number;
	height: number;
	/** Rows up from the end when the reader last scrolled: `State.ui.scroll`. */
	scroll: number;
};

type RowsOf = (entry: Entry, before: Entry | undefined, width: number) => string[];

/** Rows of this many entries are kept; heights are kept of all. */
const keptEntries = 400;

/** One for each transcript on the screen: it keeps what it computed, and where the reader stands. */
export const createTranscriptWindow = (rowsOf: RowsOf) => {
	const cache = createRowCache(rowsOf);
	/** While scrolled up: the last visible row is this row of that entry, counted from its first. */
	let anchor: {scroll: number; index: number; row: number; width: number} | undefined;

	/** Rows from the end to the last visible one, however much has come since. */
	const distance = ({entries, live, width, scroll}: Request): number => {
		if (!anchor || anchor.scroll !== scroll || anchor.width !== width) return scroll;
		let rows = live.length - 1 - anchor.row;
		for (let index = entries.length - 1; index >= anchor.index; index--) {
			rows += cache.height(entries, index, width);
		}
		return Math.max(0, rows);
	};

	return (request: Request): TranscriptView => {
		const {entries, live, width, height, scroll} = request;
		if (anchor && (scroll === 0 || anchor.index >= entries.length)) anchor = undefined;
		const wanted = distance(request);
		let first = entries.length;
		let total = live.length;
		while (first > 0 && total < wanted + height) total += cache.height(entries, --first, width);
		const below = Math.max(0, Math.min(wanted, total - height));
		const end = total - below;
		const start = Math.max(0, end - height);

		const rows: string[] = [];
		let top = 0;
		for (let index = first; index <= entries.length && top < end; index++) {
			const blockHeight = index === entries.length ? live.length : cache.height(entries, index, width);
			if (top + blockHeight > start) {
				const block = index === entries.length ? live : cache.rows(entries, index, width);
				rows.push(...block.slice(Math.max(0, start - top), end - top));
				const isAnchorLost = anchor?.scroll !== scroll || anchor.width !== width;
				if (scroll > 0 && isAnchorLost && index < entries.length) {
					anchor = {scroll, index, row: end - 1 - top, width};
				}
			}
			top += blockHeight;
		}
		return {rows, below, isNew: Math.max(0, below - scroll), isAtTop: first === 0 && start === 0};
	};
};

/** Remembers rows by entry: a finished entry keeps its reference, so it is never made twice for a width. */
const createRowCache = (rowsOf: RowsOf) => {
	type Known = {width: number; before: string | undefined};
	const heights = new WeakMap<Entry, Known & {height: number}>();
	const kept = new Map<Entry, Known & {rows: string[]}>();

	const rows = (entries: readonly Entry[], index: number, width: number): string[] => {
		const entry = entries[index];
		if (!entry) return [];
		const before = entries[index - 1];
		const known = kept.get(entry);
		if (known && known.width === width && known.before === before?.kind) return known.rows;
		const made = rowsOf(entry, before, width);
		kept.delete(entry);
		kept.set(entry, {width, before: before?.kind, rows: made});
		heights.set(entry, {width, before: before?.kind, height: made.length});
		const [oldest] = kept.keys();
		if (kept.size > keptEntries && oldest) kept.delete(oldest);
		return made;
	};

	const height = (entries: readonly Entry[], index: number, width: number): number => {
		const entry = entries[index];
		const known = entry && heights.get(entry);
		if (known && known.width === width && known.before === entries[index - 1]?.kind) return known.height;
		return rows(entries, index, width).length;
	};

	return {rows, height};
};
