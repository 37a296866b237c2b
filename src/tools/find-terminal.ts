// Which terminal a call means: the id, or the name, as a number or as text.
import {z} from 'zod';
import type {ToolResult} from '../agent/tool.js';
import type {Host, Refusal} from '../host/host.js';
import type {TerminalInfo} from '../host/protocol.js';

export const sessionIdSchema = z
	.union([z.int(), z.string().min(1)], {error: 'allowed: the id of a terminal (a number) or its name'})
	.describe("The terminal's id, or its name.");

/** The terminal, or an answer that lists those there are. A running one goes before an ended one of the same name. */
export const findTerminal = async (
	host: Host,
	which: number | string,
): Promise<{kind: 'found'; terminal: TerminalInfo} | {kind: 'failed'; result: ToolResult}> => {
	const terminals = await host.list();
	const text = String(which).trim();
	const terminal =
		terminals.find(({id}) => String(id) === text) ??
		terminals.find(({name, state}) => name === text && state.kind === 'running') ??
		terminals.findLast(({name}) => name === text);
	if (terminal) return {kind: 'found', terminal};
	const there = terminals.map(({id, name, state}) => `${id} (${name}, ${state.kind})`).join(', ');
	return {
		kind: 'failed',
		result: failed(
			`There is no terminal ${JSON.stringify(which)}. ${there ? `There are: ${there}.` : 'There are none: start one with exec_command.'}`,
		),
	};
};

/**
 * Remembers for which terminal the person said yes: a name may be another terminal's by the time they did.
 * `check` is asked once, before the call acts.
 */
export const createApproved = () => {
	const approved = new Map<string, number>();
	return {
		note(callId: string, terminalId: number) {
			approved.set(callId, terminalId);
		},
		/** The answer for a call that would act on another terminal than was shown. */
		check(callId: string, {id, name}: TerminalInfo): ToolResult | undefined {
			const shown = approved.get(callId);
			approved.delete(callId);
			if (shown === undefined || shown === id) return;
			return failed(
				`The user allowed this for terminal ${shown}, but ${name} is terminal ${id} by now. Nothing was done: say which with its number.`,
			);
		},
	};
};

export const failed = (message: string): ToolResult => ({output: message, isError: true});

export const refused = (refusal: Refusal): ToolResult => failed(refusal.message);
