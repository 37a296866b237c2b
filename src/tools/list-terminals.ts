// Lists the terminals as text; the same text opens the context after a resume.
import {z} from 'zod';
import description from '../../assets/tools/list-terminals.md';
import type {Tool} from '../agent/tool.js';
import type {Host} from '../host/host.js';
import type {TerminalInfo} from '../host/protocol.js';
import {formatDuration} from '../text/duration.js';
import {escapeMarks} from '../text/marks.js';
import {sanitiseLine} from '../text/sanitise.js';
import {toldBy} from './answer-from.js';
import {describeOutcome} from './display.js';

const schema = z.strictObject({});

export const listTerminals = (host: Host): Tool<typeof schema> => ({
	name: 'list_terminals',
	description,
	schema,
	async run(_args, context) {
		const terminals = await host.list();
		const running = terminals.filter(({state}) => state.kind === 'running').length;
		return {
			output: describeTerminals(terminals, context.sessionId, context.now()),
			display: {outcome: `${terminals.length} terminals, ${running} running`},
			told: terminals.flatMap(toldBy),
		};
	},
});

/** One paragraph a terminal; `sessionId` is the reader's, `now` milliseconds since 1970. */
export const describeTerminals = (
	terminals: readonly TerminalInfo[],
	sessionId: string,
	now: number,
): string => {
	if (terminals.length === 0) return 'There are no terminals. exec_command starts one.';
	return terminals.map(terminal => describeTerminal(terminal, sessionId, now)).join('\n');
};

const describeTerminal = (terminal: TerminalInfo, sessionId: string, now: number): string => {
	const {id, name, cmd, cwd, state, startedAt, lastLines, driver} = terminal;
	const kind = state.kind === 'running' ? 'running' : state.kind;
	const outcome = describeOutcome(terminal);
	const age =
		state.kind === 'ended'
			? `ran ${formatDuration(state.at - startedAt)}, ended ${formatDuration(now - state.at)} ago`
			: `started ${formatDuration(now - startedAt)} ago`;
	const last = lastLines.at(-1);
	return escapeMarks(
		[
			`${id} (${name}): ${[kind, ...(outcome === kind ? [] : [outcome])].join(', ')}, ${age}, by ${starter(terminal, sessionId)}`,
			...(driver === 'user' ? ['  the user is driving it now'] : []),
			`  command: ${sanitiseLine(cmd)}`,
			`  folder: ${sanitiseLine(cwd)}`,
			...(last === undefined ? [] : [`  last line: ${sanitiseLine(last.trim())}`]),
		].join('\n'),
	);
};

const starter = ({startedBy, session}: TerminalInfo, sessionId: string): string => {
	if (startedBy === 'user') return 'the user';
	return session === sessionId ? 'you' : 'the model of another session';
};
