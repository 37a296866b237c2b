// Calls that start, read, drive and stop terminals, as a person would say them.
import type {CallEntry} from '../../src/state.js';
import {clean} from '../lines.js';
import {type CallRenderer, tailOf, tense, terminalOf, word} from './call.js';
import {applyPatch} from './files.js';

export const execCommand: CallRenderer = (call, args) => {
	// A patch that was written as a command is shown as the patch it is.
	if (call.display.diff !== undefined) return applyPatch(call, args);
	const cmd = word(args.cmd);
	const {terminalName} = call.display;
	const isKept = call.display.terminalId !== undefined && terminalName !== undefined;
	const isOver = tense(call, '', 'over') === 'over';
	return {
		verb: isKept && isOver ? 'Started' : tense(call, 'Running', 'Ran'),
		what: isKept && isOver ? `${clean(terminalName)}: ${cmd}` : cmd,
		...terminalMeta(call),
		body: tailOf(call),
	};
};

/** The blocking tool of sessions without background terminals. */
export const shell: CallRenderer = (call, args) => ({
	verb: tense(call, 'Running', 'Ran'),
	what: word(args.cmd),
	body: tailOf(call),
});

export const writeStdin: CallRenderer = (call, args) => {
	const typed = typedText(args);
	const where = terminalOf(call, args);
	return typed === ''
		? {verb: tense(call, 'Watching', 'Watched'), what: where, body: tailOf(call)}
		: {verb: tense(call, 'Typing into', 'Typed into'), what: `${where}: ${typed}`, body: tailOf(call)};
};

/** "npm init⏎ [C-c] [Down]". */
const typedText = (args: Record<string, unknown>): string => {
	const chars = typeof args.chars === 'string' ? clean(args.chars.replace(/\r\n|\r|\n/gu, '⏎')) : '';
	const keys = Array.isArray(args.keys) ? args.keys.map(key => `[${word(key)}]`) : [];
	return [chars, ...keys].filter(Boolean).join(' ');
};

export const readTerminal: CallRenderer = (call, args) => {
	const where = terminalOf(call, args);
	if (typeof args.grep === 'string') {
		return {
			verb: tense(call, 'Searching', 'Searched'),
			what: `${where} for /${word(args.grep)}/`,
			body: tailOf(call),
		};
	}
	const lines = args.lines === undefined ? '' : ` ${linesText(args.lines)}`;
	const view = args.view === 'screen' ? 'the screen of' : 'the log of';
	return {verb: tense(call, 'Reading', 'Read'), what: `${view} ${where}${lines}`, body: tailOf(call)};
};

const linesText = (lines: unknown): string => {
	if (Array.isArray(lines)) return `lines ${word(lines[0])}–${word(lines[1])}`;
	if (typeof lines === 'object' && lines !== null && 'last' in lines) return `last ${word(lines.last)} lines`;
	return word(lines);
};

export const waitTerminal: CallRenderer = (call, args) => {
	const ids = Array.isArray(args.session_ids) ? args.session_ids : [];
	const which = ids.map(id => (typeof id === 'number' ? `terminal ${id}` : word(id))).join(', ');
	const until = untilText(args.until);
	return {
		verb: tense(call, 'Waiting for', 'Waited for'),
		what: `${which || terminalOf(call, args)}${until === '' ? '' : `: ${until}`}`,
		body: tailOf(call),
	};
};

/** "exit or port 5173 or /ready/". */
const untilText = (until: unknown): string => {
	if (typeof until !== 'object' || until === null) return '';
	return Object.entries(until)
		.filter(([, value]) => value !== false && value !== null)
		.map(([kind, value]) => {
			if (kind === 'pattern' || kind === 'screen') return `/${word(value)}/`;
			if (kind === 'quiet_ms') return `quiet for ${word(value)} ms`;
			return value === true ? kind.replace('_', ' ') : `${clean(kind)} ${word(value)}`;
		})
		.join(' or ');
};

export const listTerminals: CallRenderer = call => ({
	verb: tense(call, 'Listing', 'Listed'),
	what: 'the terminals',
	body: tailOf(call),
});

export const stopTerminal: CallRenderer = (call, args) => ({
	verb: tense(call, 'Stopping', 'Stopped'),
	what: terminalOf(call, args),
	body: tailOf(call),
});

export const restartTerminal: CallRenderer = (call, args) => ({
	verb: tense(call, 'Restarting', 'Restarted'),
	what: terminalOf(call, args),
	...terminalMeta(call),
	body: tailOf(call),
});

const terminalMeta = (call: CallEntry): {meta?: string} =>
	call.display.terminalId === undefined ? {} : {meta: `terminal ${call.display.terminalId}`};
