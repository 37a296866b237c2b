// The one blocking tool while the feature "Background terminal" is off: nothing it starts outlives the call.
import {z} from 'zod';
import description from '../../assets/tools/shell.md';
import type {Tool, ToolContext, ToolResult} from '../agent/tool.js';
import type {Host} from '../host/host.js';
import {describeProcess} from './answer.js';
import {answerFrom} from './answer-from.js';
import type {ApplyPatch} from './apply-patch.js';
import {clampBudget, clampTimeout} from './clamp.js';
import {displayTerminal} from './display.js';
import {commandEnvironment} from './environment.js';
import {failed, refused} from './find-terminal.js';
import {patchInCommand} from './patch-command.js';
import {orInterrupted, waitFor} from './wait.js';
import {resolveFolder} from './where.js';

const schema = z.strictObject({
	cmd: z.string().min(1).describe('Shell command line.'),
	workdir: z
		.string()
		.optional()
		.describe('Folder to run in. Default: the session folder; relative paths start there.'),
	timeout_ms: z.number().optional().describe('Then it is stopped. Default 120000, at most 600000.'),
	max_output_tokens: z.number().optional().describe('Budget of the output in this answer. Default 10000.'),
});

type Arguments = z.infer<typeof schema>;

export const shell = (host: Host, patch: ApplyPatch): Tool<typeof schema> => ({
	name: 'shell',
	description,
	schema,
	async approval(args, context) {
		const folder = await resolveFolder(args.workdir, context.cwd);
		if (folder.kind === 'missing') return;
		const diverted = patchInCommand(args.cmd);
		if (diverted) return patch.approveIn(diverted, folder.path, context);
		return {kind: 'command', cmd: args.cmd, cwd: folder.path};
	},
	async run(args, context) {
		const folder = await resolveFolder(args.workdir, context.cwd);
		if (folder.kind === 'missing') return failed(folder.message);
		const diverted = patchInCommand(args.cmd);
		if (diverted) return patch.runIn(diverted, folder.path, context);
		return runToTheEnd(host, args, folder.path, context);
	},
});

const runToTheEnd = async (
	host: Host,
	args: Arguments,
	cwd: string,
	context: ToolContext,
): Promise<ToolResult> => {
	const startedAt = context.now();
	const starting = host.start({
		cmd: args.cmd,
		cwd,
		tty: false,
		env: commandEnvironment(context.env),
		cols: 120,
		rows: 40,
		startedBy: 'model',
		session: context.sessionId,
	});
	const started = await orInterrupted(starting, context.signal);
	if (started.kind === 'refused') return refused(started);
	if (started.kind === 'interrupted') {
		starting.then(late => {
			if (late.kind === 'started') abandon(host, late.terminal.id);
		}, ignoreFault);
		return failed('Interrupted by the user before it ran.');
	}
	const {terminal} = started;
	context.progress(displayTerminal(terminal));
	const time = clampTimeout(args.timeout_ms);
	const outcome = await waitFor(host, terminal.id, {timeoutMs: time.value, exit: true}, context);
	if (outcome.kind === 'interrupted') {
		abandon(host, terminal.id);
		return failed('Interrupted by the user. The command and all that it started are being stopped.');
	}
	const stopped = await stopRest(host, terminal.id, time.value);
	const budget = clampBudget(args.max_output_tokens);
	return answerFrom(host, outcome, {
		terminal,
		startedAt,
		budget: budget.value,
		remarks: [...time.remarks, ...budget.remarks, ...stopped],
		isFirst: true,
		context,
	});
};

/** Not waited for: the turn ends now, the tree within its grace. */
const abandon = (host: Host, id: number) => void host.stop(id, {by: 'user'}).catch(ignoreFault);

// A host that fails at a start or a stop has said so in its diagnostics; what still runs stays in the panel.
const ignoreFault = () => {};

/** At the deadline, or when the command's shell has ended but something that it started lives on. */
const stopRest = async (host: Host, id: number, timeoutMs: number): Promise<string[]> => {
	const terminal = (await host.list()).find(other => other.id === id);
	if (terminal?.state.kind !== 'running') return [];
	const stopped = await host.stop(id, {by: 'model'});
	if (stopped.kind === 'refused') return [`Note: it could not be stopped: ${stopped.message}`];
	const why = terminal.state.shellExit
		? 'processes that it had left running were stopped'
		: `not finished after ${timeoutMs} ms and stopped: give a longer timeout_ms`;
	const survivors = stopped.survivors.map(describeProcess).join(', ');
	return [`Note: ${why}`, ...(survivors ? [`Note: could not be ended: ${survivors}`] : [])];
};
