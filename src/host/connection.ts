// One stream of messages, in either direction and over any duplex stream: bounded frames, bounded buffers.
// It knows no message's meaning.
import type {Duplex} from 'node:stream';
import {createDecoder, encodeFrame} from './wire.js';

/** What anybody may send before it has shown the token. */
export const maxFrameBytesBefore = 64_000;
/** What an authenticated peer may send: a paste of a few megabytes, a page of log. */
export const maxFrameBytesAfter = 32_000_000;

export type Connection = {
	/** `too-long` and `full` are not sent; the connection lives on. */
	send(message: unknown): 'sent' | 'too-long' | 'full';
	/** Sends a whole value. While the peer is slow only the newest of each key is kept. */
	sendLatest(key: string, message: unknown): void;
	/** Raises the limit for frames from the peer. */
	allow(maxFrameBytes: number): void;
	/** Sends what is buffered, for a second at most, and closes. */
	close(reason: string): void;
	/** Closes at once; onClosed is called before this returns. */
	destroy(reason: string): void;
};

export type ConnectionOptions = {
	stream: Duplex;
	maxFrameBytes: number;
	/** Whether to read no further while the peer does not take its answers. Only one side may, or both wait. */
	isPatient: boolean;
	onMessage(message: unknown): void;
	/** Called once, with words for people. */
	onClosed(reason: string): void;
};

// Above this, screens and lists wait for the peer: it is the delay that a slow client sees.
const latestWatermarkBytes = 256_000;
const readWatermarkBytes = 8_000_000;
// Two of the largest frames: a peer that lets more pile up has stopped reading.
const maxBufferedBytes = 2 * maxFrameBytesAfter;
const closeGraceMs = 1_000;

export const createConnection = (options: ConnectionOptions): Connection => {
	const {stream, isPatient, onMessage} = options;
	const decoder = createDecoder(options.maxFrameBytes);
	const held = new Map<string, unknown>();
	let isOpen = true;
	let closeTimer: NodeJS.Timeout | undefined;

	const finish = (reason: string) => {
		if (!isOpen) return;
		isOpen = false;
		clearTimeout(closeTimer);
		held.clear();
		stream.destroy();
		options.onClosed(reason);
	};

	const send = (message: unknown): 'sent' | 'too-long' | 'full' => {
		if (!isOpen || stream.writableEnded) return 'full';
		const frame = tryEncode(message);
		if (!frame) return 'too-long';
		if (stream.writableLength + frame.length > maxBufferedBytes) return 'full';
		stream.write(frame);
		if (isPatient && stream.writableLength > readWatermarkBytes) stream.pause();
		return 'sent';
	};

	const sendHeld = () => {
		for (const [key, message] of held) {
			if (stream.writableLength > latestWatermarkBytes) return;
			held.delete(key);
			send(message);
		}
	};

	stream.on('data', (bytes: Uint8Array) => {
		if (!isOpen) return;
		const {messages, failure} = decoder.push(bytes);
		for (const message of messages) {
			// A message may have closed the connection: what follows it is not acted on.
			if (isOpen && !stream.writableEnded) onMessage(message);
		}
		if (failure) finish(failure.message);
	});
	stream.on('drain', () => {
		sendHeld();
		if (isPatient) stream.resume();
	});
	stream.on('end', () => finish('The other side has closed the connection.'));
	stream.on('close', () => finish('The connection is closed.'));
	stream.on('error', (error: Error) => finish(`The connection failed: ${error.message}`));

	return {
		send,
		sendLatest(key, message) {
			if (!isOpen) return;
			// Out of the map and in again: the order is that of the last change.
			held.delete(key);
			if (stream.writableLength > latestWatermarkBytes) held.set(key, message);
			else send(message);
		},
		allow: decoder.allow,
		close(reason) {
			if (!isOpen) return;
			if (stream.writableLength === 0) return finish(reason);
			stream.end(() => finish(reason));
			closeTimer = setTimeout(finish, closeGraceMs, reason);
		},
		destroy: finish,
	};
};

const tryEncode = (message: unknown): Buffer | undefined => {
	try {
		const frame = encodeFrame(message);
		return frame.length <= maxFrameBytesAfter ? frame : undefined;
	} catch (error) {
		// A text beyond what a string can hold.
		if (error instanceof RangeError) return undefined;
		throw error;
	}
};
