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
		notices: await Promise.all(
			news.map(({terminal, facts}) => describe(terminal, new Set(facts.map(({what}) => what)), input)),
		),
		told: news.flatMap(({facts}) => facts),
	};
};

type Known = Omit<NoticeInput, 'readTail'>;

/** Whether a terminal has ended by itself since the session began, and the model does not know yet. */
export const hasUntoldEnd = (input: Known): boolean =>
	input.terminals.some(
		terminal =>
			terminal.state.kind === 'ended' &&
			terminal.state.at >= (input.since ?? 0) &&
			terminal.stoppedBy !== 'user' &&
			newFacts(terminal, input).some(({what}) => what === 'ended'),
	);

const newFacts = (terminal: TerminalInfo, input: Known): Told[] => {
	const known = input.told.filter(({terminalId}) => terminalId === terminal.id);
	return currentFacts(terminal, input).filter(fact => !known.some(told => covers(told, fact)));
};

/** A terminal listens and is typed into again and again; an old record does not say to what it was. */
const covers = (told: Told, fact: Told): boolean => {
	if (told.what !== fact.what) return false;
	if (fact.ports && told.ports) return fact.ports.every(port => told.ports?.includes(port));
	return (told.visits ?? 1) >= (fact.visits ?? 1);
};

const currentFacts = (terminal: TerminalInfo, {sessionId, positions, since = 0}: Known): Told[] => {
	const {id: terminalId, state, ports, userVisits = 0} = terminal;
	const isOwn = terminal.startedBy === 'model' && terminal.session === sessionId;
	const concerns = isOwn || positions[terminalId] !== undefined;
	const hasEnded = state.kind === 'ended' || state.kind === 'lost';
	const isOld = state.kind === 'lost' || (state.kind === 'ended' && state.at < since);
	const facts: Told[] = [];
	if (isStartedByUser(terminal) && !isOld) facts.push({terminalId, what: 'user-started'});
	if (!concerns) return facts;
	if (hasEnded) facts.push({terminalId, what: 'ended'});
	if (hasEnded && terminal.stoppedBy === 'user') facts.push({terminalId, what: 'user-stopped'});
	if (!hasEnded && ports.length > 0) {
		facts.push({terminalId, what: 'listening', ports: ports.map(({port}) => port)});
	}
	// In a terminal of their own it is no news that they type.
	if (terminal.startedBy === 'model' && userVisits > 0) {
		facts.push({terminalId, what: 'user-typed', visits: userVisits});
	}
	return facts;
};

const isStartedByUser = ({startedBy, restartOf}: TerminalInfo): boolean =>
	(restartOf?.by ?? startedBy) === 'user';

const tailLines = 5;

const describe = async (
	terminal: TerminalInfo,
	facts: ReadonlySet<Told['what']>,
	{readTail}: NoticeInput,
): Promise<string> => {
	const who = `Terminal ${terminal.id} (${oneLine(terminal.name)})`;
	const sentences: string[] = [];
	if (facts.has('user-started')) {
		sentences.push(startedText(terminal));
		if (terminal.state.kind === 'ended' && !facts.has('ended')) {
			sentences.push(`It has ended: ${howItEnded(terminal)}.`);
		}
	}
	if (facts.has('user-typed')) {
		const isThere = terminal.driver === 'user' ? ', and is using it now' : '';
		sentences.push(`The user typed in terminal ${terminal.id} (${oneLine(terminal.name)})${isThere}.`);
	}
	if (facts.has('ended')) sentences.push(`${who} ${ending(terminal)}.`);
	if (facts.has('listening')) {
		sentences.push(`${who} listens on ${terminal.ports.map(({url}) => oneLine(url)).join(', ')}.`);
	}
	const text = escapeMarks(sentences.join('\n'));
	if (!facts.has('ended')) return text;
	const tail = await readTail(terminal.id, tailLines);
	if (tail.length === 0) return text;
	return [text, 'Its last lines, printed by the program:', markOutput(tail.slice(-tailLines))].join('\n');
};

const startedText = ({id, name, cmd, restartOf}: TerminalInfo): string =>
	restartOf
		? `The user restarted terminal ${restartOf.id} as terminal ${id} (${oneLine(name)}): ${oneLine(cmd)}`
		: `The user started terminal ${id} (${oneLine(name)}): ${oneLine(cmd)}`;

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
