// "Address already in use" is explained: which terminal holds the port, or which process that is none of ours.
import type {Host, Reading} from '../host/host.js';
import {findPortHolder} from '../host/port-holder.js';
import type {TerminalInfo} from '../host/protocol.js';
import {describeProcess} from './answer.js';

const conflictPattern =
	/EADDRINUSE|address (?:is )?already in use|port \d+ is (?:already )?(?:in use|taken|used)|only one usage of each socket/i;

// A wrong guess costs a look at all processes.
const maxLooks = 5;

/** Remarks for the answer; none if there is no conflict, or nobody holds a port that was named. */
export const explainPortConflict = async (host: Host, {lines, terminal}: Reading): Promise<string[]> => {
	const texts = lines.map(({text}) => text);
	const conflicts = texts.filter(text => conflictPattern.test(text));
	if (conflicts.length === 0) return [];
	const terminals = await host.list();
	// Python and others do not say which port: the command may, or what they printed around it.
	for (const sources of [conflicts, [terminal.cmd], texts]) {
		const remarks = portsIn(sources).flatMap(port => explain(port, terminal, terminals));
		if (remarks.length > 0) return remarks;
	}
	return [];
};

const portsIn = (texts: readonly string[]): number[] => {
	const numbers = texts.flatMap(text => text.match(/(?<![\w.])\d{2,5}(?![\w.]*\d)/g) ?? []).map(Number);
	return [...new Set(numbers)].filter(port => port > 0 && port < 65_536).slice(0, maxLooks);
};

const explain = (port: number, own: TerminalInfo, terminals: readonly TerminalInfo[]): string[] => {
	const holder = terminals.find(({id, ports}) => id !== own.id && ports.some(each => each.port === port));
	if (holder) return [`Note: port ${port} is held by terminal ${holder.id} (${holder.name})`];
	const found = findPortHolder(port);
	if (!found) return [];
	if (found.kind === 'hidden') {
		return [`Note: port ${port} is held by a process of another user`];
	}
	const {process} = found;
	if (own.ports.some(({pid}) => pid === process.pid)) return [];
	const owner = terminals.find(({leftovers}) => leftovers.some(({pid}) => pid === process.pid));
	const whose = owner
		? `which terminal ${owner.id} (${owner.name}) left running: stop_terminal {"session_id":${owner.id}} ends it`
		: 'which no terminal here has started';
	return [`Note: port ${port} is held by ${describeProcess(process)}, ${whose}`];
};
