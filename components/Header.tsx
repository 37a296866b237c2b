// The first row: where one is, and with whom one talks.
import {basename} from 'node:path';
import type {ModelStatus, Usage} from '../src/events.js';
import {count} from './format.js';
import {useSlice} from './hooks/use-tandem.js';
import {clean, rule} from './lines.js';
import {theme} from './theme.js';
import {Rows} from './ui/Rows.js';

export const Header = ({width}: {width: number}) => {
	const workspace = useSlice(state => state.session.workspace);
	const model = useSlice(state => state.model);
	const usage = useSlice(state => state.usage);
	return <Rows rows={[headerRow(workspace, model, usage, width)]} width={width} height={1} />;
};

const headerRow = (
	workspace: string,
	model: ModelStatus,
	usage: Usage | undefined,
	width: number,
): string => {
	const place = `${theme.strong('tandem')} ${theme.dim('·')} ${clean(basename(workspace) || workspace)}`;
	const name = model.kind === 'missing' ? theme.warn('no model') : clean(model.name);
	const used = usage ? `${theme.dim(' · ')}${theme.dim(`${count(usage.inputTokens)} ctx`)}` : '';
	return ` ${rule(place, `${name}${used}`, width + 1).replace(`${theme.dim('─')} `, '')}`;
};
