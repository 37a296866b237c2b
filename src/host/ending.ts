// How a terminal comes to its end. Three facts arrive in any order: the command's status, the end of the stream
// and the leader's death; the end is published when all are known and no process is left. No timer decides it.
import type {Family} from './family.js';
import {
	type Identity,
	listChildren,
	listProcesses,
	listProcessesSince,
	type Process,
	readProcess,
	signalProcess,
} from './processes.js';
import type {Exit} from './protocol.js';

export type Ending = {
	/** The leader has said how the command ended, and perhaps that nobody is left below it. */
	commandEnded(exit: Exit, isAlone: boolean): void;
	leaderEnded(exit: Exit): void;
	/** Every byte was read and nobody can write any more. */
	drained(): void;
	/** Output was parsed: what waited for it may go on. */
	parsed(): void;
	/** Looks now whether what was left behind still lives. */
	check(): void;
	/** Ends the leader: with it the tty is gone. */
	endLeader(): void;
	/** The leader was told to end: nobody is there to be typed to. */
	readonly isEnding: boolean;
	readonly isCommandOver: boolean;
};

// Only while something is left over, one small read for each of them.
const leftoverCheckMs = 500;
// What is left over may start others: every tenth second a look at all processes.
const checksPerScan = 20;
// A process becomes another program in less, also where the disk is slow.
const settleTriesMs = [1, 2, 5, 10, 20, 50, 100];
// A round through all pids takes longer than this, so whoever came later has a higher number.
const pidRoundMs = 2_000;

export const createEnding = (options: {
	leader: Identity;
	/** When the leader's process began, by `performance.now`: the clock may be set back, and pids go round. */
	leaderSince: number;
	family: Family;
	isPipe: boolean;
	/** Output that is read and not in the grid yet. */
	isParsing(): boolean;
	/** The command has ended, these live on. Called again when they change. */
	onLeftovers(exit: Exit, members: Process[]): void;
	onEnd(exit: Exit): void;
}): Ending => {
	const {leader, leaderSince, family, isPipe} = options;
	let commandExit: Exit | undefined;
	let leaderExit: Exit | undefined;
	let isDrained = false;
	let isEnding = false;
	/** The leader has said that it has no child. */
	let isLeaderAlone = false;
	/** The leader was told to end because nothing else was left. */
	let isAlone = false;
	let isOver = false;
	let timer: NodeJS.Timeout | undefined;
	let settleTimer: NodeJS.Timeout | undefined;
	let settleTries = 0;

	/** Goes on towards the end as far as what is known allows. */
	const advance = () => {
		if (isOver || options.isParsing()) return;
		// Without a word of the leader its own end must do.
		const exit = commandExit ?? (leaderExit && (isDrained || isPipe) ? leaderExit : undefined);
		if (!exit) return;
		// Another look is worth its cost when all is over that is about to be.
		if (isAlone && (!leaderExit || (!isDrained && !isPipe))) return;
		// All before its word was read, and nobody is there who could print more.
		// Its word stands in the stream, where a program may have printed it: a child of the leader belies it.
		if (isLeaderAlone && !isPipe && listChildren(leader.pid)?.length === 0) {
			endLeader();
			return end(exit);
		}
		const members = findMembers();
		if (members.length > 0) return keepLooking(exit, members);
		if (family.isUnsettled && settleTries < settleTriesMs.length) return lookAgainSoon();
		if (!leaderExit) {
			isAlone = !isEnding;
			return endLeader();
		}
		if (isDrained) return end(exit);
		if (!isPipe) return;
		// Somebody holds the pipe whom we cannot see. A terminal that was starting lets go of it in a moment.
		if (settleTries < settleTriesMs.length) return lookAgainSoon();
		// The end comes with the last holder.
		keepLooking(exit, []);
	};

	const lookAgainSoon = () => {
		settleTimer ??= setTimeout(() => {
			settleTimer = undefined;
			advance();
		}, settleTriesMs[settleTries++]);
	};

	const findMembers = () => {
		const isYoung = performance.now() - leaderSince < pidRoundMs;
		return family.select(isYoung ? listProcessesSince(leader.pid) : listProcesses());
	};

	/** The leader adopts what its children leave behind; stopped as it is, it does not see them end. */
	const reapAdopted = (adopted: readonly number[]) => {
		if (leaderExit || !commandExit || isEnding) return;
		if (adopted.some(pid => readProcess(pid)?.state === 'Z')) signalProcess(leader, 'SIGCONT');
	};

	const keepLooking = (exit: Exit, members: Process[]) => {
		options.onLeftovers(exit, members);
		settleTries = 0;
		let checks = 0;
		let known = '';
		timer ??= setInterval(() => {
			const adopted = listChildren(leader.pid) ?? [];
			reapAdopted(adopted);
			const hasNews = adopted.join() !== known;
			known = adopted.join();
			if (hasNews || !family.hasSurvivors() || ++checks % checksPerScan === 0) advance();
		}, leftoverCheckMs);
	};

	const endLeader = () => {
		if (leaderExit || isEnding) return;
		isEnding = true;
		// Our own child and not waited for: the number cannot be another's.
		signalProcess(leader, 'SIGKILL');
	};

	const end = (exit: Exit) => {
		isOver = true;
		clearInterval(timer);
		clearTimeout(settleTimer);
		options.onEnd(exit);
	};

	return {
		commandEnded(exit, isAloneNow) {
			if (!commandExit) {
				commandExit = exit;
				isLeaderAlone = isAloneNow;
			}
			advance();
		},
		leaderEnded(exit) {
			leaderExit = exit;
			advance();
		},
		drained() {
			isDrained = true;
			advance();
		},
		parsed() {
			// While something is left over its output changes nothing: the timer looks after it.
			if (!timer || leaderExit) advance();
		},
		check: advance,
		endLeader,
		get isEnding() {
			return isEnding || leaderExit !== undefined;
		},
		get isCommandOver() {
			return commandExit !== undefined || leaderExit !== undefined;
		},
	};
};
