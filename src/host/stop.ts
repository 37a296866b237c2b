// Ending a whole process tree over sessions and groups: a signal, a grace, then KILL in rounds until nobody is
// left. Each round reads the processes anew, and a number that has become another's is never signalled.
import {constants} from 'node:os';
import type {Family} from './family.js';
import {describeProcess, ignoresSignal, listProcesses, type Process, signalProcess} from './processes.js';
import type {ProcessInfo} from './protocol.js';

export type StopTreeOptions = {
	family: Family;
	signal: NodeJS.Signals;
	graceMs: number;
};

const roundMs = 25;
// A process in an uninterruptible wait, or another user's, does not go whatever we do.
const killRoundsMs = 1_500;

/** Resolves with what could not be ended: an empty list if nothing is left. */
export const stopTree = async (options: StopTreeOptions): Promise<ProcessInfo[]> => {
	const {family, signal, graceMs} = options;
	const find = () => family.select(listProcesses());
	const isOver = (found: readonly Process[]) => found.length === 0 && !family.isUnsettled;
	const first = find();
	for (const each of first) signalProcess(each, signal);
	// A stopped process takes its signal when it goes on.
	for (const each of first) signalProcess(each, 'SIGCONT');
	if (signal === 'SIGTERM') hangUpShells(first);
	const graceEnds = performance.now() + (signal === 'SIGKILL' ? 0 : graceMs);
	while (performance.now() < graceEnds) {
		// The cheap look first: a whole one costs milliseconds.
		if (!family.hasSurvivors() && isOver(find())) return [];
		await pause(Math.min(roundMs, graceEnds - performance.now()));
	}
	return killTree(find, isOver);
};

const killTree = async (
	find: () => Process[],
	isOver: (found: readonly Process[]) => boolean,
): Promise<ProcessInfo[]> => {
	let least = Number.POSITIVE_INFINITY;
	let killEnds = 0;
	for (;;) {
		const left = freeze(find);
		if (isOver(left)) return [];
		for (const each of left) signalProcess(each, 'SIGKILL');
		// A look may take long on a loaded machine, and so may their end: while they become fewer it goes on.
		if (left.length < least) {
			least = left.length;
			killEnds = performance.now() + killRoundsMs;
		} else if (performance.now() >= killEnds) return left.map(describeProcess);
		await pause(roundMs);
	}
};

// A tree that grows while it is ended stands still after a few looks; one that does not is ended all the same.
const maxFreezeLooks = 30;

/** Stops them all, until a look finds no new one: who stands still starts no other in place of one that ended. */
const freeze = (find: () => Process[]): Process[] => {
	const frozen = new Map<number, number>();
	for (let looks = 1; ; looks++) {
		const found = find();
		const isNew = ({pid, startTime}: Process) => frozen.get(pid) !== startTime;
		const news = found.filter(isNew);
		if (news.length === 0 || looks >= maxFreezeLooks) return found;
		for (const each of news) {
			signalProcess(each, 'SIGSTOP');
			frozen.set(each.pid, each.startTime);
		}
	}
};

/** An interactive shell ignores TERM and ends properly on HUP, as when its window is closed. */
const hangUpShells = (processes: readonly Process[]) => {
	for (const each of processes) {
		const ignoresTerm = ignoresSignal(each.pid, constants.signals.SIGTERM);
		if (ignoresTerm && !ignoresSignal(each.pid, constants.signals.SIGHUP)) signalProcess(each, 'SIGHUP');
	}
};

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, Math.max(1, ms)));
