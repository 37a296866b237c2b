// What the model is told of terminals without asking: each fact once, and nothing that it read already.
import type {Told} from '../events.js';
import type {Exit, Position, TerminalInfo} from '../host/protocol.js';
import {formatDuration} from '../text/duration.js';
import {escapeMarks, markOutput} from '../text/marks.js';

export type NoticeInput = {
	sessionId: string;
	terminals: readonly TerminalInfo[];
	told: readonly Told[];
	positions: Readonly<Record<number, Position>>;
	/** The last log lines of a terminal, oldest first; a failure is an empty list. */
	readTail(terminalId: number, lines: number): Promise<readonly string[]>;
	/** When the session began: what the user started and ended before that is no news. */
	since?: number;
};

/** One text a terminal, of one or several lines. They ride on the next answer or message. */
export const collectNotices = async (input: NoticeInput): Promise<{notices: string[]; told: Told[]}> => {
	const news = input.terminals
		.map(terminal => ({terminal, facts: newFacts(terminal, input)}))
		.filter(({facts}) => facts.length > 0);
	return {
		notices: await Promise.all(news.map(({terminal, facts}) => describe(terminal, facts, input))),
		told: news.flatMap(({terminal, facts}) => facts.map(what => ({terminalId: terminal.id, what}))),
	};
};

type Fact = Told['what'];

const newFacts = (terminal: TerminalInfo, input: NoticeInput): Fact[] => {
	const isKnown = (fact: Fact) =>
		input.told.some(({terminalId, what}) => terminalId === terminal.id && what === fact);
	return currentFacts(terminal, input).filter(fact => !isKnown(fact));
};

const currentFacts = (terminal: TerminalInfo, {sessionId, positions, since = 0}: NoticeInput): Fact[] => {
	const {state} = terminal;
	const isOwn = terminal.startedBy === 'model' && terminal.session === sessionId;
	const concerns = isOwn || positions[terminal.id] !== undefined;
	const hasEnded = state.kind === 'ended' || state.kind === 'lost';
	const isOld = state.kind === 'lost' || (state.kind === 'ended' && state.at < since);
	const facts: Fact[] = [];
	if (terminal.startedBy === 'user' && !isOld) facts.push('user-started');
	if (!concerns) return facts;
	if (hasEnded) facts.push('ended');
	if (hasEnded && terminal.stoppedBy === 'user') facts.push('user-stopped');
	if (!hasEnded && terminal.ports.length > 0) facts.push('listening');
	if (!hasEnded && terminal.driver === 'user') facts.push('user-typed');
	return facts;
};

const tailLines = 5;

const describe = async (
	terminal: TerminalInfo,
	facts: readonly Fact[],
	{readTail}: NoticeInput,
): Promise<string> => {
	const who = escapeMarks(`Terminal ${terminal.id} (${oneLine(terminal.name)})`);
	const sentences: string[] = [];
	if (facts.includes('user-started')) {
		sentences.push(
			escapeMarks(
				`The user started terminal ${terminal.id} (${oneLine(terminal.name)}): ${oneLine(terminal.cmd)}`,
			),
		);
		if (terminal.state.kind === 'ended') sentences.push(`It has ended: ${howItEnded(terminal)}.`);
	}
	if (facts.includes('ended')) sentences.push(`${who} ${ending(terminal)}.`);
	if (facts.includes('listening')) {
		sentences.push(
			escapeMarks(`${who} listens on ${terminal.ports.map(({url}) => oneLine(url)).join(', ')}.`),
		);
	}
	if (facts.includes('user-typed')) sentences.push(`${who} is driven by the user, who may type in it.`);
	if (!facts.includes('ended')) return sentences.join('\n');
	const tail = await readTail(terminal.id, tailLines);
	if (tail.length === 0) return sentences.join('\n');
	return [...sentences, 'Its last lines, printed by the program:', markOutput(tail.slice(-tailLines))].join(
		'\n',
	);
};

const ending = (terminal: TerminalInfo): string => {
	if (terminal.state.kind === 'lost') return 'was lost: its host died';
	return terminal.stoppedBy === 'user'
		? `was stopped by the user: ${howItEnded(terminal)}`
		: `ended: ${howItEnded(terminal)}`;
};

/** "exit code 1 after 58 s". */
const howItEnded = ({state, startedAt}: TerminalInfo): string =>
	state.kind === 'ended'
		? `${exitText(state.exit)} after ${formatDuration(state.at - startedAt)}`
		: state.kind;

const exitText = (exit: Exit): string =>
	'code' in exit ? `exit code ${exit.code}` : `killed by ${exit.signal}`;

const oneLine = (text: string): string => text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ');
