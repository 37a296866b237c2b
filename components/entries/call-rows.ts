// A call in the transcript: one row that says what it did, with the terminal and the time at its end, and the
// last output lines below.
import type {CallEntry} from '../../src/state.js';
import {formatDuration} from '../../src/text/duration.js';
import {truncate} from '../../src/text/truncate.js';
import {wrap} from '../../src/text/wrap.js';
import {type BodyRow, hasNotRun} from '../calls/call.js';
import {callView} from '../calls/index.js';
import {cleanLines, sides} from '../lines.js';
import {theme} from '../theme.js';

/** Of the answer of a failed call. */
const reasonRows = 3;
/** Shorter calls say no time. */
const shortestTold = 1_000;

export const callRows = (call: CallEntry, width: number): string[] => {
	const view = callView(call);
	const words = status(call);
	const head = ` ${words.mark} ${words.before}${theme.strong(view.verb)} ${view.what}${words.after}`;
	const took = call.startedAt !== undefined && call.endedAt !== undefined ? call.endedAt - call.startedAt : 0;
	const meta = [view.meta, took >= shortestTold ? formatDuration(took) : undefined]
		.filter(Boolean)
		.join(' · ');
	const room = Math.max(1, width - 6);
	const body = (view.body?.length ? view.body : reason(call)).flatMap(row => unfolded(row, room));
	return [
		truncate(sides(head, theme.dim(meta), width - 1), width),
		...body.map(({text, tone = 'plain'}, index) => {
			const edge = index === body.length - 1 ? '└' : '│';
			return `   ${theme.dim(edge)} ${theme[tone](truncate(text, room))}`;
		}),
	];
};

const unfolded = (row: BodyRow, width: number): BodyRow[] =>
	row.wraps ? wrap(row.text, width).map(text => ({...row, text})) : [row];

/** Why it failed, when the call itself has nothing to show: the beginning of its answer. */
const reason = (call: CallEntry): BodyRow[] =>
	call.status === 'failed'
		? cleanLines(call.output ?? '')
				.filter(line => line.trim() !== '')
				.slice(0, reasonRows)
				.map(text => ({text, tone: 'bad'}))
		: [];

const status = (call: CallEntry): {mark: string; before: string; after: string} => {
	const [before, after] = ['', ''];
	if (hasNotRun(call)) {
		const why = call.status === 'denied' ? 'Not allowed: ' : 'Not done: ';
		return {mark: theme.warn('•'), before: theme.warn(why), after};
	}
	switch (call.status) {
		case 'requested':
		case 'running':
			return {mark: theme.accent('◦'), before, after};
		case 'done':
			return {mark: theme.good('•'), before, after};
		case 'failed':
			return {mark: theme.bad('•'), before, after: theme.bad(' failed')};
		case 'denied':
		case 'interrupted':
			return {mark: theme.warn('•'), before, after: theme.warn(' interrupted')};
		case 'unknown':
			return {mark: theme.warn('•'), before, after: theme.warn(' outcome unknown: cut off by a crash')};
	}
};
