// Reads a terminal again: its screen, or its log by range, search or age. Never consumes anything.
import {z} from 'zod';
import description from '../../assets/tools/read-terminal.md';
import type {Tool, ToolContext, ToolResult} from '../agent/tool.js';
import type {Host, LogPage, LogRequest} from '../host/host.js';
import type {LogLine, TerminalInfo} from '../host/protocol.js';
import {parseDuration} from '../text/duration.js';
import {escapeMarks} from '../text/marks.js';
import {
	charactersOf,
	describeGap,
	leftOut,
	listeningLines,
	logTrouble,
	screenText,
	stateLines,
} from './answer.js';
import {toldBy} from './answer-from.js';
import {clampBudget} from './clamp.js';
import {displayTerminal, lastLines} from './display.js';
import {failed, findTerminal, refused, sessionIdSchema} from './find-terminal.js';
import {orInterrupted} from './wait.js';

const schema = z.strictObject({
	session_id: sessionIdSchema,
	view: z
		.enum(['screen', 'log'])
		.optional()
		.describe('screen: the grid as it is now. log: numbered lines. Default: log.'),
	lines: z
		.union(
			[z.tuple([z.int().min(1), z.int().min(1)]), z.strictObject({last: z.int().min(1).max(1_000_000)})],
			{error: 'allowed: [from, to], whole numbers from 1, or {"last": n}'},
		)
		.optional()
		.describe(
			'[from, to], both inclusive and from 1, or {"last": n}. Default: the last that the budget allows.',
		),
	grep: z.string().min(1).optional().describe('Only lines that match this regular expression.'),
	context: z.int().min(0).max(1_000).optional().describe('Lines around each match. Default 0.'),
	since: z.string().optional().describe('Only lines of the last "30s", "5m", "2h".'),
	max_output_tokens: z.number().optional().describe('Budget of this answer. Default 10000.'),
});

type Arguments = z.infer<typeof schema>;

export const readTerminal = (host: Host): Tool<typeof schema> => ({
	name: 'read_terminal',
	description,
	schema,
	async run(args, context) {
		const mistake = findMistake(args);
		if (mistake) return failed(mistake);
		const found = await findTerminal(host, args.session_id);
		if (found.kind === 'failed') return found.result;
		return args.view === 'screen'
			? readScreen(host, found.terminal, context)
			: readLines(host, found.terminal, args, context);
	},
});

const findMistake = ({view, lines, grep, since}: Arguments): string | undefined => {
	if (view === 'screen' && (lines || grep || since)) {
		return 'lines, grep and since search the log: give view "log" with them, or leave them out.';
	}
	if (Array.isArray(lines) && lines[0] > lines[1]) {
		return `lines: the first, ${lines[0]}, is after the last, ${lines[1]}. Give [from, to].`;
	}
	if (since !== undefined && parseDuration(since) === undefined) {
		return `since: ${JSON.stringify(since)} is no duration. Allowed: a number and ms, s, m, h or d, such as "5m".`;
	}
	return;
};

/** The grid as it is now, and what can be said of its terminal. */
export const readScreen = async (
	host: Host,
	terminal: TerminalInfo,
	context: ToolContext,
): Promise<ToolResult> => {
	const snapshot = await orInterrupted(host.snapshot(terminal.id), context.signal);
	if (snapshot.kind === 'refused') return refused(snapshot);
	if (snapshot.kind === 'interrupted') return failed('Interrupted.');
	const output = [...head(terminal), 'Screen:', escapeMarks(screenText(snapshot))].join('\n');
	return {output, display: displayTerminal(terminal), ...knows(terminal, context)};
};

const readLines = async (
	host: Host,
	terminal: TerminalInfo,
	args: Arguments,
	context: ToolContext,
): Promise<ToolResult> => {
	const budget = clampBudget(args.max_output_tokens);
	const page = await orInterrupted(
		host.log(terminal.id, logRequest(args, charactersOf(budget.value))),
		context.signal,
	);
	if (page.kind === 'refused') return refused(page);
	if (page.kind === 'interrupted') return failed('Interrupted.');
	const output = [...head(page.terminal), ...budget.remarks, ...pageText(page, args)].join('\n');
	const tail = lastLines(page.lines.map(({text}) => text));
	return {output, display: displayTerminal(page.terminal, tail), ...knows(page.terminal, context)};
};

const logRequest = ({lines, grep, context, since}: Arguments, maxChars: number): LogRequest => ({
	maxChars,
	...(lines && {lines}),
	...(grep !== undefined && {grep}),
	...(context !== undefined && {context}),
	...(since !== undefined && {sinceMs: parseDuration(since) ?? 0}),
});

/** What was looked at counts as read from now on: its end is worth a notice. The position does not move. */
const knows = (terminal: TerminalInfo, context: ToolContext): Pick<ToolResult, 'positions' | 'told'> => ({
	positions: {[terminal.id]: context.position(terminal.id) ?? {line: 1, seen: []}},
	told: toldBy(terminal),
});

const head = (terminal: TerminalInfo): string[] => [
	...stateLines(terminal),
	`Name: ${terminal.name}`,
	...listeningLines(terminal),
	...(terminal.isWaitingForInput ? ['It waits for input'] : []),
	`Driver: ${terminal.driver}`,
	...logTrouble(terminal),
];

const pageText = (page: LogPage, args: Arguments): string[] => {
	const what = args.grep === undefined ? '' : `, ${page.matches ?? 0} of them match`;
	const shown = [
		`Log: ${page.total} ${page.total === 1 ? 'line' : 'lines'}${what}`,
		...(page.gap ? [describeGap(page.gap)] : []),
	];
	if (page.lines.length === 0 && !page.omitted) return [...shown, '(no lines)'];
	return [...shown, ...numbered(page, args)];
};

/** `12: a match`, `13- its surroundings`, as grep -n writes them; a jump between matches is `--`. */
const numbered = ({lines, omitted, terminal}: LogPage, {grep, context}: Arguments): string[] => {
	const shown: string[] = [];
	let before: LogLine | undefined;
	let isSaid = false;
	const sayOmitted = () => {
		if (!omitted || isSaid) return;
		isSaid = true;
		shown.push(leftOut(terminal.id, omitted, {grep, context}));
	};
	for (const line of lines) {
		if (omitted && line.number > omitted.to) sayOmitted();
		else if (grep !== undefined && before && line.number > before.number + 1) shown.push('--');
		shown.push(`${line.number}${line.isContext ? '-' : ':'} ${escapeMarks(line.text)}`);
		before = line;
	}
	sayOmitted();
	return shown;
};
