// Asks once whether a folder is trusted. Keys that were on their way to something else answer nothing, and
// Enter alone says no.
import {sanitiseStrictly} from '../../src/text/sanitise.js';
import {wrap} from '../../src/text/wrap.js';
import {useArmed} from '../hooks/use-armed.js';
import {useCommands, useSlice, useTandem} from '../hooks/use-tandem.js';
import {theme} from '../theme.js';
import {ChoiceOverlay} from './ChoiceOverlay.js';
import type {Place} from './OverlayFrame.js';

export const TrustOverlay = ({width, height}: Place) => {
	const {actions} = useTandem();
	const workspace = useSlice(state => state.session.workspace);
	const isArmed = useArmed();
	const isInert = !isArmed();
	const answer = (trust: 'always' | 'once' | 'no') => {
		if (isArmed()) actions.answerTrust(trust);
	};
	useCommands('trust', command => {
		if (command === 'trust.always') answer('always');
		else if (command === 'trust.once') answer('once');
		else if (command === 'trust.no') answer('no');
	});

	const text = [
		'A trusted folder may tell the model what to do (AGENTS.md) and bring its own configuration (.tandem/config.toml).',
		'Not trusted, none of that is read. You can talk and run commands either way; they ask first.',
	];
	return (
		<ChoiceOverlay
			title="do you trust this folder?"
			rows={[
				...wrap(shownFolder(workspace), Math.max(1, width - 4)).map(row => `   ${theme.strong(row)}`),
				'',
				...text.flatMap(line => wrap(line, Math.max(1, width - 4)).map(row => `   ${row}`)),
			]}
			choices={[
				{label: 'Always', key: 'a', isInert, choose: () => answer('always')},
				{label: 'Only this run', key: 'o', isInert, choose: () => answer('once')},
				{label: 'No', key: 'n', isInert, choose: () => answer('no')},
			]}
			start={2}
			// Esc is meant, whenever it comes, and no is harmless.
			onClose={() => actions.answerTrust('no')}
			closing="no"
			width={width}
			height={height}
		/>
	);
};

/** To the last character: another folder may differ by one that nobody sees. */
const shownFolder = (path: string): string => sanitiseStrictly(path).replaceAll('\n', '^J');
