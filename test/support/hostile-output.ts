// Output as no friendly program makes it: every sequence that an emulator knows, with any counts, cut and mixed.
import {pick, type Random} from './random.js';

const finals = '@ABCDEFGHIJKLMPSTXZ`abcdefghilmnpqrstu';
const counts = ['', '0', '1', '2', '3', '5', '9', '24', '40', '9999', '65535', '2147483647', '99999999999'];
// Without wrapping (7) the emulator takes marks at the last column otherwise in one chunk than in several.
const privateModes = '1 3 5 6 12 25 45 47 66 1000 1002 1004 1006 1047 1048 1049 2004 2026 4242'.split(' ');
const escapes = ['c', '#8', '#3', 'D', 'E', 'M', '7', '8', 'H', '=', '>', 'n', 'o', '|', '}', '~', 'Z', '(0'];
const others = ['(B', ')0', '%G', '[!p', '[?5n', '[?6n', '[>c', '[=c', '[5n', '[6n', '[c', '[4$p', '[?7$p'];
const marginal = ['[3;9r', '[r', '[2;2r', '[?6h', '[?6l', '[4h', '[4l', '[1"q', '[0"q', '[?J', '[?2K'];
const sideways = ['[ @', '[3 A', "['}", "[5'~", '[2 q', '[20h', '[20l'];
const colours = ['[m', '[1;31m', '[44m', '[48;5;200m', '[38;2;1;2;3m', '[4:3;58;5;9m', '[7m', '[0;41;1m'];
const strings = [']0;', ']2;', ']8;;', ']52;c;', ']4;1;?', 'P$q', 'P+q', 'Pq', '_G', '^', 'X'];
const characters = [
	'x',
	'word ',
	'日本',
	'👩\u200d',
	'👍🏽',
	'🇩🇪',
	'e\u0301',
	'\u0301',
	'\ufe0f',
	'\u1100\u1161',
	'क्षि',
];
const controls = ['\n', '\r\n', '\r', '\b', '\t', '\v', '\f', '\x07', '\x00', '\x0e', '\x0f', '\x7f', '\x18'];
const broken = [
	Buffer.of(0xff),
	Buffer.of(0xc3),
	Buffer.of(0xe2, 0x82),
	Buffer.of(0xf0, 0x9f),
	Buffer.of(0xc2, 0x9b),
];

/** One sequence that sets, moves, erases or asks. */
export const makeSequence = (random: Random): string => {
	switch (random(8)) {
		case 0:
			return `\x1b[?${pick(random, privateModes)}${pick(random, ['h', 'l'])}`;
		case 1:
			return `\x1b${pick(random, escapes)}`;
		case 2:
			return `\x1b${pick(random, [...others, ...sideways])}`;
		case 3:
			return `\x1b${pick(random, [...marginal, ...colours])}`;
		case 4:
			return `\x1b[${random(60)};${random(140)}H`;
		default: {
			const parameters = Array.from({length: 1 + random(2)}, () => pick(random, counts)).join(';');
			return `\x1b[${parameters}${pick(random, [...finals])}`;
		}
	}
};

/** Text, controls, sequences, strings with and without their end, bytes that are no characters. */
export const makePiece = (random: Random): Buffer => {
	const kind = random(20);
	if (kind < 6) return Buffer.from(pick(random, characters).repeat(1 + random(random(8) === 0 ? 200 : 4)));
	if (kind < 9) return Buffer.from(pick(random, controls));
	if (kind === 9) {
		const end = pick(random, ['\x07', '\x1b\\', '']);
		return Buffer.from(`\x1b${pick(random, strings)}${'text;id '.repeat(random(6))}${end}`);
	}
	if (kind === 10) return pick(random, broken);
	if (kind === 11) return Buffer.from(makeSequence(random).slice(0, 1 + random(4)));
	return Buffer.from(makeSequence(random));
};

export const makeOutput = (random: Random, pieces: number): Buffer =>
	Buffer.concat(Array.from({length: pieces}, () => makePiece(random)));
