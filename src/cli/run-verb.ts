// Runs a verb about terminals against the real standard output, and ends well when nobody reads it any more.
import {runForget} from './forget.js';
import {runLogs} from './logs.js';
import {runPs} from './ps.js';
import {runRestart} from './restart.js';
import {runRun} from './run.js';
import {runSend} from './send.js';
import {runStop} from './stop.js';
import type {TerminalVerbName} from './terminal-verbs.js';
import {exitCodes, type RunVerb, type VerbRequest} from './verb.js';
import {runWait} from './wait.js';

const verbs: Record<Exclude<TerminalVerbName, 'attach'>, RunVerb> = {
	ps: runPs,
	logs: runLogs,
	run: runRun,
	send: runSend,
	wait: runWait,
	stop: runStop,
	restart: runRestart,
	forget: runForget,
};

/** The exit code. */
export const runTerminalVerb = async (
	name: keyof typeof verbs,
	request: Omit<VerbRequest, 'columns' | 'print' | 'complain' | 'signal' | 'now'>,
): Promise<number> => {
	const {stdout, stderr} = process;
	const interrupt = new AbortController();
	process.once('SIGINT', () => interrupt.abort());
	const gone = Promise.withResolvers<number>();
	stdout.on('error', (error: NodeJS.ErrnoException) => {
		// `tandem logs dev | head` has had enough: that is no failure.
		if (error.code === 'EPIPE') return gone.resolve(exitCodes.done);
		stderr.write(`tandem ${name}: ${error.message}\n`);
		gone.resolve(exitCodes.failed);
	});
	const run = verbs[name]({
		...request,
		columns: stdout.isTTY ? stdout.columns : undefined,
		print: text =>
			new Promise(taken => {
				stdout.write(text, () => taken()); // An error is told above, once.
			}),
		complain: text => stderr.write(`${text}\n`),
		signal: interrupt.signal,
		now: Date.now,
	});
	return Promise.race([run, gone.promise]);
};
