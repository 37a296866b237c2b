// The first row as text. Pure.
import {basename} from 'node:path';
import type {ModelStatus, Usage} from '../src/events.js';
import {count} from './format.js';
import {clean, rule} from './lines.js';
import {theme} from './theme.js';

export const headerRow = (
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
