// `tandem run`: a command of the person's in a terminal that keeps running, from any shell.
import {exitCodes, fail, findPlace, labelOf, openHost, type RunVerb} from './verb.js';

// As wide and high as the model's terminals; whoever goes inside brings their own size.
const size = {cols: 120, rows: 40};

export const runRun: RunVerb = async request => {
	const place = findPlace(request);
	if (!place) return exitCodes.failed;
	const host = openHost(request, place, 'run', true);
	try {
		const {words, values} = request.arguments;
		const name = values['--name'];
		const outcome = await host.start({
			cmd: toCommandLine(words),
			cwd: request.cwd,
			tty: true,
			env: await request.environment(),
			...size,
			startedBy: 'user',
			...(name !== undefined && {name}),
		});
		if (outcome.kind === 'refused') return fail(request, outcome.message);
		await request.print(`Started ${labelOf(outcome.terminal)}.\n`);
		return exitCodes.done;
	} finally {
		await host.close();
	}
};

/** One word is a shell's line already; of several each stays one word for the shell. */
export const toCommandLine = (words: readonly string[]): string =>
	words.length === 1 ? (words[0] ?? '') : words.map(quote).join(' ');

const quote = (word: string): string =>
	/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
