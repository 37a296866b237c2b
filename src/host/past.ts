// A terminal that is over, or of an earlier host: its record and its journal on disk. If its host died under
// it, the terminal is lost, and what survived of it is still known and can be stopped.
import {readLastBytes} from './byte-store.js';
import {createContainedScreen} from './contained-screen.js';
import {createFamily, type Family} from './family.js';
import {flushDelayMs, type Journal, openJournal} from './journal.js';
import type {LogSource} from './log.js';
import {describeProcess, isAlive, listProcesses} from './processes.js';
import type {Snapshot, TerminalInfo} from './protocol.js';
import type {StoredRecords, TerminalRecord} from './records.js';

export type Past = {
	readonly family: Family;
	info(): TerminalInfo;
	snapshot(): Snapshot;
	/** The source is only meant within the call. */
	readFrom<T>(use: (source: LogSource) => T): T;
};

export const createPast = (
	record: TerminalRecord,
	context: {records: StoredRecords; bootId: string; now(): number},
	/** As its terminal wrote it, closed: to find its lines on disk again costs a read of all of it. */
	ownJournal?: Journal,
): Past => {
	const {info, leader, mark} = record;
	const isLost = info.state.kind !== 'ended';
	// A pid of another boot is a stranger's.
	const isSameBoot = record.bootId === context.bootId;
	const family = createFamily({
		...(isSameBoot && isAlive(leader) && {leader}),
		mark,
		streams: () => [],
		remembered: isSameBoot ? info.leftovers : [],
	});
	let last: LastScreen | undefined;
	/** What stood on its screen when the host died never became lines of the log. */
	const lastScreen = () => {
		last ??= replay(context.records.folder(info.id), info);
		return last;
	};
	let survivors = isLost && isSameBoot ? family.select(listProcesses()) : [];

	return {
		family,
		info() {
			if (!isLost) return info;
			survivors = survivors.filter(isAlive);
			const {asksSecret: _, usage: __, ...rest} = info;
			return {
				...rest,
				state: {kind: 'lost'},
				leftovers: survivors.map(describeProcess),
				ports: [],
				isWaitingForInput: false,
				isAlternateScreen: false,
			};
		},
		snapshot: () =>
			(isLost ? lastScreen().snapshot : context.records.readSnapshot(info.id)) ?? blankSnapshot(info),
		readFrom(use) {
			const journal = ownJournal ?? openJournal(context.records.folder(info.id));
			try {
				const liveLines = isLost ? [...lastScreen().liveLines, cutOffLine] : [];
				return use({journal, liveLines, now: context.now()});
			} finally {
				journal.close();
			}
		},
	};
};

/** As its last line, like the one of a full-screen stretch: nobody can say what there was, or whether there was any. */
const cutOffLine = `[the terminal host died here: what was printed in its last ${flushDelayMs} ms may be missing]`;

type LastScreen = {snapshot: Snapshot | undefined; liveLines: string[]};

// Any screen is drawn in less; read and parsed in a few milliseconds.
const replayBytes = 262_144;

/** Shows the end of the output to an emulator again. */
const replay = (folder: string, info: TerminalInfo): LastScreen => {
	const bytes = readLastBytes(folder, replayBytes);
	if (bytes.length === 0) return {snapshot: undefined, liveLines: []};
	const {id, cols, rows, tty} = info;
	const options = {cols, rows, isPipe: !tty, onLine() {}, onReply() {}, now: () => info.startedAt};
	// What cannot be shown is an empty screen.
	const screen = createContainedScreen(options, () => {});
	screen.write(bytes, () => {});
	screen.drain();
	const snapshot: Snapshot = {kind: 'snapshot', id, ...screen.snapshot(), title: info.title};
	const liveLines = screen.liveLines();
	screen.dispose();
	return {snapshot, liveLines};
};

/** Where not even that is known; its last lines stand for the screen. */
const blankSnapshot = ({id, revision, cols, rows, title, lastLines}: TerminalInfo): Snapshot => ({
	kind: 'snapshot',
	id,
	revision,
	cols,
	rows,
	lines: lastLines.map(text => [{text, style: {}}]),
	cursor: {row: 0, column: 0, isVisible: false},
	isAlternateScreen: false,
	title,
});
