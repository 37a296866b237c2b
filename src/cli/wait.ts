// `tandem wait`: comes back when something is true of a terminal, for scripts.
import type {WaitOutcome, WaitRequest} from '../host/host.js';
import {parseDuration} from '../text/duration.js';
import {sanitise, sanitiseLine} from '../text/sanitise.js';
import {exitCodes, fail, labelOf, onTerminal, type RunVerb, type VerbRequest} from './verb.js';

/** Longer than anything that people wait for; a wait needs an end. */
const longestMs = 365 * 24 * 3_600_000;
// The host answers a wait within this, so that a lost answer is not waited for for ever.
const roundMs = 600_000;

export const runWait: RunVerb = async request => {
	const {'--until': until = 'exit', '--timeout': timeout} = request.arguments.values;
	const condition = readCondition(until);
	if (typeof condition === 'string') return usage(request, condition);
	const timeoutMs = timeout === undefined ? longestMs : parseDuration(timeout);
	if (timeoutMs === undefined) {
		return usage(request, `--timeout takes a duration such as 90s or 10m, not "${sanitise(timeout ?? '')}".`);
	}
	return onTerminal(request, 'wait', async (host, terminal) => {
		const deadline = request.now() + timeoutMs;
		for (;;) {
			const left = deadline - request.now();
			const round = {
				...condition,
				timeoutMs: Math.max(0, Math.min(roundMs, left)),
				from: {line: 1, seen: []},
			};
			const outcome = await host.wait(terminal.id, round, request.signal);
			if (outcome.kind === 'refused') return fail(request, outcome.message);
			const {reason} = outcome;
			if (reason.kind === 'aborted') return exitCodes.interrupted;
			if (reason.kind === 'time-over' && left > roundMs) continue;
			if (reason.kind === 'time-over')
				return fail(request, `The time is over; ${labelOf(terminal)} goes on.`);
			await request.print(`${describe(outcome)}\n`);
			// What it was waited for can't become true any more.
			return reason.kind === 'exited' && !condition.exit ? exitCodes.failed : exitCodes.done;
		}
	});
};

const usage = ({complain}: VerbRequest, message: string): number => {
	complain(message);
	return exitCodes.usage;
};

type Condition = Omit<WaitRequest, 'timeoutMs'>;

/** The host's words for `port=5173`, or what is wrong with it. */
const readCondition = (until: string): Condition | string => {
	const [, kind = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(until) ?? [];
	const number = Number(value);
	if (kind === 'exit' && value === undefined) return {exit: true};
	if (kind === 'port' && value === undefined) return {port: true};
	if (kind === 'port' && Number.isInteger(number) && number > 0 && number < 65_536) return {port: number};
	if (kind === 'quiet' && value && number > 0) return {quietMs: number};
	if (kind === 'pattern' && value) return {pattern: value};
	if (kind === 'screen' && value) return {screen: value};
	return `--until takes exit, port, port=N, pattern=RE, screen=RE or quiet=MS, not "${sanitise(until)}".`;
};

const describe = ({reason, terminal}: WaitOutcome): string => {
	switch (reason.kind) {
		case 'exited': {
			const {state} = terminal;
			const exit =
				state.kind === 'ended' ? state.exit : state.kind === 'running' ? state.shellExit : undefined;
			return exit ? ('code' in exit ? `exited with code ${exit.code}` : `killed by ${exit.signal}`) : 'lost';
		}
		case 'listening':
			return `listening on port ${reason.port}`;
		case 'matched':
			return `matched: ${sanitiseLine(reason.text)}`;
		case 'quiet':
			return `quiet for ${reason.ms} ms`;
		default:
			return reason.kind;
	}
};
