// Makes large blocks of a flood's small reads: what a block costs is mostly the same for 4 and for 256 KiB. Output
// that comes at a person's pace goes on at once. Knows bytes and time only.

export type Gather = {
	/** The bytes are used before it returns. */
	push(bytes: Uint8Array): void;
	/** Hands on what is held now. */
	flush(): void;
};

const blockBytes = 1 << 18;
// A flood is more than this in a time that nobody sees.
const floodBytes = 1 << 15;
const floodMs = 4;
const holdMs = 12; // less than a frame

/** `take` gets every byte once and in order, within 12 ms, in a copy of its own. */
export const createGather = (take: (bytes: Uint8Array) => void): Gather => {
	let block: Uint8Array | undefined;
	let length = 0;
	let timer: NodeJS.Timeout | undefined;
	let windowFrom = Number.NEGATIVE_INFINITY;
	let windowBytes = 0;

	const flush = () => {
		clearTimeout(timer);
		timer = undefined;
		const full = block?.subarray(0, length);
		block = undefined;
		length = 0;
		if (full) take(full);
	};
	const append = (bytes: Uint8Array) => {
		for (let rest = bytes; rest.length > 0; ) {
			block ??= Buffer.allocUnsafeSlow(blockBytes);
			const part = rest.subarray(0, blockBytes - length);
			block.set(part, length);
			length += part.length;
			rest = rest.subarray(part.length);
			if (length === blockBytes) flush();
		}
	};
	const isFlood = (): boolean => {
		const at = performance.now();
		if (at - windowFrom >= floodMs) {
			// What flooded a moment ago does so still.
			const wasFlood = windowBytes > floodBytes && at - windowFrom < 2 * floodMs;
			windowFrom = at;
			windowBytes = wasFlood ? floodBytes : 0;
		}
		return windowBytes > floodBytes;
	};

	return {
		push(bytes) {
			const waits = isFlood();
			windowBytes += bytes.length;
			if (!waits && !block) return take(Buffer.from(bytes));
			append(bytes);
			if (!waits) flush();
			else if (block) timer ??= setTimeout(flush, holdMs);
		},
		flush,
	};
};
