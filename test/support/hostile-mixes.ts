// The search for output that costs an emulator most: a screen in some state, a mode, and a few sequences again and
// again; and what 64 kB of it take.
import {createScreen} from '../../src/host/screen.js';
import {makePiece, makeSequence} from './hostile-output.js';
import {pick, type Random} from './random.js';

export type Size = {cols: number; rows: number};
/** `before` is not measured. */
export type Mix = {before: string; unit: string};
export type Found = {mixes: number; over: number; worst: {ms: number; told: string}};

/** What stands on the screen. */
const setups: ((size: Size) => string)[] = [
	({cols, rows}) => 'y'.repeat(cols * rows),
	({cols, rows}) => 'e\u0301'.repeat(cols * rows),
	({cols, rows}) => '日'.repeat((cols >> 1) * rows),
	({rows}) => Array.from({length: rows}, (_, row) => `\x1b[${row + 1};9H\x1b[4${row % 8}m\x1b[K`).join(''),
	() => '\x1b#8',
	() => '\x1b[?1049h',
	() => '\r\nx'.repeat(700),
];
const modes = [
	'\x1b[2;199r',
	'\x1b[4h',
	'\x1b[?7l',
	'\x1b[?6h',
	'\x1b[41m',
	'\x1b[4:3;58;5;9;7m',
	'\x1b[999H',
];
const texts = ['x', 'y'.repeat(30), '日', 'e\u0301', '👩\u200d', '\n', '\r\n', '\r', '\b', '\t', '\v'];
const sequences = (
	'M D E H 7 8 c #8 (0 [S [T [L [M [5S [5T [9L [9M [J [1J [2J [?J [K [1K [2K [?2K [99X [9999X [P [99P [@ [99@ ' +
	'[H [999H [999;999H [5;5H [A [B [999A [999B [b [9999b [999I [999Z [g [3g [r [2r [2;9r [4h [4l [!p ' +
	'[?6h [?7l [?7h [?47h [?47l [?1049h [?1049l [m [7m [41m [42m [48;2;1;2;3m [6n ]0;t\x07'
)
	.split(' ')
	.map(rest => `\x1b${rest}`);

const makePart = (random: Random): string => {
	const kind = random(10);
	if (kind < 2) return pick(random, texts);
	if (kind < 7) return pick(random, sequences);
	if (kind < 9) return makeSequence(random);
	return makePiece(random).toString('latin1').slice(0, 40);
};

export const makeMix = (random: Random, size: Size): Mix => {
	const setup = random(2) === 0 ? pick(random, setups)(size) : '';
	const mode = random(2) === 0 ? pick(random, modes) : '';
	const parts = Array.from({length: 1 + random(4)}, () => makePart(random));
	return {before: setup + mode, unit: parts.join('') || 'x'};
};

/** Milliseconds of CPU that so many bytes of it take, all of them in the grid. */
export const costOf = ({before, unit}: Mix, size: Size, bytes: number): number => {
	const output = Buffer.from(unit.repeat(Math.ceil(bytes / unit.length))).subarray(0, bytes);
	const screen = createScreen({...size, isPipe: false, onLine() {}, onReply() {}, now: () => 0});
	const play = (part: Uint8Array) => {
		screen.write(part, () => {});
		screen.drain();
	};
	play(Buffer.from(before));
	const started = process.threadCpuUsage();
	play(output);
	const {user, system} = process.threadCpuUsage(started);
	screen.dispose();
	return (user + system) / 1_000;
};

export const describeMix = ({before, unit}: Mix): string => {
	const start = before.length > 60 ? `${before.slice(0, 30)}… (${before.length})` : before;
	return `${JSON.stringify(unit)} after ${JSON.stringify(start)}`;
};
