import {closeSync, openSync} from 'node:fs';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {createDescriptorGuard, type DescriptorGuard} from '../../src/host/descriptors.js';
import {createInputQueue, createPtyOpener, type Pty, type PtyOptions} from '../../src/host/pty.js';

let guard: DescriptorGuard;
let open: Pty[];
beforeEach(() => {
	guard = createDescriptorGuard();
	open = [];
});
afterEach(() => {
	for (const pty of open) if (pty.isOpen) pty.close();
	guard.dispose();
});

/** A program on a PTY, all that it printed, and its end. */
const run = (cmd: string, options: Partial<PtyOptions> = {}) => {
	let text = '';
	let sawText = () => {};
	let pty: Pty | undefined;
	const exited = new Promise<{code: number; signal: number}>(onExit => {
		const drained = new Promise<void>(onDrained => {
			pty = createPtyOpener(guard)({
				file: '/bin/sh',
				args: ['-c', cmd],
				env: {PATH: '/usr/bin:/bin'},
				cwd: '/',
				cols: 80,
				rows: 24,
				onData: bytes => {
					text += Buffer.from(bytes).toString('latin1');
					sawText();
				},
				onDrained,
				onExit,
				...options,
			});
		});
		ended = drained;
	});
	if (!pty) throw new Error('No PTY.');
	open.push(pty);
	return {
		pty,
		exited,
		drained: ended,
		text: () => text,
		shows: (expected: string) =>
			new Promise<void>(resolve => {
				sawText = () => {
					if (text.includes(expected)) resolve();
				};
				sawText();
			}),
	};
};
let ended: Promise<void>;

test('node-pty’s native half takes the arguments that we give, and answers as we read', async () => {
	const {pty, exited, drained, text} = run('stty size; exit 7', {cols: 100, rows: 30});
	expect(pty.device).toMatch(/^\/dev\/pts\/\d+$/);
	expect(await exited).toEqual({code: 7, signal: 0});
	await drained;
	expect(text()).toBe('30 100\r\n');
	const killed = run('kill -9 $$');
	expect(await killed.exited).toEqual({code: 0, signal: 9});
});

test('a reader that is paused while the program ends loses nothing (node-pty: all of it)', async () => {
	const {pty, exited, drained, text} = run('printf "%03000d" 0');
	pty.pause();
	await exited;
	// node-pty destroys the stream 200 ms after the exit.
	await new Promise(resolve => setTimeout(resolve, 250));
	pty.resume();
	await drained;
	expect(text()).toHaveLength(3_000);
});

test('a child inherits no other terminal, though the table of descriptors has holes', async () => {
	const fillers = Array.from({length: 20}, () => openSync('/dev/null', 'r'));
	const others = Array.from({length: 8}, () => run('exec sleep 60'));
	for (const fd of fillers) closeSync(fd);
	for (const other of others.slice(2, 4)) {
		process.kill(other.pty.pid, 'SIGKILL');
		await other.drained;
	}
	const {drained, text} = run('ls -l /proc/self/fd');
	await drained;
	expect(text()).toContain('0 -> /dev/pts/');
	expect(text()).not.toContain('ptmx');
	for (const other of others) other.pty.close();
});

test('fillers do not grow with the number of terminals', async () => {
	const counts: number[] = [];
	for (let round = 0; round < 30; round++) {
		const {drained, exited} = run('true');
		await Promise.all([drained, exited]);
		counts.push(guard.fillerCount);
	}
	expect(counts.at(-1)).toBeLessThanOrEqual((counts[4] ?? 0) + 2);
});

test('input that an ended program did not take reaches no other (node-pty: 32 of 40)', async () => {
	for (let round = 0; round < 20; round++) {
		const first = run('stty raw -echo; echo ready; read x');
		await first.shows('ready');
		first.pty.write(Buffer.from('secret'.repeat(100_000)));
		process.kill(first.pty.pid, 'SIGKILL');
		await first.exited;
		const second = run('stty -icanon min 0 time 1; echo "got $(head -c 6 | wc -c)"');
		await second.drained;
		expect(second.text()).not.toContain('secret');
		expect(second.text()).toContain('got 0');
		await first.drained;
		expect(first.pty.queuedBytes).toBeGreaterThan(500_000);
	}
});

test('5 MB into a program that reads arrive whole', async () => {
	const {pty, drained, text, shows} = run('stty raw -echo; echo ready; head -c 5000000 | cksum');
	await shows('ready');
	pty.write(Buffer.alloc(5_000_000, 'abcdefghij'));
	await drained;
	expect(pty.queuedBytes).toBe(0);
	expect(text()).toMatch(/\d+ 5000000\s*$/);
});

test('a program that does not read is asked ever more rarely', () => {
	vi.useFakeTimers();
	let attempts = 0;
	const queue = createInputQueue({
		write: () => {
			attempts++;
			throw Object.assign(new Error('full'), {code: 'EAGAIN'});
		},
		onWritten: () => {},
	});
	queue.add(Buffer.from('x'));
	vi.advanceTimersByTime(10_000);
	expect(attempts).toBeLessThan(420);
	expect(queue.bytes).toBe(1);
	queue.stop();
	vi.useRealTimers();
});

test('resizing works within what programs can bear, and after the end it touches nothing', async () => {
	const {pty, drained, exited, text, shows} = run('stty size; read x; stty size; read x; stty size');
	await shows('24 80');
	pty.resize(65_536, 0);
	pty.write(Buffer.from('\n'));
	await shows('1 500');
	pty.resize(70, 20);
	pty.write(Buffer.from('\n'));
	await drained;
	await exited;
	expect(text()).toContain('20 70');
	pty.resize(10, 10);
});

test('200 terminals leave neither descriptors nor threads behind', async () => {
	const {readdirSync} = await import('node:fs');
	const count = () => readdirSync('/proc/self/fd').length - guard.fillerCount;
	const threads = () => readdirSync('/proc/self/task').length;
	await Promise.all([run('true')].flatMap(each => [each.drained, each.exited]));
	const before = {descriptors: count(), threads: threads()};
	for (let round = 0; round < 10; round++) {
		const many = Array.from({length: 20}, () => run('true'));
		await Promise.all(many.flatMap(each => [each.drained, each.exited]));
	}
	await vi.waitFor(() => {
		expect(count()).toBeLessThanOrEqual(before.descriptors + 2);
		expect(threads()).toBeLessThanOrEqual(before.threads + 2);
	});
});
