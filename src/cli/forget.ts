// `tandem forget`: removes ended terminals and their logs. It needs the host, who alone writes there.
import {exitCodes, fail, findNamed, findPlace, labelOf, openHost, type RunVerb, unknownName} from './verb.js';

export const runForget: RunVerb = async request => {
	const place = findPlace(request);
	if (!place) return exitCodes.failed;
	const host = openHost(request, place, 'forget', true);
	try {
		const connected = await host.connect();
		if (connected.kind === 'refused') return fail(request, connected.message);
		let code: number = exitCodes.done;
		for (const which of request.arguments.words) {
			const terminal = findNamed(await host.list(), which);
			if (!terminal) {
				code = fail(request, unknownName(which, await host.list()));
				continue;
			}
			const outcome = await host.forget(terminal.id);
			if (outcome.kind === 'refused') code = fail(request, outcome.message);
			else await request.print(`Forgot ${labelOf(terminal)}.\n`);
		}
		return code;
	} finally {
		await host.close();
	}
};
