// Moments that a real program cannot be brought to at will: what the kernel says, and when output is seen.
import {expect, test} from 'vitest';
import type {InputWait} from '../../src/host/input-wait.js';
import type {PortWatch} from '../../src/host/ports.js';
import type {Change, LastInput, Terminal} from '../../src/host/terminal.js';
import {waitUntil} from '../../src/host/until.js';

const noPorts: PortWatch = {wake() {}, demand: () => () => {}, close() {}};

/** A terminal as far as a wait for input looks at it. */
const createTerminal = () => {
	const listeners = new Set<(change: Change) => void>();
	const started = performance.now();
	const screen = {
		rows: ['text'],
		cursor: {isAfterText: false, isVisible: true},
		isAlternate: false,
		revision: 1,
	};
	let wait: InputWait = {kind: 'busy'};
	let lastOutputAt = started;
	let turns = 1;
	const terminal = {
		request: {tty: true},
		isEnded: false,
		hasExited: false,
		isExitTold: false,
		lastInput: {at: started, revision: 0, isCursorVisible: true, wasAfterText: false, turns: 0},
		get lastOutputAt() {
			return lastOutputAt;
		},
		onLook() {},
		inputWait() {
			this.onLook();
			return wait;
		},
		screen: () => screen,
		turns: () => turns,
		info: () => ({undeliveredBytes: 0}),
		onChange(listener: (change: Change) => void) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
	return {
		/** Only what is above is looked at. */
		terminal: terminal as unknown as Terminal & {onLook(): void; lastInput: LastInput},
		screen,
		setTurns(next: number) {
			turns = next;
		},
		setWait(next: InputWait) {
			wait = next;
		},
		print() {
			screen.revision++;
			lastOutputAt = performance.now();
			for (const listener of listeners) listener('output');
		},
	};
};

test('a secret that is asked for in silence, long after the program began to wait, is seen', async () => {
	const {terminal, setWait} = createTerminal();
	// As between two programs: it may not be looked at.
	setWait({kind: 'unreadable'});
	let looks = 0;
	const waited = await waitUntil(
		{
			terminal,
			ports: noPorts,
			readModes: async () => (++looks < 3 ? 'icanon echo' : 'icanon -echo'),
		},
		{timeoutMs: 20_000, input: 'prompt'},
	);
	expect(waited).toMatchObject({reason: {kind: 'waiting-for-input'}});
});

const waitFor = (terminal: Terminal, input: 'prompt' | 'taken', timeoutMs = 60_000) =>
	waitUntil({terminal, ports: noPorts}, {timeoutMs, input});

test('a program that waits is not answered before what it printed last is seen', async () => {
	const {terminal, setWait, print} = createTerminal();
	setWait({kind: 'reads', isSingleThreaded: true});
	let printedAt = 0;
	terminal.onLook = () => {
		if (printedAt > 0) return;
		// It waits already; its last words arrive after the look.
		setImmediate(() => {
			printedAt = performance.now();
			print();
		});
		printedAt = Number.MAX_SAFE_INTEGER;
	};
	expect(await waitFor(terminal, 'taken')).toMatchObject({reason: {kind: 'waiting-for-input'}});
	expect(performance.now() - printedAt).toBeGreaterThanOrEqual(50);
});

test('a full screen that was put together by a program at work is not taken for settled', async () => {
	const {terminal, screen, setWait} = createTerminal();
	screen.isAlternate = true;
	setWait({kind: 'runs'});
	expect(await waitFor(terminal, 'taken', 700)).toMatchObject({reason: {kind: 'time-over'}});
	setWait({kind: 'polls', isIdle: true, isForMore: false});
	expect(await waitFor(terminal, 'taken')).toMatchObject({reason: {kind: 'waiting-for-input'}});
});

test('a menu without a cursor waits for keys, a server that listens to keys does not', async () => {
	const {terminal, screen, setWait} = createTerminal();
	setWait({kind: 'polls', isIdle: true, isForMore: false});
	expect(await waitFor(terminal, 'prompt', 700)).toMatchObject({reason: {kind: 'time-over'}});
	screen.cursor.isVisible = false;
	expect(await waitFor(terminal, 'prompt')).toMatchObject({reason: {kind: 'waiting-for-input'}});
	setWait({kind: 'polls', isIdle: false, isForMore: false});
	expect(await waitFor(terminal, 'prompt', 700)).toMatchObject({reason: {kind: 'time-over'}});
});

test('a program with several threads, one of which reads, waits only after a prompt', async () => {
	const {terminal, screen, setWait} = createTerminal();
	setWait({kind: 'reads', isSingleThreaded: false});
	expect(await waitFor(terminal, 'prompt', 700)).toMatchObject({reason: {kind: 'time-over'}});
	screen.cursor.isAfterText = true;
	expect(await waitFor(terminal, 'prompt')).toMatchObject({reason: {kind: 'waiting-for-input'}});
});

test('who may not be looked at waits when half a second of quiet follows a prompt', async () => {
	const {terminal, screen, setWait, print} = createTerminal();
	setWait({kind: 'unreadable'});
	screen.cursor.isAfterText = false;
	expect(await waitFor(terminal, 'prompt', 900)).toMatchObject({reason: {kind: 'time-over'}});
	screen.cursor.isAfterText = true;
	print();
	const printedAt = performance.now();
	expect(await waitFor(terminal, 'prompt')).toMatchObject({reason: {kind: 'waiting-for-input'}});
	expect(performance.now() - printedAt).toBeGreaterThanOrEqual(500);
});

test('who asked, was answered and asks no more is at work while something else than keys may wake it', async () => {
	const {terminal, screen, setWait, print} = createTerminal();
	terminal.lastInput.wasAfterText = true;
	setWait({kind: 'polls', isIdle: true, isForMore: true});
	expect(await waitFor(terminal, 'taken', 700)).toMatchObject({reason: {kind: 'time-over'}});
	screen.cursor.isVisible = false;
	expect(await waitFor(terminal, 'taken')).toMatchObject({reason: {kind: 'waiting-for-input'}});
	screen.cursor.isVisible = true;
	screen.cursor.isAfterText = true;
	print();
	expect(await waitFor(terminal, 'taken')).toMatchObject({reason: {kind: 'waiting-for-input'}});
	screen.cursor.isAfterText = false;
	setWait({kind: 'polls', isIdle: true, isForMore: false});
	expect(await waitFor(terminal, 'taken')).toMatchObject({reason: {kind: 'waiting-for-input'}});
});

test('who has not been given a processor since the input has not taken it', async () => {
	const {terminal, setWait, setTurns} = createTerminal();
	setWait({kind: 'reads', isSingleThreaded: true});
	setTurns(0);
	expect(await waitFor(terminal, 'taken', 200)).toMatchObject({reason: {kind: 'time-over'}});
	setTurns(1);
	expect(await waitFor(terminal, 'taken', 200)).toMatchObject({reason: {kind: 'waiting-for-input'}});
	// Half a line wakes nobody.
	setTurns(0);
	expect(await waitFor(terminal, 'taken')).toMatchObject({reason: {kind: 'waiting-for-input'}});
});
