// `tandem logs`: what a terminal has printed, line by line; with -f also what it prints from now on.
import type {HostClient} from '../host/client.js';
import type {LogPage, LogRequest, Refusal} from '../host/host.js';
import {createMatcher, lineHash} from '../host/log.js';
import type {LogLine, Position, TerminalInfo} from '../host/protocol.js';
import {parseDuration} from '../text/duration.js';
import {sanitise} from '../text/sanitise.js';
import {
	exitCodes,
	fail,
	findNamed,
	findPlace,
	type Reached,
	type RunVerb,
	reachTerminals,
	unknownName,
	type VerbRequest,
} from './verb.js';

export const runLogs: RunVerb = async request => {
	const filter = readFilter(request);
	if (filter === undefined) return exitCodes.usage;
	const place = findPlace(request);
	if (!place) return exitCodes.failed;
	const reached = await reachTerminals(request, place, 'logs');
	if (reached.kind === 'refused') return fail(request, reached.message);
	try {
		const [which = ''] = request.arguments.words;
		const terminal = findNamed(reached.terminals, which);
		if (!terminal) return fail(request, unknownName(which, reached.terminals));
		const printed = await printLog(request, reached, terminal, filter);
		if ('code' in printed) return fail(request, printed.message);
		const follows = request.arguments.flags.has('--follow') && reached.kind === 'host';
		return follows ? await follow(request, reached.host, terminal, printed, filter) : exitCodes.done;
	} finally {
		if (reached.kind === 'host') await reached.host.close();
	}
};

type Filter = {
	/** How many of the last lines; all. */
	last: number;
	/** The lines to print, or why they can't be told from the others. */
	choose(lines: readonly LogLine[]): readonly LogLine[] | 'slow';
};

/** Undefined: it was told what is wrong. */
const readFilter = ({arguments: {values}, complain, now}: VerbRequest): Filter | undefined => {
	const {'--grep': grep, '--since': since, '--lines': lines} = values;
	const sinceMs = since === undefined ? undefined : parseDuration(since);
	if (since !== undefined && sinceMs === undefined) {
		complain(`--since takes a duration such as 90s, 5m or 2h, not "${sanitise(since)}".`);
		return;
	}
	if (lines !== undefined && !/^\d+$/.test(lines)) {
		complain(`-n takes a number of lines, not "${sanitise(lines)}".`);
		return;
	}
	const matcher = grep === undefined ? undefined : createMatcher(grep);
	if (matcher && 'code' in matcher) {
		complain(`--grep: ${sanitise(matcher.message)}`);
		return;
	}
	const oldest = sinceMs === undefined ? 0 : now() - sinceMs;
	return {
		last: lines === undefined ? Number.POSITIVE_INFINITY : Number(lines),
		choose(all) {
			const recent = all.filter(({at}) => at >= oldest);
			const found = matcher?.match(recent.map(({text}) => text));
			if (found?.kind === 'slow') return 'slow';
			return found ? recent.filter((_, index) => found.indexes.includes(index)) : recent;
		},
	};
};

// A page of a long log: what is read, told apart and printed at a time.
const pageLines = 2_000;
const pageChars = 32_000_000;
// More rows than a screen has: these may still change under a reader that follows.
const unfinishedLines = 500;

/** The position of a reader that has read all of it, or why it can't be read. */
const printLog = async (
	request: VerbRequest,
	reached: Reached,
	{id}: TerminalInfo,
	filter: Filter,
): Promise<Position | Refusal> => {
	const read = async (lines: LogRequest['lines']): Promise<LogPage | Refusal> => {
		const page = {...(lines && {lines}), maxChars: pageChars};
		return reached.kind === 'host' ? reached.host.log(id, page) : reached.stored.log(id, page);
	};
	const newest = await read({last: 1});
	if (newest.kind === 'refused') return newest;
	const {total} = newest;
	let from = Math.max(1, total - filter.last + 1);
	let tail: LogLine[] = [];
	while (from <= total && !request.signal.aborted) {
		const to = Math.min(total, from + pageLines - 1);
		const page = await read([from, to]);
		if (page.kind === 'refused') return page;
		const refusal = await print(request, page, filter);
		if (refusal) return refusal;
		tail = [...tail, ...page.lines].slice(-unfinishedLines);
		from = to + 1;
	}
	return {line: tail[0]?.number ?? total + 1, seen: tail.map(({text}) => lineHash(text))};
};

const print = async (
	request: VerbRequest,
	{lines, gap, omitted}: Pick<LogPage, 'lines' | 'gap' | 'omitted'>,
	filter: Filter,
): Promise<Refusal | undefined> => {
	for (const range of [gap, omitted]) {
		if (range) request.complain(`(lines ${range.from} to ${range.to} are not kept)`);
	}
	const chosen = filter.choose(lines);
	if (chosen === 'slow') {
		const message = '--grep: this expression takes too long. Use one that backtracks less.';
		return {kind: 'refused', code: 'bad-pattern', message};
	}
	if (chosen.length > 0) await request.print(chosen.map(({text}) => `${sanitise(text)}\n`).join(''));
	return;
};

/** Reads on whenever the terminal says that it has changed, until it ends or the person interrupts. */
const follow = (
	request: VerbRequest,
	host: HostClient,
	{id}: TerminalInfo,
	from: Position,
	filter: Filter,
): Promise<number> => {
	const over = Promise.withResolvers<number>();
	let position = from;
	let isReading = false;
	let isStale = false;

	const readOn = async () => {
		isStale = true;
		if (isReading) return;
		isReading = true;
		while (isStale) {
			isStale = false;
			const reading = await host.read(id, {from: position, maxChars: pageChars});
			if (reading.kind === 'refused') return over.resolve(fail(request, reading.message));
			position = reading.next;
			const refusal = await print(request, reading, filter);
			if (refusal) return over.resolve(fail(request, refusal.message));
			if (reading.terminal.state.kind !== 'running') return over.resolve(exitCodes.done);
		}
		isReading = false;
	};
	const look = () => void readOn().catch(over.reject);
	const unsubscribe = host.subscribe(event => {
		if (event.type === 'terminal.changed' && event.terminal.id === id) look();
		if (event.type === 'host.lost') over.resolve(fail(request, event.reason));
	});
	request.signal.addEventListener('abort', () => over.resolve(exitCodes.interrupted), {once: true});
	look();
	return over.promise.finally(unsubscribe);
};
