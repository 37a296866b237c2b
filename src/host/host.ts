// The contract between everybody who uses terminals and whoever owns them. Two makers fulfil it: the pool
// in this process, and a client over the host's socket. It knows nothing of readers: who has read what is
// the caller's business, so a read carries a position and returns the next.
import type {LogLine, Position, ProcessInfo, Snapshot, TerminalInfo} from './protocol.js';

export interface Host {
	/** Spawns a command. Resolves when its process runs, or with the reason why it could not. */
	start(request: StartRequest): Promise<Started | Refusal>;
	/** Types into a terminal, in the encoding of the modes its program has set. */
	write(id: number, input: TerminalInput): Promise<{kind: 'written'} | Refusal>;
	/** Waits until one of the conditions holds. An abort ends the wait, never the terminal. */
	wait(id: number, request: WaitRequest, signal?: AbortSignal): Promise<WaitOutcome | Refusal>;
	/** The rendered output since a position: lines, or the screen while a full-screen program has it. */
	read(id: number, request: ReadRequest): Promise<Reading | Refusal>;
	/** Numbered log lines by range, search or age. Ended terminals too. */
	log(id: number, request: LogRequest): Promise<LogPage | Refusal>;
	/** The live grid as it is now; the last one for an ended terminal. */
	snapshot(id: number): Promise<Snapshot | Refusal>;
	/** Calls back with the screen, now and whenever it changed (at most 30 times a second). Returns the undoing. */
	watch(id: number, listener: (snapshot: Snapshot) => void): () => void;
	/** Ends the whole process tree: the signal, then KILL after the grace. Names what could not be ended. */
	stop(
		id: number,
		request?: StopRequest,
	): Promise<{kind: 'stopped'; terminal: TerminalInfo; survivors: ProcessInfo[]} | Refusal>;
	/**
	 * The command once more: same folder, environment, name and size, in a terminal with a new id. A running one
	 * is stopped first, its whole tree. Refused where the environment is not known any more: it is in memory only.
	 */
	restart(
		id: number,
		request: RestartRequest,
	): Promise<{kind: 'restarted'; terminal: TerminalInfo} | Refusal>;
	resize(id: number, size: {cols: number; rows: number}): Promise<{kind: 'resized'} | Refusal>;
	/**
	 * Says who drives: a person, at the size of their view, or the model again, at the size it had. While a person
	 * drives the model's writes are refused. The last claim counts, giving back only that of the same client; a
	 * claim ends with its client's connection.
	 */
	drive(id: number, request: DriveRequest): Promise<{kind: 'driven'; terminal: TerminalInfo} | Refusal>;
	rename(id: number, name: string): Promise<{kind: 'renamed'; name: string} | Refusal>;
	/** Removes an ended terminal and its journal. */
	forget(id: number): Promise<{kind: 'forgotten'} | Refusal>;
	/** All terminals, running first, then ended; each group by id. */
	list(): Promise<TerminalInfo[]>;
	/** Calls back with every change, whole values, so that a late or repeated one is harmless. Returns the undoing. */
	subscribe(listener: (event: HostEvent) => void): () => void;
	/** Lets go of the host. Terminals of a detached host live on; those of a pool in this process are stopped. */
	close(): Promise<void>;
}

export type StartRequest = {
	/** Shell command line. */
	cmd: string;
	/** Absolute. */
	cwd: string;
	/** True: a PTY. False: a pipe, stdin closed. */
	tty: boolean;
	/** The complete environment of the command, without secrets: the host adds only its own marks. */
	env: Record<string, string>;
	cols: number;
	rows: number;
	/** Absolute path of the shell that runs cmd with `-c`. Default: SHELL of env, else /bin/sh. */
	shell?: string;
	/** What people and the model call it. Taken by a running terminal: `dev` becomes `dev-2`. Default: from cmd. */
	name?: string;
	startedBy: 'model' | 'user';
	/** The session that asked. */
	session?: string;
	/**
	 * The answer may wait a moment for the command's end, and then brings along what it printed. If that is all
	 * there is to know the terminal is forgotten at once, and nobody else has heard of it.
	 */
	brief?: {maxChars: number};
};

export type Started = {
	kind: 'started';
	terminal: TerminalInfo;
	/** Asked for by `brief`, if the command has ended. */
	ended?: {reading: Reading; isForgotten: boolean};
	/** Other terminals in which the same command runs in the same folder. */
	twins?: {id: number; name: string}[];
};

export type TerminalInput = {
	by: 'model' | 'user';
	/** Raw text, sent first; no newline is added. */
	chars?: string;
	/** Named keys in tmux's names, sent after chars: `Enter`, `C-c`, `M-x`, `PageDown`, `F5`. */
	keys?: string[];
	/** Wrap chars as a bracketed paste if the program asked for that. */
	paste?: boolean;
	/** Sent last, in the program's encoding; nothing if the program wants no such event. */
	mouse?: MouseInput;
};

export type MouseInput = {
	action: 'press' | 'release' | 'move' | 'wheel-up' | 'wheel-down' | 'wheel-left' | 'wheel-right';
	button: 'left' | 'middle' | 'right' | 'none';
	/** From 0, of the terminal's grid. */
	column: number;
	row: number;
	shift: boolean;
	alt: boolean;
	ctrl: boolean;
};

export type DriveRequest =
	/** `client`: told apart from other windows of the same person by this. */
	{driver: 'user'; client: string; cols: number; rows: number} | {driver: 'model'; client: string};

/** What ends a wait; any of them. The deadline always does. */
export type WaitRequest = {
	timeoutMs: number;
	/**
	 * The command's shell ended and what it had printed is read. Not asked for, it ends a wait too; but beside
	 * another condition the wait goes on while processes that the command left behind may fulfil that one.
	 */
	exit?: true;
	/** A process of the terminal listens on a TCP port for 200 ms: any (judged by tools.md), or this one. */
	port?: true | number;
	/** Regular expression on a rendered log line, from `from` on. */
	pattern?: string;
	/** Regular expression on the visible screen, row by row. */
	screen?: string;
	/** No output for so long. */
	quietMs?: number;
	/**
	 * `prompt`: the program waits for input (tools.md, exec_command, early return c).
	 * `taken`: it has taken the input written last and waits for more (tools.md, write_stdin).
	 */
	input?: 'prompt' | 'taken';
	/** Where a pattern begins to look: the reader's position. Default: only what is printed from now on. */
	from?: Position;
};

export type WaitOutcome = {
	kind: 'waited';
	reason:
		| {kind: 'exited'}
		| {kind: 'listening'; port: number}
		| {kind: 'matched'; text: string}
		| {kind: 'quiet'; ms: number}
		| {kind: 'waiting-for-input'}
		| {kind: 'time-over'}
		| {kind: 'aborted'};
	terminal: TerminalInfo;
};

export type ReadRequest = {
	/** The reader's last position; absent: from the start. */
	from?: Position;
	/** Budget in characters. Over it, head and tail are kept and the middle is named. */
	maxChars: number;
};

export type Reading = {
	kind: 'reading';
	/** Lines in order. With `omitted`, the lines before and after the cut. */
	lines: LogLine[];
	/** Line numbers of what the budget left out of `lines`, both inclusive. */
	omitted?: {from: number; to: number};
	/** Line numbers that the journal's limits have dropped before they were read, both inclusive. */
	gap?: {from: number; to: number};
	/** Characters before the cut. */
	totalChars: number;
	/** The screen, while the alternate screen is shown. */
	screen?: Snapshot;
	next: Position;
	terminal: TerminalInfo;
};

export type LogRequest = {
	/** First and last line, both inclusive and from 1; or the last n. Default: all that the budget allows, from the end. */
	lines?: [from: number, to: number] | {last: number};
	/** Regular expression on each line. */
	grep?: string;
	/** Lines of context around a match. */
	context?: number;
	/** Only lines of the last so many milliseconds. */
	sinceMs?: number;
	maxChars: number;
};

export type LogPage = {
	kind: 'log';
	/** In order, each with its number; a line is a match unless it is context. */
	lines: LogLine[];
	/** How many lines the terminal has printed in all. */
	total: number;
	matches?: number;
	omitted?: {from: number; to: number};
	gap?: {from: number; to: number};
	terminal: TerminalInfo;
};

export type StopRequest = {
	/** Default TERM. */
	signal?: 'TERM' | 'INT' | 'HUP' | 'QUIT' | 'KILL' | 'USR1' | 'USR2';
	/** Milliseconds before KILL. Default 3000. */
	graceMs?: number;
	by: 'model' | 'user';
};

export type RestartRequest = {by: 'model' | 'user'};

export type HostEvent =
	| {type: 'terminal.changed'; terminal: TerminalInfo}
	| {type: 'terminal.forgotten'; id: number}
	/** The connection, or the host itself, is gone. Terminals are unknown until it is back. */
	| {type: 'host.lost'; reason: string}
	/** `limits`: it is of another major version, its terminals can only be listed and stopped; in words. */
	| {type: 'host.connected'; terminals: TerminalInfo[]; limits?: string};

/** An expected failure. `message` is for people and models and says the next step. */
export type Refusal = {kind: 'refused'; code: RefusalCode; message: string};

export type RefusalCode =
	| 'unknown-terminal'
	| 'missing-folder'
	| 'missing-shell'
	| 'bad-argument'
	| 'bad-pattern'
	| 'too-many'
	| 'no-pty'
	| 'ended'
	| 'no-stdin'
	| 'user-drives'
	| 'line-too-long'
	| 'still-running'
	| 'not-restartable'
	| 'input-full'
	| 'disk'
	| 'host-lost'
	| 'host-version';
