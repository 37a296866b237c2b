// A real program driven by the model's tools on a real host: a table of what is done, why the call came back
// and what the model saw.
import {mkdtempSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'vitest';
import {defaultFeatures} from '../../../src/features.js';
import {createPool} from '../../../src/host/pool.js';
import {toolsFor} from '../../../src/tools/index.js';
import {createContext} from '../context.js';

/** `cmd` starts the program, `chars` and `keys` type into it, `view` looks at it again. */
export type Act = {
	cmd?: string;
	env?: Record<string, string>;
	name?: string;
	rows?: number;
	chars?: string;
	keys?: string[];
	paste?: boolean;
	until?: object;
	view?: 'screen' | 'log';
};

/**
 * `sees`: rows of the answer in their order, one after the other. `…` on a row of its own stands for any rows,
 * within a row for any text. Blank rows and the `~` of vim do not count, and blanks count as one.
 */
export type Step = [act: Act, because: Reason, sees: string];

type Reason = 'waiting for input' | 'exited' | 'looked' | `matched "${string}"` | `quiet for ${number} ms`;

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
			for (const [act, because, sees] of steps) {
				const {name, args} = callOf(act, id);
				const tool = tools.find(each => each.name === name);
				const result = await tool?.run(tool.schema.parse(args), context);
				if (!result) throw new Error(`There is no tool ${name}.`);
				Object.assign(context.positions, result.positions);
				id = Number(/session ID (\d+)/.exec(result.output)?.[1] ?? id);
				expectAnswer(result.output, because, sees, `after ${JSON.stringify(act)}`);
			}
		},
		async close() {
			await host.close();
			rmSync(root, {recursive: true, force: true});
		},
	};
};

// Longer than any program takes on a busy machine: to come back then is the failure that is looked for.
const yieldMs = 30_000;

const callOf = (act: Act, id: number) => {
	if (act.cmd !== undefined) {
		return {name: 'exec_command', args: {cols: 80, rows: 24, yield_time_ms: yieldMs, ...act}};
	}
	if (act.view !== undefined) return {name: 'read_terminal', args: {session_id: id, ...act}};
	return {name: 'write_stdin', args: {session_id: id, yield_time_ms: yieldMs, ...act}};
};

const expectAnswer = (answer: string, because: Reason, sees: string, when: string) => {
	if (because !== 'looked')
		expect(answer, when).toMatch(new RegExp(`\nReturned because: ${toPattern(because)}\n`));
	const rows = rowsOf(answer.slice(answer.search(/\n(Output|Screen|Log):/)));
	const pattern = rowsOf(sees)
		.map(row => (row === '…' ? '(?:.*\n)*?' : `${toPattern(row)}\n`))
		.join('');
	const text = rows.map(row => `${row}\n`).join('');
	if (!new RegExp(`^${pattern}`, 'm').test(text))
		expect.fail(`${when} the model saw\n${answer}\nand not\n${sees}`);
};

const rowsOf = (text: string) =>
	text
		.split('\n')
		.map(row => row.trim().replaceAll(/\s+/g, ' '))
		.filter(row => row !== '' && row !== '~');

const toPattern = (text: string) =>
	text
		.split(/ ?… ?/)
		.map(part => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
		.join('.*');
