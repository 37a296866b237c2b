// Makes large blocks of a flood's small reads: what a block costs is mostly the same for 4 and for 256 KiB. Output
// that comes at a person's pace goes on at once. Knows bytes and time only.

export type Gather = {
	push(bytes: Uint8Array): void;
	/** Hands on what is held now. */
	flush(): void;
};

const blockBytes = 1 << 18;
// A flood is more than this in a time that nobody sees.
const floodBytes = 1 << 15;
const floodMs = 4;
const holdMs = 12; // less than a frame

/** `take` gets every byte once and in order, within 12 ms. It keeps what it gets. */
export const createGather = (take: (bytes: Uint8Array) => void): Gather => {
	let held: Uint8Array[] = [];
	let heldBytes = 0;
	let timer: NodeJS.Timeout | undefined;
	let windowFrom = Number.NEGATIVE_INFINITY;
	let windowBytes = 0;

	const flush = () => {
		clearTimeout(timer);
		timer = undefined;
		const [first] = held;
		if (!first) return;
		const block = held.length === 1 ? first : Buffer.concat(held, heldBytes);
		held = [];
		heldBytes = 0;
		take(block);
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
			held.push(bytes);
			heldBytes += bytes.length;
			const waits = isFlood() && heldBytes < blockBytes;
			windowBytes += bytes.length;
			if (!waits) return flush();
			timer ??= setTimeout(flush, holdMs);
		},
		flush,
	};
};
