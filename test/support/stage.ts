// What every test of the built program needs: a place of its own, a scripted model, the window, and their end.
import {afterEach, beforeEach} from 'vitest';
import {kill} from './kill.js';
import {type ModelServer, type Script, startModelServer} from './model-server.js';
import {modelEnvironment} from './model-turns.js';
import {commandOf, makePlace, processesOf, startTandem, type Tandem} from './tandem.js';
import {until} from './until.js';

export type Stage = {
	readonly place: ReturnType<typeof makePlace>;
	readonly model: ModelServer;
	readonly tandem: Tandem;
	/** Starts the model's server. Without it tandem runs with no model. */
	play(script: Script): Promise<ModelServer>;
	/** Starts tandem and waits for its composer. Default arguments: full approvals in a trusted folder. */
	open(options?: Omit<Parameters<typeof startTandem>[0], 'place'>): Promise<Tandem>;
	/** Whether a process with exactly this command line runs below this home. */
	isAlive(command: string): boolean;
	/** Kills that process, once it runs. */
	kill(command: string): Promise<void>;
};

/** Registers the hooks; the parts are there inside of each test. */
export const setStage = (): Stage => {
	let place: ReturnType<typeof makePlace> | undefined;
	let model: ModelServer | undefined;
	let tandem: Tandem | undefined;

	beforeEach(() => {
		place = makePlace();
	});
	afterEach(async ({task}) => {
		if (task.result?.state === 'fail' && tandem)
			process.stderr.write(`At the failure ${tandem.situation()}\n`);
		try {
			await tandem?.end();
		} finally {
			await model?.close();
			place?.remove();
			[place, model, tandem] = [undefined, undefined, undefined];
		}
	});

	const present = <Part>(part: Part | undefined, name: string): Part => {
		if (part === undefined) throw new Error(`the test has no ${name} yet`);
		return part;
	};
	const find = (command: string) =>
		processesOf(present(place, 'place').home).find(pid => commandOf(pid).trim() === command);

	return {
		get place() {
			return present(place, 'place');
		},
		get model() {
			return present(model, 'model');
		},
		get tandem() {
			return present(tandem, 'tandem');
		},
		isAlive: command => find(command) !== undefined,
		async kill(command) {
			await until(() => {
				const pid = find(command);
				if (pid !== undefined) kill(pid);
				return pid !== undefined;
			}, `${command} to run`);
		},
		async play(script) {
			model = await startModelServer(script);
			return model;
		},
		async open(options = {}) {
			tandem = await startTandem({
				place: present(place, 'place'),
				args: ['-a', 'full', '--trust'],
				...options,
				env: {...(model && modelEnvironment(model)), ...options.env},
			});
			if (!options.through) await tandem.sees('› ask');
			return tandem;
		},
	};
};
