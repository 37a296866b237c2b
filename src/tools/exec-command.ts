// Starts a command in a terminal and comes back when there is something to say: it ended, listens, asks, or
// the time is over.
import {realpath} from 'node:fs/promises';
import {basename, isAbsolute, resolve, sep} from 'node:path';
import {z} from 'zod';
import description from '../../assets/tools/exec-command.md';
import type {Tool, ToolContext, ToolResult} from '../agent/tool.js';
import type {Host, StartRequest, WaitRequest} from '../host/host.js';
import {startPosition} from '../host/log.js';
import {charactersOf} from './answer.js';
import {type AnswerCall, answerFrom, answerFromReading} from './answer-from.js';
import type {ApplyPatch} from './apply-patch.js';
import {clampBudget, clampYield} from './clamp.js';
import {displayTerminal} from './display.js';
import {commandEnvironment} from './environment.js';
import {failed, refused} from './find-terminal.js';
import {knownShells, pathsOfHarmless} from './harmless.js';
import {patchInCommand} from './patch-command.js';
import {findBadPattern, hasCondition, type Until, untilSchema, waitConditions} from './until.js';
import {waitFor} from './wait.js';
import {resolveFolder, resolveShell} from './where.js';

const schema = z.strictObject({
	cmd: z.string().min(1).describe('Shell command line.'),
	workdir: z
		.string()
		.optional()
		.describe('Folder to run in. Default: the session folder; relative paths start there.'),
	tty: z
		.boolean()
		.optional()
		.describe('Default true: a real terminal. false: plain pipe, stdin closed, no colours.'),
	name: z.string().optional().describe('Short name for people and later calls, such as "dev" or "tests".'),
	yield_time_ms: z
		.number()
		.optional()
		.describe(
			'Longest wait before you get control back. Default 10000; 250 to 30000, with `until` to 600000.',
		),
	until: untilSchema.optional(),
	max_output_tokens: z.number().optional().describe('Budget of the output in this answer. Default 10000.'),
	shell: z.string().optional().describe("Shell that runs cmd. Default: the user's."),
	login: z.boolean().optional().describe('Default true: with the login environment of the user.'),
	cols: z.int().min(2).max(500).optional().describe('Default 120.'),
	rows: z.int().min(2).max(200).optional().describe('Default 40.'),
	env: z.record(z.string(), z.string()).optional().describe('Added to the environment.'),
	justification: z.string().optional().describe('One sentence for the user when approval is needed.'),
});

type Arguments = z.infer<typeof schema>;

export const execCommand = (host: Host, patch: ApplyPatch): Tool<typeof schema> => ({
	name: 'exec_command',
	description,
	schema,
	async approval(args, context) {
		const folder = await resolveFolder(args.workdir, context.cwd);
		if (folder.kind === 'missing') return;
		const diverted = patchInCommand(args.cmd);
		if (diverted) return patch.approveIn(diverted, folder.path, context);
		const shell = await resolveShell(args.shell, context.env);
		if (shell.kind === 'missing') return;
		const env = {...args.env, ...shellVariable(shell.path)};
		return {
			kind: 'command',
			cmd: args.cmd,
			cwd: folder.path,
			...(Object.keys(env).length > 0 && {env}),
			...((await isHarmless(args.cmd, folder.path, context)) &&
				Object.keys(env).length === 0 && {isHarmless: true}),
			...(args.justification !== undefined && {justification: args.justification}),
		};
	},
	async run(args, context) {
		const folder = await resolveFolder(args.workdir, context.cwd);
		if (folder.kind === 'missing') return failed(folder.message);
		const diverted = patchInCommand(args.cmd);
		if (diverted) return patch.runIn(diverted, folder.path, context);
		const badPattern = findBadPattern(args.until);
		if (badPattern) return failed(`${badPattern} Nothing was started.`);
		return startAndWait(host, args, folder.path, context);
	},
});

const startAndWait = async (
	host: Host,
	args: Arguments,
	cwd: string,
	context: ToolContext,
): Promise<ToolResult> => {
	const startedAt = context.now();
	const request = await startRequest(args, cwd, context);
	if (request.kind === 'missing') return failed(request.message);
	const budget = clampBudget(args.max_output_tokens);
	const isAsked = hasCondition(args.until);
	// Not given up on an interrupt: the person must be told which terminal the turn leaves behind.
	const started = await host.start({
		...request.start,
		...(!isAsked && {brief: {maxChars: charactersOf(budget.value)}}),
	});
	if (started.kind === 'refused') return refused(started);
	const {terminal, ended, twins = []} = started;
	const time = clampYield(args.yield_time_ms, isAsked ? 'until' : 'plain');
	const call: AnswerCall = {
		terminal,
		startedAt,
		budget: budget.value,
		remarks: [...twins.map(alreadyRunning), ...time.remarks, ...budget.remarks],
		isFirst: true,
		habit: {kind: 'start', cmd: args.cmd},
		context,
	};
	if (ended) return answerFromReading(host, {kind: 'exited'}, ended, call);
	context.progress(displayTerminal(terminal));
	return answerFrom(
		host,
		await waitFor(host, terminal.id, waitRequest(args.until, time.value), context),
		call,
	);
};

/** Also by what its paths are links to, and by the shell that reads the line. */
const isHarmless = async (cmd: string, cwd: string, {workspace, env}: ToolContext): Promise<boolean> => {
	const paths = pathsOfHarmless(cmd);
	if (!paths || !knownShells.includes(basename(env.SHELL || '/bin/sh'))) return false;
	// Programs are found by PATH: one that a folder brings along is none of these.
	if ((env.PATH ?? '').split(':').some(folder => !isAbsolute(folder) || isInside(folder, workspace)))
		return false;
	const real = await Promise.all(
		['.', ...paths].map(path => realpath(resolve(cwd, path)).catch(() => undefined)),
	);
	return real.every(path => path !== undefined && isInside(path, workspace));
};

const isInside = (path: string, folder: string): boolean =>
	path === folder || path.startsWith(`${folder}${sep}`);

/** From the very first line: a pattern may have been printed before the wait began. */
const waitRequest = (until: Until | undefined, timeoutMs: number): WaitRequest => ({
	timeoutMs,
	input: 'prompt',
	...(!hasCondition(until) && {exit: true, port: true}),
	...waitConditions(until),
	from: startPosition,
});

const startRequest = async (
	args: Arguments,
	cwd: string,
	context: ToolContext,
): Promise<{kind: 'ready'; start: StartRequest} | {kind: 'missing'; message: string}> => {
	const shell = await resolveShell(args.shell, context.env);
	if (shell.kind === 'missing') return shell;
	const isTty = args.tty ?? true;
	const isLogin = args.login ?? true;
	const env = (await context.environmentFor?.({shell: shell.path, isLogin})) ?? context.env;
	return {
		kind: 'ready',
		start: {
			cmd: args.cmd,
			cwd,
			tty: isTty,
			env: commandEnvironment(env, {...args.env, ...shellVariable(shell.path)}),
			cols: args.cols ?? 120,
			rows: args.rows ?? 40,
			startedBy: 'model',
			session: context.sessionId,
			...(shell.path !== undefined && {shell: shell.path}),
			...(args.name !== undefined && {name: args.name}),
		},
	};
};

/** A shell that the model chose is part of what runs, so it is shown and told like a variable. */
const shellVariable = (path: string | undefined): Record<string, string> => (path ? {SHELL: path} : {});

const alreadyRunning = ({id, name}: {id: number; name: string}): string =>
	`Note: the same command is already running as terminal ${id} (${name})`;
