// A tool's answer in one or two plain sentences with the essential output. It reads the text form that every model
// is given; what it can't read it passes on in the tool's own words.
import {codeBlock, codeSpan} from './code.js';
import type {Item} from './conversation.js';

type Answer = Extract<Item, {kind: 'answered'}>;

/** Undefined: there is nothing to tell, since the person cut it off. */
export const describeAnswer = (answer: Answer): string | undefined => {
	const {told, news} = apart(answer.output);
	if (/^(?:Interrupted|Not run|Outcome unknown|No result was recorded)\b/.test(told)) return undefined;
	if (told.startsWith('The user did not allow this call')) return 'All right, I left that alone.';
	return [describe({...answer, output: told}), ...news].join('\n\n');
};

const describe = (answer: Answer): string => {
	const {name, args, output} = answer;
	switch (name) {
		case 'exec_command':
		case 'shell':
			return describeRun(codeSpan(String(args.cmd)), output);
		case 'write_stdin':
		case 'wait_terminal':
			return describeLook(String(args.session_id ?? args.session_ids), output);
		case 'read_terminal':
			return args.grep === undefined ? describeScreen(output) : describeMatches(output);
		case 'list_terminals':
			return describeList(output);
		case 'stop_terminal':
			return describeStop(output);
		case 'apply_patch':
			return describePatch(output);
		default:
			return ownWords(output);
	}
};

const describeRun = (what: string, output: string): string => {
	const {state, name, listening, because, printed} = parse(output);
	if (state === undefined) return ownWords(output);
	if (state.kind === 'ended') {
		const cut = name === undefined ? '' : ` Its whole output is in terminal ${name}.`;
		return told(`${what} ${state.how}.${cut}`, printed);
	}
	const who = `${what} runs as ${name} (terminal ${state.id})`;
	if (listening) return told(`${who} and listens on ${listening}.`, printed);
	if (because === 'waiting for input') {
		return told(`${who} and waits for input: \`type … into ${name}\` answers it.`, printed);
	}
	return told(`${who}. \`show ${name}\` looks at it.`, printed);
};

const describeLook = (which: string, output: string): string => {
	const {state, name = which, because, printed} = parse(output);
	if (state === undefined) return ownWords(output);
	if (state.kind === 'ended') return told(`${name} ${state.how}.`, printed);
	if (because.startsWith('listening')) return told(`${name} is ${because}.`, printed);
	if (because.startsWith('matched')) return told(`${name} printed it.`, printed);
	if (because === 'yield time over') return told(`${name} still runs, and that has not come yet.`, printed);
	return told(`${name} runs on.`, printed);
};

const describeScreen = (output: string): string => {
	const {state, name, printed} = parse(output);
	if (state === undefined) return ownWords(output);
	// The tool's own words about the screen stand below it.
	const rows = printed.slice(
		0,
		printed.findLastIndex(line => line.startsWith('Cursor: row ')),
	);
	return told(state.kind === 'ended' ? `${name} ${state.how}.` : `${name} shows:`, rows, mostScreenRows);
};

/** Of a search, which has numbered lines. */
const describeMatches = (output: string): string => {
	const {name} = parse(output);
	const [, lines] = /^Log: .* match$\n([\s\S]*)$/m.exec(output) ?? [];
	if (lines === undefined) return ownWords(output);
	const found = lines.split('\n').map(line => line.replace(/^\d+: /, ''));
	return told(`${name} has printed it:`, found.slice(-1));
};

const describeList = (output: string): string => {
	if (output.startsWith('There are no terminals')) return 'Nothing runs: there are no terminals.';
	const terminals = [
		...output.matchAll(/^(\d+) \((.*?)\): (.*), by .*\n(?: {2}the user .*\n)? {2}command: (.*)$/gm),
	];
	if (terminals.length === 0) return ownWords(output);
	const rows = terminals.map(
		([, id, name, state, cmd = '']) => `- ${name} (${id}), ${codeSpan(cmd)}: ${state}`,
	);
	return [
		`There ${terminals.length === 1 ? 'is one terminal' : `are ${terminals.length} terminals`}:`,
		'',
		...rows,
	].join('\n');
};

const describeStop = (output: string): string => {
	const {state, name} = parse(output);
	if (state === undefined) return ownWords(output);
	const alive = /^Still alive, could not be ended: (.*)$/m.exec(output)?.[1];
	if (alive !== undefined) return `${name} is not all gone. Still alive: ${codeSpan(alive)}.`;
	if (/ had ended already\.$/.test(output)) return 'It had ended already.';
	return `${name} is stopped; nothing of it is left running.`;
};

const describePatch = (output: string): string => {
	const files = [...output.matchAll(/^[AMD] (.+)$/gm)].map(([, path = '']) => codeSpan(path));
	return output.startsWith('Success.') ? `Done: ${files.join(', ')} changed.` : ownWords(output);
};

type State = {kind: 'ended'; how: string} | {kind: 'running'; id: string};

/** The head lines of an answer and what was printed below them. */
const parse = (output: string) => {
	const separator = /^(?:Output|Screen):$/m.exec(output);
	const head = output.slice(0, separator?.index);
	const printed = separator ? output.slice(separator.index + separator[0].length + 1) : '';
	const field = (pattern: RegExp) => pattern.exec(head)?.[1];
	const running =
		field(/^Process running with session ID (\d+)$/m) ?? field(/^Still running: .*\(terminal (\d+)\)$/m);
	const code = field(/^Process exited with code (\d+)$/m);
	const signal = field(/^Process killed by signal (\S+)$/m);
	const how = code === undefined ? signal && `was ended by ${signal}` : `ended with exit code ${code}`;
	const state: State | undefined = running
		? {kind: 'running', id: running}
		: how
			? {kind: 'ended', how}
			: undefined;
	return {
		state,
		name: field(/^Name: (.+)$/m),
		because: field(/^Returned because: (.+)$/m) ?? '',
		listening: field(/^Listening: (.+)$/m),
		printed: printed.split('\n'),
	};
};

const newsHead = '\n\nMeanwhile, in the terminals:\n';

/** The tool's words and what it added about other terminals. */
const apart = (output: string): {told: string; news: string[]} => {
	const at = output.lastIndexOf(newsHead);
	const told = at < 0 ? output : output.slice(0, at);
	const meanwhile = at < 0 ? '' : output.slice(at + newsHead.length);
	return {
		told,
		news: [...meanwhile.matchAll(/^\| (Terminal \d+ .*)$/gm)].map(([, words = '']) => `Meanwhile: ${words}`),
	};
};

const mostRows = 8;
const mostScreenRows = 20;

/** A sentence with the end of what was printed. */
const told = (sentence: string, printed: readonly string[], most = mostRows): string => {
	const lines = trimmed(printed);
	if (lines.length === 0) return sentence;
	const shown = lines.slice(-most);
	const left = lines.length - shown.length;
	return `${sentence}${left > 0 ? ` The last ${shown.length} of ${lines.length} lines:` : ''}\n\n${codeBlock(shown)}`;
};

const trimmed = (lines: readonly string[]): string[] => {
	const first = lines.findIndex(line => line.trim() !== '');
	const last = lines.findLastIndex(line => line.trim() !== '');
	return first < 0 ? [] : lines.slice(first, last + 1);
};

const mostWords = 3; // lines: a refusal says the next step in them

const ownWords = (output: string): string => {
	const lines = trimmed(output.split('\n'));
	return lines.length <= mostWords && lines.length > 0
		? lines.join('\n')
		: codeBlock(lines.slice(0, mostRows));
};
