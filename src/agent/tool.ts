// What the loop knows of a tool, and what a tool is given. A tool never throws into the turn.
import type {z} from 'zod';
import type {CallDisplay, Image, Inquiry, InquiryAnswer, Told} from '../events.js';
import type {Position} from '../host/protocol.js';

export type Tool<Schema extends z.ZodType = z.ZodType> = {
	name: string;
	/** Prose of assets/tools/. */
	description: string;
	schema: Schema;
	/** It changes nothing and asks for no approval: calls after it in the same answer run beside it. */
	onlyWaits?: true;
	/** What must be shown and allowed before the call runs; undefined: nothing. Pure but for reads. */
	approval?(args: z.infer<Schema>, context: ToolContext): Promise<ApprovalSubject | undefined>;
	run(args: z.infer<Schema>, context: ToolContext): Promise<ToolResult>;
};

/** Exactly what will run. The prompt shows all of it, invisible characters made visible. */
export type ApprovalSubject =
	| {
			kind: 'command';
			cmd: string;
			cwd: string;
			env?: Record<string, string>;
			justification?: string;
			/** It can only read what is in the workspace. */
			isHarmless?: true;
	  }
	| {kind: 'typing'; terminalId: number; terminalName: string; program: string; text: string; keys: string[]}
	| {kind: 'patch'; files: PatchedFile[]; diff: string}
	| {kind: 'read'; path: string; reason: string};

export type PatchedFile = {
	path: string;
	change: 'add' | 'update' | 'delete' | 'move';
	/** Its real path is not in the workspace. */
	isOutside?: true;
};

export type ToolContext = {
	callId: string;
	/** The turn's. An abort ends the call at once and never a terminal. */
	signal: AbortSignal;
	/** Where relative paths start. */
	cwd: string;
	/** Real path; files outside need approval. */
	workspace: string;
	sessionId: string;
	/** Where a patch is on record while it is written; private, and made when it is used. Undefined: nowhere. */
	patchFolder: string | undefined;
	/** The complete environment for commands, provider keys withheld. */
	env: Record<string, string>;
	/** The same for another shell, or without its login files; absent: `env` serves for all. */
	environmentFor?(request: {shell: string | undefined; isLogin: boolean}): Promise<Record<string, string>>;
	/** The session's read positions as of now. */
	position(terminalId: number): Position | undefined;
	/** Asks the person, until the signal withdraws it; absent: nobody is there. */
	ask?(inquiry: Inquiry, signal: AbortSignal): Promise<InquiryAnswer>;
	/** For the transcript while the call runs. */
	progress(display: CallDisplay): void;
	now(): number;
	random(): number;
};

export type ToolResult = {
	/** What the model reads. */
	output: string;
	isError?: boolean;
	/** What the model sees beside it, if it can. */
	images?: readonly Image[];
	display?: CallDisplay;
	/** Read positions that advance with this result, by terminal id. */
	positions?: Record<number, Position>;
	/** Facts of terminals that this answer already told, so that no notice repeats them. */
	told?: Told[];
};
