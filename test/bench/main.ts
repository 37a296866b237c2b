// `npm run bench`: measures tandem and, if it is installed, Codex beside it, in turns, on this machine and
// against the same scripted model. Prints the table and keeps it in results.md.
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {cpus, release, totalmem} from 'node:os';
import {parseArgs} from 'node:util';
import {type Agent, createCodex, createTandem} from './agents.js';
import {build} from './measures/build.js';
import {calls} from './measures/calls.js';
import {flood} from './measures/flood.js';
import {interrupt} from './measures/interrupt.js';
import {many} from './measures/many.js';
import type {Measure} from './measures/measure.js';
import {memory} from './measures/memory.js';
import {progress} from './measures/progress.js';
import {resume} from './measures/resume.js';
import {start} from './measures/start.js';
import {typing} from './measures/typing.js';
import {report} from './report.js';
import {createSamples, type Samples} from './samples.js';
import {startTalk, type Talk} from './talk.js';

const measures: readonly Measure[] = [
	start,
	calls,
	interrupt,
	memory,
	many,
	flood,
	typing,
	resume,
	build,
	progress,
];

const makers = {tandem: createTandem, codex: createCodex};

const usage = `npm run bench [-- OPTIONS]
  --rows 1,2    measure these rows only (default: all)
  --runs N      sessions of each agent (default: 3 to 11, by row)
  --only NAME   tandem or codex alone
  --dry         print the table, leave results.md as it is
`;

const main = async () => {
	const {values} = parseArgs({
		options: {
			rows: {type: 'string'},
			runs: {type: 'string'},
			only: {type: 'string'},
			dry: {type: 'boolean', default: false},
			help: {type: 'boolean', default: false},
		},
	});
	if (values.help) return void process.stdout.write(usage);
	const wanted = values.rows?.split(',').map(Number);
	const isWanted = (row: number) => wanted?.includes(row) ?? true;
	const samples = createSamples();
	const talk = await startTalk();
	const agents = Object.entries(makers)
		.filter(([name]) => values.only === undefined || values.only === name)
		.map(([, create]) => create(talk.url))
		.filter(agent => agent !== undefined);
	const removeAll = () => {
		for (const agent of agents) agent.remove();
	};
	process.once('SIGINT', () => process.exit(130));
	process.once('SIGTERM', () => process.exit(143));
	process.once('exit', removeAll);
	try {
		for (const agent of agents) await warmUp(agent);
		for (const measure of measures.filter(({rows}) => rows.some(isWanted))) {
			const runs = values.runs === undefined ? measure.runs : Number(values.runs);
			await repeat(measure, runs, {agents, talk, samples, isWanted});
		}
	} finally {
		await talk.close();
	}
	const file = 'test/bench/results.md';
	const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
	const surroundings = {date: new Date().toISOString().slice(0, 10), facts: describeSurroundings(agents)};
	process.stdout.write(report(samples, surroundings));
	if (!values.dry) writeFileSync(file, report(samples, surroundings, before));
};

type Context = {
	agents: readonly Agent[];
	talk: Talk;
	samples: Samples;
	isWanted(row: number): boolean;
};

/** The first start in a new home makes what later ones find. */
const warmUp = async (agent: Agent) => {
	const {screen, end} = agent.start();
	await screen.sees(agent.ready);
	await end();
};

/** In turns, so that a machine that grows slower is slower for all. */
const repeat = async (measure: Measure, runs: number, {agents, talk, samples, isWanted}: Context) => {
	for (let run = 0; run < runs; run++) {
		for (const agent of agents) {
			if (measure.isTandemOnly && agent.name !== 'tandem') continue;
			process.stderr.write(`rows ${measure.rows.join(', ')}: run ${run + 1} of ${runs}, ${agent.name}\n`);
			talk.reset();
			await measure.run({agent, talk, samples, isWanted});
		}
		await measure.bare?.(samples, isWanted);
	}
};

const describeSurroundings = (agents: readonly Agent[]): string[] => [
	...agents.map(({name, version}) => `${name} ${version.replace(/^\S+-cli /, '')}`),
	`Node ${nodeVersion()}, Linux ${release().split('.', 2).join('.')}`,
	`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 1e9)} GB`,
];

/** Of the one that the launcher picks. */
const nodeVersion = (): string =>
	execFileSync('node_modules/.bin/node', ['--version'], {encoding: 'utf8'}).trim();

await main();
process.exit();
