// The programs in the foreground of a terminal: those that its keys go to.
import {listChildren, readProcess} from './processes.js';

/** Its processes but for the leader, parents before children; undefined if nobody knows. */
export const listForeground = (leader: number): number[] | undefined => {
	const group = readProcess(leader)?.foregroundGroup;
	if (group === undefined) return;
	const pids = listBelow([leader]);
	// Without the kernel's list of children at least the group's own first process.
	pids.add(group);
	pids.delete(leader);
	return [...pids].filter(pid => readProcess(pid)?.group === group);
};

/** Below them, in sessions without a terminal: what `su -c` runs, which nothing keeps from reading ours. */
export const listDetached = (foreground: readonly number[]): number[] =>
	[...listBelow(foreground)].filter(pid => readProcess(pid)?.foregroundGroup === -1);

/** Parents before children. */
const listBelow = (roots: readonly number[]): Set<number> => {
	const pids = new Set<number>();
	const visit = (pid: number) => {
		for (const child of listChildren(pid) ?? []) {
			if (pids.has(child)) continue;
			pids.add(child);
			visit(child);
		}
	};
	for (const root of roots) visit(root);
	return pids;
};

/** The program that was started last: the editor of `git commit`, the pager of `git log | less`. */
export const foregroundName = (leader: number): string => {
	const last = listForeground(leader)?.at(-1);
	return (last !== undefined && readProcess(last)?.name) || 'program';
};
