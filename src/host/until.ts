// Waiting for what a caller means: one wait on one terminal, ended by its first condition. Driven by the
// terminal's own events; the clock and the kernel are asked only where nothing tells (quiet, input, ports).
import type {Refusal, WaitOutcome, WaitRequest} from './host.js';
import type {InputWait} from './input-wait.js';
import {createMatcher, type LogSource, type Matcher, readSince, slowPattern} from './log.js';
import type {Past} from './past.js';
import type {PortWatch} from './ports.js';
import type {Terminal} from './terminal.js';
import {hidesTyping} from './typing.js';

type Reason = WaitOutcome['reason'];

/** Something to wait for: the reason if it holds now, else when it is worth looking again, in milliseconds. */
type Condition = (now: number) => {reason: Reason} | {againMs?: number} | Refusal;

export type WaitContext = {
	terminal: Terminal;
	ports: PortWatch;
	/** `stty -a` of a terminal's device. */
	readModes?(device: string): Promise<string | undefined>;
};

// A flood brings a thousand changes a second; a person or a model does not miss 16 ms.
const lookEveryMs = 16;

/** Never rejects. Refuses a pattern that is wrong or too slow. */
export const waitUntil = async (
	context: WaitContext,
	request: WaitRequest,
	signal?: AbortSignal,
): Promise<WaitOutcome | Refusal> => {
	const {terminal} = context;
	const conditions = buildConditions(context, request);
	if ('code' in conditions) return conditions;
	const releasePorts = request.port === undefined ? () => {} : context.ports.demand();
	const deadline = performance.now() + request.timeoutMs;

	const look = (): Reason | Refusal | number => {
		if (signal?.aborted) return {kind: 'aborted'};
		const time = performance.now();
		let nextLook = deadline;
		for (const condition of conditions) {
			const result = condition(time);
			if ('code' in result) return result;
			if ('reason' in result) return result.reason;
			if (result.againMs !== undefined) nextLook = Math.min(nextLook, time + result.againMs);
		}
		return time >= deadline ? {kind: 'time-over'} : nextLook;
	};

	const outcome = await new Promise<Reason | Refusal>(resolve => {
		let timer: NodeJS.Timeout | undefined;
		let lookedAt = Number.NEGATIVE_INFINITY;
		let dueAt = Number.POSITIVE_INFINITY;
		const lookNow = () => {
			clearTimeout(timer);
			timer = undefined;
			lookedAt = performance.now();
			const result = look();
			if (typeof result !== 'number') return finish(result);
			plan(result);
		};
		const plan = (at: number) => {
			if (timer && dueAt <= at) return;
			clearTimeout(timer);
			dueAt = at;
			timer = setTimeout(lookNow, Math.max(1, at - performance.now()));
		};
		const finish = (result: Reason | Refusal) => {
			stopListening();
			signal?.removeEventListener('abort', lookNow);
			resolve(result);
		};
		const stopListening = terminal.onChange(change => {
			if (change === 'state') return lookNow();
			if (change === 'output') plan(lookedAt + lookEveryMs);
		});
		signal?.addEventListener('abort', lookNow);
		lookNow();
	});

	releasePorts();
	if ('code' in outcome) return outcome;
	// Whoever gave up does not read the answer.
	if (outcome.kind !== 'aborted' && terminal.hasExited) terminal.recordExitTold();
	return {kind: 'waited', reason: outcome, terminal: terminal.info()};
};

/** What is over has ended, unless its last words are what is waited for. */
export const waitOnPast = (past: Past, request: WaitRequest): WaitOutcome | Refusal => {
	const found = matchPast(past, request);
	if (found && 'code' in found) return found;
	return {kind: 'waited', reason: found ?? {kind: 'exited'}, terminal: past.info()};
};

const matchPast = (past: Past, {pattern, screen, from}: WaitRequest): Reason | Refusal | undefined => {
	const look = (expression: string, texts: readonly string[]) => {
		const matcher = createMatcher(expression);
		if ('code' in matcher) return matcher;
		const found = judge(matcher.match(texts), texts, expression);
		return 'reason' in found ? found.reason : 'code' in found ? found : undefined;
	};
	if (pattern !== undefined && from) {
		const {lines} = past.readFrom(source => readSince(source, from, Number.POSITIVE_INFINITY));
		const texts = lines.map(({text}) => text);
		const found = look(pattern, texts);
		if (found) return found;
	}
	if (screen === undefined) return;
	return look(
		screen,
		past.snapshot().lines.map(row => row.map(run => run.text).join('')),
	);
};

const buildConditions = (context: WaitContext, request: WaitRequest): Condition[] | Refusal => {
	const {terminal} = context;
	const conditions: Condition[] = [];
	if (request.pattern !== undefined) {
		const matcher = createMatcher(request.pattern);
		if ('code' in matcher) return matcher;
		conditions.push(logCondition(terminal, matcher, request));
	}
	if (request.screen !== undefined) {
		const matcher = createMatcher(request.screen);
		if ('code' in matcher) return matcher;
		conditions.push(screenCondition(terminal, matcher, request.screen));
	}
	if (request.port !== undefined) conditions.push(portCondition(terminal, request.port));
	conditions.push(exitCondition(terminal, request));
	if (request.quietMs !== undefined) conditions.push(quietCondition(context, request.quietMs));
	if (request.input !== undefined) conditions.push(inputCondition(context, request.input));
	return conditions;
};

const notYet = {};

/**
 * The end of the command's shell; once that was told, or when something else is asked for (a server started with
 * `&` is to listen), the end of what it left behind. An end between the start and the first wait, which come one
 * after the other over a socket, is still news.
 */
const exitCondition = (terminal: Terminal, request: WaitRequest): Condition => {
	const {pattern, screen, port, quietMs} = request;
	const isAside = !request.exit && [pattern, screen, port, quietMs].some(asked => asked !== undefined);
	const wasTold = terminal.isExitTold;
	return () =>
		terminal.isEnded || (!isAside && !wasTold && terminal.hasExited) ? {reason: {kind: 'exited'}} : notYet;
};

const logCondition = (terminal: Terminal, matcher: Matcher, request: WaitRequest): Condition => {
	let position = request.from ?? positionOfNow(terminal.source());
	return () => {
		const {lines, next} = readSince(terminal.source(), position, Number.POSITIVE_INFINITY);
		position = next;
		if (lines.length === 0) return notYet;
		const texts = lines.map(({text}) => text);
		return judge(matcher.match(texts), texts, request.pattern ?? '');
	};
};

/** Everything that is there was seen. */
const positionOfNow = (source: LogSource) =>
	readSince(source, {line: source.journal.lineCount + 1, seen: []}, Number.POSITIVE_INFINITY).next;

const screenCondition = (terminal: Terminal, matcher: Matcher, pattern: string): Condition => {
	let revision: number | undefined;
	return () => {
		const screen = terminal.screen();
		if (screen.revision === revision) return notYet;
		revision = screen.revision;
		return judge(matcher.match(screen.rows), screen.rows, pattern);
	};
};

const judge = (
	found: ReturnType<Matcher['match']>,
	texts: readonly string[],
	pattern: string,
): {reason: Reason} | Refusal | Record<never, never> => {
	if (found.kind === 'slow') return slowPattern(pattern);
	const [first] = found.indexes;
	return first === undefined ? notYet : {reason: {kind: 'matched' as const, text: texts[first] ?? ''}};
};

// A server that fails right after bind() must not count; 200 ms, less the clock's and the timer's grain.
const openForMs = 190;

const portCondition =
	(terminal: Terminal, wanted: true | number): Condition =>
	() => {
		const found = terminal.listeners.find(
			({port, isServing, since, seenAt}) =>
				(wanted === true ? isServing : port === wanted) && seenAt - since >= openForMs,
		);
		if (found) return {reason: {kind: 'listening', port: found.port}};
		// The watch confirms without an event.
		return terminal.listeners.length > 0 ? {againMs: 25} : notYet;
	};

const quietCondition = ({terminal}: WaitContext, quietMs: number): Condition => {
	const startedAt = performance.now();
	return time => {
		const left = Math.max(startedAt, terminal.lastOutputAt ?? 0) + quietMs - time;
		return left <= 0 ? {reason: {kind: 'quiet', ms: quietMs}} : {againMs: left};
	};
};

// How long the output must have been quiet before what the kernel says is believed (tools.md).
const promptQuietMs = 100;
const readQuietMs = 300;
const unreadableQuietMs = 500;
const menuQuietMs = 500;
const screenQuietMs = 150;
const takenQuietMs = 50;
const takenScreenQuietMs = 80;
// A full screen that looks like the middle of something, but stays so: `watch` waits for nobody's keys.
const unsettledQuietMs = 500;
// What it printed last before it waited may still be on its way through the kernel, or not be read by us.
const unreadOutputMs = 10;
// Half a line wakes nobody: the kernel keeps it until Enter.
const untakenMs = 300;
// A key that changes nothing on a full screen: the program waits again all the same.
const takenUnchangedMs = 300;

// Each look at the modes is a process: often at first, then ever less.
const secretAgainMs = 250;
const maxSecretAgainMs = 4_000;

const inputCondition = (context: WaitContext, kind: 'prompt' | 'taken'): Condition => {
	const {terminal} = context;
	const startedAt = performance.now();
	const judgeInput = kind === 'prompt' ? judgePrompt : judgeTaken;
	let looks = 0;
	let quietSince = 0;
	let seenAt: number | undefined;
	const secret = createSecretLook(context);
	return time => {
		if (!terminal.request.tty) return notYet;
		const since = Math.max(startedAt, terminal.lastOutputAt ?? 0, terminal.lastInput?.at ?? 0);
		if (since !== quietSince) {
			looks = 0;
			seenAt = undefined;
		}
		quietSince = since;
		const first = kind === 'prompt' ? promptQuietMs : takenQuietMs;
		if (time - since < first) return {againMs: first - (time - since)};
		if (judgeInput(terminal, time - since) || (kind === 'prompt' && secret.isAsked(since, time))) {
			seenAt ??= time;
			if (time - seenAt >= unreadOutputMs) return {reason: {kind: 'waiting-for-input'}};
			return {againMs: unreadOutputMs};
		}
		seenAt = undefined;
		looks++;
		// Nothing tells when a silent program begins to read: often at first, then ever less.
		return {againMs: Math.min(25 * 2 ** Math.floor(looks / 8), 250)};
	};
};

/** Whether a line is read without being shown: nobody types unseen into a program that does not ask. */
const createSecretLook = ({terminal, readModes}: WaitContext) => {
	let quietSince: number | undefined;
	let isHidden = false;
	let dueAt = 0;
	let againMs = 0;
	return {
		/** As of the quiet since then. The modes are a process away: the next look knows them. */
		isAsked(since: number, time: number): boolean {
			const {kind} = terminal.inputWait();
			if (kind === 'runs' || kind === 'busy') return false;
			if (quietSince !== since) {
				[quietSince, isHidden, dueAt, againMs] = [since, false, time, secretAgainMs];
			}
			if (isHidden || time < dueAt) return isHidden;
			// Who hides what is typed says nothing then, and may do so long after the first look.
			dueAt = time + againMs;
			againMs = Math.min(2 * againMs, maxSecretAgainMs);
			void readModes?.(terminal.device).then(modes => {
				if (quietSince === since) isHidden = hidesTyping(modes);
			});
			return false;
		},
	};
};

/** The program waits for input: tools.md, exec_command, early return c. */
const judgePrompt = (terminal: Terminal, quiet: number): boolean => {
	const {cursor, isAlternate} = terminal.screen();
	const wait = terminal.inputWait();
	if (isAlternate) return quiet >= screenQuietMs && isSettled(terminal, wait, quiet);
	if (wait.kind === 'reads') return cursor.isAfterText || (wait.isSingleThreaded && quiet >= readQuietMs);
	if (wait.kind === 'polls') return cursor.isAfterText || isMenu(cursor, wait, quiet);
	return wait.kind === 'unreadable' && cursor.isAfterText && quiet >= unreadableQuietMs;
};

type Cursor = ReturnType<Terminal['screen']>['cursor'];
type Polls = Extract<InputWait, {kind: 'polls'}>;

/** To be moved in: its cursor is put away, wherever that stands. */
const isMenu = (cursor: Cursor, wait: Polls, quiet: number): boolean =>
	!cursor.isVisible && wait.isIdle && quiet >= menuQuietMs;

/** It asked, was answered, and has not asked again: a REPL goes on to read keys while it waits for a promise. */
const isAnswering = ({lastInput}: Terminal, cursor: Cursor, wait: Polls): boolean =>
	wait.isForMore && lastInput?.wasAfterText === true && !cursor.isAfterText;

/** On a busy machine the keys may still be on their way to it. */
const hasNotRunSince = (terminal: Terminal): boolean =>
	terminal.lastInput?.turns !== undefined && terminal.lastInput.turns === terminal.turns();

/** It has taken what was written last and waits for more: tools.md, write_stdin. */
const judgeTaken = (terminal: Terminal, quiet: number): boolean => {
	if (terminal.info().undeliveredBytes > 0) return false;
	if (quiet < untakenMs && hasNotRunSince(terminal)) return false;
	const {isAlternate, revision, cursor} = terminal.screen();
	const wait = terminal.inputWait();
	const isAtWork = wait.kind === 'polls' && !wait.isIdle && quiet < unsettledQuietMs;
	const waits = wait.kind === 'reads' || (wait.kind === 'polls' && !isAtWork);
	if (isAlternate) {
		const hasReacted = terminal.lastInput === undefined || revision !== terminal.lastInput.revision;
		if (!hasReacted) return waits && quiet >= takenUnchangedMs;
		return quiet >= takenScreenQuietMs && isSettled(terminal, wait, quiet);
	}
	if (wait.kind === 'unreadable') return cursor.isAfterText && quiet >= unreadableQuietMs;
	if (wait.kind === 'polls' && isAnswering(terminal, cursor, wait)) return isMenu(cursor, wait, quiet);
	return waits;
};

/** A quiet full screen is the program's last word, not a moment in between (vim after Esc, before it is sure). */
const isSettled = (terminal: Terminal, wait: InputWait, quiet: number): boolean => {
	if (wait.kind === 'runs') return false;
	if (quiet >= unsettledQuietMs) return true;
	const {cursor, rows} = terminal.screen();
	const isCursorAway = !cursor.isVisible && terminal.lastInput?.isCursorVisible === true;
	const isBlank = rows.every(row => row.trim() === '');
	return wait.kind !== 'busy' && !isCursorAway && !isBlank;
};
