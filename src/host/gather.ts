// Makes large blocks of a flood's small reads: what a block costs is mostly the same for 4 and for 512 KiB. Output
// that comes at a person's pace goes on at once. Knows bytes and time only.

export type Gather = {
	/** The bytes are used before it returns. */
	push(bytes: Uint8Array): void;
	/** Hands on what is held now. */
	flush(): void;
};

const blockBytes = 1 << 19;
// A flood is more than this in a time that nobody sees.
const floodBytes = 1 << 15;
const floodMs = 4;
const holdMs = 25; // less than a frame

/** `take` gets every byte once and in order, within 25 ms. They stay as they are until it says that it is `done`. */
export const createGather = (take: (bytes: Uint8Array, done: () => void) => void): Gather => {
	let block: Buffer | undefined;
	let length = 0;
	// A flood is taken as fast as it comes: its next block is the one before. New ones would have the garbage collector
	// look through the whole heap every few megabytes.
	let spare: Buffer | undefined;
	let timer: NodeJS.Timeout | undefined;
	let windowFrom = Number.NEGATIVE_INFINITY;
	let windowBytes = 0;

	const flush = () => {
		clearTimeout(timer);
		timer = undefined;
		const full = block;
		if (!full) return;
		const bytes = full.subarray(0, length);
		block = undefined;
		length = 0;
		timer = setTimeout(onTimer, holdMs);
		take(bytes, () => {
			if (timer !== undefined) spare = full;
		});
	};
	/** A block has waited long enough; or nothing has come for so long, and no flood is to be expected. */
	const onTimer = () => {
		timer = undefined;
		if (block) return flush();
		spare = undefined;
	};
	const append = (bytes: Uint8Array) => {
		for (let rest = bytes; rest.length > 0; ) {
			if (!block) {
				block = spare ?? Buffer.allocUnsafeSlow(blockBytes);
				spare = undefined;
			}
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
			if (!waits && !block) return take(Buffer.from(bytes), () => {});
			append(bytes);
			if (!waits) flush();
			else if (block) timer ??= setTimeout(onTimer, holdMs);
		},
		flush,
	};
};
