// `/approvals`: what runs without asking, as a list to choose from.
import {approvalModes} from '../../src/approval-modes.js';
import type {ApprovalMode} from '../../src/events.js';
import {useSlice, useTandem} from '../hooks/use-tandem.js';
import {ChoiceOverlay} from './ChoiceOverlay.js';
import type {Place} from './OverlayFrame.js';

export const ApprovalsOverlay = (place: Place) => {
	const {actions} = useTandem();
	const mode = useSlice(state => state.mode);
	// The keys of the record are the modes.
	const modes = Object.keys(approvalModes) as ApprovalMode[];
	const longest = Math.max(...modes.map(({length}) => length));
	return (
		<ChoiceOverlay
			title="approvals: what runs without asking"
			rows={[]}
			choices={modes.map(each => ({
				label: each.padEnd(longest),
				about: approvalModes[each] + (each === mode ? ', now' : ''),
				choose() {
					actions.closeOverlay();
					actions.setMode(each);
				},
			}))}
			start={modes.indexOf(mode)}
			onClose={actions.closeOverlay}
			{...place}
		/>
	);
};
