// Cuts a stream of output into slices that cost an emulator a bounded number of rows and about a bounded
// time, and feeds them in order without holding up the event loop. Knows bytes and time, no emulator.
import type {Turns} from './turns.js';

export type Slices = {
	/** Feeds what there is time for now, the rest in later turns of the event loop. `done`: all is fed. */
	push(bytes: Uint8Array, done: () => void): void;
	/** Feeds all that is pending, however long it takes. */
	drain(): void;
	/** Forgets what is pending; its `done`s are called. */
	drop(): void;
	readonly pendingBytes: number;
};

type Item = {bytes: Uint8Array; isPrepared: boolean; done: () => void};

const sliceMs = 2;
const smallestSlice = 128;
const firstSlice = 1 << 12; // until the output has shown what it costs
const largestSlice = 1 << 16;

export const createSlices = (options: {
	turns: Turns;
	/** Run once on all bytes, in large blocks, when their turn comes. What it returns is fed. */
	prepare(bytes: Uint8Array): Uint8Array;
	/** Run once on what is prepared: takes bytes from its beginning in another way. How many, maybe none. */
	take(bytes: Uint8Array): number;
	/** Columns of the grid now: so many characters make a row. */
	cols(): number;
	/** Rows that a slice may scroll. */
	maxRows: number;
	feed(slice: Uint8Array): void;
	/** One of these threw; so many bytes were not fed, and no others should be. Left out: it throws. */
	onFailure?(error: unknown, lostBytes: number): void;
}): Slices => {
	let queue: Item[] = [];
	let first = 0; // a shift for each of 100,000 small writes would cost seconds
	let pendingBytes = 0;
	let sliceBytes = firstSlice;
	let isWaiting = false;
	let isFeeding = false;

	/** The item takes in those after it, up to a block: a block's cost is mostly that of its last screenful. */
	const prepareBlock = (item: Item) => {
		const parts = [item.bytes];
		let length = item.bytes.length;
		for (let next = queue[first + 1]; next && length < largestSlice; next = queue[first + parts.length]) {
			parts.push(next.bytes);
			length += next.bytes.length;
		}
		if (parts.length > 1) {
			const dones = queue.splice(first + 1, parts.length - 1).map(({done}) => done);
			dones.unshift(item.done);
			item.bytes = Buffer.concat(parts);
			item.done = () => {
				for (const done of dones) done();
			};
		}
		pendingBytes -= length;
		item.isPrepared = true;
		const prepared = options.prepare(item.bytes);
		item.bytes = prepared.subarray(options.take(prepared));
		pendingBytes += item.bytes.length;
	};
	/** Whether it did not fail. */
	const attempt = (act: () => void): boolean => {
		const atRisk = pendingBytes;
		try {
			act();
			return true;
		} catch (error) {
			if (!options.onFailure) throw error;
			options.onFailure(error, atRisk);
			return false;
		}
	};
	const feedUntil = (deadline: number) => {
		if (isFeeding) return;
		isFeeding = true;
		try {
			for (let item = queue[first]; item; item = queue[first]) {
				if (!item.isPrepared && !attempt(() => prepareBlock(item))) return;
				while (item.bytes.length > 0) {
					const started = performance.now();
					if (started >= deadline) return;
					const limit = sliceLength(item.bytes, Math.min(sliceBytes, item.bytes.length), options);
					const length = wholeCharacters(item.bytes, limit);
					const slice = item.bytes.subarray(0, length);
					item.bytes = item.bytes.subarray(length);
					const isFed = attempt(() => {
						pendingBytes -= length;
						options.feed(slice);
					});
					if (!isFed) return;
					const took = performance.now() - started;
					if (took > sliceMs) sliceBytes = Math.max(smallestSlice, length >> 1);
					else if (took < sliceMs / 4) sliceBytes = Math.min(largestSlice, sliceBytes * 2);
				}
				first++;
				if (first === queue.length || first > 10_000) {
					queue = queue.slice(first);
					first = 0;
				}
				item.done();
			}
		} finally {
			isFeeding = false;
			if (queue.length > 0) wait();
		}
	};
	const wait = () => {
		if (isWaiting) return;
		isWaiting = true;
		options.turns.enter(deadline => {
			isWaiting = false;
			feedUntil(deadline);
		});
	};

	return {
		push(bytes, done) {
			queue.push({bytes, isPrepared: false, done});
			pendingBytes += bytes.length;
			if (!isFeeding) wait();
		},
		drain() {
			feedUntil(Number.POSITIVE_INFINITY);
		},
		drop() {
			pendingBytes = 0;
			const dropped = queue.slice(first);
			queue = [];
			first = 0;
			for (const {done} of dropped) done();
		},
		get pendingBytes() {
			return pendingBytes;
		},
	};
};

/** How many of the first `limit` bytes scroll at most `maxRows` rows. */
const sliceLength = (
	bytes: Uint8Array,
	limit: number,
	{cols, maxRows}: {cols(): number; maxRows: number},
): number => {
	// Every byte of text takes at most one column, and a repeat sequence at most one row.
	const bytesPerRow = Math.max(1, cols() - 1);
	if (limit <= maxRows / 2) return limit;
	let room = maxRows * bytesPerRow;
	for (let at = 0; at < limit; at++) {
		const byte = bytes[at] ?? 0;
		// Line feed, vertical tab, form feed; the last byte of ESC D, ESC E and of a repeat count as one.
		const isRow = byte < 0x20 ? byte >= 0x0a && byte <= 0x0c : isRowFinal(byte) && isAfterEscape(bytes, at);
		room -= isRow ? bytesPerRow : 1;
		if (room <= 0) return Math.max(1, at);
	}
	return limit;
};

/** As many bytes that no character is cut: the emulator loses a joiner whose last byte comes alone. */
const wholeCharacters = (bytes: Uint8Array, limit: number): number => {
	let end = limit;
	while (end > 0 && limit - end < 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
	return end > 0 && ((bytes[end] ?? 0) & 0xc0) !== 0x80 ? end : limit;
};

const isRowFinal = (byte: number) => byte === 0x44 || byte === 0x45 || byte === 0x62;

const isAfterEscape = (bytes: Uint8Array, at: number): boolean => {
	for (let before = at - 1; before >= 0 && before > at - 8; before--) {
		const byte = bytes[before] ?? 0;
		if (byte === 0x1b) return true;
		if (byte !== 0x5b && (byte < 0x30 || byte > 0x39)) return false;
	}
	// The sequence may have begun in the slice before.
	return at < 8;
};
