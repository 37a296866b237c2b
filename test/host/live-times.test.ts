import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createPool} from '../../src/host/pool.js';

test('what still stands on the screen is as old as its last change', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'tandem-times-'));
	let later = 0;
	const host = await createPool({
		stateFolder: join(folder, 'state'),
		runtimeFolder: join(folder, 'run'),
		now: () => Date.now() + later,
	});
	// A window looks at every change.
	host.subscribe(() => {});
	const started = await host.start({
		cmd: 'echo old; read x; echo new; read x',
		cwd: folder,
		tty: true,
		env: {PATH: process.env.PATH ?? ''},
		cols: 80,
		rows: 24,
		startedBy: 'user',
	});
	if (started.kind !== 'started') throw new Error(started.message);
	const {id} = started.terminal;
	await host.wait(id, {timeoutMs: 20_000, pattern: 'old', from: {line: 1, seen: []}});
	const recent = async () => {
		const page = await host.log(id, {sinceMs: 30_000, maxChars: 10_000});
		return page.kind === 'log' ? page.lines.map(({text}) => text) : page;
	};
	expect(await recent()).toEqual(['old']);
	later = 60_000;
	expect(await recent()).toEqual([]);
	await host.write(id, {by: 'user', keys: ['Enter']});
	await host.wait(id, {timeoutMs: 20_000, pattern: 'new', from: {line: 1, seen: []}});
	// The echo of Enter ended the line that the cursor stood on, which holds nothing else.
	expect((await recent()) as string[]).toContain('new');
	expect(await recent()).not.toContain('old');
	await host.close();
	rmSync(folder, {recursive: true});
});
