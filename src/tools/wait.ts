// Waits on a terminal for a call: shows in the transcript what the terminal prints meanwhile, and comes back
// at once when the turn is interrupted, whatever the host does.
import type {ToolContext} from '../agent/tool.js';
import type {Host, Refusal, WaitOutcome, WaitRequest} from '../host/host.js';
import type {TerminalInfo} from '../host/protocol.js';
import {describeOutcome, displayTerminal} from './display.js';

export type Interrupted = {kind: 'interrupted'};

export const waitFor = async (
	host: Host,
	id: number,
	request: WaitRequest,
	context: ToolContext,
): Promise<WaitOutcome | Refusal | Interrupted> => {
	let shown = '';
	const show = (terminal: TerminalInfo) => {
		const now = JSON.stringify([terminal.lastLines, describeOutcome(terminal)]);
		if (now === shown) return;
		shown = now;
		context.progress(displayTerminal(terminal));
	};
	const unsubscribe = host.subscribe(event => {
		if (event.type === 'terminal.changed' && event.terminal.id === id) show(event.terminal);
	});
	try {
		const outcome = await orInterrupted(host.wait(id, request, context.signal), context.signal);
		if (outcome.kind === 'waited' && outcome.reason.kind === 'aborted') return {kind: 'interrupted'};
		return outcome;
	} finally {
		unsubscribe();
	}
};

/** A promise that the host may keep for ever must not hold an interrupted turn. */
export const orInterrupted = async <T>(
	promise: Promise<T>,
	signal: AbortSignal,
): Promise<T | Interrupted> => {
	const {promise: interrupted, resolve} = Promise.withResolvers<Interrupted>();
	const onAbort = () => resolve({kind: 'interrupted'});
	if (signal.aborted) onAbort();
	signal.addEventListener('abort', onAbort, {once: true});
	try {
		return await Promise.race([interrupted, promise]);
	} finally {
		signal.removeEventListener('abort', onAbort);
	}
};

/** "listening on port 5173", as in `Returned because:`. */
export const describeReason = (reason: WaitOutcome['reason']): string => {
	switch (reason.kind) {
		case 'exited':
			return 'exited';
		case 'listening':
			return `listening on port ${reason.port}`;
		case 'matched':
			return `matched ${JSON.stringify(reason.text)}`;
		case 'quiet':
			return `quiet for ${reason.ms} ms`;
		case 'waiting-for-input':
			return 'waiting for input';
		case 'time-over':
			return 'yield time over';
		case 'aborted':
			return 'interrupted';
	}
};
