// What a call shows in the transcript beside the model's answer. Plain text: no control character of a
// program or a file gets through.
import type {CallDisplay} from '../events.js';
import type {Exit, TerminalInfo} from '../host/protocol.js';
import {sanitiseLine} from '../text/sanitise.js';

export const displayTerminal = (
	terminal: TerminalInfo,
	tail: readonly string[] = terminal.lastLines,
): CallDisplay => ({
	terminalId: terminal.id,
	terminalName: sanitiseLine(terminal.name),
	tail: lastLines(tail),
	outcome: describeOutcome(terminal),
});

/** Up to five last non-empty lines. */
export const lastLines = (lines: readonly string[]): string[] =>
	lines
		.filter(line => line.trim() !== '')
		.slice(-5)
		.map(sanitiseLine);

/** "listening on http://localhost:5173", "exit 1", "running". */
export const describeOutcome = (terminal: TerminalInfo): string => {
	const {state, ports} = terminal;
	if (state.kind === 'ended') return describeExit(state.exit);
	if (state.kind === 'lost') return 'lost';
	if (state.kind === 'unknown') return 'unknown';
	if (ports.length > 0) return `listening on ${ports.map(({url}) => sanitiseLine(url)).join(', ')}`;
	if (state.shellExit) return `${describeExit(state.shellExit)}, still running`;
	return terminal.isWaitingForInput ? 'waiting for input' : 'running';
};

/** "exit 1", "killed by SIGTERM". */
export const describeExit = (exit: Exit): string =>
	'code' in exit ? `exit ${exit.code}` : `killed by ${signalName(exit.signal)}`;

export const signalName = (signal: string): string => (signal.startsWith('SIG') ? signal : `SIG${signal}`);
