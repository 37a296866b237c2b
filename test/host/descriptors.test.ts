import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Host} from '../../src/host/host.js';
import {createPool} from '../../src/host/pool.js';
import {startRequest} from '../support/host-process.js';

const start = async (host: Host, cmd: string): Promise<number> => {
	const started = await host.start(startRequest(cmd));
	if (started.kind === 'refused') throw new Error(started.message);
	return started.terminal.id;
};

const descriptors = () => readdirSync('/proc/self/fd').map(Number);

test('while starts overlap neither the descriptors nor their numbers grow, and no command inherits one', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'tandem-descriptors-'));
	const host = await createPool({stateFolder: join(folder, 'state'), runtimeFolder: join(folder, 'run')});
	try {
		const before = descriptors();
		let last = await start(host, 'sleep 60');
		for (let round = 0; round < 30; round++) {
			const next = await start(host, 'sleep 60');
			await host.stop(last, {by: 'user', graceMs: 0});
			last = next;
		}
		expect(descriptors().length).toBeLessThan(before.length + 10);
		expect(Math.max(...descriptors())).toBeLessThan(Math.max(...before) + 10);
		const look = await start(host, 'ls -l /proc/self/fd; exit');
		await host.wait(look, {timeoutMs: 20_000, exit: true});
		const reading = await host.read(look, {maxChars: 10_000});
		if (reading.kind === 'refused') throw new Error(reading.message);
		const held = reading.lines.map(({text}) => text).join('\n');
		expect(held).toContain(' 2 -> /dev/pts/');
		expect(held).not.toMatch(/ptmx|socket:|pipe:|anon_inode|null/);
		await host.stop(last, {by: 'user', graceMs: 0});
	} finally {
		await host.close();
		rmSync(folder, {recursive: true, force: true});
	}
});
