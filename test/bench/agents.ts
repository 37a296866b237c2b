// What is measured: tandem as it is built, and Codex as it is installed. Each lives in a home of its own that
// is warm from the second start on, and talks to the same scripted model.
import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {modelEnvironment} from '../support/model-turns.js';
import {type RealScreen, runOnScreen} from '../support/real-screen.js';
import {cleanEnvironment, makePlace, processesOf} from '../support/tandem.js';
import {type Footprint, readFootprint} from './footprint.js';

export type AgentName = 'tandem' | 'codex';

export type Agent = {
	readonly name: AgentName;
	readonly version: string;
	/** Where its commands run. */
	readonly folder: string;
	readonly home: string;
	/** How many of its own there are while so many terminals run. */
	processes(terminals: number): number;
	/** What the screen shows when it can be typed into, and when model, features and terminals are known. */
	readonly painted: RegExp;
	readonly ready: RegExp;
	start(args?: readonly string[]): Session;
	/** Ends what was started in its home and removes it. */
	remove(): void;
};

export type Session = {
	screen: RealScreen;
	/**
	 * Of the agent's own processes: not of the commands that it runs in so many terminals. Fails if there are more
	 * processes, or fewer, than one session has.
	 */
	footprint(terminals: number): Footprint;
	/** Ends it and all that it would leave running, so that the next session begins with nothing. */
	end(): Promise<void>;
};

type Recipe = Pick<Agent, 'name' | 'version' | 'processes' | 'painted' | 'ready'> & {
	file: string;
	args(home: string): readonly string[];
	env(home: string): Record<string, string>;
	prepare?(place: {home: string; folder: string}): void;
};

const createAgent = (recipe: Recipe): Agent => {
	const place = makePlace();
	recipe.prepare?.(place);
	const env = {...cleanEnvironment(), HOME: place.home, ...recipe.env(place.home)};
	return {
		...recipe,
		...place,
		start(args = []) {
			const all = [...args, ...recipe.args(place.home)];
			const screen = runOnScreen({
				file: recipe.file,
				args: all,
				cwd: place.folder,
				env,
				cols: 120,
				rows: 40,
			});
			answerAsTerminal(screen);
			return {
				screen,
				footprint(terminals) {
					const footprint = readFootprint(recipe.name, screen.pty.pid, place.home);
					const wanted = recipe.processes(terminals);
					if (footprint.processes === wanted) return footprint;
					throw new Error(`${recipe.name} has ${footprint.processes} processes of its own, not ${wanted}.`);
				},
				async end() {
					await screen.end();
					await endAll(place.home);
				},
			};
		},
	};
};

/** Asks first: a host stops its terminals, and writes down that it did. */
const endAll = async (home: string) => {
	for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
		for (const pid of processesOf(home)) {
			try {
				process.kill(pid, signal);
			} catch {
				// It has ended in between.
			}
		}
		const deadline = performance.now() + endWithinMs;
		while (processesOf(home).length > 0 && performance.now() < deadline) await sleep(50);
	}
	const left = processesOf(home);
	if (left.length > 0) throw new Error(`Processes that do not end: ${left.join(', ')}`);
};

const endWithinMs = 10_000;

/** What every modern terminal answers at once and the emulator does not: who waits for it is not slow. */
const answerAsTerminal = ({emulator, pty}: RealScreen) => {
	const answer = (reply: string) => {
		pty.write(reply);
		return true;
	};
	const isQuestion = (text: string) => text === '?';
	const {parser} = emulator;
	parser.registerOscHandler(10, text => isQuestion(text) && answer('\x1b]10;rgb:ffff/ffff/ffff\x1b\\'));
	parser.registerOscHandler(11, text => isQuestion(text) && answer('\x1b]11;rgb:0000/0000/0000\x1b\\'));
	parser.registerCsiHandler({prefix: '?', final: 'u'}, () => answer('\x1b[?0u'));
};

export const createTandem = (modelUrl: string): Agent =>
	createAgent({
		name: 'tandem',
		version: JSON.parse(readFileSync('package.json', 'utf8')).version,
		// The launcher and the window; the host and its helper; leaders, one of them waits for the next command.
		processes: terminals => 4 + (terminals === 0 ? 0 : terminals + 1),
		painted: /^ ?› /m,
		ready: /test-model/,
		file: resolve('src/tandem.sh'),
		args: () => ['-a', 'full', '--trust'],
		env: home => ({TANDEM_HOME: home, ...modelEnvironment({url: modelUrl})}),
	});

/** Undefined if there is no `codex` command. */
export const createCodex = (modelUrl: string): Agent | undefined => {
	const version = readVersion('codex');
	if (version === undefined) return;
	return createAgent({
		name: 'codex',
		version,
		processes: () => 1,
		painted: /^› /m,
		ready: /GPT-5\.5/,
		file: 'codex',
		args: () => ['--no-daemon'],
		env: home => ({CODEX_HOME: join(home, '.codex'), BENCH_KEY: 'bench'}),
		prepare({home, folder}) {
			mkdirSync(join(home, '.codex'));
			writeFileSync(join(home, '.codex/config.toml'), codexConfig(modelUrl, folder));
		},
	});
};

/** All that keeps it from asking anything at its start, and from asking before commands. */
const codexConfig = (modelUrl: string, folder: string): string => `model = "gpt-5.5"
model_provider = "bench"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false
[model_providers.bench]
name = "bench"
base_url = "${modelUrl}"
env_key = "BENCH_KEY"
wire_api = "responses"
[projects."${folder}"]
trust_level = "trusted"
[tui]
screen_reader_detection_done = true
[tui.model_availability_nux]
"gpt-6.1-sol" = 1
[notice.model_migrations]
"gpt-5.5" = "gpt-6-sol"
`;

const readVersion = (command: string): string | undefined => {
	try {
		return execFileSync(command, ['--version'], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		}).trim();
	} catch {
		return; // not installed
	}
};
