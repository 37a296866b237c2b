// The host hangs, or dies, under a window: told, survivors named and ended, and quitting works all the same.
import {spawnSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {setStage} from '../support/stage.js';
import {commandOf, findHost, keys, processesOf} from '../support/tandem.js';
import {until} from '../support/until.js';

const stage = setStage();

const isOnDisk = (text: string): boolean => spawnSync('grep', ['-rq', text, stage.place.home]).status === 0;

test('a host that was killed: told within 5 s, survivors named and ended, a new host, the log still there', async () => {
	const tandem = await stage.open();
	await tandem.submit('!echo $((40 + 2)) before; setsid sleep 4321 & trap "" HUP; sleep 300');
	await tandem.sees('42 before');
	// A host's death may cost the last tenth of a second.
	await until(() => isOnDisk('42 before'), 'the log on disk');
	const killedAt = performance.now();
	process.kill(findHost(stage.place.home), 'SIGKILL');
	await tandem.sees(/The terminal host died, and with it: \S+ \(1\)/);
	expect(performance.now() - killedAt).toBeLessThan(10 * 5_000);
	await tandem.sees(/1 lost/);
	await tandem.sees(/there still runs: .*sleep 4321/);
	await tandem.submit('/stop 1');
	await tandem.sees(/What was left of \S+ \(1\) has ended/);
	await until(
		() => !processesOf(stage.place.home).some(pid => commandOf(pid).includes('sleep 4321')),
		'its end',
	);
	await tandem.submit('/logs 1');
	await tandem.sees(/log of .*the end/);
	await tandem.sees('42 before');
	tandem.type(keys.escape);
	await tandem.loses(/log of .*the end/);
	await tandem.submit('!echo $((40 + 3)) new');
	await tandem.sees('43 new');
});

test('a host that hangs: told, what runs is unknown, and quitting works', async () => {
	const tandem = await stage.open();
	await tandem.submit('!sleep 300');
	await tandem.sees(/1 running/);
	const host = findHost(stage.place.home);
	process.kill(host, 'SIGSTOP');
	try {
		const stoppedAt = performance.now();
		await tandem.sees('The terminal host does not answer');
		expect(performance.now() - stoppedAt).toBeLessThan(10 * 11_000);
		await tandem.sees('unknown');
		await tandem.submit('/quit');
		expect((await tandem.exited).exitCode).toBe(0);
		expect(tandem.text()).toContain('Not known whether these still run: sleep');
	} finally {
		process.kill(host, 'SIGCONT');
	}
});

test('terminals that were kept are told in one line, and shown', async () => {
	const first = await stage.open();
	await first.submit('!sleep 300');
	await first.sees(/1 running/);
	await first.submit('/quit');
	await first.sees(/Keep it running/);
	first.type('k');
	expect((await first.exited).exitCode).toBe(0);
	expect(first.text()).toContain('Still running: sleep');

	const second = await stage.open();
	await second.sees('Still running here: sleep (1)');
	await second.sees(/1 running/);
});
