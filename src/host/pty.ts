// One PTY over node-pty's native binding: fork, read, write, resize, close. Its JavaScript half is not used:
// it destroys unread output 200 ms after the exit, types queued input into whoever gets the number next, and
// spins while a program does not read. Knows bytes only, no screens.
import {writeSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {ReadStream} from 'node:tty';
import type {DescriptorGuard} from './descriptors.js';
import {readInto} from './read-buffer.js';

export type Pty = {
	readonly pid: number;
	/** The slave's name, `/dev/pts/3`. */
	readonly device: string;
	/** False from the moment on when the device's name may be another terminal's. */
	readonly isOpen: boolean;
	/** Bytes that were given to write() and that the kernel has not taken. */
	readonly queuedBytes: number;
	write(bytes: Uint8Array): void;
	pause(): void;
	resume(): void;
	resize(cols: number, rows: number): void;
	/** Gives up what is unread and unwritten. `onDrained` follows. */
	close(): void;
};

export type PtyOptions = {
	file: string;
	args: readonly string[];
	env: Readonly<Record<string, string>>;
	/** Must exist: the child reports a missing one only as text. */
	cwd: string;
	cols: number;
	rows: number;
	/** The bytes are only there until it returns. */
	onData(bytes: Uint8Array): void;
	/** Every byte was delivered and the descriptor is closed. */
	onDrained(): void;
	/** The child was waited for. Independent of onDrained: either may come first. */
	onExit(exit: {code: number; signal: number}): void;
	/** The kernel took queued bytes. */
	onWritten?(): void;
};

/** Loads the native half now, for the package may be replaced while the host runs. Throws where there is none. */
export const createPtyOpener = (guard: DescriptorGuard) => {
	const native = loadBinding();
	return (options: PtyOptions): Pty => openPty(native, guard, options);
};

/** Throws if there is no free PTY or process. */
export type OpenPty = ReturnType<typeof createPtyOpener>;

const openPty = (native: Binding, guard: DescriptorGuard, options: PtyOptions): Pty => {
	const {cols, rows} = clampSize(options);
	const env = Object.entries(options.env).map(([name, value]) => `${name}=${value}`);
	const forked = guard.whileDense(() =>
		native.fork(
			options.file,
			[...options.args],
			env,
			options.cwd,
			cols,
			rows,
			-1,
			-1,
			true,
			native.helperPath,
			(code, signal) => options.onExit({code, signal}),
		),
	);
	const onread = readInto(bytes => {
		options.onData(bytes);
		// A program that prints has most likely read before.
		queue.retry();
	});
	const stream = new ReadStream(forked.fd, {onread});
	let isOpen = true;
	const queue = createInputQueue({
		write: (bytes, offset, length) => writeSync(forked.fd, bytes, offset, length),
		onWritten: options.onWritten ?? (() => {}),
	});
	const shut = () => {
		isOpen = false;
		queue.stop();
	};
	stream.resume();
	// The end of a PTY is the error EIO; the close event that follows tells the same.
	stream.on('error', shut);
	stream.on('close', () => {
		shut();
		guard.release(forked.fd);
		options.onDrained();
	});

	return {
		pid: forked.pid,
		device: forked.pty,
		get isOpen() {
			return isOpen;
		},
		get queuedBytes() {
			return queue.bytes;
		},
		write(bytes) {
			if (isOpen) queue.add(bytes);
		},
		pause: () => void stream.pause(),
		resume: () => void stream.resume(),
		resize(cols, rows) {
			// A closed descriptor's number may be another terminal's by now.
			if (!isOpen) return;
			const size = clampSize({cols, rows});
			native.resize(forked.fd, size.cols, size.rows, 0, 0);
		},
		close() {
			shut();
			stream.destroy();
		},
	};
};

// Every few bytes of hostile output can ask for work on a whole row, or for a line as long as one. No screen that
// somebody reads from has more.
const mostCols = 500;
const mostRows = 200;

/** A size that every program can bear: the kernel wraps at 65536, and emulators allocate what they are told. */
export const clampSize = ({cols, rows}: {cols: number; rows: number}) => ({
	cols: clamp(cols, 2, mostCols),
	rows: clamp(rows, 1, mostRows),
});

const clamp = (value: number, lowest: number, highest: number) =>
	Math.min(highest, Math.max(lowest, Math.trunc(value) || lowest));

// A full input buffer is retried after 1 ms, then ever later: a program that never reads costs next to nothing.
const firstRetryMs = 1;
const lastRetryMs = 25;
// The kernel takes about 4 kB at once; more than 64 kB in one go would delay other terminals.
const writeSize = 4096;
const writeSizePerTurn = 65_536;

/**
 * Input that waits for the program. Writes are synchronous on a non-blocking descriptor: none is ever in
 * flight when the descriptor closes, so no byte can reach the next owner of its number.
 */
export const createInputQueue = (options: {
	write(bytes: Uint8Array, offset: number, length: number): number;
	onWritten(): void;
}) => {
	const chunks: Uint8Array[] = [];
	let offset = 0;
	let bytes = 0;
	let delay = firstRetryMs;
	let timer: NodeJS.Timeout | undefined;
	let isStopped = false;

	const writeOnce = (chunk: Uint8Array): 'more' | 'full' | 'broken' => {
		try {
			const written = options.write(chunk, offset, Math.min(writeSize, chunk.length - offset));
			offset += written;
			bytes -= written;
			if (offset === chunk.length) {
				chunks.shift();
				offset = 0;
			}
			return 'more';
		} catch (error) {
			return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'full' : 'broken';
		}
	};

	const pump = () => {
		clearTimeout(timer);
		timer = undefined;
		const before = bytes;
		for (let chunk = chunks[0]; chunk && !isStopped; chunk = chunks[0]) {
			if (before - bytes >= writeSizePerTurn) {
				timer = setTimeout(pump, 0);
				break;
			}
			const result = writeOnce(chunk);
			// Broken: the program is gone. What is queued stays counted as undelivered.
			if (result === 'broken') isStopped = true;
			if (result === 'full') {
				if (before > bytes) delay = firstRetryMs;
				timer = setTimeout(pump, delay);
				delay = Math.min(delay * 2, lastRetryMs);
				break;
			}
		}
		if (before > bytes) options.onWritten();
	};

	return {
		get bytes() {
			return bytes;
		},
		add(chunk: Uint8Array) {
			if (isStopped || chunk.length === 0) return;
			chunks.push(chunk);
			bytes += chunk.length;
			if (chunks.length === 1) pump();
		},
		/** Something suggests that there is room again. */
		retry() {
			if (timer && delay > firstRetryMs * 4) {
				delay = firstRetryMs;
				pump();
			}
		},
		/** Nothing is written any more; `bytes` tells what was not delivered. */
		stop() {
			isStopped = true;
			clearTimeout(timer);
			timer = undefined;
		},
	};
};

/** node-pty's private native interface; test/host/pty.test.ts pins it. */
type Binding = {
	/** Needed on macOS only. */
	helperPath: string;
	fork(
		file: string,
		args: string[],
		env: string[],
		cwd: string,
		cols: number,
		rows: number,
		uid: number,
		gid: number,
		isUtf8: boolean,
		helperPath: string,
		onExit: (code: number, signal: number) => void,
	): {fd: number; pid: number; pty: string};
	resize(fd: number, cols: number, rows: number, xPixels: number, yPixels: number): void;
};

const loadBinding = (): Binding => {
	const require = createRequire(import.meta.filename);
	const library = require('node-pty/lib/utils.js') as {
		loadNativeModule(name: string): {dir: string; module: object};
	};
	const {dir, module} = library.loadNativeModule('pty');
	const helperPath = join(dirname(require.resolve('node-pty/lib/utils.js')), dir, 'spawn-helper');
	// A native module has no types of its own; the contract test checks this shape.
	return {...(module as Omit<Binding, 'helperPath'>), helperPath};
};
