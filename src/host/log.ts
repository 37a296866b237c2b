// Reads of a terminal's log: what a reader has not seen yet, ranges, and searches. Pure over a journal and
// the lines that are not final yet; knows no emulator, and of readers only the position that they carry.
import {createContext, Script} from 'node:vm';
import type {LogPage, LogRequest, Reading, Refusal} from './host.js';
import type {Journal, LineRange} from './journal.js';
import type {LogLine, Position} from './protocol.js';

export type LogSource = {
	journal: Journal;
	/** Lines that are not final, numbered on from the journal's. */
	liveLines: string[];
	/** When each of them was last changed, milliseconds since 1970; without it they count as changed now. */
	liveTimes?: readonly number[];
	/** Milliseconds since 1970. */
	now: number;
};

export const startPosition: Position = {line: 1, seen: []};

/**
 * Every line that was not delivered yet or has changed since, head and tail of it within `maxChars`
 * (characters, one more for each line's end), and the position to read on from.
 */
export const readSince = (
	source: LogSource,
	from: Position | undefined,
	maxChars: number,
): Pick<Reading, 'lines' | 'omitted' | 'gap' | 'totalChars' | 'next'> => {
	const {journal, liveLines} = source;
	const position = from ?? startPosition;
	const finals = journal.lineCount;
	const isSeen = (line: LogLine) => position.seen[line.number - position.line] === lineHash(line.text);
	const live = numberLive(source);
	const parts = [
		journalLines(journal, {from: position.line, to: finals}, isSeen, position.seen.length),
		listLines(live.filter(line => line.number >= position.line && !isSeen(line))),
	];
	const {totalChars, ...chosen} = fitLines(parts, maxChars);
	const gap = journalGap(journal, {from: position.line, to: finals});
	return {
		...chosen,
		...(gap && {gap}),
		totalChars,
		next: {line: finals + 1, seen: liveLines.map(lineHash)},
	};
};

/** Numbered lines by range, age or search. Refusal `bad-pattern` for a search that is wrong or too slow. */
export const readLog = (
	source: LogSource,
	request: LogRequest,
): Omit<LogPage, 'kind' | 'terminal'> | Refusal => {
	const {journal} = source;
	const total = journal.lineCount + source.liveLines.length;
	const range = requestedRange(source, request, total);
	if (request.grep !== undefined) return search(source, request, range, total);
	const finals = {from: range.from, to: Math.min(range.to, journal.lineCount)};
	const live = numberLive(source).filter(({number}) => number >= range.from && number <= range.to);
	const parts = [journalLines(journal, finals), listLines(live)];
	// Without a range the end matters most; a range that was asked for keeps both its ends.
	const tailShare = request.lines === undefined && request.sinceMs === undefined ? 1 : 0.5;
	const {lines, omitted} = fitLines(parts, request.maxChars, tailShare);
	const gap = journalGap(journal, finals);
	return {lines, total, ...(omitted && {omitted}), ...(gap && {gap})};
};

/** Finds the lines that match a regular expression, or says that it takes too long: `slow`. */
export type Matcher = {
	match(texts: readonly string[], timeoutMs?: number): {kind: 'matched'; indexes: number[]} | {kind: 'slow'};
};

// A search over all 16 MB takes about 0.2 s; more means that the pattern backtracks without end.
const matchTimeoutMs = 1_000;
const searchTimeoutMs = 2_000; // of all parts together: the host answers nobody meanwhile

/** Compiles a pattern (case matters; `(?i)` at its start: it does not). Refusal `bad-pattern`. */
export const createMatcher = (pattern: string): Matcher | Refusal => {
	const ignoresCase = pattern.startsWith('(?i)');
	const source = ignoresCase ? pattern.slice(4) : pattern;
	const flags = ignoresCase ? 'i' : '';
	try {
		new RegExp(source, flags);
	} catch (cause) {
		return badPattern(pattern, cause instanceof Error ? cause.message : String(cause));
	}
	const context = createContext({source, flags, texts: [] as readonly string[]});
	const script = new Script(`{
		const expression = new RegExp(source, flags);
		const indexes = [];
		for (let i = 0; i < texts.length; i++) if (expression.test(texts[i])) indexes.push(i);
		indexes.join();
	}`);
	return {
		match(texts, timeoutMs = matchTimeoutMs) {
			context.texts = texts;
			try {
				const found: unknown = script.runInContext(context, {timeout: timeoutMs});
				return {kind: 'matched', indexes: found === '' ? [] : String(found).split(',').map(Number)};
			} catch (cause) {
				if ((cause as {code?: unknown}).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return {kind: 'slow'};
				throw cause;
			} finally {
				context.texts = [];
			}
		},
	};
};

/** A short hash of a line, for `Position.seen`: a reader carries one per unfinished line. */
export const lineHash = (text: string): string => {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	return (hash >>> 0).toString(36);
};

export const slowPattern = (pattern: string): Refusal => ({
	kind: 'refused',
	code: 'bad-pattern',
	message: `The pattern ${JSON.stringify(pattern)} takes too long on these lines and was stopped. Avoid nested repetition such as (a+)+.`,
});

const badPattern = (pattern: string, message: string): Refusal => ({
	kind: 'refused',
	code: 'bad-pattern',
	message: `The pattern ${JSON.stringify(pattern)} is no regular expression, ${describePosition(pattern, message)}. It is JavaScript's syntax.`,
});

// V8 says what is wrong but not where: the longest beginning that is well formed, once its open groups and
// classes are closed, ends where the trouble starts.
const describePosition = (pattern: string, message: string): string => {
	const reason =
		message
			.replace(/^Invalid regular expression: /, '')
			.split(': ')
			.at(-1) ?? message;
	let length = pattern.length - 1;
	while (length > 0 && !isBeginning(pattern.slice(0, length))) length--;
	return `character ${length + 1}: ${reason}`;
};

const isBeginning = (text: string): boolean =>
	['', ']', '\\', '}', 'x)', ')', 'x'].some(end => {
		const open = (text.match(/\((?!\\)/g) ?? []).length;
		for (let closing = 0; closing <= Math.min(open, 20); closing++) {
			try {
				new RegExp(text + end + ')'.repeat(closing));
				return true;
			} catch {
				// Not this way to close it.
			}
		}
		return false;
	});

const requestedRange = (source: LogSource, request: LogRequest, total: number): LineRange => {
	const {lines, sinceMs} = request;
	let range: LineRange = {from: 1, to: total};
	if (lines && 'last' in lines) range = {from: Math.max(1, total - lines.last + 1), to: total};
	else if (lines) range = {from: Math.max(1, lines[0]), to: Math.min(lines[1], total)};
	if (sinceMs === undefined) return range;
	return {from: Math.max(range.from, firstSince(source, source.now - sinceMs)), to: range.to};
};

const search = (
	source: LogSource,
	request: LogRequest,
	range: LineRange,
	total: number,
): Omit<LogPage, 'kind' | 'terminal'> | Refusal => {
	const {journal} = source;
	const pattern = request.grep ?? '';
	const matcher = createMatcher(pattern);
	if ('code' in matcher) return matcher;
	const context = Math.max(0, request.context ?? 0);
	const finals = {from: range.from, to: Math.min(range.to, journal.lineCount)};
	const live = numberLive(source).filter(({number}) => number >= range.from && number <= range.to);
	const kept: LogLine[] = [];
	let matches = 0;
	let before: LogLine[] = [];
	let contextUntil = 0;
	let leftMs = searchTimeoutMs;
	const visit = (lines: LogLine[]): boolean => {
		const started = performance.now();
		const found = matcher.match(
			lines.map(({text}) => text),
			Math.max(1, Math.ceil(Math.min(matchTimeoutMs, leftMs))),
		);
		leftMs -= performance.now() - started;
		if (found.kind === 'slow') return false;
		const hits = new Set(found.indexes);
		matches += hits.size;
		if (context === 0) {
			for (const index of found.indexes) kept.push(...lines.slice(index, index + 1));
			return true;
		}
		lines.forEach((line, index) => {
			if (hits.has(index)) {
				for (const earlier of before) kept.push({...earlier, isContext: true});
				before = [];
				kept.push(line);
				contextUntil = line.number + context;
			} else if (line.number <= contextUntil) {
				kept.push({...line, isContext: true});
			} else {
				before.push(line);
				if (before.length > context) before.shift();
			}
		});
		return true;
	};
	for (const part of journal.ranges()) {
		if (part.to < finals.from || part.from > finals.to) continue;
		const {lines} = journal.lines(Math.max(part.from, finals.from), Math.min(part.to, finals.to));
		if (!visit(lines)) return slowPattern(pattern);
	}
	if (!visit(live)) return slowPattern(pattern);
	const {lines, omitted} = fitLines([listLines(kept)], request.maxChars);
	const gap = journalGap(journal, finals);
	return {lines, total, matches, ...(omitted && {omitted}), ...(gap && {gap})};
};

/** The first line of a log that was finished, or last changed, at a time or later. */
const firstSince = (source: LogSource, time: number): number => {
	const final = source.journal.firstLineSince(time);
	if (final <= source.journal.lineCount) return final;
	return numberLive(source).find(({at}) => at >= time)?.number ?? final + source.liveLines.length;
};

const numberLive = ({journal, liveLines, liveTimes, now}: LogSource): LogLine[] =>
	liveLines.map((text, index) => ({
		number: journal.lineCount + 1 + index,
		text,
		at: liveTimes?.[index] ?? now,
	}));

/** Lines that can be walked from both ends without holding them all. */
type Lines = {forward(): Iterable<LogLine>; backward(): Iterable<LogLine>; characters(): number};

const listLines = (lines: LogLine[]): Lines => ({
	forward: () => lines,
	backward: () => lines.toReversed(),
	characters: () => lines.reduce((total, line) => total + line.text.length + 1, 0),
});

const pageLines = 1_000; // few enough that a small budget reads little, many enough that a large one reads fast

const journalLines = (
	journal: Journal,
	{from, to}: LineRange,
	isSeen: (line: LogLine) => boolean = () => false,
	seenCount = 0,
): Lines => ({
	*forward() {
		for (let start = from; start <= to; start += pageLines) {
			const {lines} = journal.lines(start, Math.min(to, start + pageLines - 1));
			for (const line of lines) if (!isSeen(line)) yield line;
		}
	},
	*backward() {
		for (let end = to; end >= from; end -= pageLines) {
			const {lines} = journal.lines(Math.max(from, end - pageLines + 1), end);
			for (const line of lines.reverse()) if (!isSeen(line)) yield line;
		}
	},
	characters() {
		const seen = journal.lines(from, Math.min(to, from + seenCount - 1)).lines.filter(isSeen);
		return journal.characters(from, to) - seen.reduce((total, line) => total + line.text.length + 1, 0);
	},
});

const journalGap = (journal: Journal, {from, to}: LineRange): LineRange | undefined => {
	let next = from;
	let gap: LineRange | undefined;
	for (const range of [...journal.ranges(), {from: to + 1, to: to + 1}]) {
		if (range.to < next) continue;
		const missing = {from: next, to: Math.min(range.from - 1, to)};
		if (missing.from <= missing.to) gap = {from: gap?.from ?? missing.from, to: missing.to};
		next = range.to + 1;
		if (next > to) break;
	}
	return gap;
};

type Fitted = {lines: LogLine[]; omitted?: LineRange; totalChars: number};

// Head and tail within the budget, whole lines; a line too long for its half is cut in its own middle.
const fitLines = (parts: Lines[], maxChars: number, tailShare = 0.5): Fitted => {
	const totalChars = parts.reduce((total, part) => total + part.characters(), 0);
	if (totalChars <= maxChars) return {lines: parts.flatMap(part => [...part.forward()]), totalChars};
	const tailBudget = Math.floor(maxChars * tailShare);
	const tail = takeLines(
		parts.toReversed().map(part => part.backward()),
		tailBudget,
	).reverse();
	const head = takeLines(
		parts.map(part => part.forward()),
		maxChars - tailBudget,
	);
	const tailFrom = tail[0]?.number ?? Number.POSITIVE_INFINITY;
	const lines = [...head.filter(({number}) => number < tailFrom), ...tail];
	if (lines.length === 0) {
		for (const part of parts.toReversed())
			for (const line of part.backward()) return cutSingle(line, parts, maxChars, totalChars);
	}
	const omitted = omittedBetween(parts, head.at(-1)?.number, tail[0]?.number);
	return {lines, totalChars, ...(omitted && {omitted})};
};

const takeLines = (sources: Iterable<LogLine>[], budget: number): LogLine[] => {
	const taken: LogLine[] = [];
	let left = budget;
	for (const source of sources) {
		for (const line of source) {
			if (line.text.length + 1 > left) {
				// A line that would fill more than its half alone still says how it begins and ends.
				if (taken.length === 0 && left > minimumCutChars) taken.push(cutLine(line, left - 1));
				return taken;
			}
			left -= line.text.length + 1;
			taken.push(line);
		}
	}
	return taken;
};

const minimumCutChars = 80; // below that a cut line says nothing

const cutLine = (line: LogLine, maxChars: number): LogLine => {
	const note = ` … ${line.text.length - maxChars} more characters … `;
	const half = Math.max(0, Math.floor((maxChars - note.length) / 2));
	const {text} = line;
	return {...line, text: `${text.slice(0, half)}${note}${text.slice(text.length - half)}`};
};

const cutSingle = (line: LogLine, parts: Lines[], maxChars: number, totalChars: number): Fitted => {
	const omitted = omittedBetween(parts, undefined, line.number);
	return {lines: [cutLine(line, maxChars)], totalChars, ...(omitted && {omitted})};
};

const omittedBetween = (
	parts: Lines[],
	headEnd: number | undefined,
	tailStart: number | undefined,
): LineRange | undefined => {
	const first = firstOf(parts.map(part => part.forward()));
	const last = firstOf(parts.toReversed().map(part => part.backward()));
	if (first === undefined || last === undefined) return undefined;
	const from = headEnd === undefined ? first : headEnd + 1;
	const to = tailStart === undefined ? last : tailStart - 1;
	return from <= to ? {from, to} : undefined;
};

const firstOf = (sources: Iterable<LogLine>[]): number | undefined => {
	for (const source of sources) for (const line of source) return line.number;
	return undefined;
};
