// The entry: parses arguments, then loads what the verb needs. Restores nothing and paints nothing itself.
import {realpathSync, statSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import packageJson from '../package.json' with {type: 'json'};
import {helpText, type Options, parseArguments} from './cli/arguments.js';
import {keepCompiledCode} from './code-cache.js';
import {resolvePaths} from './paths.js';
import type {WindowRequest} from './window.js';

const {version} = packageJson;

const say = (text: string) => process.stderr.write(`${text}\n`);

const run = async (args: readonly string[]): Promise<number> => {
	const request = parseArguments(args);
	switch (request.kind) {
		case 'help':
			process.stdout.write(helpText);
			return 0;
		case 'version':
			process.stdout.write(`tandem ${version}\n`);
			return 0;
		case 'usage-error':
			say(request.message);
			return 2;
		case 'host': {
			// It gets little of the environment that would say where the state is.
			const stateFolder = request.args[request.args.indexOf('--state') + 1];
			if (stateFolder !== undefined) loadThroughCache(stateFolder);
			const [{runHost}, {createPool}] = await Promise.all([
				import('./host/main.js'),
				import('./host/pool.js'),
			]);
			return runHost(request.args, {tandem: version, createHost: createPool});
		}
		case 'window':
			return openWindow(request.options, {prompt: request.prompt});
		case 'resume':
			return openWindow(request.options, {
				resume: request.id === undefined ? (request.isLast ? 'last' : 'ask') : {id: request.id},
			});
	}
};

const openWindow = async (
	options: Options,
	what: Pick<WindowRequest, 'prompt' | 'resume'>,
): Promise<number> => {
	const cwd = resolve(options.cwd ?? '.');
	if (!statSync(cwd, {throwIfNoEntry: false})?.isDirectory()) {
		say(`${cwd} is no folder. Give an existing one with -C.`);
		return 2;
	}
	if (process.env.TANDEM_TERM) {
		say('This is a terminal inside tandem already. Use the window around it.');
		return 1;
	}
	if (!process.stdin.isTTY || !process.stdout.isTTY) {
		say('tandem needs a terminal for its window, and this is a pipe. Start it in a terminal.');
		return 1;
	}
	const paths = resolvePaths({env: process.env, platform: process.platform});
	if (paths.kind === 'paths') loadThroughCache(paths.stateFolder);
	const {runWindow} = await import('./window.js');
	const end = await runWindow({
		...what,
		cwd: realpathSync(cwd),
		tandem: version,
		entry: realpathSync(import.meta.filename),
		flags: {model: options.model, approvals: options.approvals},
		overrides: options.config,
		trust: options.isTrusted,
	});
	if (end.message) say(end.message);
	return end.exitCode;
};

/** For what is imported from here on. */
const loadThroughCache = (stateFolder: string) =>
	keepCompiledCode({program: dirname(import.meta.filename), stateFolder, uid: process.getuid?.() ?? 0});

void run(process.argv.slice(2)).then(code => process.exit(code));
