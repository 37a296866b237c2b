// A shell line in the transcript: the command, its terminal and how it ended; its last lines below.
import type {ShellEntry} from '../../src/state.js';
import {formatDuration} from '../../src/text/duration.js';
import {plural} from '../../src/text/plural.js';
import {truncate} from '../../src/text/truncate.js';
import {exitText, isCleanExit} from '../format.js';
import {clean, cleanLines, sides} from '../lines.js';
import {type Tone, theme} from '../theme.js';

/** Shorter commands say no time. */
const shortestTold = 1_000;

export const shellRows = (entry: ShellEntry, width: number): string[] => {
	const {tone, text} = outcomeOf(entry);
	const took = entry.endedAt === undefined ? 0 : entry.endedAt - entry.sentAt;
	const meta = [
		theme[tone](text),
		entry.terminal ? theme.dim(`terminal ${entry.terminal.id}`) : '',
		took >= shortestTold ? theme.dim(formatDuration(took)) : '',
	].filter(part => part !== '');
	const head = ` ${theme[entry.end ? tone : 'accent']('$')} ${theme.strong(clean(entry.cmd))}`;
	const body = bodyOf(entry);
	return [
		truncate(sides(head, meta.join(theme.dim(' · ')), width - 1), width),
		...body.map((row, index) => {
			const edge = index === body.length - 1 ? '└' : '│';
			return `   ${theme.dim(edge)} ${truncate(row, Math.max(1, width - 6))}`;
		}),
	];
};

const bodyOf = ({tail, earlierLines, terminal, end}: ShellEntry): string[] => [
	...(earlierLines > 0 && terminal
		? [theme.dim(`… ${plural(earlierLines, 'earlier line')}: /logs ${terminal.id}`)]
		: []),
	...tail.flatMap(line => cleanLines(line)),
	...(end?.kind === 'refused' ? cleanLines(end.message).map(theme.bad) : []),
];

const outcomeOf = ({end, outcome}: ShellEntry): {tone: Tone; text: string} => {
	switch (end?.kind) {
		case undefined:
			return {tone: 'dim', text: clean(outcome ?? 'starting')};
		case 'exited':
			return {tone: isCleanExit(end.exit) ? 'good' : 'bad', text: exitText(end.exit)};
		case 'refused':
			return {tone: 'bad', text: 'not started'};
		case 'lost':
			return {tone: 'bad', text: 'lost: its host died'};
		case 'unknown':
			return {tone: 'warn', text: 'nobody saw how it ended'};
	}
};
