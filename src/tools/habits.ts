// What to do instead, for calls that wait blindly or look again and again: models learn that elsewhere. Said only
// where it would have saved time or a request.
import type {Host, Reading, WaitOutcome} from '../host/host.js';
import type {TerminalInfo} from '../host/protocol.js';

/** What the call was for, as far as there is a better way: it started a command, or only looked again. */
export type Habit = {kind: 'start'; cmd: string} | {kind: 'look'};

export const adviceFor = async (
	host: Host,
	habit: Habit | undefined,
	reason: WaitOutcome['reason'],
	reading: Reading,
): Promise<string[]> => {
	const {id} = reading.terminal;
	if (habit?.kind === 'start' && sleepsFirst(habit.cmd)) {
		const others = (await host.list()).filter(each => each.id !== id && each.state.kind === 'running');
		return [others.length > 0 ? waitInstead(others) : useUntil];
	}
	if (habit?.kind === 'start' && isLeftBehind(reading.terminal)) {
		return [
			`Note: no & is needed: exec_command returns by itself when a server listens, and what runs goes on. Now wait_terminal {"session_ids":[${id}],"until":{"port":true}} waits for its port, {"session_ids":[${id}]} for its end`,
		];
	}
	const hasNothingNew = reading.lines.length === 0 && !reading.screen;
	if (habit?.kind === 'look' && hasNothingNew && reason.kind === 'time-over') {
		return [
			`Note: nothing new. You are told once when it ends or listens: go on with other work, or wait with wait_terminal {"session_ids":[${id}]}`,
		];
	}
	return [];
};

const leadingSleep = /^\s*sleep\s+(\d+(?:\.\d+)?)\s*(?:s\s*)?(?:;|&&|$)/;
const shortestSleep = 1; // seconds; less is a breath between two commands

const sleepsFirst = (cmd: string): boolean => Number(leadingSleep.exec(cmd)?.[1] ?? 0) >= shortestSleep;

const isLeftBehind = ({state, ports}: TerminalInfo): boolean =>
	state.kind === 'running' && state.shellExit !== undefined && ports.length === 0;

const waitInstead = (others: readonly TerminalInfo[]): string => {
	const ids = others.map(({id}) => id).join(',');
	const names = others.map(({id, name}) => `${id} ${name}`).join(', ');
	return `Note: instead of sleep use wait_terminal {"session_ids":[${ids}]} (${names}): it returns at the very moment; "until" takes a port, a pattern or quiet`;
};

const useUntil =
	'Note: instead of sleep give "until" to the call that starts what you wait for: it returns at the very moment';
