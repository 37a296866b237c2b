// The output of a command without a terminal: a fifo that is read like a PTY. Its end is exact, too: once the
// command's status is known, the pipe is at its end when nobody holds it any more.
import {closeSync, constants, openSync, readSync, rmSync} from 'node:fs';
import {Socket} from 'node:net';
import {readInto} from './read-buffer.js';

export type PipeReader = {
	pause(): void;
	resume(): void;
	/**
	 * The command's status is known. Delivers what the pipe holds at this moment; then either nobody holds it
	 * (`onDrained` was called) or somebody does: the reading goes on and `onDrained` follows when they are gone.
	 */
	settle(): 'drained' | 'held';
	/** Gives up what is unread. */
	close(): void;
};

/** Throws if the fifo cannot be opened. The file is removed with the reader. What `data` gets is only there until it returns. */
export const openPipe = (path: string, on: {data(bytes: Uint8Array): void; drained(): void}): PipeReader => {
	// A writer of our own keeps the reading from ending before the command has opened its side.
	const held = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
	const last = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	let isDrained = false;
	let isSettled = false;

	const follow = (fd: number) => {
		const socket = new Socket({fd, readable: true, writable: false, onread: readInto(on.data)});
		socket.resume();
		socket.on('error', () => {}); // close follows
		return socket;
	};
	let socket = follow(held);
	const finish = () => {
		if (isDrained) return;
		isDrained = true;
		rmSync(path, {force: true});
		on.drained();
	};

	return {
		pause: () => void socket.pause(),
		resume: () => void socket.resume(),
		settle() {
			if (isSettled) return isDrained ? 'drained' : 'held';
			isSettled = true;
			socket.destroy();
			const end = readAll(last, on.data);
			if (end === 'drained') {
				closeSync(last);
				finish();
				return 'drained';
			}
			socket = follow(last);
			socket.on('close', finish);
			return 'held';
		},
		close() {
			socket.destroy();
			if (!isSettled) closeSync(last);
			isSettled = true;
			finish();
		},
	};
};

const readAll = (fd: number, onData: (bytes: Uint8Array) => void): 'drained' | 'held' => {
	const buffer = Buffer.allocUnsafe(65_536);
	for (;;) {
		try {
			const length = readSync(fd, buffer, 0, buffer.length, null);
			if (length === 0) return 'drained';
			onData(buffer.subarray(0, length));
		} catch {
			return 'held'; // EAGAIN: it is empty, and somebody could still write
		}
	}
};
