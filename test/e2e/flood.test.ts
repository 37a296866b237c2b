// Terminals that print without end while somebody types: no key is lost, none waits long, memory stays bounded,
// and in the end every screen is right.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {setStage} from '../support/stage.js';
import {findHost, findWindow, keys, processesOf} from '../support/tandem.js';
import {echoTimes, openFloods} from '../support/typing.js';
import {until} from '../support/until.js';

const stage = setStage();

const echoDeadlineMs = 1_000; // ten times the promise
const maxResidentMegabytes = 600; // of window and host together; idle they take about 200

/** Window and host, not what they run. */
const ownProcesses = () =>
	processesOf(stage.place.home).filter(pid => readProc(pid, 'cmdline').includes('dist/main.js'));
const readProc = (pid: number, file: string): string => {
	try {
		return readFileSync(`/proc/${pid}/${file}`, 'utf8');
	} catch {
		return ''; // it has ended
	}
};
const residentMegabytes = () =>
	ownProcesses().reduce(
		(total, pid) => total + Number(/VmRSS:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1] ?? 0) / 1_024,
		0,
	);

test.each([1, 8])('%i of them: keys, memory and the last lines', async count => {
	const last = 'all of it was printed';
	const flood = `yes 'a line of the flood' & until [ -e stop ]; do sleep 0.1; done; kill $!; echo; echo ${last}; sleep 600`;
	const tandem = await openFloods(stage, count, flood);
	const words = 'the quick brown fox jumps over the lazy dog';
	expect(Math.max(...(await echoTimes(tandem, words)))).toBeLessThan(echoDeadlineMs);
	expect(residentMegabytes()).toBeLessThan(maxResidentMegabytes);
	expect(tandem.text()).toContain(words);

	writeFileSync(join(stage.place.folder, 'stop'), '');
	tandem.type(keys.ctrlT);
	await tandem.until('the last line of each', () => tandem.text().split(last).length > count || undefined);
});

test('a window that is stopped does not make the host grow', async () => {
	const tandem = await openFloods(stage, 1, "yes 'a line of the flood'");
	const host = findHost(stage.place.home);
	const window = findWindow(stage.place.home);
	const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readProc(host, 'status'))?.[1] ?? 0) / 1_024;
	const printed = () => Number(/rchar:\s+(\d+)/.exec(readProc(host, 'io'))?.[1] ?? 0);
	const [before, from] = [resident(), printed()];
	process.kill(window, 'SIGSTOP');
	try {
		// The host reads on without a reader, and keeps less than it has read.
		await until(() => printed() - from > 40_000_000);
		expect(resident() - before).toBeLessThan(40);
	} finally {
		process.kill(window, 'SIGCONT');
	}
	expect(Math.max(...(await echoTimes(tandem, 'still here')))).toBeLessThan(10 * echoDeadlineMs);
});
