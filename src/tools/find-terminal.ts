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

export const failed = (message: string): ToolResult => ({output: message, isError: true});

export const refused = (refusal: Refusal): ToolResult => failed(refusal.message);
