// `/status`: what this window works with.

import type {Surroundings} from '../../src/actions.js';
import {approvalModes} from '../../src/approval-modes.js';
import {features} from '../../src/features.js';
import type {State} from '../../src/state.js';
import {runningCount, terminalNames} from '../../src/state.js';
import {plural} from '../../src/text/plural.js';
import {wrap} from '../../src/text/wrap.js';
import {count} from '../format.js';
import {useScroll} from '../hooks/use-scroll.js';
import {useSlice, useTandem} from '../hooks/use-tandem.js';
import {clean, filled} from '../lines.js';
import {theme} from '../theme.js';
import {OverlayFrame, type Place, roomIn} from './OverlayFrame.js';

const labelWidth = 12;

export const StatusOverlay = ({width, height}: Place) => {
	const {actions} = useTandem();
	const state = useSlice(whole => whole);
	const rows = [...facts(state), ...places(actions.surroundings(), state)].flatMap(([label, text]) =>
		wrap(clean(text), Math.max(8, width - labelWidth - 4)).map(
			(row, index) => ` ${theme.dim(filled(index === 0 ? label : '', labelWidth))}  ${row}`,
		),
	);
	const first = useScroll(rows.length, roomIn({width, height}), () => actions.closeOverlay());
	return (
		<OverlayFrame
			title="status"
			keys={['esc close']}
			rows={rows}
			first={first}
			width={width}
			height={height}
		/>
	);
};

const modelText = (model: State['model']): string => {
	if (model.kind === 'ready') return `${model.name} (${model.provider})`;
	return model.kind === 'offline' ? `none: the ${model.name} answers. ${model.hint}` : `none. ${model.hint}`;
};

const facts = (state: State): [string, string][] => {
	const {model, host, usage} = state;
	return [
		['workspace', state.session.workspace],
		['trusted', state.isTrusted === undefined ? 'not asked yet' : state.isTrusted ? 'yes' : 'no'],
		['model', modelText(model)],
		['approvals', `${state.mode}: ${approvalModes[state.mode]}`],
		[
			'tokens',
			usage ? `${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out, last request` : 'none yet',
		],
		[
			'terminals',
			state.terminals.length === 0
				? 'none'
				: `${plural(state.terminals.length, 'terminal')}, ${runningCount(state)} running: ${terminalNames(state.terminals)}`,
		],
		['host', host.kind === 'lost' ? `lost: ${host.reason}` : host.kind],
		['features', features.map(({key}) => `${key} ${state.features[key] ? 'on' : 'off'}`).join(', ')],
		['session', state.session.id],
	];
};

const places = (around: Surroundings, {banner}: State): [string, string][] => [
	['folder', around.cwd],
	[
		'withheld',
		around.withheld.length > 0 ? `${around.withheld.join(', ')}: no command gets these` : 'nothing',
	],
	['settings', around.configFile],
	[banner === undefined ? 'saved in' : 'not saved in', around.sessionFile],
	['state', around.stateFolder],
	['version', around.version],
];
