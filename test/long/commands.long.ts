// Ten thousand short commands, eight at a time, on a real host: every byte, every exit code, nothing left behind.
import {expect, test} from 'vitest';
import {type HostProcess, startHostProcess, startRequest} from '../support/host-process.js';
import {until} from '../support/until.js';
import {isShort, recordFigure} from './figures.js';

const commands = isShort ? 400 : 10_000;
const atOnce = 8;

/** What the n-th command prints, in its lines, and how it ends. Every second has no terminal. */
const expected = (n: number) => ({
	cmd: `printf 'first of ${n}\\n'; seq ${n} ${n + (n % 50 === 0 ? 2_000 : 3)}; printf 'last of ${n}'; exit ${n % 100}`,
	tty: n % 2 === 0,
	lines: [
		`first of ${n}`,
		...Array.from({length: (n % 50 === 0 ? 2_000 : 3) + 1}, (_, index) => String(n + index)),
		`last of ${n}`,
	],
	exit: {code: n % 100},
});

const runCommand = async ({client}: HostProcess, n: number): Promise<void> => {
	const {cmd, tty, lines, exit} = expected(n);
	const started = await client.start(startRequest(cmd, {tty}));
	if (started.kind !== 'started') throw new Error(started.message);
	const {id} = started.terminal;
	const waited = await client.wait(id, {timeoutMs: 60_000, exit: true});
	const reading = await client.read(id, {maxChars: 100_000});
	if (waited.kind !== 'waited' || reading.kind !== 'reading') throw new Error(`command ${n} was refused`);
	// No assertion library in here: ten thousand deep comparisons would be what is measured.
	const isRight =
		reading.lines.map(({text}) => text).join('\n') === lines.join('\n') &&
		reading.terminal.state.kind === 'ended' &&
		JSON.stringify(reading.terminal.state.exit) === JSON.stringify(exit);
	if (!isRight) {
		const {state, leftovers} = reading.terminal;
		expect({n, lines: reading.lines.map(({text}) => text), state, leftovers}).toBe(lines);
	}
	await client.forget(id);
};

const runAll = async (host: HostProcess, from: number, to: number): Promise<void> => {
	let next = from;
	const worker = async () => {
		while (next < to) await runCommand(host, next++);
	};
	await Promise.all(Array.from({length: atOnce}, worker));
};

test(`${commands} short commands, 8 at a time: every byte, every exit code, and the host holds what it held before`, async () => {
	const host = await startHostProcess();
	try {
		await runAll(host, 0, 4 * atOnce); // what is made once is made by then
		// The helper, and the leader that waits for the next command.
		await until(() => host.holdings().children === 2, 'the ends of the first commands');
		const [before, rssBefore] = [host.holdings(), host.rssMb()];
		const startedAt = performance.now();
		await runAll(host, 4 * atOnce, commands);
		const seconds = (performance.now() - startedAt) / 1_000;
		await until(() => host.holdings().children === before.children, 'the ends of the leaders');
		await until(() => host.holdings().threads <= before.threads, 'the ends of the threads');
		expect(host.holdings()).toEqual({...before, zombies: 0});
		expect(await host.client.list()).toEqual([]);
		const perCommand = (seconds * 1_000) / (commands - 4 * atOnce);
		recordFigure({
			what: 'a short command, 8 at a time, from start to forgotten',
			figure: `${perCommand.toFixed(1)} ms`,
			goal: '≤ 15 ms',
		});
		recordFigure({
			what: `growth of the host's memory over ${commands} commands`,
			figure: `${(host.rssMb() - rssBefore).toFixed(0)} MB`,
			goal: '≤ 50 MB',
		});
	} finally {
		await host.end();
	}
});
