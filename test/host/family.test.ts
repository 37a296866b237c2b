import {type ChildProcess, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createFamily, markName} from '../../src/host/family.js';
import {
	isAlive,
	listChildren,
	listProcesses,
	listProcessesSince,
	readProcess,
	signalProcess,
} from '../../src/host/processes.js';
import {stopTree} from '../../src/host/stop.js';
import {until} from '../support/until.js';

let mark: string;
let children: ChildProcess[];
beforeEach(() => {
	mark = randomBytes(16).toString('hex');
	children = [];
});
afterEach(() => {
	for (const child of children) child.kill('SIGKILL');
});

/** A process of its own session, once its script has printed something. */
const launch = async (script: string, env: Record<string, string> = {}) => {
	const child = spawn('/bin/sh', ['-c', `${script}\nsleep 60`], {
		detached: true,
		env: {PATH: '/usr/bin:/bin', ...env},
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	children.push(child);
	await once(child.stdout, 'data');
	const found = readProcess(child.pid ?? 0);
	if (!found) throw new Error('It is not there.');
	return found;
};
const familyOf = (leader?: {pid: number; startTime: number}) =>
	createFamily({...(leader && {leader}), mark, streams: () => []});

test('a process is told from a later one with its number', async () => {
	const {pid, startTime} = await launch('echo ready');
	expect(isAlive({pid, startTime})).toBe(true);
	expect(isAlive({pid, startTime: startTime - 1})).toBe(false);
	expect(signalProcess({pid, startTime: startTime - 1}, 'SIGKILL')).toBe(false);
	expect(isAlive({pid, startTime})).toBe(true);
	expect(signalProcess({pid, startTime}, 'SIGKILL')).toBe(true);
});

test('a name with parentheses and blanks is read right', async () => {
	const {pid} = await launch(
		'exec 2>/dev/null; printf ") R 1 (" >/proc/self/comm; printf "a) (b" >/proc/$$/comm; echo ready',
	);
	expect(readProcess(pid)).toMatchObject({pid, name: 'a) (b', session: pid, group: pid});
});

test('a look at the younger processes finds what a look at all finds', async () => {
	const leader = await launch('sleep 60 & echo ready');
	// The script goes on to its last command.
	await until(() => listChildren(leader.pid)?.length === 2);
	const pids = (processes: {pid: number}[]) => processes.map(({pid}) => pid).sort();
	const all = familyOf(leader).select(listProcesses());
	expect(all.length).toBeGreaterThan(0);
	expect(pids(familyOf(leader).select(listProcessesSince(leader.pid)))).toEqual(pids(all));
});

test('the mark finds who has left session, group and parent', async () => {
	const leader = await launch('(setsid sh -c "echo ready; exec sleep 60" &)', {[markName]: mark});
	process.kill(-leader.pid, 'SIGKILL');
	const found = familyOf().select(listProcesses());
	expect(found.some(({session}) => session !== leader.pid)).toBe(true);
	expect(createFamily({mark: 'another', streams: () => []}).select(listProcesses())).toEqual([]);
	expect(await stopTree({family: familyOf(), signal: 'SIGTERM', graceMs: 5_000})).toEqual([]);
});

test('a process that is just becoming another program is never taken for a stranger', async () => {
	const leader = await launch('echo ready; exec sh -c "$AGAIN"', {
		AGAIN: 'exec sh -c "$AGAIN"',
		[markName]: mark,
	});
	let unsettled = 0;
	for (let look = 0; look < 5_000; look++) {
		const family = familyOf();
		const now = readProcess(leader.pid);
		if (family.select(now ? [now] : []).length > 0) continue;
		expect(family.isUnsettled, `look ${look}`).toBe(true);
		unsettled++;
	}
	expect(unsettled).toBeGreaterThan(0);
});

test('who scrubs its environment and leaves is remembered, once it was seen', async () => {
	const leader = await launch('env -i setsid sh -c "echo ready; sleep 60" &', {[markName]: mark});
	const family = familyOf(leader);
	const before = family.select(listProcesses()).filter(({session}) => session !== leader.pid);
	expect(before.length).toBeGreaterThan(0);
	process.kill(-leader.pid, 'SIGKILL');
	const after = family.select(listProcesses()).map(({pid}) => pid);
	for (const {pid} of before) expect(after).toContain(pid);
	expect(await stopTree({family, signal: 'SIGTERM', graceMs: 5_000})).toEqual([]);
	expect(before.some(isAlive)).toBe(false);
});
