// The rows of each kind of entry, for a width: what the transcript's window shows. Pure.

import type {Entry} from '../../src/state.js';
import {markdown} from '../../src/text/markdown.js';
import {wrap} from '../../src/text/wrap.js';
import {cleanLines} from '../lines.js';
import {theme} from '../theme.js';
import {callRows} from './call-rows.js';
import {shellRows} from './shell-rows.js';
import {turnEndRows} from './turn-end-rows.js';

/** Text is not spread over more columns than the eye can follow back. */
const widestText = 110;

export const entryRows = (entry: Entry, before: Entry | undefined, width: number): string[] => {
	const rows = bareRows(entry, width);
	return rows.length > 0 && hasGap(entry, before) ? ['', ...rows] : rows;
};

const bareRows = (entry: Entry, width: number): string[] => {
	switch (entry.kind) {
		case 'user':
			return [
				// Without words it was no person: a terminal has ended and woke the model.
				...(entry.text === ''
					? []
					: indented(wrapped(entry.text, width - 4), theme.accent(' › '), '   ', theme.strong)),
				...entry.notices.flatMap(notice =>
					indented(wrapped(withoutMarks(notice), width - 6), '   ↳ ', '     ', theme.dim),
				),
			];
		case 'text':
			return textRows(entry.text, width);
		case 'reasoning':
			return indented(wrapped(entry.text.replaceAll('**', '').trim(), width - 2), ' ', ' ', theme.dim);
		case 'call':
			return callRows(entry, width);
		case 'shell':
			return shellRows(entry, width);
		case 'turn-end':
			return turnEndRows(entry, width);
		case 'notice': {
			const tone = {info: theme.dim, warning: theme.warn, error: theme.bad}[entry.tone];
			return indented(wrapped(entry.text, width - 4), tone(' ∙ '), '   ', tone);
		}
	}
};

/** The marks around a program's output are for the model. */
const withoutMarks = (notice: string): string =>
	notice
		.split('\n')
		.filter(line => !/^<\/?terminal-output>$/.test(line))
		.join('\n');

/** What the model says, as Markdown. */
export const textRows = (text: string, width: number): string[] =>
	markdown(text.trim(), Math.max(1, Math.min(width - 2, widestText))).map(row =>
		row === '' ? '' : ` ${row}`,
	);

const wrapped = (text: string, width: number): string[] =>
	cleanLines(text).flatMap(line => wrap(line, Math.max(1, Math.min(width, widestText))));

const indented = (
	rows: readonly string[],
	first: string,
	rest: string,
	look: (text: string) => string,
): string[] => rows.map((row, index) => (index === 0 ? first : rest) + look(row));

/** Calls and notices stand together in groups; everything else gets air. */
const hasGap = (entry: Entry, before: Entry | undefined): boolean => {
	if (!before) return false;
	if (entry.kind === 'call' || entry.kind === 'notice') return entry.kind !== before.kind;
	return true;
};
