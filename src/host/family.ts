// The processes that a terminal has started, over sessions, groups and changes of parent: whoever is in its
// session, descends from a member, carries its mark in the environment, holds its tty or pipe, or was seen as
// one of these before. Where the leader adopts orphans (leader.ts) that is everybody; elsewhere it misses only
// what double-forks, scrubs its environment and drops the tty between looks.
import {
	type Identity,
	isAlive,
	isCopyOfUs,
	listDescriptors,
	type Process,
	readDescriptor,
	readMark,
} from './processes.js';

/** In the environment of every command, with a value that no one can guess. */
export const markName = 'TANDEM_TERM';

export type Family = {
	/** Those of the processes that belong to the terminal, the leader not among them; remembers them. */
	select(processes: readonly Process[]): Process[];
	/** The last select met a process of which can't be said yet whose it is: it is worth another look at once. */
	readonly isUnsettled: boolean;
	/** True while one that was seen before still lives. Costs one read each. */
	hasSurvivors(): boolean;
	/** Looks at every descriptor of every process for the stream, and remembers who holds it. Costly. */
	selectHolders(processes: readonly Process[]): Process[];
};

export const createFamily = (options: {
	/** None if the host that started it is gone. */
	leader?: Identity;
	mark: string;
	/** Path of the slave or of the pipe; none once it is closed, for then another terminal gets the name. */
	streams(): readonly string[];
	remembered?: readonly Identity[];
}): Family => {
	const {leader, mark} = options;
	const known = new Map(options.remembered?.map(({pid, startTime}) => [pid, startTime]));
	// By pid and start time: the mark of an old process does not change, a scrubbed one never comes back.
	const strangers = new Map<number, number>();
	let isUnsettled = false;

	const isKnown = ({pid, startTime}: Process) => known.get(pid) === startTime;
	const isOurs = (target: string | undefined) =>
		target !== undefined && options.streams().includes(target.replace(/ \(deleted\)$/, ''));

	const belongs = (each: Process, session: number | undefined): boolean => {
		if (isKnown(each) || each.session === session) return true;
		if (leader && each.startTime < leader.startTime) return false;
		if (strangers.get(each.pid) === each.startTime) return false;
		const {text, isSettled} = readMark(each.pid, markName);
		if (text === mark) return true;
		if (text === undefined && [0, 1, 2].some(fd => isOurs(readDescriptor(each.pid, fd)))) return true;
		if (isSettled) strangers.set(each.pid, each.startTime);
		else isUnsettled = true;
		return false;
	};

	const forget = (processes: readonly Process[]) => {
		const live = new Map(processes.map(({pid, startTime}) => [pid, startTime]));
		for (const [pid, startTime] of strangers) if (live.get(pid) !== startTime) strangers.delete(pid);
	};

	return {
		select(processes) {
			forget(processes);
			isUnsettled = false;
			const others = processes.filter(({pid}) => pid !== leader?.pid && pid !== process.pid);
			// The number of a leader that is gone may be another's session by now.
			const session = leader && isAlive(leader) ? leader.pid : undefined;
			const members = new Map(others.filter(each => belongs(each, session)).map(each => [each.pid, each]));
			const parents = new Set(session === undefined ? members.keys() : [...members.keys(), session]);
			// Children follow their parents; a list by pid is nearly in that order, so this ends soon.
			for (let grew = true; grew; ) {
				grew = false;
				for (const each of others) {
					if (members.has(each.pid) || !parents.has(each.parent)) continue;
					members.set(each.pid, each);
					parents.add(each.pid);
					grew = true;
				}
			}
			for (const {pid, startTime} of members.values()) {
				known.set(pid, startTime);
				strangers.delete(pid);
			}
			return [...members.values()];
		},
		get isUnsettled() {
			return isUnsettled;
		},
		hasSurvivors() {
			for (const [pid, startTime] of known) if (!isAlive({pid, startTime})) known.delete(pid);
			return known.size > 0;
		},
		selectHolders(processes) {
			// A terminal that is starting right now holds all that we hold until its leader runs.
			const others = processes.filter(each => each.pid !== process.pid && !isCopyOfUs(each));
			const holders = others.filter(
				({pid}) => pid !== leader?.pid && listDescriptors(pid).some(({target}) => isOurs(target)),
			);
			for (const {pid, startTime} of holders) known.set(pid, startTime);
			return holders;
		},
	};
};
