// What a renderer of calls says about one: words and rows, no layout. One renderer per tool; the table is
// components/calls/index.ts.
import type {CallEntry} from '../../src/state.js';
import {clean} from '../lines.js';
import type {Tone} from '../theme.js';

export type CallView = {
	/** "Started", "Typed into": what was done; while it runs: "Starting". */
	verb: string;
	/** What it was done to, clean. */
	what: string;
	/** At the right end of the row. */
	meta?: string;
	/** Rows below, clean, uncut. */
	body?: BodyRow[];
};

/** `wraps`: prose, of which nothing is cut. */
export type BodyRow = {text: string; tone?: Tone; wraps?: true};

export type CallRenderer = (call: CallEntry, args: Record<string, unknown>) => CallView;

/** The arguments as an object, empty while they are torn or wrong. */
export const argumentsOf = (call: CallEntry): Record<string, unknown> => {
	try {
		const parsed: unknown = JSON.parse(call.arguments);
		if (typeof parsed !== 'object' || parsed === null) return {};
		// JSON objects have string keys.
		return parsed as Record<string, unknown>;
	} catch {
		// The model writes arguments by itself: what is no JSON has nothing to show.
		return {};
	}
};

/** Nobody carried it out: it was not allowed, or the turn ended before. */
export const hasNotRun = ({status, startedAt}: CallEntry): boolean =>
	status === 'denied' || (status === 'interrupted' && startedAt === undefined);

/** A verb in the form that fits the call's state. */
export const tense = (call: CallEntry, doing: string, done: string): string => {
	if (hasNotRun(call)) return doing.toLowerCase();
	return call.status === 'requested' || call.status === 'running' ? doing : done;
};

export const word = (value: unknown): string =>
	typeof value === 'string' ? clean(value) : value === undefined ? '' : clean(JSON.stringify(value));

/** "dev", else "terminal 3". */
export const terminalOf = (call: CallEntry, args: Record<string, unknown>): string => {
	const {terminalName, terminalId} = call.display;
	if (terminalName) return clean(terminalName);
	const which = args.session_id ?? terminalId;
	if (which === undefined) return 'a terminal';
	return typeof which === 'string' ? clean(which) : `terminal ${word(which)}`;
};

/** The last output lines, and how it went when that is worth a row. */
export const tailOf = (call: CallEntry): BodyRow[] => {
	const {tail = [], outcome} = call.display;
	const rows: BodyRow[] = tail.map(text => ({text: clean(text), tone: 'dim'}));
	// That it went well is said by its mark.
	if (outcome && outcome !== 'exit 0' && outcome !== 'running') {
		rows.push({text: clean(outcome), tone: isBad(outcome) ? 'bad' : 'plain'});
	}
	return rows;
};

const isBad = (outcome: string): boolean => /^(?:exit [1-9]|killed|lost)/u.test(outcome);
