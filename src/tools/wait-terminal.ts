// Waits on several terminals: for the first of them, or for all. Each is waited for by the host; here is only
// what their ends mean together.
import {z} from 'zod';
import description from '../../assets/tools/wait-terminal.md';
import type {Tool, ToolContext, ToolResult} from '../agent/tool.js';
import type {Host, Refusal, WaitOutcome, WaitRequest} from '../host/host.js';
import {startPosition} from '../host/log.js';
import type {Position, TerminalInfo} from '../host/protocol.js';
import {escapeMarks} from '../text/marks.js';
import {sanitiseLine} from '../text/sanitise.js';
import {charactersOf, listeningLines, outputText, stateLines} from './answer.js';
import {answerFrom, toldBy} from './answer-from.js';
import {clampBudget, clampTimeout} from './clamp.js';
import {lastLines} from './display.js';
import {failed, findTerminal, refused, sessionIdSchema} from './find-terminal.js';
import {findBadPattern, hasCondition, type Until, untilSchema, waitConditions} from './until.js';
import {describeReason, orInterrupted, waitFor} from './wait.js';

const schema = z.strictObject({
	session_ids: z
		.array(sessionIdSchema, {error: 'allowed: a list of ids or names, such as [1, "tests"]'})
		.min(1)
		.describe('Ids or names of the terminals.'),
	until: untilSchema.optional().describe('What to wait for in each of them. Default: {"exit": true}.'),
	all: z.boolean().optional().describe('true: until it holds for all of them. Default: for any.'),
	timeout_ms: z.number().optional().describe('Longest wait. Default 120000, at most 600000.'),
	max_output_tokens: z.number().optional().describe('Budget of the output in this answer. Default 10000.'),
});

type Arguments = z.infer<typeof schema>;

export const waitTerminal = (host: Host): Tool<typeof schema> => ({
	name: 'wait_terminal',
	description,
	schema,
	onlyWaits: true,
	async run(args, context) {
		const badPattern = findBadPattern(args.until);
		if (badPattern) return failed(badPattern);
		const terminals: TerminalInfo[] = [];
		for (const which of args.session_ids) {
			const found = await findTerminal(host, which);
			if (found.kind === 'failed') return found.result;
			if (!terminals.some(({id}) => id === found.terminal.id)) terminals.push(found.terminal);
		}
		const [first] = terminals;
		return first && terminals.length === 1
			? waitOnOne(host, args, first, context)
			: waitAndTell(host, args, terminals, context);
	},
});

/** Answered as write_stdin is. */
const waitOnOne = async (
	host: Host,
	args: Arguments,
	terminal: TerminalInfo,
	context: ToolContext,
): Promise<ToolResult> => {
	const startedAt = context.now();
	const time = clampTimeout(args.timeout_ms);
	const budget = clampBudget(args.max_output_tokens);
	const until = untilOf(args);
	const from = context.position(terminal.id);
	const outcome = await waitFor(host, terminal.id, waitRequest(until, time.value, from), context);
	const isVain = outcome.kind === 'waited' && judge(outcome, until).verdict === 'ended';
	return answerFrom(host, outcome, {
		terminal,
		startedAt,
		budget: budget.value,
		remarks: [
			...time.remarks,
			...budget.remarks,
			...(isVain ? ['Note: it has ended, so what you wait for can not come any more'] : []),
		],
		isFirst: false,
		from,
		context,
	});
};

const untilOf = ({until}: Arguments): Until => (hasCondition(until) ? until : {exit: true});

/** What is never read was never seen: a pattern looks at all of it. */
const waitRequest = (until: Until, timeoutMs: number, from: Position | undefined): WaitRequest => ({
	timeoutMs,
	input: 'prompt',
	...waitConditions(until),
	from: from ?? startPosition,
});

const waitAndTell = async (
	host: Host,
	args: Arguments,
	terminals: readonly TerminalInfo[],
	context: ToolContext,
): Promise<ToolResult> => {
	const startedAt = context.now();
	const time = clampTimeout(args.timeout_ms);
	const budget = clampBudget(args.max_output_tokens);
	context.progress({outcome: `waiting for ${namesOf(terminals)}`});
	const decision = await decide(host, {args, terminals, timeoutMs: time.value}, context);
	if (decision.kind === 'refused') return refused(decision);
	if (decision.kind === 'interrupted') {
		return failed(`Interrupted by the user while waiting. ${namesOf(terminals)}: nothing was stopped.`);
	}
	const decided = decision.outcomes.filter(({verdict}) => verdict !== 'open').length;
	const maxChars = Math.floor(charactersOf(budget.value) / Math.max(1, decided));
	const now = await host.list();
	const blocks = await Promise.all(
		decision.outcomes.map(outcome =>
			outcome.verdict === 'open'
				? stillOpen(now.find(({id}) => id === outcome.terminal.id) ?? outcome.terminal)
				: readNews(host, outcome, maxChars, context),
		),
	);
	return {
		output: [
			`Wall time: ${((context.now() - startedAt) / 1_000).toFixed(4)} seconds`,
			`Returned because: ${decision.because}`,
			...time.remarks,
			...budget.remarks,
			...blocks.flatMap(({text}) => ['', text]),
		].join('\n'),
		display: {tail: lastLines(blocks.flatMap(({tail}) => tail)), outcome: decision.because},
		positions: Object.fromEntries(blocks.flatMap(({terminal, next}) => (next ? [[terminal.id, next]] : []))),
		told: blocks.flatMap(({terminal}) => toldBy(terminal)),
	};
};

/** `open`: nothing was decided. `ended`: it is over without what was waited for. */
type Outcome = {terminal: TerminalInfo; verdict: 'open' | 'met' | 'ended' | 'asks'; reason: string};

type Decision = {kind: 'decided'; because: string; outcomes: Outcome[]} | {kind: 'interrupted'} | Refusal;

type Waiting = {args: Arguments; terminals: readonly TerminalInfo[]; timeoutMs: number};

const decide = async (host: Host, waiting: Waiting, context: ToolContext): Promise<Decision> => {
	const {args, terminals} = waiting;
	const until = untilOf(args);
	const outcomes = new Map<number, Outcome>(
		terminals.map(terminal => [terminal.id, {terminal, verdict: 'open', reason: ''}]),
	);
	const {promise: decided, resolve} = Promise.withResolvers<Decision>();
	const rest = new AbortController();
	const finish = (because: string) => resolve({kind: 'decided', because, outcomes: [...outcomes.values()]});

	const settle = (outcome: Outcome, wasOver: boolean) => {
		outcomes.set(outcome.terminal.id, outcome);
		const all = [...outcomes.values()];
		const {verdict, reason} = outcome;
		const who = nameOf(outcome.terminal);
		if (verdict === 'asks') return finish(`${who}: ${reason}`);
		if (args.all) {
			if (verdict === 'ended') return finish(`${who} has ended, so it can never hold for all`);
			if (all.every(each => each.verdict === 'met')) finish(`it holds for all: ${namesOf(terminals)}`);
			return;
		}
		if (verdict === 'met') return finish(`${who}: ${reason}`);
		// One that was over before must not end every later wait on the others.
		if (!wasOver) return finish(`${who} ended before it held`);
		if (all.every(each => each.verdict === 'ended')) finish('all of them have ended, so it can never hold');
	};

	const waitOn = async (terminal: TerminalInfo) => {
		const request = waitRequest(until, waiting.timeoutMs, context.position(terminal.id));
		const waited = await host.wait(terminal.id, request, rest.signal);
		if (waited.kind === 'refused') return resolve(waited);
		if (waited.reason.kind === 'aborted') return;
		if (waited.reason.kind === 'time-over') return finish('time over');
		settle(judge(waited, until), isOver(terminal));
	};

	try {
		// Not Promise.all: the first decision ends them all.
		const waits = Promise.all(terminals.map(waitOn)).then(() => decided);
		return await orInterrupted(Promise.race([decided, waits]), context.signal);
	} finally {
		rest.abort();
	}
};

const judge = ({reason, terminal}: WaitOutcome, until: Until): Outcome => {
	const said = {terminal, reason: describeReason(reason)};
	if (reason.kind === 'waiting-for-input') return {...said, verdict: 'asks'};
	if (reason.kind !== 'exited') return {...said, verdict: 'met'};
	// What is over prints nothing any more.
	const holds = until.exit === true || until.quiet_ms !== undefined;
	return {...said, verdict: holds ? 'met' : 'ended'};
};

const isOver = ({state}: TerminalInfo): boolean => state.kind !== 'running';

const nameOf = ({id, name}: TerminalInfo): string => `terminal ${id} (${name})`;

const namesOf = (terminals: readonly TerminalInfo[]): string => terminals.map(nameOf).join(', ');

type Block = {terminal: TerminalInfo; text: string; tail: string[]; next?: Position};

const stillOpen = (terminal: TerminalInfo): Block => {
	const last = terminal.lastLines.at(-1);
	const text = [
		`Terminal ${terminal.id} (${terminal.name}): not yet`,
		...stateLines(terminal),
		...listeningLines(terminal),
		...(last === undefined ? [] : [`Last line: ${escapeMarks(sanitiseLine(last.trim()))}`]),
	].join('\n');
	return {terminal, text, tail: []};
};

/** What a terminal that decided the wait has printed since it was read last. */
const readNews = async (
	host: Host,
	{terminal, reason}: Outcome,
	maxChars: number,
	context: ToolContext,
): Promise<Block> => {
	const from = context.position(terminal.id);
	const reading = await host.read(terminal.id, {maxChars, ...(from && {from})});
	const head = `Terminal ${terminal.id} (${terminal.name}): ${reason}`;
	if (reading.kind === 'refused') return {terminal, text: `${head}\n${reading.message}`, tail: []};
	const output = outputText(reading, maxChars);
	return {
		terminal: reading.terminal,
		text: [
			head,
			...stateLines(reading.terminal),
			...listeningLines(reading.terminal),
			'Output:',
			output,
		].join('\n'),
		tail: reading.lines.map(({text}) => text),
		next: reading.next,
	};
};
