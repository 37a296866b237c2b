// Ends a terminal's whole process tree, and names what it could not end.
import {z} from 'zod';
import description from '../../assets/tools/stop-terminal.md';
import type {Tool, ToolContext, ToolResult} from '../agent/tool.js';
import type {Host} from '../host/host.js';
import type {TerminalInfo} from '../host/protocol.js';
import {markOutput} from '../text/marks.js';
import {describeProcess, stateLines} from './answer.js';
import {toldBy} from './answer-from.js';
import {displayTerminal} from './display.js';
import {createApproved, failed, findTerminal, refused, sessionIdSchema} from './find-terminal.js';
import {orInterrupted} from './wait.js';

const schema = z.strictObject({
	session_id: sessionIdSchema,
	signal: z.enum(['TERM', 'INT', 'HUP', 'QUIT', 'KILL', 'USR1', 'USR2']).optional().describe('Default TERM.'),
	grace_ms: z.int().min(0).max(60_000).optional().describe('Milliseconds until KILL. Default 3000.'),
});

export const stopTerminal = (host: Host, approved = createApproved()): Tool<typeof schema> => ({
	name: 'stop_terminal',
	description,
	schema,
	async approval(args, context) {
		const found = await findTerminal(host, args.session_id);
		if (found.kind === 'failed' || isOwn(found.terminal, context.sessionId)) return;
		approved.note(context.callId, found.terminal.id);
		return {
			kind: 'typing',
			terminalId: found.terminal.id,
			terminalName: found.terminal.name,
			program: found.terminal.cmd,
			text: '',
			keys: [`stop with SIG${args.signal ?? 'TERM'}`],
		};
	},
	async run(args, context) {
		const found = await findTerminal(host, args.session_id);
		if (found.kind === 'failed') return found.result;
		const {terminal} = found;
		if (terminal.state.kind === 'ended') {
			return {
				output: [
					...stateLines(terminal),
					`Terminal ${terminal.id} (${terminal.name}) had ended already.`,
				].join('\n'),
				told: toldBy(terminal),
			};
		}
		return approved.check(context.callId, terminal) ?? stop(host, terminal, args, context);
	},
});

const stop = async (
	host: Host,
	{id}: TerminalInfo,
	args: z.infer<typeof schema>,
	context: ToolContext,
): Promise<ToolResult> => {
	const request = {
		by: 'model' as const,
		...(args.signal && {signal: args.signal}),
		...(args.grace_ms !== undefined && {graceMs: args.grace_ms}),
	};
	const stopped = await orInterrupted(host.stop(id, request), context.signal);
	if (stopped.kind === 'refused') return refused(stopped);
	if (stopped.kind === 'interrupted')
		return failed(`Interrupted: terminal ${id} is being stopped all the same.`);
	const {terminal, survivors} = stopped;
	const named = survivors.map(describeProcess).join(', ');
	return {
		output: [
			...stateLines(terminal),
			`Name: ${terminal.name}`,
			survivors.length > 0 ? `Still alive, could not be ended: ${named}` : 'Nothing of it is left running.',
			...(terminal.lastLines.length > 0 ? ['Last lines:', markOutput(terminal.lastLines)] : []),
		].join('\n'),
		isError: survivors.length > 0,
		display: displayTerminal(terminal),
		told: toldBy(terminal),
	};
};

const isOwn = ({startedBy, session}: TerminalInfo, sessionId: string): boolean =>
	startedBy === 'model' && session === sessionId;
