// What the host and its clients say to each other, as schemas, and the values they carry. The wire form is
// pinned by golden tests and only grows: codes are never renamed, unknown fields are ignored.
import {z} from 'zod';

/** How a command's shell ended: a code, or the name of the signal that killed it. */
export const exitSchema = z.union([z.object({code: z.int()}), z.object({signal: z.string()})]);
export type Exit = z.infer<typeof exitSchema>;

/** A process by its kernel identity: a pid is only meant together with its start time (clock ticks since boot). */
export const processInfoSchema = z.object({pid: z.int(), startTime: z.int(), command: z.string()});
export type ProcessInfo = z.infer<typeof processInfoSchema>;

/** A TCP port that a process of the terminal listens on. */
export const portSchema = z.object({port: z.int(), pid: z.int(), url: z.string()});
export type Port = z.infer<typeof portSchema>;

/** Of the whole process tree. `cpu`: percent of one core since the last look; `memory`: own megabytes. */
export const usageSchema = z.object({cpu: z.number(), memory: z.number()});
export type Usage = z.infer<typeof usageSchema>;

export const terminalStateSchema = z.discriminatedUnion('kind', [
	/** `shellExit`: the command's shell has ended, processes it started live on. */
	z.object({kind: z.literal('running'), shellExit: exitSchema.optional()}),
	z.object({kind: z.literal('ended'), exit: exitSchema, at: z.number()}),
	/** The host died under it. */
	z.object({kind: z.literal('lost')}),
	z.object({kind: z.literal('unknown')}),
]);
export type TerminalState = z.infer<typeof terminalStateSchema>;

/** All that is shown in lists; never output beyond the last lines. Times are milliseconds since 1970. */
export const terminalInfoSchema = z.object({
	id: z.int(),
	name: z.string(),
	cmd: z.string(),
	cwd: z.string(),
	tty: z.boolean(),
	cols: z.int(),
	rows: z.int(),
	state: terminalStateSchema,
	/** Live processes besides the command's shell after that has ended. */
	leftovers: z.array(processInfoSchema),
	ports: z.array(portSchema),
	isWaitingForInput: z.boolean(),
	/** A line is read that is not shown while it is typed: a password. */
	asksSecret: z.literal(true).exactOptional(),
	/** While somebody looks. */
	usage: usageSchema.exactOptional(),
	isAlternateScreen: z.boolean(),
	title: z.string(),
	startedAt: z.number(),
	startedBy: z.enum(['model', 'user']),
	session: z.string().optional(),
	/** Which terminal it takes the place of, and who asked for that. */
	restartOf: z.object({id: z.int(), by: z.enum(['model', 'user'])}).optional(),
	/** Who stopped it, if anybody did. */
	stoppedBy: z.enum(['model', 'user']).optional(),
	driver: z.enum(['model', 'user']),
	/** Which client drives, while a person does. */
	driverClient: z.string().exactOptional(),
	/** How often a person came to type here: a take-over in which they did, or a single input without one. */
	userVisits: z.int().exactOptional(),
	/** Up to three last non-empty rendered lines, oldest first. */
	lastLines: z.array(z.string()),
	/** Log lines so far, the unfinished one included. */
	lineCount: z.int(),
	/**
	 * The log lines of the output of the command that was entered last: as the shell marks them, else behind the line at
	 * which something was entered. `to` only where its end is marked.
	 */
	lastOutput: z.object({from: z.int(), to: z.int().exactOptional()}).exactOptional(),
	/** Why the log cannot be written now: what is printed meanwhile is a gap in it. */
	logError: z.string().exactOptional(),
	/** Bytes that a person or the model typed and that the program has not taken. */
	undeliveredBytes: z.int(),
	/** Grows with every change of the screen. */
	revision: z.int(),
});
export type TerminalInfo = z.infer<typeof terminalInfoSchema>;

/** A line between two line feeds in its final form; numbers start at 1 and never shift. */
export const logLineSchema = z.object({
	number: z.int(),
	text: z.string(),
	/** When it was finished, or last changed. */
	at: z.number(),
	/** Not a match itself but its surroundings. */
	isContext: z.boolean().optional(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/**
 * A reader's place in a log: every line before `line` was delivered in its final form; `seen` holds short
 * hashes of the unfinished lines from `line` on that were delivered as they stood.
 */
export const positionSchema = z.object({line: z.int(), seen: z.array(z.string())});
export type Position = z.infer<typeof positionSchema>;

/** Colours: a palette index 0-255 or `#rrggbb`; absent is the terminal's own. */
export const styleSchema = z.object({
	fg: z.union([z.int(), z.string()]).optional(),
	bg: z.union([z.int(), z.string()]).optional(),
	bold: z.literal(true).optional(),
	dim: z.literal(true).optional(),
	italic: z.literal(true).optional(),
	underline: z.literal(true).optional(),
	inverse: z.literal(true).optional(),
	invisible: z.literal(true).optional(),
	strikethrough: z.literal(true).optional(),
});
export type Style = z.infer<typeof styleSchema>;

/** Cells of one style that stand side by side. */
export const runSchema = z.object({text: z.string(), style: styleSchema});
export type Run = z.infer<typeof runSchema>;

/** A terminal's live grid. Rows hold no control characters; trailing blanks of the default style are cut. */
export const snapshotSchema = z.object({
	kind: z.literal('snapshot'),
	id: z.int(),
	revision: z.int(),
	cols: z.int(),
	rows: z.int(),
	lines: z.array(z.array(runSchema)),
	/** From 0. */
	cursor: z.object({row: z.int(), column: z.int(), isVisible: z.boolean()}),
	isAlternateScreen: z.boolean(),
	/** The program wants clicks and the wheel. */
	wantsMouse: z.literal(true).exactOptional(),
	title: z.string(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;
