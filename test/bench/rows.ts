// The rows of the table: what is measured, in which unit, and what the goal is.
import type {Samples} from './samples.js';

export type Row = {
	/** As in the design's table of speeds. */
	number: number;
	what: string;
	unit: 'ms' | 's' | 'MB' | '%' | 'bytes' | 'requests' | 'tokens';
	goal: Goal;
};

export type Goal =
	/** At most so many times what the other one takes in the same run. */
	{times: number; of: 'codex' | 'bare'} | {atMost: number};

export const rows: readonly Row[] = [
	{number: 1, what: 'start → composer painted', unit: 'ms', goal: {times: 1, of: 'codex'}},
	{number: 2, what: 'start → first key echoed', unit: 'ms', goal: {times: 1, of: 'codex'}},
	{number: 3, what: 'start → session ready', unit: 'ms', goal: {times: 0.5, of: 'codex'}},
	{
		number: 4,
		what: '`exec_command true`, reply → next request (bare: `bash -lc true`)',
		unit: 'ms',
		goal: {times: 0.25, of: 'codex'},
	},
	{
		number: 5,
		what: '`write_stdin` to a running `cat`, reply → next request',
		unit: 'ms',
		goal: {times: 0.3, of: 'codex'},
	},
	{
		number: 6,
		what: 'server that listens 1 s after its start, control back',
		unit: 'ms',
		goal: {atMost: 1_500},
	},
	{number: 7, what: 'Ctrl+C in a blocked call → composer ready', unit: 'ms', goal: {times: 1, of: 'codex'}},
	{number: 8, what: 'idle memory, PSS (RSS in the notes)', unit: 'MB', goal: {times: 0.6, of: 'codex'}},
	{
		number: 9,
		what: 'the same with 16 terminals of 1 MB output each',
		unit: 'MB',
		goal: {times: 0.8, of: 'codex'},
	},
	{number: 10, what: '64 terminals of 1,000 lines, PSS for each', unit: 'MB', goal: {atMost: 4}},
	{number: 11, what: 'idle CPU with 16 quiet terminals', unit: '%', goal: {atMost: 0.3}},
	{number: 12, what: '`seq 1 20000000` in a PTY, to its exit', unit: 's', goal: {times: 1.05, of: 'bare'}},
	{number: 13, what: 'the same with a pipe', unit: 's', goal: {times: 1, of: 'codex'}},
	{number: 14, what: 'key → echo while 8 terminals flood (p95)', unit: 'ms', goal: {atMost: 50}},
	{number: 15, what: 'bytes painted for one typed character at 120x40', unit: 'bytes', goal: {atMost: 300}},
	{number: 16, what: 'resume of a 10,000-entry session → last entry', unit: 'ms', goal: {atMost: 300}},
	{
		number: 17,
		what: 'requests for a build in the background, to learn that it has ended',
		unit: 'requests',
		goal: {atMost: 0},
	},
	{
		number: 18,
		what: 'tokens of what four installers and builds print (bare: raw bytes / 4)',
		unit: 'tokens',
		goal: {times: 0.3, of: 'bare'},
	},
];

export type Verdict = 'met' | 'missed' | 'not measured' | 'nothing to compare with';

export const median = (values: readonly number[]): number => {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1
		? (sorted[middle] ?? Number.NaN)
		: ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};

/** The goal in the row's unit, as far as it can be known from this run. */
export const limitOf = ({number, goal}: Row, samples: Samples): number | undefined => {
	if ('atMost' in goal) return goal.atMost;
	const values = samples.of(goal.of, number);
	return values.length === 0 ? undefined : goal.times * median(values);
};

export const judge = (row: Row, samples: Samples): Verdict => {
	const own = samples.of('tandem', row.number);
	if (own.length === 0) return 'not measured';
	const limit = limitOf(row, samples);
	if (limit === undefined) return 'nothing to compare with';
	return median(own) <= limit ? 'met' : 'missed';
};
