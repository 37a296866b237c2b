// Reads a text file with line numbers, within a budget.
import {z} from 'zod';
import description from '../../assets/tools/read-file.md';
import type {Tool, ToolResult} from '../agent/tool.js';
import {escapeMarks} from '../text/marks.js';
import {sanitiseLine} from '../text/sanitise.js';
import {charactersOf} from './answer.js';
import {approveReading, type Location, locate, readText} from './files.js';
import {failed} from './find-terminal.js';

const schema = z.strictObject({
	path: z.string().min(1).describe('Absolute, or from the session folder.'),
	lines: z
		.tuple([z.int().min(1), z.int().min(1)], {error: 'allowed: [from, to], whole numbers from 1'})
		.optional()
		.describe('[from, to], both inclusive and from 1. Default: the whole file.'),
});

export const readFile = (): Tool<typeof schema> => ({
	name: 'read_file',
	description,
	schema,
	approval: ({path}, context) => approveReading(path, context),
	async run({path, lines}, context) {
		const location = await locate(path, context);
		const file = await readText(location.real);
		if (file.kind === 'missing') {
			return failed(`${location.shown} does not exist. Relative paths start at ${context.cwd}.`);
		}
		if (file.kind === 'unreadable') return failed(`${location.shown} ${file.reason}.`);
		return show(location, file.text, lines);
	},
});

// As the output of a command by default.
const maxChars = charactersOf(10_000);

const show = ({shown}: Location, text: string, range: [number, number] | undefined): ToolResult => {
	const lines = text.split(/\r?\n/);
	if (lines.at(-1) === '') lines.pop();
	const [from, to] = [range?.[0] ?? 1, Math.min(range?.[1] ?? lines.length, lines.length)];
	const head = `${shown}: ${lines.length} ${lines.length === 1 ? 'line' : 'lines'}`;
	if (range && range[0] > range[1])
		return failed(`lines: the first, ${from}, is after the last, ${range[1]}. Give [from, to].`);
	if (range && from > lines.length) return failed(`${head}; there is no line ${from}.`);
	const numbered = lines.slice(from - 1, to).map((line, index) => `${from + index}: ${line}`);
	const body = withinBudget(numbered, from, shown);
	return {
		output: escapeMarks([head, ...body].join('\n')),
		display: {outcome: sanitiseLine(range ? `${shown}, lines ${from} to ${to}` : head)},
	};
};

/** Head and tail, as with a command's output. */
const withinBudget = (lines: readonly string[], from: number, shown: string): string[] => {
	const head = fitting(lines, maxChars / 2);
	if (head === lines.length) return [...lines];
	const tail = fitting(lines.slice(head).toReversed(), maxChars / 2);
	if (head + tail >= lines.length) return [...lines];
	const [first, last] = [from + head, from + lines.length - tail - 1];
	const question = JSON.stringify({path: shown, lines: [first, last]});
	return [
		...lines.slice(0, head),
		`… ${last - first + 1} lines left out: read_file ${question} …`,
		...lines.slice(lines.length - tail),
	];
};

/** How many lines from the start fit. */
const fitting = (lines: readonly string[], budget: number): number => {
	let left = budget;
	let count = 0;
	for (const line of lines) {
		left -= line.length + 1;
		if (left < 0) break;
		count++;
	}
	return count;
};
