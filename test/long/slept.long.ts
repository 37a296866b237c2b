// A machine that sleeps longer than a host may be silent. Time itself is the subject: it passes for real.
import {readFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {setStage} from '../support/stage.js';
import {findHost, findWindow} from '../support/tandem.js';
import {until} from '../support/until.js';

const stage = setStage();

const bytesWritten = (pid: number) =>
	Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);

/** With eight bytes each Node wakes threads of its own: these do not count. */
const hasWritten = (pid: number, before: number) => (bytesWritten(pid) - before) % 8 !== 0;

test('a machine that slept: window and host wake, nobody is told to be lost, everything answers', async () => {
	const tandem = await stage.open();
	await tandem.submit('!sleep 3052');
	await tandem.sees(/1 running/);
	const [window, host] = [findWindow(stage.place.home), findHost(stage.place.home)];
	await until(async () => {
		const before = bytesWritten(window);
		await sleep(1_500);
		return !hasWritten(window, before);
	}, 'a window that paints and asks nothing');
	// The host first, so that the next question of the window is on its way when that falls asleep too.
	process.kill(host, 'SIGSTOP');
	const before = bytesWritten(window);
	await until(() => hasWritten(window, before), 'a question to the host');
	process.kill(window, 'SIGSTOP');
	// As long as a host may take before it is told to be lost.
	await sleep(11_000);
	process.kill(window, 'SIGCONT');
	process.kill(host, 'SIGCONT');
	await tandem.submit('!echo $((40 + 2))');
	await tandem.sees('42');
	expect(tandem.text()).not.toContain('does not answer');
	expect(tandem.text()).not.toContain('answers again');
	expect(stage.isAlive('sleep 3052')).toBe(true);
});
