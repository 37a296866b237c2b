// The form of messages on a stream: one JSON text a line. A pure codec; it knows no message and no socket.

/** Encodes one message, line feed included. JSON escapes every line feed inside. Throws what JSON cannot hold. */
export const encodeFrame = (message: unknown): Buffer => Buffer.from(`${JSON.stringify(message)}\n`);

export type Decoded = {
	/** In order. */
	messages: unknown[];
	/** The stream is no longer readable; the messages before it still count. */
	failure?: FrameFailure;
};

export type FrameFailure = {code: 'frame-too-long' | 'not-json'; message: string};

export type Decoder = {
	/** Takes the next bytes, however they are cut, and answers with the messages that are complete. */
	push(bytes: Uint8Array): Decoded;
	/** Sets the limit for frames from the next push on. */
	allow(maxFrameBytes: number): void;
};

const lineFeed = 0x0a;

/** A decoder that holds at most one frame of `maxFrameBytes`. After a failure it answers nothing more. */
export const createDecoder = (maxFrameBytes: number): Decoder => {
	let limit = maxFrameBytes;
	let parts: Uint8Array[] = [];
	let heldBytes = 0;
	let isBroken = false;
	const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

	const fail = (code: FrameFailure['code'], message: string): FrameFailure => {
		isBroken = true;
		parts = [];
		return {code, message};
	};

	const hold = (part: Uint8Array): FrameFailure | undefined => {
		heldBytes += part.length;
		if (heldBytes > limit) return fail('frame-too-long', `A frame is longer than ${limit} bytes.`);
		if (part.length > 0) parts.push(part);
	};

	const take = (): {message: unknown} | FrameFailure => {
		const frame = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
		parts = [];
		heldBytes = 0;
		try {
			return {message: JSON.parse(utf8.decode(frame))};
		} catch {
			// The text itself is not told: it may hold the token.
			return fail('not-json', 'A frame is not JSON in UTF-8.');
		}
	};

	return {
		push(bytes) {
			const messages: unknown[] = [];
			let start = 0;
			while (!isBroken) {
				const end = bytes.indexOf(lineFeed, start);
				const failure = hold(bytes.subarray(start, end === -1 ? undefined : end));
				if (failure) return {messages, failure};
				if (end === -1) break;
				const taken = take();
				if ('code' in taken) return {messages, failure: taken};
				messages.push(taken.message);
				start = end + 1;
			}
			return {messages};
		},
		allow(maxFrameBytes) {
			limit = maxFrameBytes;
		},
	};
};
