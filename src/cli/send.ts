// `tandem send`: types words and named keys into a terminal, in order.
import {encodeKey, plainKeyModes} from '../host/keys.js';
import {exitCodes, fail, onTerminal, type RunVerb} from './verb.js';

export const runSend: RunVerb = request =>
	onTerminal(request, 'send', async (host, {id}) => {
		const isLiteral = request.arguments.flags.has('--literal');
		for (const word of request.arguments.words.slice(1)) {
			const isKey = !isLiteral && [...word].length > 1 && encodeKey(word, plainKeyModes) !== undefined;
			const outcome = await host.write(id, {by: 'user', ...(isKey ? {keys: [word]} : {chars: word})});
			if (outcome.kind === 'refused') return fail(request, outcome.message);
		}
		return exitCodes.done;
	});
