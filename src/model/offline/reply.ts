// What the offline assistant says and calls, from the conversation alone: it says what the tools answered, then
// turns what the person asked for into calls.
import {describeAnswer} from './answers.js';
import {codeSpan} from './code.js';
import type {Conversation, Item} from './conversation.js';
import {knownRequests, type Request, understand} from './requests.js';
import type {Part} from './wire.js';

/** `hint`: how to get a real model. */
export const replyTo = ({items, toolNames}: Conversation, hint: string): Part[] => {
	const since = (kinds: readonly Item['kind'][]) =>
		items.slice(items.findLastIndex(({kind}) => kinds.includes(kind)) + 1);
	const has = (name: string) => toolNames.includes(name);
	// A text tells all that was answered before it. Whatever was said or called came after what was new then.
	const untold = since(['said']);
	const fresh = since(['said', 'called']);
	const steps = [
		...untold.flatMap(item => (item.kind === 'answered' ? [stepAfter(item, fresh.includes(item), has)] : [])),
		...fresh.flatMap(item => (item.kind === 'user' ? [stepFor(understand(item.text), has, hint)] : [])),
	];
	const calls = steps.flatMap(({call}) => (call ? [call] : []));
	const text = steps.flatMap(({say}) => (say ? [say] : [])).join('\n\n');
	const serial = items.filter(({kind}) => kind === 'called').length;
	return [
		...(text === '' && calls.length > 0
			? []
			: [{kind: 'text' as const, text: text || 'Nothing to do.', isFinal: calls.length === 0}]),
		...calls.map((call, index) => ({kind: 'call' as const, callId: `call_${serial + index + 1}`, ...call})),
	];
};

type Step = {say?: string; call?: {name: string; args: object}};

/** An answer that leads to another call does so once; every other answer is told. */
const stepAfter = (answer: Extract<Item, {kind: 'answered'}>, isFresh: boolean, has: Has): Step => {
	const next = followUp(answer, has);
	if (next) return isFresh ? {call: next} : {};
	const say = describeAnswer(answer);
	return say === undefined ? {} : {say};
};

/** A patch file that was read is applied; what was not printed yet is waited for. */
const followUp = ({name, args, output}: Extract<Item, {kind: 'answered'}>, has: Has): Step['call'] => {
	if (name === 'read_file') {
		const patch = patchIn(output);
		return patch === undefined ? undefined : {name: 'apply_patch', args: {input: patch}};
	}
	if (
		name !== 'read_terminal' ||
		typeof args.grep !== 'string' ||
		!/^Log: .*, 0 of them match$/m.test(output)
	)
		return undefined;
	return callToWait(String(args.session_id), {pattern: args.grep}, has);
};

/** The text of a file from the numbered lines of `read_file`; undefined if it holds no patch. */
const patchIn = (output: string): string | undefined => {
	const lines = [...output.matchAll(/^\d+: ?(.*)$/gm)].map(([, line = '']) => line);
	return lines[0]?.startsWith('*** Begin Patch') ? lines.join('\n') : undefined;
};

type Has = (toolName: string) => boolean;

const stepFor = (request: Request, has: Has, hint: string): Step => {
	switch (request.kind) {
		case 'help':
			return {say: helpText('This is', hint)};
		case 'unknown':
			return {say: helpText('I did not understand that: this is', hint)};
		case 'no-command':
			return {
				say: `I am no language model: I can't find out which command that is. Say the command itself, for example ${codeSpan(`${request.verb} npm test`)}.`,
			};
		case 'apply':
			return {call: {name: 'read_file', args: {path: request.path}}};
		case 'run':
			return {call: callToRun(request.cmd, has)};
		default:
			return has('exec_command') ? {call: terminalCall(request, has)} : {say: switchedOff};
	}
};

const switchedOff =
	'That needs background terminals, and they are switched off: `/experimental` switches them on. Until then I can `run` a command and wait for its end.';

/** Longer than the tool's usual 10 s: most test runs and builds end within it. */
const runMs = 30_000;
/** A server is back as soon as it listens; what does not listen has shown by then that it runs. */
const startMs = 2_000;
const waitMs = 60_000;
const recently = '30s';

const callToRun = (cmd: string, has: Has): NonNullable<Step['call']> =>
	has('exec_command')
		? {name: 'exec_command', args: {cmd, yield_time_ms: runMs}}
		: {name: 'shell', args: {cmd}};

const callToWait = (terminal: string, until: object, has: Has): NonNullable<Step['call']> =>
	has('wait_terminal')
		? {name: 'wait_terminal', args: {session_ids: [terminal], until, timeout_ms: waitMs}}
		: {name: 'write_stdin', args: {session_id: terminal, until, yield_time_ms: waitMs}};

type TerminalRequest = Extract<
	Request,
	{kind: 'start' | 'wait' | 'show' | 'type' | 'press' | 'list' | 'stop'}
>;

const terminalCall = (request: TerminalRequest, has: Has): NonNullable<Step['call']> => {
	switch (request.kind) {
		case 'start': {
			const {cmd, name} = request;
			return {name: 'exec_command', args: {cmd, ...(name && {name}), yield_time_ms: startMs}};
		}
		case 'wait': {
			const {terminal, until} = request;
			if (!('pattern' in until)) return callToWait(terminal, until, has);
			// A call that waits looks only at what is new to the model, and a start may have read it already.
			const args = {session_id: terminal, view: 'log', grep: until.pattern, since: recently};
			return {name: 'read_terminal', args};
		}
		case 'show':
			return {name: 'read_terminal', args: {session_id: request.terminal, view: 'screen'}};
		case 'type': {
			const {terminal, text, isLine} = request;
			return {
				name: 'write_stdin',
				args: {session_id: terminal, chars: text, ...(isLine && {keys: ['Enter']})},
			};
		}
		case 'press':
			return {name: 'write_stdin', args: {session_id: request.terminal, keys: request.keys}};
		case 'list':
			return {name: 'list_terminals', args: {}};
		case 'stop':
			return {name: 'stop_terminal', args: {session_id: request.terminal}};
	}
};

const helpText = (opening: string, hint: string): string =>
	[
		`${opening} the built-in offline assistant, no language model. I understand:`,
		knownRequests.map(([request, what]) => `- \`${request}\`: ${what}`).join('\n'),
		`For a real model: ${hint}`,
	].join('\n\n');
