// What an agent's own processes take: memory as PSS (each page shared fairly) and RSS, and processor time.
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {basename} from 'node:path';
import {processesOf} from '../support/tandem.js';
import type {AgentName} from './agents.js';

export type Footprint = {pssMb: number; rssMb: number; cpuMs: number; processes: number};

/** `pid` is the process in the PTY, `home` what a detached host is known by. */
export const readFootprint = (agent: AgentName, pid: number, home: string): Footprint => {
	const own = agent === 'tandem' ? tandemProcesses(pid, home) : codexProcesses(pid);
	const sum = (read: (pid: number) => number) => own.reduce((total, each) => total + read(each), 0);
	return {
		pssMb: sum(each => readKilobytes(each, 'Pss')) / 1_000,
		rssMb: sum(each => readKilobytes(each, 'Rss')) / 1_000,
		cpuMs: sum(readCpuMs),
		processes: own.length,
	};
};

/** Launcher and window; the host, its helper and the leaders of its terminals, which are its children. */
const tandemProcesses = (pid: number, home: string): number[] => {
	const host = processesOf(home).find(each =>
		readText(`/proc/${each}/cmdline`).includes(`host\0--state\0${home}`),
	);
	if (host === undefined) return tree(pid);
	// The window that started it is its parent.
	return [...treeWithout(host, pid), host, ...children(host)];
};

/** Its wrapper and itself; what else it has started are commands. */
const codexProcesses = (pid: number): number[] =>
	tree(pid).filter(each => /^(codex|node)/.test(basename(readLink(`/proc/${each}/exe`))));

const tree = (pid: number): number[] => treeWithout(0, pid);

const treeWithout = (left: number, pid: number): number[] =>
	pid === left ? [] : [pid, ...children(pid).flatMap(child => treeWithout(left, child))];

const children = (pid: number): number[] => {
	try {
		return readdirSync(`/proc/${pid}/task`).flatMap(task =>
			readText(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
		);
	} catch {
		return []; // it has ended
	}
};

/** In kilobytes of 1,000, as memory is sold. */
const readKilobytes = (pid: number, field: 'Pss' | 'Rss'): number => {
	const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readText(`/proc/${pid}/smaps_rollup`))?.[1];
	return (Number(kib ?? 0) * 1_024) / 1_000;
};

const readCpuMs = (pid: number): number => {
	const stat = readText(`/proc/${pid}/stat`);
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1_000) / ticksPerSecond;
};

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], {encoding: 'utf8'}));

const readText = (path: string): string => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return ''; // it has ended
	}
};

const readLink = (path: string): string => {
	try {
		return readlinkSync(path);
	} catch {
		return '';
	}
};
