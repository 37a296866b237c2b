// Everything a user can cause. The app implements it; components and slash commands only call it.

import type {ApprovalAnswer, ApprovalMode, InquiryAnswer, Overlay} from './events.js';
import type {FeatureKey} from './features.js';
import type {LogPage, MouseInput, Refusal} from './host/host.js';
import type {Snapshot} from './host/protocol.js';

/** Where things are, and what commands do not get. Paths are absolute. */
export type Surroundings = {
	version: string;
	cwd: string;
	configFile: string;
	stateFolder: string;
	sessionFile: string;
	/** Names of variables. */
	withheld: readonly string[];
};

/** Where the open terminal's grid is painted: its size, and its first cell's place in the window, from 0. */
export type View = {cols: number; rows: number; left: number; top: number};

/** What becomes of the terminals when the window ends. */
export type Leaving = 'stop' | 'keep' | {stop: readonly number[]};

/** A piece of a log: a line, and where in its text; `to` is behind the last character. */
export type LogSpan = {from: LogPlace; to: LogPlace};
export type LogPlace = {line: number; column: number};

export type Actions = {
	/** Sends a message, runs a slash command; while a turn runs it answers what the model asks, or queues the message. */
	submit(text: string): void;
	/** Takes a queued message back for editing; returns its text. */
	takeQueued(): string | undefined;
	/** Cancels the turn in whatever state it is; touches no terminal. */
	interrupt(): void;
	/** Stops the terminal that the interrupted turn was waiting for. */
	stopWaitedFor(): void;
	answerApproval(callId: string, answer: ApprovalAnswer): void;
	answerInquiry(callId: string, answer: InquiryAnswer): void;
	/** Trusts the folder for good (`always`), for this run, or not. */
	answerTrust(answer: 'always' | 'once' | 'no'): void;
	cycleMode(): void;
	setMode(mode: ApprovalMode): void;

	/** Opens the list of models, and asks every server for its own. */
	openModels(): void;
	/** Counts from the next turn on, and is stored. */
	chooseModel(choice: {provider: string; model: string}): void;

	openOverlay(overlay: Overlay): void;
	closeOverlay(): void;
	/** Shows and focuses the panel; hides it when it is focused. */
	togglePanel(): void;
	/** Until it is asked for again. */
	hidePanel(): void;
	focusComposer(): void;
	selectTerminal(id: number): void;
	openTerminal(id: number): void;
	/** Opens the n-th row of the panel, from 1. */
	openRow(row: number): void;
	openNeighbour(step: 1 | -1): void;
	closeTerminal(): void;
	/** The person is inside of the terminal from now on: it has their size, every key goes there. */
	takeOver(id: number): void;
	/** Outside again: the model may type, at its size. The terminal stays open. */
	giveBack(): void;
	/** One step back: out of the terminal that the person is inside of, else from the open one to what was before. */
	leaveTerminal(): void;
	/** For the program of the terminal that the person is inside of; kept nowhere. */
	typeInside(input: {chars?: string; keys?: string[]; paste?: boolean}): void;
	/** Column and row are the window's. */
	clickInside(event: MouseInput): void;
	/** Tells where the open terminal is painted; one that the person is inside of takes that size. */
	placeView(view: View): void;
	/** The key that is tandem's even inside: the next one is tandem's too. */
	setPrefix(isOn: boolean): void;
	toggleFullScreen(): void;
	/** Where it now stands: rows up from the end, clamped by the view; 0 follows. */
	scrollTranscript(rows: number): void;
	/** Opens what a terminal printed; a query is searched at once. */
	openLog(id: number, query: string): void;
	stopTerminals(ids: readonly number[]): void;
	/** An ended one leaves the list, and its log the disk. */
	forgetTerminal(id: number): void;

	/** The same command again; a running one is stopped first. */
	restartTerminal(id: number): void;
	renameTerminal(id: number, name: string): void;
	/** To the clipboard. */
	copyAnswer(): void;
	/** Of the command that was entered last there; of a terminal where nothing was, all of it. */
	copyOutput(id: number): void;
	copySpan(id: number, span: LogSpan): void;
	/** `what` names it for the person. */
	copyText(text: string, what: string): void;

	/** Opens the text in the person's own editor; what they wrote comes back into the composer. */
	editText(text: string): void;
	/** Gives the terminal to the shell and stops, until the shell brings the window back. */
	suspend(): void;

	setFeatures(features: Record<FeatureKey, boolean>): void;
	newSession(): void;
	/** Opens the list of sessions, and reads it anew. */
	openSessions(): void;
	/** Goes on with another session, in this window. */
	resumeSession(id: string): void;
	notice(text: string, tone?: 'info' | 'warning' | 'error'): void;

	/** Quits; while terminals run, by the quit question unless they are to be kept. */
	quit(): void;
	/** Idle Ctrl+C: arms the quit, the second press quits. */
	pressQuit(): void;
	/** Ends the window. Its terminals are stopped, all or those of these ids, or kept. */
	leave(terminals: Leaving): void;

	/** Reads of the host for whoever draws a terminal; not through the store. */
	watchTerminal(id: number, listener: (snapshot: Snapshot) => void): () => void;
	/** Lines of a range that match a regular expression; `(?i)` before it: whatever their case. */
	searchLog(id: number, pattern: string, lines: [number, number]): Promise<LogPage | Refusal>;
	/** What `/status` says beside the state. */
	surroundings(): Surroundings;
	readLog(id: number, lines: [number, number] | {last: number}): Promise<LogPage | Refusal>;
};
