// Starts the leaders of terminals, one ahead of the next command: that then waits neither for a fork of the host,
// which is large, nor for Perl, but only for its own shell. The one that waits costs 0.3 MB and no time; nobody
// hears of it, and it ends with the host.
import {closeSync, constants, openSync, realpathSync, rmSync, writeSync} from 'node:fs';
import {
	buildLeader,
	buildSpareLeader,
	type LeaderOptions,
	type LeaderPrograms,
	writeOrder,
} from './leader.js';
import {isAlive, readProcess, signalProcess} from './processes.js';
import type {OpenPty, Pty, PtyOptions} from './pty.js';

export type Leaders = {
	/** Throws if there is no free PTY or process. */
	open(options: LeaderOptions & StreamOptions): Leader;
	/** Starts one ahead, if there is none. */
	stock(): Promise<void>;
	close(): void;
};

/** `since`: by `performance.now`, when its process began. */
export type Leader = {pty: Pty; since: number};

type StreamOptions = Pick<PtyOptions, 'cols' | 'rows' | 'onData' | 'onDrained' | 'onExit' | 'onWritten'>;

export const createLeaders = (options: {
	openPty: OpenPty;
	programs: LeaderPrograms;
	/** The path of a new fifo, if one can be made. */
	takeFifo(): Promise<string | undefined>;
}): Leaders => {
	const {openPty, programs, takeFifo} = options;
	let spare: Spare | undefined;
	let isStocking = false;
	let isClosed = false;
	const canWait = readsByLine();

	const startSpare = async () => {
		const path = await takeFifo();
		if (path === undefined) return;
		try {
			spare = isClosed ? undefined : createSpare(openPty, programs, path);
		} catch {
			spare = undefined; // no PTY left: the next command says so, if it is still true
		}
		if (!spare) rmSync(path, {force: true});
	};

	return {
		open(wanted) {
			const taken = spare?.take(wanted);
			if (taken || spare?.isSpoilt) spare = undefined;
			if (taken) return taken;
			const program = buildLeader(wanted, programs);
			const since = performance.now();
			return {pty: openPty({...wanted, ...program, cwd: wanted.request.cwd}), since};
		},
		async stock() {
			if ((spare && !spare.isSpoilt) || isStocking || isClosed || !canWait) return;
			isStocking = true;
			await startSpare().finally(() => {
				isStocking = false;
			});
		},
		close() {
			isClosed = true;
			spare?.discard();
			spare = undefined;
		},
	};
};

/** Whether sh runs each line of a pipe as it comes. Bash reads to the pipe's end first, and there is none. */
const readsByLine = (): boolean => /\/(dash|busybox)$/.test(realpathSync('/bin/sh'));

type Spare = {
	/** Undefined if it cannot run this. */
	take(wanted: LeaderOptions & StreamOptions): Leader | undefined;
	/** It is of no use any more. */
	readonly isSpoilt: boolean;
	discard(): void;
};

// What a pipe takes at once, also for a user who has many.
const maxOrderBytes = 65_536;

const createSpare = (openPty: OpenPty, programs: LeaderPrograms, path: string): Spare => {
	// Held open to the leader's end: an order that comes before it has got to the pipe waits there.
	const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
	let streams: StreamOptions | undefined;
	let isSpoilt = false;
	const discard = () => {
		if (isSpoilt) return;
		isSpoilt = true;
		signalProcess(leader, 'SIGKILL');
		pty.close();
	};
	const start = () => {
		try {
			return openPty({
				...buildSpareLeader(path, programs),
				cwd: '/',
				cols: 80,
				rows: 24,
				// It says nothing before it has got its order.
				onData: bytes => (streams ? streams.onData(bytes) : discard()),
				onDrained: () => (streams ? streams.onDrained() : discard()),
				onExit(exit) {
					closeSync(pipe);
					rmSync(path, {force: true});
					if (streams) streams.onExit(exit);
					else discard();
				},
				onWritten: () => streams?.onWritten?.(),
			});
		} catch (error) {
			closeSync(pipe);
			throw error;
		}
	};
	const since = performance.now();
	const pty = start();
	const leader = {pid: pty.pid, startTime: readProcess(pty.pid)?.startTime ?? 0};

	return {
		take(wanted) {
			const order = Buffer.from(writeOrder(wanted, programs));
			if (isSpoilt || order.length > maxOrderBytes) return;
			pty.resize(wanted.cols, wanted.rows);
			// Somebody may have killed it, and its end is told later.
			if (isAlive(leader) && isWritten(pipe, order)) {
				streams = wanted;
				return {pty, since};
			}
			discard();
			return;
		},
		get isSpoilt() {
			return isSpoilt;
		},
		discard,
	};
};

/** A torn order runs nothing: what is to be run stands at its end. */
const isWritten = (pipe: number, order: Buffer): boolean => {
	try {
		return writeSync(pipe, order) === order.length;
	} catch {
		return false; // EAGAIN: the pipes of this user are small
	}
};
