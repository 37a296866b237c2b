// The program: parses arguments and, for the window, paints the first frame; then loads what the verb needs.
import {realpathSync, statSync} from 'node:fs';
import {resolve} from 'node:path';
import packageJson from '../package.json' with {type: 'json'};
import {helpText, type Invocation, type Options, parseArguments} from './cli/arguments.js';
import {verbHelp} from './cli/verbs.js';
import type {SessionRequest} from './open-session.js';
import {openingEvents, openWorkspace} from './opening.js';
import {ownCommand} from './own-command.js';
import {paintSplash} from './splash.js';
import {initialState, reduce} from './state.js';
import {sanitise} from './text/sanitise.js';

const {version} = packageJson;

const say = (text: string) => process.stderr.write(`${text}\n`);

/** `entry` is the file that Node runs. Resolves with the exit code. */
export const runProgram = async (args: readonly string[], entry: string): Promise<number> => {
	const request = parseArguments(args);
	switch (request.kind) {
		case 'help':
			process.stdout.write(request.verb ? verbHelp(request.verb) : helpText);
			return 0;
		case 'version':
			process.stdout.write(`tandem ${version}\n`);
			return 0;
		case 'usage-error':
			say(request.message);
			return 2;
		case 'host': {
			const [{runHost}, {createPool}] = await Promise.all([
				import('./host/main.js'),
				import('./host/pool.js'),
			]);
			return runHost(request.args, {tandem: version, createHost: createPool});
		}
		case 'verb':
			return runVerb(entry, request);
		case 'demo':
			return playDemo(entry, request.options);
		case 'window':
			return openWindow(entry, request.options, {prompt: request.prompt});
		case 'resume':
			return openWindow(entry, request.options, {
				resume: request.id === undefined ? (request.isLast ? 'last' : 'ask') : {id: request.id},
			});
	}
};

const runVerb = async (entry: string, asked: Extract<Invocation, {kind: 'verb'}>): Promise<number> => {
	const cwd = findFolder(asked.cwd);
	if (cwd === undefined) return 2;
	if (asked.verb === 'attach') return attachTo(cwd, asked.arguments.words[0] ?? '');
	const {runTerminalVerb} = await import('./cli/run-verb.js');
	return runTerminalVerb(asked.verb, {
		arguments: asked.arguments,
		cwd,
		env: process.env,
		tandem: version,
		entry: realpathSync(entry),
		environment: () => commandEnvironmentOf(cwd),
	});
};

const attachTo = async (cwd: string, which: string): Promise<number> => {
	if (process.env.TANDEM_TERM) return refuseInside();
	if (!hasTerminal()) {
		say('tandem attach needs a terminal. Without one there are: tandem logs -f NAME, tandem send NAME KEYS…');
		return 1;
	}
	const {attach} = await import('./attach.js');
	const uid = process.getuid?.() ?? 0;
	const end = await attach({cwd, which, env: process.env, uid, tandem: version});
	if (end.message !== '') say(end.message);
	return end.exitCode;
};

/** What a command that the person starts from a shell sees: their environment, less what opens a model's server. */
const commandEnvironmentOf = async (cwd: string): Promise<Record<string, string>> => {
	const {childEnvironment} = await import('./tools/environment.js');
	const request = {cwd, flags: {}, overrides: [], trust: false, env: process.env};
	const opening = openWorkspace(request);
	if (opening.kind === 'failed') return childEnvironment({env: process.env}).env;
	const {config, model} = opening.configuration;
	return childEnvironment({env: process.env, providerKeys: model.withheld, pass: config.passedEnv}).env;
};

/** Absolute, without links. Undefined: it was told that there is none. */
const findFolder = (given: string | undefined): string | undefined => {
	const cwd = resolve(given ?? '.');
	if (statSync(cwd, {throwIfNoEntry: false})?.isDirectory()) return realpathSync(cwd);
	say(`${cwd} is no folder. Give an existing one with -C.`);
	return;
};

const openWindow = async (
	entry: string,
	options: Options,
	what: Pick<SessionRequest, 'prompt' | 'resume'>,
): Promise<number> => {
	const cwd = findFolder(options.cwd);
	if (cwd === undefined) return 2;
	if (process.env.TANDEM_TERM) return refuseInside();
	if (!hasTerminal()) {
		say(
			`tandem needs a terminal for its window, and ${missingTerminal()}.
Start it in a terminal (over ssh: ssh -t HOST tandem). Without one there are: ${ownCommand('demo')}, ${ownCommand('--help')}.`,
		);
		return 1;
	}
	return showWindow({...what, ...requestOf(entry, options), cwd});
};

const playDemo = async (entry: string, options: Options): Promise<number> => {
	if (process.env.TANDEM_TERM) return refuseInside();
	const {chooseTour, forgetUnplayed, newTour, playTour, provideNode} = await import('./cli/demo.js');
	provideNode(process.env);
	const request = requestOf(entry, options);
	if (!hasTerminal()) return playTour({...request, ...newTour(request.entry), flags: {approvals: 'full'}});
	const tour = await chooseTour(request.entry);
	const exitCode = await showWindow({...request, ...tour});
	await forgetUnplayed(tour);
	return exitCode;
};

// A shell inside an editor: it is a terminal that shows escape sequences as text.
const isDumb = () => process.env.TERM === 'dumb';

const hasTerminal = () => process.stdin.isTTY && process.stdout.isTTY && !isDumb();

const missingTerminal = (): string => {
	if (!process.stdin.isTTY) return 'standard input is none here';
	return process.stdout.isTTY
		? 'TERM=dumb says that this one cannot be painted on'
		: 'standard output is none here';
};

const refuseInside = (): number => {
	say(
		'This is a terminal inside tandem already: use the window around it. Without one there are: tandem ps, logs, run, stop, … (tandem --help).',
	);
	return 1;
};

const requestOf = (entry: string, options: Options) => ({
	tandem: version,
	entry: realpathSync(entry),
	flags: {model: options.model, approvals: options.approvals},
	overrides: options.config,
	trust: options.isTrusted,
	env: process.env,
	uid: process.getuid?.() ?? 0,
});

const showWindow = async (request: SessionRequest): Promise<number> => {
	const opening = openWorkspace(request);
	if (opening.kind === 'failed') {
		say(opening.message);
		return 1;
	}
	const splash = paintSplash({
		state: openingEvents(opening).reduce(reduce, initialState(opening.workspace.folder, '', request.isTour)),
		mouse: opening.configuration.config.mouse,
		isConversationKnown: !request.resume && !request.prompt && opening.configuration.warnings.length === 0,
	});
	try {
		const {runWindow} = await loadWindow();
		const end = await runWindow(request, opening, splash);
		splash.output.restoreNow();
		if (end.message) say(end.message);
		return end.exitCode;
	} catch (error) {
		splash.output.restoreNow();
		say(`tandem stopped: ${sanitise(error instanceof Error ? error.message : String(error))}`);
		return 1;
	}
};

/** In parts, so that keys typed meanwhile are read and shown between them. */
const loadWindow = async () => {
	await import('./host/client.js');
	await nextTurn();
	await import('../components/App.js');
	await nextTurn();
	return import('./window.js');
};

const nextTurn = () => new Promise(resolve => setImmediate(resolve));
