// The last of a terminal's raw bytes on disk, in segment files: what the screen of a lost one is drawn from
// again. Of those that are kept elsewhere it needs none. Knows no lines.
import {constants, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {openOwnFile} from '../own-file.js';
import {asError, blockCharacters, closeQuietly, listSegments, unlinkQuietly, writeAll} from './segments.js';

export type ByteStore = {
	readonly error: Error | undefined;
	/** `use` does something with the bytes meanwhile, and may find that some need not be kept. */
	append(bytes: Uint8Array, use: () => void): void;
	/** A part of what is being appended, if it is that, is left out; what stands around it is written. */
	leaveOut(part: Uint8Array): void;
	flush(): void;
	close(): void;
};

// Segment n begins at n times so many bytes, exactly. Two are kept: the last ones are never less than one.
const segmentBytes = 1 << 19;

export const createByteStore = (folder: string): ByteStore => {
	let written = 0;
	let file: {descriptor: number; index: number} | undefined;
	let error: Error | undefined;
	let pending: Uint8Array[] = [];
	let pendingBytes = 0;
	// Of what is being appended: the rest that is to be kept.
	let held: Uint8Array | undefined;

	const write = (bytes: Uint8Array) => {
		let rest = bytes;
		while (rest.length > 0) {
			const index = Math.floor(written / segmentBytes);
			if (file?.index !== index) {
				if (file) closeQuietly(file.descriptor);
				file = undefined;
				const path = join(folder, byteSegmentName(index));
				const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
				file = {descriptor: openOwnFile(path, flags), index};
				if (index > 1) unlinkQuietly(join(folder, byteSegmentName(index - 2)));
			}
			const part = rest.subarray(0, (index + 1) * segmentBytes - written);
			writeAll(file.descriptor, part, written - index * segmentBytes);
			written += part.length;
			rest = rest.subarray(part.length);
		}
	};

	const flush = () => {
		const data = pending.length === 1 ? pending[0] : Buffer.concat(pending);
		pending = [];
		pendingBytes = 0;
		if (!data || data.length === 0) return;
		try {
			write(data);
			error = undefined;
		} catch (cause) {
			error = asError(cause);
		}
	};
	const keep = (bytes: Uint8Array) => {
		if (bytes.length === 0) return;
		// A large block is written at once: it needs no copy.
		pending.push(bytes.length < blockCharacters ? new Uint8Array(bytes) : bytes);
		pendingBytes += bytes.length;
		if (pendingBytes >= blockCharacters) flush();
	};

	return {
		get error() {
			return error;
		},
		append(bytes, use) {
			held = bytes;
			try {
				use();
			} finally {
				keep(held);
				held = undefined;
			}
		},
		leaveOut(part) {
			if (!held || part.buffer !== held.buffer) return;
			const from = part.byteOffset - held.byteOffset;
			if (from < 0 || from + part.length > held.length) return;
			keep(held.subarray(0, from));
			keep(held.subarray(from + part.length));
			held = held.subarray(held.length);
			// Where the host dies now, the screen is drawn from these and stands below the part.
			flush();
		},
		flush,
		close() {
			if (file) closeQuietly(file.descriptor);
			file = undefined;
		},
	};
};

export const byteSegmentName = (index: number) => `bytes.${String(index).padStart(3, '0')}`;

/** The last bytes that are there, at most so many. */
export const readLastBytes = (folder: string, length: number): Buffer => {
	const parts: Uint8Array[] = [];
	let left = length;
	for (const {path} of listSegments(folder, 'bytes').reverse()) {
		if (left <= 0) break;
		const part = readFileSync(path).subarray(-left);
		parts.unshift(part);
		left -= part.length;
	}
	return Buffer.concat(parts);
};
