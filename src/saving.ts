// Keeps the session's log: the file is made with the first event, so that an empty session leaves none. A failed
// write is told once; the person decides by going on.
import type {DurableEvent} from './events.js';
import type {SessionLog, SessionLogFailure} from './session/log.js';

export type Saving = ReturnType<typeof createSaving>;

export const createSaving = (options: {
	open(): Promise<SessionLog | SessionLogFailure>;
	/** A log that a resumed session has open already. */
	log?: SessionLog;
	/** `undefined`: the log is being written again. */
	onTrouble(message: string | undefined): void;
}) => {
	let log: Promise<SessionLog | SessionLogFailure> | undefined = options.log && Promise.resolve(options.log);
	let isInTrouble = false;
	/** Events that came while the log could not be opened. */
	let missed = 0;

	const tell = (message: string | undefined) => {
		const wasInTrouble = isInTrouble;
		isInTrouble = message !== undefined;
		if (wasInTrouble || isInTrouble) options.onTrouble(message);
	};

	const failure = async (act: (log: SessionLog) => Promise<void>): Promise<string | undefined> => {
		log ??= options.open();
		const opened = await log;
		if (opened.kind === 'failed') {
			// A full disk or a locked file may be mended: the next event tries again.
			log = undefined;
			missed++;
			return opened.message;
		}
		opened.miss(missed);
		missed = 0;
		return act(opened).then(
			() => undefined,
			(error: unknown) => (error instanceof Error ? error.message : String(error)),
		);
	};

	return {
		/** Whether the event is on disk. */
		async save(event: DurableEvent): Promise<boolean> {
			const message = await failure(opened => opened.append(event));
			tell(message);
			return message === undefined;
		},
		/** At the end of a turn: what was saved outlives a power cut. */
		async sync(): Promise<void> {
			if (log) tell(await failure(opened => opened.sync()));
		},
		async close(): Promise<void> {
			const opened = await log;
			if (opened?.kind === 'log') await opened.close();
		},
	};
};
