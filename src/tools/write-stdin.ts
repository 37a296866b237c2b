// Types into a terminal, or looks again when there is nothing to type.
import {z} from 'zod';
import description from '../../assets/tools/write-stdin.md';
import type {Tool, ToolContext, ToolResult} from '../agent/tool.js';
import type {Host, Refusal, WaitOutcome, WaitRequest} from '../host/host.js';
import {startPosition} from '../host/log.js';
import type {TerminalInfo} from '../host/protocol.js';
import {answerFrom} from './answer-from.js';
import {clampBudget, clampYield} from './clamp.js';
import {createApproved, failed, findTerminal, refused, sessionIdSchema} from './find-terminal.js';
import {findBadPattern, hasCondition, untilSchema, waitConditions} from './until.js';
import {type Interrupted, orInterrupted, waitFor} from './wait.js';

const schema = z.strictObject({
	session_id: sessionIdSchema,
	chars: z.string().optional().describe('Raw text; no newline is added. Empty, and no keys: look again.'),
	keys: z
		.array(z.string().min(1))
		.optional()
		.describe('Named keys, sent after chars: "Enter", "Esc", "Up", "C-c", "M-x", "F5", "PageDown".'),
	paste: z.boolean().optional().describe('Wrap chars as a bracketed paste if the program asked for that.'),
	yield_time_ms: z
		.number()
		.optional()
		.describe(
			'Longest wait. Default 10000; 250 to 30000 with input, 5000 to 300000 without, with `until` to 600000.',
		),
	until: untilSchema.optional(),
	max_output_tokens: z.number().optional().describe('Budget of the output in this answer. Default 10000.'),
});

type Arguments = z.infer<typeof schema>;

export const writeStdin = (host: Host, approved = createApproved()): Tool<typeof schema> => ({
	name: 'write_stdin',
	description,
	schema,
	async approval(args, context) {
		if (!hasInput(args)) return;
		const found = await findTerminal(host, args.session_id);
		if (found.kind === 'failed' || isHarmless(args, found.terminal)) return;
		approved.note(context.callId, found.terminal.id);
		return {
			kind: 'typing',
			terminalId: found.terminal.id,
			terminalName: found.terminal.name,
			program: found.terminal.cmd,
			text: args.chars ?? '',
			keys: args.keys ?? [],
		};
	},
	async run(args, context) {
		const badPattern = findBadPattern(args.until);
		if (badPattern) return failed(`${badPattern} Nothing was typed.`);
		const found = await findTerminal(host, args.session_id);
		if (found.kind === 'failed') return found.result;
		return approved.check(context.callId, found.terminal) ?? typeAndWait(host, args, found.terminal, context);
	},
});

const typeAndWait = async (
	host: Host,
	args: Arguments,
	terminal: TerminalInfo,
	context: ToolContext,
): Promise<ToolResult> => {
	const startedAt = context.now();
	const isTyping = hasInput(args);
	const time = clampYield(
		args.yield_time_ms,
		hasCondition(args.until) ? 'until' : isTyping ? 'plain' : 'look',
	);
	const from = context.position(terminal.id);
	if (isTyping) {
		const written = await orInterrupted(host.write(terminal.id, typed(args)), context.signal);
		if (written.kind === 'refused') return {...refused(written), ...whereRefused(written, terminal)};
		if (written.kind === 'interrupted') return failed('Interrupted while typing: what arrived is not known.');
	}
	const request: WaitRequest = {
		timeoutMs: time.value,
		exit: true,
		...waitConditions(args.until),
		...(!hasCondition(args.until) && terminal.ports.length === 0 && {port: true}),
		// What was never read was never seen: a pattern looks at all of it.
		from: from ?? startPosition,
	};
	const outcome = await (isTyping
		? waitAfterTyping(host, terminal.id, request, hasCondition(args.until), context)
		: waitFor(host, terminal.id, {...request, input: 'prompt'}, context));
	const budget = clampBudget(args.max_output_tokens);
	return answerFrom(host, outcome, {
		terminal,
		startedAt,
		budget: budget.value,
		remarks: [...time.remarks, ...budget.remarks],
		isFirst: false,
		...(!isTyping && !hasCondition(args.until) && {habit: {kind: 'look' as const}}),
		from,
		context,
	});
};

/** Who is inside sees in the terminal's frame that the model wants to type. */
const whereRefused = ({code}: Refusal, {id, name}: TerminalInfo): Pick<ToolResult, 'display'> =>
	code === 'user-drives' ? {display: {terminalId: id, terminalName: name}} : {};

/**
 * Who says what he waits for does not want to come back just because the keys were taken: a test watcher
 * reads its keys at once and only then works. A prompt after that still means that nothing more will come.
 */
const waitAfterTyping = async (
	host: Host,
	id: number,
	request: WaitRequest,
	hasUntil: boolean,
	context: ToolContext,
): Promise<WaitOutcome | Refusal | Interrupted> => {
	const startedAt = context.now();
	const taken = await waitFor(host, id, {...request, input: 'taken'}, context);
	if (!hasUntil || taken.kind !== 'waited' || taken.reason.kind !== 'waiting-for-input') return taken;
	const timeoutMs = Math.max(0, request.timeoutMs - (context.now() - startedAt));
	return waitFor(host, id, {...request, timeoutMs, input: 'prompt'}, context);
};

const hasInput = ({chars, keys}: Arguments): boolean => Boolean(chars) || (keys?.length ?? 0) > 0;

const typed = ({chars, keys, paste}: Arguments) => ({
	by: 'model' as const,
	...(chars && {chars}),
	...(keys && keys.length > 0 && {keys}),
	...(paste !== undefined && {paste}),
});

const moving = /^(?:[CMS]-)*(?:Up|Down|Left|Right|PageUp|PgUp|PPage|PageDown|PgDn|NPage|Home|End)$/i;

/** Ctrl+C anywhere, and moving about in a full-screen program, are no commands. */
const isHarmless = ({chars, keys = []}: Arguments, terminal: TerminalInfo): boolean => {
	const all = [
		...(chars ? [...chars].map(character => (character === '\x03' ? 'C-c' : 'text')) : []),
		...keys,
	];
	return all.every(key => key === 'C-c' || (terminal.isAlternateScreen && moving.test(key)));
};
