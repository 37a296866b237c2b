// Real programs driven by the model's tools on a real host, step by step.
import {mkdtempSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {defaultFeatures} from '../../../src/features.js';
import {createPool} from '../../../src/host/pool.js';
import {toolsFor} from '../../../src/tools/index.js';
import {callOf, expectAnswer, type Step, terminalOf} from '../../support/program-steps.js';
import {createContext} from '../context.js';

export type Programs = {
	/** A home for the programs of one scenario. */
	makeFolder(): string;
	/** Plays the steps in one session, each on the terminal that was started last. */
	play(folder: string, steps: readonly Step[]): Promise<void>;
	close(): Promise<void>;
};

/** One host for all scenarios of a file: they run beside each other, as a model's terminals do. */
export const openPrograms = async (): Promise<Programs> => {
	const root = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-programs-')));
	const host = await createPool({stateFolder: join(root, 'state'), runtimeFolder: join(root, 'run')});
	const tools = toolsFor({host, features: defaultFeatures()});
	return {
		makeFolder: () => mkdtempSync(join(root, 'home-')),
		async play(folder, steps) {
			const context = createContext(folder);
			let id = 0;
			for (const step of steps) {
				const {name, args} = callOf(step[0], id);
				const tool = tools.find(each => each.name === name);
				const result = await tool?.run(tool.schema.parse(args), context);
				if (!result) throw new Error(`There is no tool ${name}.`);
				Object.assign(context.positions, result.positions);
				id = terminalOf(result.output) ?? id;
				expectAnswer(result.output, step);
			}
		},
		async close() {
			await host.close();
			rmSync(root, {recursive: true, force: true});
		},
	};
};
