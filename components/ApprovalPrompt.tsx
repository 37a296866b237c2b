// Asks before something runs, in the composer's place. Shows all of it: what is longer than the room scrolls,
// and says how much is below. A paste answers nothing; a key only once the question has been seen.
import {useLayoutEffect, useSyncExternalStore} from 'react';
import type {Approval} from '../src/events.js';
import {sanitiseLine} from '../src/text/sanitise.js';
import {graphemes} from '../src/text/width.js';
import {approvalRows, approvalTitle} from './approval-rows.js';
import {useArming} from './hooks/use-armed.js';
import {useKept} from './hooks/use-kept.js';
import {useCommands, useTandem} from './hooks/use-tandem.js';
import type {PaneCommand} from './key-router.js';
import {broken, exactly, fitting, rule} from './lines.js';
import {theme} from './theme.js';
import {Rows} from './ui/Rows.js';

/** Below this, title and place do not fit at the two ends of a row. */
const narrowColumns = 60;
/** Title and keys. */
const frameRows = 2;

export const approvalSize = (approval: Approval, width: number, most: number): number =>
	Math.min(most, approvalRows(approval, width).length + frameRows);

type Props = {approval: Approval; waiting: number; width: number; height: number};

export const ApprovalPrompt = ({approval, waiting, width, height}: Props) => {
	const {approvalDraft, caret, now} = useTandem();
	const draft = useSyncExternalStore(approvalDraft.subscribe, approvalDraft.get);
	const {callId} = approval;
	const word = draft.callId === callId ? draft.word : undefined;
	const first = useKept(() => 0);
	const all = approvalRows(approval, width);
	const room = Math.max(1, height - frameRows);
	const last = Math.max(0, all.length - room);
	const top = Math.min(first.value, last);

	// Once it is painted, and only then, an answer may count.
	useLayoutEffect(() => approvalDraft.shown(callId, now()), [approvalDraft, callId, now]);

	useCommands('approval', command => {
		first.set(Math.max(0, Math.min(last, first.get() + scrollStep(command, room))));
	});

	const title =
		theme.warn(approvalTitle(approval)) + (waiting > 0 ? theme.dim(` · ${waiting} more after it`) : '');
	const place = last > 0 ? theme.warn(placeText(top, last)) : '';
	// How much is not seen is said at every width.
	const head =
		width < narrowColumns && last > 0 ? rule(`${place} ${title}`, '', width) : rule(title, place, width);
	const isArmed = approvalDraft.isArmed(approval, now());
	useArming(isArmed);
	const foot = word === undefined ? answers(approval, isArmed, width) : wordRow(word, width, caret);
	const rows = [head, ...exactly(all.slice(top, top + room), room), foot];
	return <Rows rows={rows} width={width} height={height} />;
};

const scrollStep = (command: PaneCommand, page: number): number => {
	if (typeof command === 'object') return command.wheel;
	switch (command) {
		case 'approval.up':
			return -1;
		case 'approval.down':
			return 1;
		case 'approval.pageUp':
			return -page;
		case 'approval.pageDown':
			return page;
		default:
			return 0;
	}
};

const wordLabel = ' no, because: ';

/** The end of a long word is what is being typed. */
const wordRow = (word: string, width: number, caret: (character: string) => string): string => {
	const room = Math.max(1, width - wordLabel.length - 2);
	const shown = broken([...graphemes(sanitiseLine(word))].reverse().join(''), room)[0] ?? '';
	return `${theme.accent(wordLabel)}${graphemes(shown).reverse().join('')}${caret(' ')}`;
};

const placeText = (top: number, last: number): string =>
	last === top ? 'the end · pgup' : `${last - top} more ↓ pgdn`;

/** Letters stand out once they answer. */
const answers = ({subject}: Approval, isArmed: boolean, width: number): string => {
	const letter = isArmed ? theme.strong : theme.dim;
	return ` ${fitting(
		[
			`${letter('y')} yes`,
			...(subject.kind === 'command' ? [`${letter('Y')} this session`] : []),
			`${letter('n')} no`,
			`${theme.strong('tab')} no, and say why`,
			`${theme.strong('ctrl+c')} cancel the turn`,
		],
		theme.dim(' · '),
		width - 2,
	)}`;
};
