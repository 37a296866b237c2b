// Times, counts and names as a person reads them. Pure.
import type {Exit, TerminalInfo, Usage} from '../src/host/protocol.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A running clock in whole seconds: "12 s", "3 min 5 s". */
export const clock = (ms: number): string => {
	const seconds = Math.max(0, Math.floor(ms / second));
	return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/** In whole minutes and up, so that an idle screen changes once a minute at most: "<1m", "12m", "3h", "2d". */
export const age = (ms: number): string => {
	if (ms < minute) return '<1m';
	if (ms < hour) return `${Math.floor(ms / minute)}m`;
	if (ms < day) return `${Math.floor(ms / hour)}h`;
	return `${Math.floor(ms / day)}d`;
};

/** "812", "12.3k". */
export const count = (value: number): string =>
	value < 1_000 ? String(value) : `${(value / 1_000).toFixed(value < 100_000 ? 1 : 0)}k`;

/** "12%  45M": CPU of one core, and memory. */
export const usageText = ({cpu, memory}: Usage): string => {
	const size = memory < 1_000 ? `${memory}M` : `${(memory / 1_000).toFixed(1)}G`;
	return `${`${cpu}%`.padStart(4)} ${size.padStart(4)}`;
};

export const exitText = (exit: Exit): string => ('code' in exit ? `exit ${exit.code}` : exit.signal);

export const isCleanExit = (exit: Exit): boolean => 'code' in exit && exit.code === 0;

/** Since its start while it runs, since its end after that. */
export const terminalAge = ({state, startedAt}: TerminalInfo, now: number): string =>
	age(now - (state.kind === 'ended' ? state.at : startedAt));

/** What a list says of a terminal's state, in one or two words, and how loud. */
export const stateText = (terminal: TerminalInfo): {text: string; tone: 'good' | 'bad' | 'warn' | 'dim'} => {
	const {state, ports, isWaitingForInput, logError} = terminal;
	switch (state.kind) {
		case 'running':
			if (logError) return {text: 'log not saved', tone: 'bad'};
			if (ports[0]) return {text: ports.map(({port}) => `:${port}`).join(' '), tone: 'good'};
			if (terminal.asksSecret) return {text: 'asks for a secret', tone: 'warn'};
			// A full-screen program always waits for keys.
			if (isWaitingForInput && !terminal.isAlternateScreen) return {text: 'asks', tone: 'warn'};
			if (state.shellExit) return {text: 'in background', tone: 'dim'};
			return {text: '', tone: 'dim'};
		case 'ended':
			return {text: exitText(state.exit), tone: isCleanExit(state.exit) ? 'dim' : 'bad'};
		case 'lost':
			return {text: 'lost', tone: 'bad'};
		case 'unknown':
			return {text: 'unknown', tone: 'warn'};
	}
};
