// Keeps the session's log: the file is made with the first event, so that an empty session leaves none. A failed
// write is told once; the person decides by going on.
import type {DurableEvent} from './events.js';
import {SaveError, type SessionLog} from './session/log.js';

export type Saving = ReturnType<typeof createSaving>;

export type Opened = SessionLog | {kind: 'failed'; message: string};

export const createSaving = (options: {
	open(): Promise<Opened>;
	/** A log that a resumed session has open already. */
	log?: SessionLog;
	/** `undefined`: the log is being written again. */
	onTrouble(message: string | undefined): void;
}) => {
	let log: Promise<Opened> | undefined = options.log && Promise.resolve(options.log);
	let isInTrouble = false;
	let isOnDisk = options.log !== undefined;
	/** Events that came while the log could not be opened. */
	let missed = 0;
	/** Says whose session it is, until that is on disk: a file without it would be nobody's. */
	let head: DurableEvent | undefined;

	const tell = (message: string | undefined) => {
		const wasInTrouble = isInTrouble;
		isInTrouble = message !== undefined;
		if (wasInTrouble || isInTrouble) options.onTrouble(message);
	};

	const open = async (): Promise<Opened> => {
		log ??= options.open();
		const opened = await log;
		// A full disk or a locked file may be mended: the next event tries again.
		if (opened.kind === 'failed') log = undefined;
		return opened;
	};

	const append = async (opened: SessionLog, event: DurableEvent): Promise<void> => {
		opened.miss(missed);
		missed = 0;
		const late = head === event ? undefined : head;
		head = undefined;
		// Both at once, so that nothing comes in between.
		const [first, own] = await Promise.allSettled([late && opened.append(late), opened.append(event)]);
		if (first.status === 'rejected') head = late;
		if (own.status === 'fulfilled') {
			isOnDisk = true;
			return;
		}
		if (event.type === 'session.started') head = event;
		if (own.reason instanceof SaveError && own.reason.code === 'deleted') isOnDisk = false;
		throw own.reason;
	};

	return {
		/** Before anything is to be saved: why it cannot be. */
		foresee: tell,
		/** Whether the event is on disk. */
		async save(event: DurableEvent): Promise<boolean> {
			if (event.type === 'session.started') head = event;
			const opened = await open();
			if (opened.kind === 'failed' && event !== head) missed++;
			const message = opened.kind === 'failed' ? opened.message : await failureOf(append(opened, event));
			tell(message);
			return message === undefined;
		},
		/** At the end of a turn: what was saved outlives a power cut. */
		async sync(): Promise<void> {
			const opened = await log;
			const message = opened?.kind === 'log' ? await failureOf(opened.sync()) : undefined;
			// What is on disk is safe; that says nothing of what is not.
			if (message !== undefined) tell(message);
		},
		/** Whether anything of the session can be gone on with. */
		isOnDisk: () => isOnDisk,
		async close(): Promise<void> {
			const opened = await log;
			if (opened?.kind === 'log') await opened.close();
		},
	};
};

const failureOf = (work: Promise<void>): Promise<string | undefined> =>
	work.then(
		() => undefined,
		(error: unknown) => (error instanceof Error ? error.message : String(error)),
	);
