// Keys and commands: made from the keymap and the table of commands, so that it can not be wrong.
import {helpSections} from '../../src/keymap.js';
import {width as widthOf} from '../../src/text/width.js';
import {wrap} from '../../src/text/wrap.js';
import {useScroll} from '../hooks/use-scroll.js';
import {useTandem} from '../hooks/use-tandem.js';
import {filled} from '../lines.js';
import {theme} from '../theme.js';
import {OverlayFrame, type Place, roomIn} from './OverlayFrame.js';

export const HelpOverlay = ({width, height}: Place) => {
	const {actions, commands} = useTandem();
	const rows = [
		...section(
			'Commands',
			commands.map(({usage, summary}) => ({keys: usage, does: summary})),
			width,
		),
		...helpSections().flatMap(({title, rows: keys}) => section(title, keys, width)),
	];
	const first = useScroll(rows.length, roomIn({width, height}), () => actions.closeOverlay());
	return (
		<OverlayFrame
			title="help"
			keys={['↑↓ pgup pgdn scroll', 'esc close']}
			rows={rows}
			first={first}
			width={width}
			height={height}
		/>
	);
};

const section = (title: string, rows: readonly {keys: string; does: string}[], width: number): string[] => {
	const keyWidth = Math.min(Math.max(...rows.map(({keys}) => widthOf(keys))), Math.floor(width * 0.45));
	return [
		` ${theme.accent(title)}`,
		...rows.flatMap(({keys, does}) =>
			wrap(does, Math.max(8, width - keyWidth - 6)).map(
				(row, index) => `   ${theme.strong(filled(index === 0 ? keys : '', keyWidth))}  ${row}`,
			),
		),
		'',
	];
};
