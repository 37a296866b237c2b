// A question with a few answers, one of them selected.
import {truncate} from '../../src/text/truncate.js';
import {useChoice} from '../hooks/use-scroll.js';
import {theme} from '../theme.js';
import {OverlayFrame, type Place, roomIn} from './OverlayFrame.js';

/** `key`: chooses it at once; `about`: what it means; `isInert`: the question has not been seen for long enough. */
export type Choice = {label: string; key?: string; about?: string; isInert?: boolean; choose: () => void};

type Props = Place & {
	title: string;
	/** What the question is about; cut before the answers are. */
	rows: readonly string[];
	choices: readonly Choice[];
	start: number;
	/** Esc and Ctrl+C. */
	onClose: () => void;
	/** What that means, in a word. */
	closing?: string;
};

export const ChoiceOverlay = (props: Props) => {
	const {title, rows, choices, start, onClose, closing = 'close', width, height} = props;
	const selected = useChoice(choices.length, start, (command, index) => {
		if (command === 'overlay.choose') choices[index]?.choose();
		else onClose();
	});
	const room = Math.max(0, roomIn({width, height}) - choices.length);
	const about = rows.length < room ? [...rows, ''] : cutTo(rows, room);
	const answers = choices.map(({label, key, about: words, isInert}, index) => {
		const look = isInert ? theme.dim : index === selected ? theme.strong : theme.plain;
		const head = ` ${index === selected ? theme.accent('▸') : ' '} ${look(label)}`;
		const hint = key === undefined ? '' : ` ${theme.dim(`(${key})`)}`;
		return truncate(`${head}${hint}${words === undefined ? '' : `  ${theme.dim(words)}`}`, width);
	});
	return (
		<OverlayFrame
			title={title}
			keys={['↑↓ enter choose', `esc ${closing}`]}
			rows={[...about, ...answers]}
			width={width}
			height={height}
		/>
	);
};

const cutTo = (rows: readonly string[], room: number): string[] =>
	rows.length <= room
		? [...rows]
		: [...rows.slice(0, Math.max(1, room - 1)), theme.dim(`   … ${rows.length - room + 1} more`)].slice(
				0,
				room,
			);
