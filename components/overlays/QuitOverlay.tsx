// Quitting while terminals run: keep them, stop them, choose, or stay. Keys typed before it was seen stop nothing.

import {plural} from '../../src/text/plural.js';
import {truncate} from '../../src/text/truncate.js';
import {useArmed} from '../hooks/use-armed.js';
import {useCommands, useSlice, useTandem} from '../hooks/use-tandem.js';
import {clean} from '../lines.js';
import {theme} from '../theme.js';
import {ChoiceOverlay} from './ChoiceOverlay.js';
import type {Place} from './OverlayFrame.js';

export const QuitOverlay = ({width, height}: Place) => {
	const {actions} = useTandem();
	const terminals = useSlice(state => state.terminals);
	const running = terminals.filter(({state}) => state.kind === 'running');
	const isArmed = useArmed();
	const leave = (what: 'stop' | 'keep') => {
		// Keeping can be taken back: whoever types ahead need not wait.
		if (what === 'keep' || isArmed()) actions.leave(what);
	};
	// One terminal is kept or stopped: there is nothing to choose.
	const choose = () => running.length > 1 && actions.openOverlay('keep');
	useCommands('quit', command =>
		command === 'quit.choose' ? choose() : leave(command === 'quit.stop' ? 'stop' : 'keep'),
	);

	const rows = running.map(
		({name, id, cmd}) =>
			`   ${clean(name)} (${id})  ${theme.dim(truncate(clean(cmd), Math.max(1, width - clean(name).length - 14)))}`,
	);
	const them = running.length === 1 ? 'it' : 'them';
	return (
		<ChoiceOverlay
			title={`quit: ${plural(running.length, 'terminal')} still ${running.length === 1 ? 'runs' : 'run'}`}
			rows={rows}
			choices={[
				{
					label: `Keep ${them} running and quit; tandem shows ${them} again`,
					key: 'k',
					choose: () => leave('keep'),
				},
				{label: `Stop ${them} and quit`, key: 's', isInert: !isArmed(), choose: () => leave('stop')},
				...(running.length > 1 ? [{label: 'Choose which to keep', key: 'c', choose}] : []),
				{label: 'Stay', key: 'esc', choose: () => actions.closeOverlay()},
			]}
			start={0}
			onClose={() => actions.closeOverlay()}
			closing="stay"
			width={width}
			height={height}
		/>
	);
};
