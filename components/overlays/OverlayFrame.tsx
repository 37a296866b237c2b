// The frame of everything modal: a title, the rows there is room for, and the keys.
import {fitting, rule} from '../lines.js';
import {theme} from '../theme.js';
import {Rows} from '../ui/Rows.js';

export type Place = {width: number; height: number};

type Props = Place & {title: string; keys: readonly string[]; rows: readonly string[]; first?: number};

/** Rows that the frame leaves for its content. */
export const roomIn = ({height}: Place): number => Math.max(1, height - 2);

export const OverlayFrame = ({title, keys, rows, first = 0, width, height}: Props) => {
	const room = roomIn({width, height});
	const visible = rows.slice(first, first + room);
	const below = rows.length - first - visible.length;
	const place = below > 0 || first > 0 ? theme.dim(below > 0 ? `${below} more ↓` : 'end') : '';
	const foot = ` ${fitting(keys, theme.dim(' · '), width - 2)}`;
	const filled = [...visible, ...new Array<string>(Math.max(0, room - visible.length)).fill('')];
	return (
		<Rows
			rows={[rule(theme.accent(title), place, width), ...filled, theme.dim(foot)]}
			width={width}
			height={height}
		/>
	);
};
