// Looks at plain text sixteen bytes at a time, in a tenth of the time that a loop over its bytes takes. JavaScript has
// no way to the processor's vectors but WebAssembly: the function is written out below. Knows nothing of lines but
// how they end.

export type Skimmed = {
	/** So many are nothing but ASCII text and line ends, without blanks before these. Whole vectors, maybe none. */
	bytes: number;
	/** Line feeds in there, and those with a carriage return before them. */
	lines: number;
	returns: number;
};

/**
 * How far one can go from `from` on without a closer look. A line feed alone is one if it `needsReturn`; whether
 * something follows a carriage return at the very end is left to the next look.
 */
export const skim = (bytes: Uint8Array, from: number, needsReturn: boolean): Skimmed => {
	skimmer ??= createSkimmer();
	let [at, lines, returns] = [from, 0, 0];
	for (;;) {
		const piece = bytes.subarray(at, at + pieceBytes);
		const whole = piece.length - (piece.length % vectorBytes);
		const found = skimmer(piece, whole, bytes[at - 1] ?? 0, needsReturn);
		lines += found.lines;
		returns += found.returns;
		at += found.bytes;
		if (found.bytes < pieceBytes) return {bytes: at - from, lines, returns};
	}
};

/** `whole`: the bytes of whole vectors in the piece. `before`: the byte before the piece. */
type Skimmer = (piece: Uint8Array, whole: number, before: number, needsReturn: boolean) => Skimmed;

// Made when a flood comes: few hosts see one.
let skimmer: Skimmer | undefined;

const createSkimmer = (): Skimmer => {
	try {
		const {Instance, Module} = (globalThis as unknown as WithWebAssembly).WebAssembly;
		const {memory, run} = new Instance(new Module(writeModule())).exports;
		const text = new Uint8Array(memory.buffer);
		const counts = new Uint32Array(memory.buffer, 0, 2);
		return (piece, whole, before, needsReturn) => {
			text[textAt - 1] = before;
			text.set(piece, textAt);
			const bytes = run(whole, needsReturn ? 0xff : 0);
			return {bytes, lines: counts[0] ?? 0, returns: counts[1] ?? 0};
		};
	} catch {
		// An old processor, or a limit to the address space: everything wants the closer look.
		return () => ({bytes: 0, lines: 0, returns: 0});
	}
};

/** Node's types do not name it. The exports are those of the module below. */
type WithWebAssembly = {
	WebAssembly: {
		Module: new (binary: Uint8Array) => object;
		Instance: new (
			module: object,
		) => {exports: {memory: {buffer: ArrayBuffer}; run(length: number, mask: number): number}};
	};
};

const vectorBytes = 16;
const pieceBytes = 1 << 16; // stays in the processor's cache
// In the memory stand the counts, and the text from here on.
const textAt = 16;

const [lineFeed, carriageReturn, blank, del] = [0x0a, 0x0d, 0x20, 0x7f];

// The function's variables: what it is called with, whole numbers, vectors.
const [length, mask] = [0, 1];
const [at, lines, returns] = [2, 3, 4];
const [text, before, feeds, ends, afterReturn, needed] = [5, 6, 7, 8, 9, 10];

// The instructions that it uses. Those on vectors say for each byte yes, all bits, or no.
const get = (variable: number) => [0x20, variable];
const set = (variable: number) => [0x21, variable];
const constant = (value: number) => [0x41, ...(value < 0x40 ? [value] : [value | 0x80, 0])];
const store = (address: number) => [0x36, 2, address];
const block = [0x02, 0x40];
const loop = [0x03, 0x40];
const repeat = [0x0c, 0];
const leaveIf = [0x0d, 1];
const end = [0x0b];
const isAtLeast = [0x4f];
const countOnes = [0x69];
const add = [0x6a];
const loadVector = (address: number) => [0xfd, 0x00, 0, address];
const inEach = [0xfd, 0x0f];
const is = (byte: number) => [...constant(byte), ...inEach, 0xfd, 0x23];
const isBelow = (byte: number) => [...constant(byte), ...inEach, 0xfd, 0x25];
const and = [0xfd, 0x4e];
const or = [0xfd, 0x50];
const differ = [0xfd, 0x51];
const isAny = [0xfd, 0x53];
const toBits = [0xfd, 0x64];
const countYes = [...toBits, ...countOnes];

/** Goes over whole vectors of `length` bytes up to the first that is odd; returns where that is. */
const instructions = [
	...[...get(mask), ...inEach, ...set(needed)],
	...[...block, ...loop],
	...[...get(at), ...get(length), ...isAtLeast, ...leaveIf],
	...[...get(at), ...loadVector(textAt), ...set(text)],
	...[...get(at), ...loadVector(textAt - 1), ...set(before)],
	...[...get(text), ...is(lineFeed), ...set(feeds)],
	...[...get(text), ...is(carriageReturn), ...get(feeds), ...or, ...set(ends)],
	...[...get(before), ...is(carriageReturn), ...set(afterReturn)],
	// Odd are controls that end no line, and what is not ASCII: below zero, as the sign goes.
	...[...get(text), ...isBelow(blank), ...get(ends), ...differ],
	...[...get(text), ...is(del), ...or],
	// Returns before anything else than a feed, and feeds after anything else where they need a return.
	...[
		...get(afterReturn),
		...get(feeds),
		...differ,
		...get(afterReturn),
		...get(needed),
		...or,
		...and,
		...or,
	],
	// Blanks at the end of a line.
	...[...get(before), ...is(blank), ...get(ends), ...and, ...or],
	...[...isAny, ...leaveIf],
	...[...get(lines), ...get(feeds), ...countYes, ...add, ...set(lines)],
	...[...get(returns), ...get(afterReturn), ...countYes, ...add, ...set(returns)],
	...[...get(at), ...constant(vectorBytes), ...add, ...set(at)],
	...[...repeat, ...end, ...end],
	...[...constant(0), ...get(lines), ...store(0)],
	...[...constant(0), ...get(returns), ...store(4)],
	...[...get(at), ...end],
];

/** The binary format: https://webassembly.github.io/spec/core/binary */
const writeModule = (): Uint8Array<ArrayBuffer> => {
	const [i32, v128] = [0x7f, 0x7b];
	const section = (id: number, items: number[][]) => [id, ...sized(list(items))];
	const variables = list([
		[3, i32],
		[6, v128],
	]);
	return Uint8Array.from([
		...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
		...section(1, [[0x60, ...list([[i32], [i32]]), ...list([[i32]])]]),
		...section(3, [[0]]),
		...section(5, [[0, ...writeNumber(Math.ceil((textAt + pieceBytes) / 65_536))]]),
		...section(7, [
			[...writeName('memory'), 2, 0],
			[...writeName('run'), 0, 0],
		]),
		...section(10, [sized([...variables, ...instructions])]),
	]);
};

const list = (items: number[][]) => [...writeNumber(items.length), ...items.flat()];
const sized = (bytes: number[]) => [...writeNumber(bytes.length), ...bytes];
const writeName = (name: string) => sized([...Buffer.from(name)]);
const writeNumber = (value: number): number[] =>
	value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...writeNumber(value >> 7)];
