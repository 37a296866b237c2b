// The table: one line a row, and what there is to say about the rows. Rows that this run did not measure keep
// their line of an earlier run on the same machine with the same versions.
import {notes} from './notes.js';
import {judge, limitOf, median, type Row, rows} from './rows.js';
import type {Samples, Who} from './samples.js';

export type Surroundings = {
	/** `2026-11-25`. */
	date: string;
	/** Programs and machine, one line each, without anything that tells whose machine it is. */
	facts: readonly string[];
};

/** `before`: the text of the results so far, if there are any. */
export const report = (samples: Samples, {date, facts}: Surroundings, before = ''): string => {
	const head = facts.map(fact => `- ${fact}`).join('\n');
	const kept = before.includes(head) ? linesByRow(before, /^\| (\d+) \|/) : new Map<number, string>();
	const keptRemarks = before.includes(head)
		? linesByRow(before, /^- Row (\d+): /)
		: new Map<number, string>();
	const isMeasured = ({number}: Row) => samples.of('tandem', number).length > 0;
	const known = rows.filter(row => isMeasured(row) || kept.has(row.number));
	const table = known.map(row => (isMeasured(row) ? tableLine(row, samples, date) : kept.get(row.number)));
	const remarks = known.flatMap(row => {
		const line = isMeasured(row) ? remarkLine(row, samples) : keptRemarks.get(row.number);
		return line === undefined ? [] : [line];
	});
	return [
		'# What was measured',
		'Written by `npm run bench`: medians, and in brackets the range and the number of samples.',
		head,
		[
			'| row | what | unit | tandem | Codex | bare | goal | verdict | day |',
			'|---|---|---|---|---|---|---|---|---|',
			...table,
		].join('\n'),
		...(remarks.length > 0 ? [remarks.join('\n')] : []),
	]
		.map(part => `${part}\n`)
		.join('\n');
};

const tableLine = (row: Row, samples: Samples, date: string): string => {
	const cell = (who: Who) => formatSamples(samples.of(who, row.number));
	const cells = [
		row.number,
		row.what,
		row.unit,
		cell('tandem'),
		cell('codex'),
		cell('bare'),
		describeGoal(row, samples),
		describeVerdict(row, samples),
		date,
	];
	return `| ${cells.join(' | ')} |`;
};

const formatSamples = (values: readonly number[]): string => {
	if (values.length === 0) return '–';
	const [least, most] = [Math.min(...values), Math.max(...values)];
	return `${figure(median(values))} (${figure(least)}–${figure(most)}, ${values.length})`;
};

const figure = (value: number): string => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);

const describeGoal = (row: Row, samples: Samples): string => {
	const limit = limitOf(row, samples);
	if ('atMost' in row.goal) return `≤ ${row.goal.atMost}`;
	const name = row.goal.of === 'codex' ? 'Codex' : 'bare';
	return `≤ ${row.goal.times} × ${name}${limit === undefined ? '' : ` = ${figure(limit)}`}`;
};

const describeVerdict = (row: Row, samples: Samples): string => {
	const verdict = judge(row, samples);
	const limit = limitOf(row, samples);
	if (verdict !== 'missed' || !limit) return verdict;
	return `missed: ${(median(samples.of('tandem', row.number)) / limit).toFixed(2)} × the goal`;
};

const remarkLine = (row: Row, samples: Samples): string | undefined => {
	const missed = judge(row, samples) === 'missed' ? [notes[row.number] ?? 'No reason is known yet.'] : [];
	const all = [...samples.remarks(row.number), ...missed];
	return all.length === 0 ? undefined : `- Row ${row.number}: ${all.join('; ')}`;
};

const linesByRow = (text: string, pattern: RegExp): Map<number, string> =>
	new Map(
		text.split('\n').flatMap(line => {
			const row = pattern.exec(line)?.[1];
			return row === undefined ? [] : [[Number(row), line] as const];
		}),
	);
