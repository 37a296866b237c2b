// What the process tree of a terminal uses: CPU since the last look, and memory of its own. Linux only; elsewhere
// nothing is known. Costs a few reads of /proc for each process of the tree.
import {listTree, readProc} from './processes.js';
import type {Usage} from './protocol.js';

export type UsageMeter = {
	/** Undefined without a process to look at. The leader, which is tandem's own, does not count. */
	look(): Usage | undefined;
};

export const createUsageMeter = (leader: number, now: () => number): UsageMeter => {
	let ticks = new Map<string, number>();
	let lookedAt = now();
	return {
		look() {
			const samples = listTree(leader, mostProcesses).pids.flatMap(pid => readSample(pid) ?? []);
			if (samples.length === 0) return;
			const time = now();
			// One that came since the last look has used all its time since then.
			const used = samples.reduce((sum, each) => sum + each.ticks - (ticks.get(each.key) ?? 0), 0);
			const elapsedMs = time - lookedAt;
			ticks = new Map(samples.map(each => [each.key, each.ticks]));
			lookedAt = time;
			return {
				cpu: elapsedMs > 0 ? Math.round((used * msPerTick * 100) / elapsedMs) : 0,
				memory: roundedMegabytes(samples.reduce((sum, each) => sum + each.kilobytes, 0)),
			};
		},
	};
};

const msPerTick = 10; // the kernel counts in 1/100 s for everybody (USER_HZ)

/** To two digits: a program at rest changes the last bytes all the time, and nobody reads them. */
const roundedMegabytes = (kilobytes: number): number => {
	const megabytes = Math.max(1, Math.round(kilobytes / 1_024));
	const step = 10 ** Math.max(0, Math.floor(Math.log10(megabytes)) - 1);
	return Math.round(megabytes / step) * step;
};

// More are no tree that a person wants to see counted at this price.
const mostProcesses = 200;

const readSample = (pid: number): {key: string; ticks: number; kilobytes: number} | undefined => {
	const stat = readProc(`${pid}/stat`);
	const status = readProc(`${pid}/status`);
	if (!stat || !status) return;
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const field = (number: number) => Number(fields[number - 3]);
	// What is shared with other programs, as their code is, would be counted once for each.
	const own = ['RssAnon', 'RssShmem'].map(name =>
		Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0),
	);
	return {
		key: `${pid} ${field(22)}`,
		ticks: field(14) + field(15),
		kilobytes: own.reduce((sum, each) => sum + each, 0),
	};
};
