// The only writer of the log, and of what lasts in the store: that is on record before it is shown, and is shown in
// that order.
import {type Event, isDurable} from './events.js';
import type {Saving} from './saving.js';

export const createEmit = (parts: {
	/** That of the current session. */
	saving(): Pick<Saving, 'save'>;
	/** Not called for what a session that was left meanwhile still had to write. */
	show(event: Event): void;
	/** Before the event that is not on record is shown. */
	onUnsaved(): void;
}) => {
	/** Those that are being written and not shown yet. */
	let unshown = 0;

	const showOnceSaved = async (event: Parameters<Saving['save']>[0]): Promise<void> => {
		const saving = parts.saving();
		const isCurrent = () => saving === parts.saving();
		unshown++;
		try {
			if (!(await saving.save(event)) && isCurrent()) parts.onUnsaved();
		} finally {
			unshown--;
		}
		if (isCurrent()) parts.show(event);
	};

	return async (event: Event): Promise<void> => {
		if (!isDurable(event)) return parts.show(event);
		if (!isLeftByInterrupt(event) || unshown > 0) return showOnceSaved(event);
		parts.show(event);
		if (!(await parts.saving().save(event))) parts.onUnsaved();
	};
};

/** Nobody acts on it: whoever has pressed Ctrl+C does not wait for the disk. */
const isLeftByInterrupt = (event: Event): boolean =>
	(event.type === 'call.finished' && event.isInterrupted === true) ||
	(event.type === 'turn.ended' && event.end.kind === 'interrupted');
