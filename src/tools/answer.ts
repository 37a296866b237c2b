// The text form of what a terminal has to say: the answers of exec_command, write_stdin and shell.
// The order of the head lines is a convention that models are trained on.
import type {Reading} from '../host/host.js';
import type {Exit, LogLine, ProcessInfo, Snapshot, TerminalInfo} from '../host/protocol.js';
import {escapeMarks} from '../text/marks.js';
import {sanitiseLine} from '../text/sanitise.js';
import {signalName} from './display.js';

export type AnswerParts = {
	chunkId: string;
	wallMs: number;
	/** Why the call came back: "listening on port 5173". */
	because: string;
	reading: Reading;
	/** Budget of the output. */
	maxTokens: number;
	/** Whole lines that stand between the head and the output: clamps, conflicts, what the user did. */
	remarks: readonly string[];
};

// The usual estimate for English and code.
const charactersPerToken = 4;

export const charactersOf = (tokens: number): number => tokens * charactersPerToken;

export const formatAnswer = (parts: AnswerParts): string => {
	const {terminal} = parts.reading;
	const hasId = terminal.state.kind !== 'ended' || wasCut(parts.reading, parts.maxTokens);
	return [
		`Chunk ID: ${parts.chunkId}`,
		`Wall time: ${(parts.wallMs / 1_000).toFixed(4)} seconds`,
		...stateLines(terminal),
		...(hasId ? [`Name: ${terminal.name}`] : []),
		`Returned because: ${parts.because}`,
		...listeningLines(terminal),
		...parts.remarks,
		...logTrouble(terminal),
		`Original token count: ${Math.ceil(originalCharacters(parts.reading) / charactersPerToken)}`,
		'Output:',
		outputText(parts.reading, charactersOf(parts.maxTokens)),
	].join('\n');
};

export const listeningLines = ({ports}: TerminalInfo): string[] =>
	ports.length > 0 ? [`Listening: ${ports.map(({url}) => url).join(' ')}`] : [];

/** Whether something of the output is not in the answer, but in the log. */
export const wasCut = ({omitted, totalChars}: Reading, maxTokens: number): boolean =>
	omitted !== undefined || totalChars > charactersOf(maxTokens);

const originalCharacters = ({totalChars, screen}: Reading): number =>
	totalChars + (screen ? screenText(screen).length : 0);

/** Output as a person would have seen it: new lines, then the screen while a full-screen program has it. */
export const outputText = (reading: Reading, maxChars: number): string => {
	const {lines, omitted, gap, screen, terminal} = reading;
	const parts = [
		...(gap ? [describeGap(gap)] : []),
		...linesAround(lines, omitted, terminal.id, maxChars),
		...(screen ? [screenText(screen)] : []),
	];
	return escapeMarks(parts.join('\n'));
};

/** Lines that were printed and that nobody can read any more. */
export const describeGap = ({from, to}: {from: number; to: number}): string =>
	`… lines ${from} to ${to} are gone: the log keeps the first 1 MB and the last 15 MB, and what the disk takes …`;

/** As a remark in an answer's head. */
export const logTrouble = ({logError}: TerminalInfo): string[] =>
	logError === undefined
		? []
		: [
				`Note: the log cannot be written (${sanitiseLine(logError)}): what is printed now cannot be read later. Free some space.`,
			];

const linesAround = (
	lines: readonly LogLine[],
	omitted: Reading['omitted'],
	terminalId: number,
	maxChars: number,
): string[] => {
	if (!omitted) return cutLines(lines, terminalId, maxChars);
	return [
		...cutLines(
			lines.filter(({number}) => number < omitted.from),
			terminalId,
			maxChars,
		),
		leftOut(terminalId, omitted),
		...cutLines(
			lines.filter(({number}) => number > omitted.to),
			terminalId,
			maxChars,
		),
	];
};

/** Names the call that reads what is missing. */
export const leftOut = (
	terminalId: number,
	{from, to}: {from: number; to: number},
	search: {grep?: string | undefined; context?: number | undefined} = {},
): string => {
	const call = JSON.stringify({session_id: terminalId, lines: [from, to], ...search});
	const what =
		search.grep === undefined
			? `${to - from + 1} ${to === from ? 'line' : 'lines'}`
			: `matches in lines ${from} to ${to}`;
	return `… ${what} left out: read_terminal ${call} …`;
};

/** The host has cut by lines already, and says within a line what it left out of that; this holds the budget whatever it did. */
const cutLines = (lines: readonly LogLine[], terminalId: number, maxChars: number): string[] => {
	if (charactersIn(lines) <= maxChars) return lines.map(({text}) => text);
	const maxOfOne = Math.max(200, Math.floor(maxChars / Math.max(1, lines.length)));
	return lines.map(({text, number}) => cutLine(text, number, terminalId, maxOfOne));
};

const cutLine = (text: string, number: number, terminalId: number, maxChars: number): string => {
	if (text.length <= maxChars) return text;
	const half = Math.floor(maxChars / 2);
	const left = text.length - 2 * half;
	return `${text.slice(0, half)} … ${left} characters of line ${number} left out: search it with read_terminal {"session_id":${terminalId},"grep":"…"} … ${text.slice(-half)}`;
};

const charactersIn = (lines: readonly LogLine[]): number =>
	lines.reduce((sum, {text}) => sum + text.length + 1, 0);

/** The rows, the cursor (from 1), the title and what stands in reverse video: menus mark the chosen row so. */
export const screenText = (screen: Snapshot): string => {
	const rows = screen.lines.map(runs =>
		runs
			.map(({text}) => text)
			.join('')
			.trimEnd(),
	);
	while (rows.length > 0 && rows.at(-1) === '') rows.pop();
	return [
		...rows,
		`Cursor: row ${screen.cursor.row + 1}, column ${screen.cursor.column + 1}${screen.cursor.isVisible ? '' : ' (hidden)'}`,
		`Screen: ${screen.cols}x${screen.rows}${screen.isAlternateScreen ? ', alternate screen' : ''}`,
		...(screen.title ? [`Title: ${sanitiseLine(screen.title)}`] : []),
		...reversedRows(screen),
	].join('\n');
};

const reversedRows = (screen: Snapshot): string[] =>
	screen.lines.flatMap((runs, row) => {
		const text = runs
			.filter(({style}) => style.inverse)
			.map(run => run.text)
			.join('')
			.trim();
		return text === '' ? [] : [`Reverse video: row ${row + 1}: ${text}`];
	});

/** How its processes are: the lines between `Wall time` and `Name`. */
export const stateLines = (terminal: TerminalInfo): string[] => {
	const {state, id} = terminal;
	switch (state.kind) {
		case 'ended':
			return [exitLine(state.exit)];
		case 'lost':
			return [`Process lost: the host of terminal ${id} died; what was printed until then can be read`];
		case 'unknown':
			return [`Process state unknown: no connection to the host of terminal ${id}`];
		case 'running':
			if (!state.shellExit) return [`Process running with session ID ${id}`];
			return [exitLine(state.shellExit), `Still running: ${leftovers(terminal)} (terminal ${id})`];
	}
};

const exitLine = (exit: Exit): string =>
	'code' in exit
		? `Process exited with code ${exit.code}`
		: `Process killed by signal ${signalName(exit.signal)}`;

const leftovers = (terminal: TerminalInfo): string =>
	terminal.leftovers.map(describeProcess).join(', ') || 'processes it started';

const maxCommand = 120; // characters: enough to know it again

/** "pid 812 node server.js", on one line: a program chooses what its command line says. */
export const describeProcess = ({pid, command}: ProcessInfo): string =>
	`pid ${pid} ${sanitiseLine(command.length > maxCommand ? `${command.slice(0, maxCommand)}…` : command)}`;

/** Six hex digits. `random` is from 0 to 1. */
export const chunkId = (random: number): string =>
	Math.floor(random * 0x100_0000)
		.toString(16)
		.padStart(6, '0');
