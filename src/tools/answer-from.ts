// From the end of a wait to the answer of exec_command, write_stdin and shell: reads what is new and says it.
import type {ToolContext, ToolResult} from '../agent/tool.js';
import type {Told} from '../events.js';
import type {Host, Reading, Refusal, WaitOutcome} from '../host/host.js';
import type {Position, TerminalInfo} from '../host/protocol.js';
import {charactersOf, chunkId, formatAnswer, wasCut} from './answer.js';
import {describeOutcome, displayTerminal, lastLines} from './display.js';
import {failed} from './find-terminal.js';
import {adviceFor, type Habit} from './habits.js';
import {explainPortConflict} from './port-conflict.js';
import {describeReason, type Interrupted, orInterrupted} from './wait.js';

export type AnswerCall = {
	terminal: TerminalInfo;
	/** Milliseconds since 1970. */
	startedAt: number;
	/** Tokens. */
	budget: number;
	/** Whole lines for the answer's head. */
	remarks: readonly string[];
	/** The call that started the command: if that has ended and all of it is said, nothing is left to keep. */
	isFirst: boolean;
	/** What there might be a better way for. */
	habit?: Habit;
	/** Where the reader stood. */
	from?: Position | undefined;
	context: ToolContext;
};

export const answerFrom = async (
	host: Host,
	outcome: WaitOutcome | Refusal | Interrupted,
	call: AnswerCall,
): Promise<ToolResult> => {
	const {terminal, context, from, budget} = call;
	if (outcome.kind === 'interrupted') return interrupted(terminal);
	if (outcome.kind === 'refused') return stillThere(outcome, terminal);
	const reading = await orInterrupted(
		host.read(terminal.id, {maxChars: charactersOf(budget), ...(from && {from})}),
		context.signal,
	);
	if (reading.kind === 'interrupted') return interrupted(terminal);
	if (reading.kind === 'refused') return stillThere(reading, terminal);
	return answerFromReading(host, outcome.reason, {reading, isForgotten: false}, call);
};

/** Of a wait that is over, or of a command that ended with its start. */
export const answerFromReading = async (
	host: Host,
	reason: WaitOutcome['reason'],
	{reading, isForgotten}: {reading: Reading; isForgotten: boolean},
	call: AnswerCall,
): Promise<ToolResult> => {
	const {terminal, context, budget} = call;
	const output = formatAnswer({
		chunkId: chunkId(context.random()),
		wallMs: context.now() - call.startedAt,
		because: because(reason, reading),
		reading,
		maxTokens: budget,
		remarks: [
			...call.remarks,
			...stoppedByUser(reading),
			...(await explainPortConflict(host, reading)),
			...(await adviceFor(host, call.habit, reason, reading)),
		],
	});
	const tail = lastLines(reading.lines.map(({text}) => text));
	if (call.isFirst && leavesOnlyHistory(reading, budget)) {
		if (!isForgotten) await host.forget(terminal.id);
		return {output, display: {tail, outcome: describeOutcome(reading.terminal)}};
	}
	return {
		output,
		display: displayTerminal(reading.terminal, reading.screen ? reading.terminal.lastLines : tail),
		positions: {[terminal.id]: reading.next},
		told: toldBy(reading.terminal),
	};
};

/** The facts of a terminal that an answer with its state has told. */
export const toldBy = (terminal: TerminalInfo): Told[] => {
	const {id: terminalId, state, ports, stoppedBy} = terminal;
	const hasEnded = state.kind === 'ended' || state.kind === 'lost';
	return [
		...(hasEnded ? [{terminalId, what: 'ended'} as const] : []),
		...(stoppedBy === 'user' ? [{terminalId, what: 'user-stopped'} as const] : []),
		...(ports.length > 0
			? [{terminalId, what: 'listening', ports: ports.map(({port}) => port)} as const]
			: []),
	];
};

/** It may have ended between the wait and the read: the later word counts. */
const because = (reason: WaitOutcome['reason'], {terminal}: Reading): string =>
	reason.kind === 'time-over' && terminal.state.kind === 'ended' ? 'exited' : describeReason(reason);

const stoppedByUser = ({terminal}: Reading): string[] =>
	terminal.stoppedBy === 'user' ? ['Note: the user stopped it'] : [];

const leavesOnlyHistory = (reading: Reading, budget: number): boolean =>
	reading.terminal.state.kind === 'ended' &&
	reading.terminal.driver !== 'user' &&
	reading.gap === undefined &&
	!wasCut(reading, budget);

const interrupted = (terminal: TerminalInfo): ToolResult => ({
	output: `Interrupted by the user while waiting. ${livesOn(terminal)}`,
	display: {...displayTerminal(terminal), outcome: 'interrupted, still running'},
});

const stillThere = (refusal: Refusal, terminal: TerminalInfo): ToolResult =>
	failed(`${refusal.message}\n${livesOn(terminal)}`);

const livesOn = ({id, name}: TerminalInfo): string =>
	`The process was not stopped: it is terminal ${id} (${name}); write_stdin or read_terminal with session_id ${id} goes on with it.`;
