// A terminal's log as a page that can be moved: follows the end as output arrives until it is moved up, searches
// both ways. Holds no more than the page; knows nothing of how it is drawn.
import type {Actions} from '../src/actions.js';
import type {LogPage} from '../src/host/host.js';
import type {Store} from '../src/store.js';

export type LogView = ReturnType<typeof createLogView>;

export type ShownLog = {
	page: LogPage | undefined;
	isFollowing: boolean;
	/** The line that the last search found. */
	found: number | undefined;
	query: string;
	/** What went wrong or ended a search, in words. */
	message: string;
};

/** Lines that a page may need before its size is known. */
const firstHeight = 20;

export const createLogView = (parts: {actions: Actions; store: Store; id: number; query: string}) => {
	const {actions, store, id} = parts;
	let shown: ShownLog = {page: undefined, isFollowing: true, found: undefined, query: '', message: ''};
	let height = firstHeight;
	let top: number | 'end' = 'end';
	let revision = -1;
	let isReading = false;
	let isStale = false;
	const listeners = new Set<() => void>();

	const set = (change: Partial<ShownLog>) => {
		shown = {...shown, ...change};
		for (const listener of listeners) listener();
	};

	/** One read at a time; what changed meanwhile is read after it. */
	const refresh = async () => {
		isStale = true;
		if (isReading) return;
		isReading = true;
		while (isStale && listeners.size > 0) {
			isStale = false;
			const page = await actions.readLog(id, top === 'end' ? {last: height} : [top, top + height - 1]);
			if (page.kind === 'refused') set({message: page.message});
			else set({page, isFollowing: top === 'end'});
		}
		isReading = false;
	};

	const total = () => shown.page?.total ?? 0;
	const firstShown = () =>
		top === 'end' ? (shown.page?.lines[0]?.number ?? Math.max(1, total() - height + 1)) : top;

	const moveTo = (line: number) => {
		// The end shows itself: what comes is followed again.
		top = line + height > total() ? 'end' : Math.max(1, line);
		void refresh();
	};

	/** The gap that the log's limits have left is stepped over. */
	const scroll = (step: number) => {
		const gap = shown.page?.gap;
		const line = firstShown() + step;
		const isInGap = gap && line >= gap.from && line + height - 1 <= gap.to;
		if (top === 'end' && step > 0) return;
		moveTo(isInGap ? (step > 0 ? gap.to + 1 : gap.from - height) : line);
	};

	const find = async (query: string, range: [number, number], direction: 'next' | 'previous') => {
		if (range[0] > range[1]) return set({message: `no ${direction} match`});
		const answer = await actions.searchLog(id, patternOf(query), range);
		if (answer.kind === 'refused') return set({message: answer.message});
		const line = direction === 'next' ? answer.lines[0] : answer.lines.at(-1);
		if (!line) return set({message: `no ${direction === 'next' ? 'later' : 'earlier'} match for ${query}`});
		set({found: line.number, message: ''});
		moveTo(line.number - Math.floor(height / 2));
	};

	const follow = () => {
		const terminal = store.get().terminals.find(each => each.id === id);
		if (!terminal || terminal.revision === revision) return;
		revision = terminal.revision;
		void refresh();
	};

	/** A new search begins at the end: the newest match is what one looks for. */
	const search = (query: string) => {
		set({query, found: undefined, message: ''});
		if (query !== '') void find(query, [1, Number.MAX_SAFE_INTEGER], 'previous');
	};

	return {
		get: () => shown,
		subscribe(listener: () => void) {
			listeners.add(listener);
			const stop = store.subscribe(follow);
			if (listeners.size === 1) {
				void refresh();
				if (parts.query !== '' && shown.query === '') search(parts.query);
			}
			return () => {
				listeners.delete(listener);
				stop();
			};
		},
		setHeight(next: number) {
			if (next === height) return;
			height = next;
			void refresh();
		},
		scroll,
		toStart: () => moveTo(1),
		toEnd() {
			top = 'end';
			void refresh();
		},
		search,
		next() {
			if (shown.query === '') return set({message: '/ searches'});
			void find(shown.query, [(shown.found ?? 0) + 1, Number.MAX_SAFE_INTEGER], 'next');
		},
		previous() {
			if (shown.query === '') return set({message: '/ searches'});
			void find(shown.query, [1, (shown.found ?? Number.MAX_SAFE_INTEGER) - 1], 'previous');
		},
	};
};

/**
 * A query without capitals finds both (the host reads `(?i)`); one that is no regular expression is meant as it
 * stands.
 */
export const patternOf = (query: string): string => {
	const expression = isExpression(query) ? query : query.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
	return query === query.toLowerCase() ? `(?i)${expression}` : expression;
};

const isExpression = (query: string): boolean => {
	try {
		new RegExp(query);
		return true;
	} catch {
		// That it throws is the answer.
		return false;
	}
};
