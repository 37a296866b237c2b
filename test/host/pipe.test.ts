// Commands without a terminal, on a real pool.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createPool} from '../../src/host/pool.js';
import {startRequest} from '../support/host-process.js';

test('a flood asks the clock for blocks, not for lines', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'tandem-pipe-'));
	let asked = 0;
	const now = () => {
		asked++;
		return Date.now();
	};
	const host = await createPool({
		stateFolder: join(folder, 'state'),
		runtimeFolder: join(folder, 'run'),
		now,
	});
	try {
		await host.start(startRequest('seq 1 300000', {tty: false}));
		const waited = await host.wait(1, {timeoutMs: 60_000, exit: true});
		expect(waited).toMatchObject({terminal: {lineCount: 300_000}});
		expect(asked).toBeLessThan(30_000);
	} finally {
		await host.close();
		rmSync(folder, {recursive: true, force: true});
	}
});

test('commands that start while others end are not taken for what those left behind', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'tandem-pipe-'));
	const host = await createPool({stateFolder: join(folder, 'state'), runtimeFolder: join(folder, 'run')});
	const states: string[] = [];
	const runSome = async () => {
		for (let count = 0; count < 25; count++) {
			const started = await host.start(startRequest('true', {tty: false}));
			if (started.kind === 'refused') throw new Error(started.message);
			const waited = await host.wait(started.terminal.id, {timeoutMs: 20_000, exit: true});
			if (waited.kind === 'refused') throw new Error(waited.message);
			states.push(waited.terminal.state.kind);
		}
	};
	try {
		await Promise.all(Array.from({length: 8}, runSome));
		expect(states.filter(state => state !== 'ended')).toEqual([]);
	} finally {
		await host.close();
		rmSync(folder, {recursive: true, force: true});
	}
});
