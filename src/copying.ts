// Copies what a terminal printed: the output of the last command, or a piece of the log. Lines are the log's: soft
// wraps joined, numbered, so that nothing that is printed meanwhile moves what was meant. Says how much was copied.
import type {Actions, LogSpan} from './actions.js';
import type {Host} from './host/host.js';
import type {LogLine, TerminalInfo} from './host/protocol.js';
import {plural} from './text/plural.js';

/** `words` end the sentence that begins with what was copied. */
export type Copied = {isCopied: boolean; words: string};

export type Copying = Pick<Actions, 'copyOutput' | 'copySpan' | 'copyText'>;

// Terminals that take a clipboard by escape sequence take about this much.
const mostOfOutput = {lines: 1_000, characters: 70_000};
// A log line has at most 262,144 characters: one always fits, and a page of short ones into a frame of the host.
const pageCharacters = 600_000;
// More is a file, not a clipboard.
const mostCharacters = 4_000_000;

export const createCopying = ({
	host,
	copy,
	notice,
}: {
	host: Host;
	/** Puts text on the clipboard. */
	copy(text: string): Promise<Copied>;
	notice: Actions['notice'];
}): Copying => {
	const hand = async (text: string, what: string) => {
		const {isCopied, words} = await copy(text);
		notice(`${isCopied ? 'Copied' : 'Not copied:'} ${what}${words}`, isCopied ? 'info' : 'warning');
	};

	const copyOutput = async (id: number) => {
		const terminal = (await host.list()).find(each => each.id === id);
		if (!terminal) return notice(`There is no terminal ${id}.`, 'warning');
		const {from, to} = lastOutputOf(terminal);
		const first = Math.max(from, to - mostOfOutput.lines + 1);
		const read = await readLines(host, id, {from: first, to});
		if (read.kind === 'refused') return notice(read.message, 'warning');
		const entered = terminal.lastOutput && (await readLine(host, id, from - 1));
		const output = withoutBlankEnds(withoutPrompt(read.lines, entered));
		const lines = lastOf(output, mostOfOutput.characters);
		if (lines.length === 0) return notice(`${terminal.name} has printed nothing ${whenOf(terminal)}.`);
		const isAll = lines.length === output.length && first === from;
		const what = `${isAll ? '' : 'the last '}${plural(lines.length, 'line')} of ${terminal.name}`;
		const since = terminal.lastOutput
			? ', the output of its last command'
			: isAll
				? ', all that it printed'
				: '';
		await hand(textOf(lines), `${what}${since}`);
	};

	const copySpan = async (id: number, {from, to}: LogSpan) => {
		const read = await readLines(host, id, {from: from.line, to: to.line});
		if (read.kind === 'refused') return notice(read.message, 'warning');
		const lines = read.lines.map(({number, text}) => ({
			number,
			text: text.slice(number === from.line ? from.column : 0, number === to.line ? to.column : undefined),
		}));
		const isPart = from.line === to.line && lines[0]?.text.length !== read.lines[0]?.text.length;
		const text = textOf(lines);
		if (text === '') return notice('There is nothing to copy: the lines are empty.');
		const what = isPart ? plural([...text].length, 'character') : plural(lines.length, 'line');
		await hand(text, `${what} of ${read.name}${read.isCut ? ', which is all that is left or fits' : ''}`);
	};

	return {
		copyOutput: id => void copyOutput(id),
		copySpan: (id, span) => void copySpan(id, span),
		copyText: (text, what) => void hand(text, what),
	};
};

type Lines = Pick<LogLine, 'number' | 'text'>[];

/** A prompt that waits behind the output is none of it. */
const lastOutputOf = ({
	lastOutput,
	lineCount,
	isWaitingForInput,
}: TerminalInfo): {from: number; to: number} => {
	if (!lastOutput) return {from: 1, to: lineCount};
	return {from: lastOutput.from, to: lastOutput.to ?? (isWaitingForInput ? lineCount - 1 : lineCount)};
};

const readLine = async (host: Host, id: number, line: number): Promise<string | undefined> => {
	if (line < 1) return undefined;
	const read = await readLines(host, id, {from: line, to: line});
	return read.kind === 'read' ? read.lines[0]?.text : undefined;
};

/** The next prompt may stand there already: it is what the line begins with that was entered. */
const withoutPrompt = (lines: Lines, entered: string | undefined): Lines => {
	const last = lines.at(-1)?.text;
	return last && entered?.startsWith(last) ? lines.slice(0, -1) : lines;
};

const whenOf = ({lastOutput}: TerminalInfo): string => (lastOutput ? 'since something was entered' : 'yet');

/** In pages, since a page that is too long leaves out its middle. `isCut`: lines are gone, or too much. */
const readLines = async (host: Host, id: number, range: {from: number; to: number}) => {
	const lines: Lines = [];
	let name = '';
	let isCut = false;
	let next = range.from;
	let characters = 0;
	while (next <= range.to && characters < mostCharacters) {
		const page = await host.log(id, {lines: [next, range.to], maxChars: pageCharacters});
		if (page.kind === 'refused') return page;
		name = page.terminal.name;
		isCut ||= page.gap !== undefined;
		const end = page.omitted?.from ?? range.to + 1;
		const found = page.lines.filter(({number}) => number < end);
		lines.push(...found);
		for (const {text} of found) characters += text.length + 1;
		next = end;
	}
	return {kind: 'read' as const, lines, name, isCut: isCut || next <= range.to};
};

const withoutBlankEnds = (lines: Lines): Lines => {
	const first = lines.findIndex(({text}) => text.trim() !== '');
	return first < 0 ? [] : lines.slice(first, lines.findLastIndex(({text}) => text.trim() !== '') + 1);
};

/** As many of the last lines as have room, and one at least. */
const lastOf = (lines: Lines, room: number): Lines => {
	let left = room;
	const first = lines.findLastIndex(({text}) => {
		left -= text.length + 1;
		return left < 0;
	});
	return lines.slice(Math.min(first + 1, lines.length - 1));
};

const textOf = (lines: Lines): string => lines.map(({text}) => text).join('\n');
