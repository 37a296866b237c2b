// Runs a terminal's command again, and answers as for one that was just started.
import {z} from 'zod';
import description from '../../assets/tools/restart-terminal.md';
import type {Tool, ToolContext, ToolResult} from '../agent/tool.js';
import type {Host} from '../host/host.js';
import type {TerminalInfo} from '../host/protocol.js';
import {answerFrom, toldBy} from './answer-from.js';
import {clampBudget, clampYield} from './clamp.js';
import {displayTerminal} from './display.js';
import {createApproved, failed, findTerminal, refused, sessionIdSchema} from './find-terminal.js';
import {orInterrupted, waitFor} from './wait.js';

const schema = z.strictObject({session_id: sessionIdSchema});

export const restartTerminal = (host: Host, approved = createApproved()): Tool<typeof schema> => ({
	name: 'restart_terminal',
	description,
	schema,
	async approval(args, context) {
		const found = await findTerminal(host, args.session_id);
		if (found.kind === 'failed') return;
		const {id, name, cmd, cwd} = found.terminal;
		approved.note(context.callId, id);
		return {kind: 'command', cmd, cwd, justification: `Restarts terminal ${id} (${name}).`};
	},
	async run(args, context) {
		const found = await findTerminal(host, args.session_id);
		if (found.kind === 'failed') return found.result;
		return approved.check(context.callId, found.terminal) ?? restart(host, found.terminal, context);
	},
});

const restart = async (host: Host, old: TerminalInfo, context: ToolContext): Promise<ToolResult> => {
	const startedAt = context.now();
	const successor = await runningSuccessor(host, old);
	if (successor) {
		return failed(
			`Terminal ${old.id} (${old.name}) was restarted already and runs as terminal ${successor.id} (${successor.name}). Give session_id ${successor.id} to restart that one.`,
		);
	}
	const restarted = await orInterrupted(host.restart(old.id, {by: 'model'}), context.signal);
	if (restarted.kind === 'refused') return refused(restarted);
	if (restarted.kind === 'interrupted') {
		return failed(
			`Interrupted by the user: terminal ${old.id} (${old.name}) is being restarted all the same.`,
		);
	}
	const {terminal} = restarted;
	context.progress(displayTerminal(terminal));
	const time = clampYield(undefined, 'plain');
	const request = {timeoutMs: time.value, input: 'prompt' as const, exit: true as const, port: true as const};
	const outcome = await waitFor(host, terminal.id, request, context);
	const result = await answerFrom(host, outcome, {
		terminal,
		startedAt,
		budget: clampBudget(undefined).value,
		remarks: [`Note: terminal ${old.id} (${old.name}) was ended and runs again as terminal ${terminal.id}`],
		isFirst: false,
		context,
	});
	return {...result, told: [...(result.told ?? []), ...(await toldOfOld(host, old))]};
};

/** What took its place and still runs: the model may know the old id only. */
const runningSuccessor = async (host: Host, old: TerminalInfo): Promise<TerminalInfo | undefined> => {
	const terminals = await host.list();
	let next: TerminalInfo | undefined = old;
	while (next && next.state.kind !== 'running') {
		const {id}: TerminalInfo = next;
		next = terminals.find(({restartOf}) => restartOf?.id === id);
	}
	return next?.id === old.id ? undefined : next;
};

/** That it ended is what was asked for. */
const toldOfOld = async (host: Host, {id}: TerminalInfo) =>
	(await host.list()).filter(terminal => terminal.id === id).flatMap(toldBy);
