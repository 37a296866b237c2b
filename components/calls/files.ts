// Calls that read, search and change files, as a person would say them.
import {clean, cleanLines} from '../lines.js';
import type {Tone} from '../theme.js';
import {type CallRenderer, tailOf, tense, word} from './call.js';

/** A longer diff is cut; the whole is in the approval and in the files. */
const diffRows = 24;

export const applyPatch: CallRenderer = (call, args) => {
	const {diff, added, removed} = call.display;
	const patch = typeof args.input === 'string' ? args.input : word(args.patch);
	const files = filesOf(diff ?? patch);
	const counts = added === undefined && removed === undefined ? '' : ` +${added ?? 0} −${removed ?? 0}`;
	return {
		verb: tense(call, 'Editing', 'Edited'),
		what: `${files.join(', ') || 'files'}${counts}`,
		body: diff === undefined ? tailOf(call) : cutDiff(diffLines(diff)),
	};
};

/** The rows of a unified diff, removed and added ones in their colours; file headers left out. */
export const diffLines = (diff: string): {text: string; tone?: Tone}[] =>
	cleanLines(diff)
		.filter(line => !/^(?:diff |index |--- |\+\+\+ )/u.test(line))
		.map(text => {
			if (text.startsWith('+')) return {text, tone: 'good'};
			if (text.startsWith('-')) return {text, tone: 'bad'};
			return {text, tone: 'dim'};
		});

const cutDiff = (lines: {text: string; tone?: Tone}[]): {text: string; tone?: Tone}[] =>
	lines.length <= diffRows
		? lines
		: [...lines.slice(0, diffRows - 1), {text: `… ${lines.length - diffRows + 1} more lines`, tone: 'dim'}];

/** The paths that a unified diff or a patch in the V4A format names. */
const filesOf = (patch: string): string[] => {
	const found = patch.matchAll(
		/^(?:\*\*\* (?:Add|Update|Delete) File: (.+)|\+\+\+ (?:b\/)?([^\t\n]+)|--- a\/([^\t\n]+))/gmu,
	);
	const names = Array.from(found, ([, named, after, before]) => named ?? after ?? before ?? '');
	return [...new Set(names.filter(name => name !== '' && name !== '/dev/null').map(clean))];
};

export const readFile: CallRenderer = (call, args) => {
	const lines = Array.isArray(args.lines) ? ` lines ${word(args.lines[0])}–${word(args.lines[1])}` : '';
	return {verb: tense(call, 'Reading', 'Read'), what: `${word(args.path)}${lines}`};
};

export const searchFiles: CallRenderer = (call, args) => {
	const where = [args.path, args.glob]
		.filter(part => part !== undefined)
		.map(word)
		.join(' ');
	return {
		verb: tense(call, 'Searching', 'Searched'),
		what: `${where || 'the folder'} for /${word(args.pattern)}/`,
		body: tailOf(call),
	};
};

export const listFiles: CallRenderer = (call, args) => ({
	verb: tense(call, 'Listing', 'Listed'),
	what: word(args.path ?? '.'),
	body: tailOf(call),
});

export const viewImage: CallRenderer = (call, args) => ({
	verb: tense(call, 'Looking at', 'Looked at'),
	what: word(args.path),
	body: tailOf(call),
});
