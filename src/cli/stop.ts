// `tandem stop`: ends terminals with everything that they started, and names what could not be ended.
import type {HostClient} from '../host/client.js';
import type {TerminalInfo} from '../host/protocol.js';
import {sanitiseLine} from '../text/sanitise.js';
import {
	exitCodes,
	fail,
	findNamed,
	findPlace,
	labelOf,
	type RunVerb,
	reachTerminals,
	unknownName,
	type VerbRequest,
} from './verb.js';

export const runStop: RunVerb = async request => {
	const {words, flags} = request.arguments;
	if ((words.length === 0) !== flags.has('--all')) {
		request.complain('tandem stop takes names, or --all for every terminal of this folder.');
		return exitCodes.usage;
	}
	const place = findPlace(request);
	if (!place) return exitCodes.failed;
	const reached = await reachTerminals(request, place, 'stop');
	if (reached.kind === 'refused') return fail(request, reached.message);
	const {terminals} = reached;
	if (reached.kind === 'stored') {
		if (words.length > 0) return fail(request, unknownOrEnded(words[0] ?? '', terminals));
		await request.print('Nothing runs.\n');
		return exitCodes.done;
	}
	try {
		return flags.has('--all')
			? await stopAll(request, reached.host, terminals)
			: await stopNamed(request, reached.host, terminals);
	} finally {
		await reached.host.close();
	}
};

const stopAll = async (
	request: VerbRequest,
	host: HostClient,
	terminals: readonly TerminalInfo[],
): Promise<number> => {
	const running = terminals.filter(({state, leftovers}) => state.kind === 'running' || leftovers.length > 0);
	if (running.length === 0) await request.print('Nothing runs.\n');
	const codes = await Promise.all(running.map(terminal => stop(request, host, terminal)));
	return Math.max(exitCodes.done, ...codes);
};

const stopNamed = async (
	request: VerbRequest,
	host: HostClient,
	terminals: readonly TerminalInfo[],
): Promise<number> => {
	const codes = await Promise.all(
		request.arguments.words.map(which => {
			const terminal = findNamed(terminals, which);
			return terminal ? stop(request, host, terminal) : fail(request, unknownName(which, terminals));
		}),
	);
	return Math.max(exitCodes.done, ...codes);
};

const stop = async (request: VerbRequest, host: HostClient, terminal: TerminalInfo): Promise<number> => {
	const outcome = await host.stop(terminal.id, {by: 'user'});
	if (outcome.kind === 'refused') return fail(request, outcome.message);
	if (outcome.survivors.length === 0) {
		await request.print(`Stopped ${labelOf(terminal)}.\n`);
		return exitCodes.done;
	}
	const names = outcome.survivors.map(({pid, command}) => `${pid} ${sanitiseLine(command)}`).join(', ');
	return fail(
		request,
		`Could not end all of ${labelOf(terminal)}: ${names}. Perhaps they are another user's.`,
	);
};

const unknownOrEnded = (which: string, terminals: readonly TerminalInfo[]): string => {
	const found = findNamed(terminals, which);
	return found ? `Terminal ${labelOf(found)} does not run.` : unknownName(which, terminals);
};
