import {expect, test} from 'vitest';
import {createTranscriptWindow} from '../../components/transcript-window.js';
import type {Entry} from '../../src/state.js';

const entry = (index: number, text = `entry ${index}`): Entry => ({
	kind: 'notice',
	id: `n${index}`,
	text,
	tone: 'info',
});
const many = (count: number): Entry[] => Array.from({length: count}, (_, index) => entry(index));

/** Two rows an entry, and a count of how often any was made. */
const counted = () => {
	const made: string[] = [];
	const view = createTranscriptWindow(each => {
		if (each.kind !== 'notice') return [];
		made.push(each.id);
		return [each.text, `${each.text} below`];
	});
	return {made, view};
};
const place = {live: [] as string[], width: 80, height: 20};

test.each([100, 1_000, 10_000])(
	'a frame of %i entries makes only the visible ones, and the next frame none',
	count => {
		const {made, view} = counted();
		const entries = many(count);
		expect(view({...place, entries, scroll: 0}).rows.at(-1)).toBe(`entry ${count - 1} below`);
		expect(made).toHaveLength(10);
		const next = [...entries, entry(count)];
		view({...place, entries: next, scroll: 0});
		expect(made).toHaveLength(11);
		view({...place, entries: next, live: ['streaming'], scroll: 0});
		expect(made).toHaveLength(11);
	},
);

test('another width makes the visible entries anew, and only these', () => {
	const {made, view} = counted();
	const entries = many(1_000);
	view({...place, entries, scroll: 0});
	view({...place, entries, scroll: 0, width: 40});
	expect(made).toHaveLength(20);
});

test('a long session is scrolled to its first row and back to its last', () => {
	const {view} = counted();
	const entries = many(10_000);
	const top = view({...place, entries, scroll: 30_000});
	expect(top).toMatchObject({isAtTop: true, below: 20_000 - 20});
	expect(top.rows[0]).toBe('entry 0');
	expect(view({...place, entries, scroll: 0}).rows.at(-1)).toBe('entry 9999 below');
});

test('a reader who has scrolled up keeps the same rows whatever comes, streams and becomes final', () => {
	const {view} = counted();
	const entries = many(100);
	const before = view({...place, entries, scroll: 30});
	expect(before.below).toBe(30);
	const streaming = view({...place, entries, live: ['a', 'b', 'c'], scroll: 30});
	expect(streaming.rows).toEqual(before.rows);
	expect(streaming.isNew).toBe(3);
	const final = view({...place, entries: [...entries, entry(100), entry(101)], scroll: 30});
	expect(final.rows).toEqual(before.rows);
	expect(final).toMatchObject({isNew: 4, below: 34});
	const on = view({...place, entries: [...entries, entry(100), entry(101)], scroll: 33});
	expect(on.below).toBe(33);
});

test('a new session forgets where the reader stood', () => {
	const {view} = counted();
	view({...place, entries: many(100), scroll: 30});
	expect(view({...place, entries: many(2), scroll: 30}).rows).toHaveLength(4);
});

test('an entry that is replaced while it runs is made again, the others are not', () => {
	const {made, view} = counted();
	const entries = many(100);
	view({...place, entries, scroll: 0});
	const changed = entries.with(99, entry(99, 'done'));
	expect(view({...place, entries: changed, scroll: 0}).rows.at(-2)).toBe('done');
	expect(made).toHaveLength(11);
});
