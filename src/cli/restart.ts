// `tandem restart`: the same command again, in a new terminal of the same name.
import {exitCodes, fail, labelOf, onTerminal, type RunVerb} from './verb.js';

export const runRestart: RunVerb = request =>
	onTerminal(request, 'restart', async (host, terminal) => {
		const outcome = await host.restart(terminal.id, {by: 'user'});
		if (outcome.kind === 'refused') return fail(request, outcome.message);
		await request.print(`Restarted as ${labelOf(outcome.terminal)}.\n`);
		return exitCodes.done;
	});
