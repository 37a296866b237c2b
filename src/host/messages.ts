// The messages between the host and its clients, as schemas. They are pinned by golden tests and only grow:
// unknown fields, message types and event types are ignored, a malformed known one ends its connection.
import {z} from 'zod';
import type {
	DriveRequest,
	HostEvent,
	LogPage,
	LogRequest,
	MouseInput,
	Reading,
	ReadRequest,
	Refusal,
	RefusalCode,
	RestartRequest,
	Started,
	StartRequest,
	StopRequest,
	TerminalInput,
	WaitOutcome,
	WaitRequest,
} from './host.js';
import {
	logLineSchema,
	positionSchema,
	processInfoSchema,
	snapshotSchema,
	terminalInfoSchema,
} from './protocol.js';

/** To another major version only `core.ts` is served; a higher minor one has more messages, named by its capabilities. */
export const protocolVersion = {major: 1, minor: 0};

/** What this side understands beyond the first version. */
export const capabilities: readonly string[] = [];

const refusalCodes: Record<RefusalCode, RefusalCode> = {
	'unknown-terminal': 'unknown-terminal',
	'missing-folder': 'missing-folder',
	'missing-shell': 'missing-shell',
	'bad-argument': 'bad-argument',
	'bad-pattern': 'bad-pattern',
	'too-many': 'too-many',
	'no-pty': 'no-pty',
	ended: 'ended',
	'no-stdin': 'no-stdin',
	'user-drives': 'user-drives',
	'line-too-long': 'line-too-long',
	'still-running': 'still-running',
	'not-restartable': 'not-restartable',
	'input-full': 'input-full',
	disk: 'disk',
	'host-lost': 'host-lost',
	'host-version': 'host-version',
};

export const refusalSchema: z.ZodType<Refusal> = z.object({
	kind: z.literal('refused'),
	// A newer host may know more codes; its message still says what to do.
	code: z.enum(refusalCodes).catch('bad-argument'),
	message: z.string(),
});

const startSchema: z.ZodType<StartRequest> = z.object({
	cmd: z.string(),
	cwd: z.string(),
	tty: z.boolean(),
	env: z.record(z.string(), z.string()),
	cols: z.int(),
	rows: z.int(),
	shell: z.string().exactOptional(),
	name: z.string().exactOptional(),
	startedBy: z.enum(['model', 'user']),
	session: z.string().exactOptional(),
	brief: z.object({maxChars: z.number()}).exactOptional(),
});

const mouseSchema: z.ZodType<MouseInput> = z.object({
	action: z.enum(['press', 'release', 'move', 'wheel-up', 'wheel-down', 'wheel-left', 'wheel-right']),
	button: z.enum(['left', 'middle', 'right', 'none']),
	column: z.int(),
	row: z.int(),
	shift: z.boolean(),
	alt: z.boolean(),
	ctrl: z.boolean(),
});

const inputSchema: z.ZodType<TerminalInput> = z.object({
	by: z.enum(['model', 'user']),
	chars: z.string().exactOptional(),
	keys: z.array(z.string()).exactOptional(),
	paste: z.boolean().exactOptional(),
	mouse: mouseSchema.exactOptional(),
});

const driveSchema: z.ZodType<DriveRequest> = z.discriminatedUnion('driver', [
	z.object({driver: z.literal('user'), client: z.string(), cols: z.int(), rows: z.int()}),
	z.object({driver: z.literal('model'), client: z.string()}),
]);

const waitSchema: z.ZodType<WaitRequest> = z.object({
	timeoutMs: z.number(),
	exit: z.literal(true).exactOptional(),
	port: z.union([z.literal(true), z.int()]).exactOptional(),
	pattern: z.string().exactOptional(),
	screen: z.string().exactOptional(),
	quietMs: z.number().exactOptional(),
	input: z.enum(['prompt', 'taken']).exactOptional(),
	from: positionSchema.exactOptional(),
});

const waitedSchema: z.ZodType<WaitOutcome> = z.object({
	kind: z.literal('waited'),
	reason: z.discriminatedUnion('kind', [
		z.object({kind: z.literal('exited')}),
		z.object({kind: z.literal('listening'), port: z.int()}),
		z.object({kind: z.literal('matched'), text: z.string()}),
		z.object({kind: z.literal('quiet'), ms: z.number()}),
		z.object({kind: z.literal('waiting-for-input')}),
		z.object({kind: z.literal('time-over')}),
		z.object({kind: z.literal('aborted')}),
	]),
	terminal: terminalInfoSchema,
});

const rangeSchema = z.object({from: z.int(), to: z.int()});

const readSchema: z.ZodType<ReadRequest> = z.object({
	from: positionSchema.exactOptional(),
	maxChars: z.number(),
});

const readingSchema: z.ZodType<Reading> = z.object({
	kind: z.literal('reading'),
	lines: z.array(logLineSchema),
	omitted: rangeSchema.exactOptional(),
	gap: rangeSchema.exactOptional(),
	totalChars: z.number(),
	screen: snapshotSchema.exactOptional(),
	next: positionSchema,
	terminal: terminalInfoSchema,
});

const startedSchema: z.ZodType<Started> = z.object({
	kind: z.literal('started'),
	terminal: terminalInfoSchema,
	ended: z.object({reading: readingSchema, isForgotten: z.boolean()}).exactOptional(),
	twins: z.array(z.object({id: z.int(), name: z.string()})).exactOptional(),
});

const logSchema: z.ZodType<LogRequest> = z.object({
	lines: z.union([z.tuple([z.int(), z.int()]), z.object({last: z.int()})]).exactOptional(),
	grep: z.string().exactOptional(),
	context: z.number().exactOptional(),
	sinceMs: z.number().exactOptional(),
	maxChars: z.number(),
});

const logPageSchema: z.ZodType<LogPage> = z.object({
	kind: z.literal('log'),
	lines: z.array(logLineSchema),
	total: z.int(),
	matches: z.int().exactOptional(),
	omitted: rangeSchema.exactOptional(),
	gap: rangeSchema.exactOptional(),
	terminal: terminalInfoSchema,
});

const stopSchema: z.ZodType<StopRequest> = z.object({
	signal: z.enum(['TERM', 'INT', 'HUP', 'QUIT', 'KILL', 'USR1', 'USR2']).exactOptional(),
	graceMs: z.number().exactOptional(),
	by: z.enum(['model', 'user']),
});

const restartSchema: z.ZodType<RestartRequest> = z.object({by: z.enum(['model', 'user'])});

const nothing = z.object({});
const target = z.object({id: z.int()});
const onTarget = <T>(request: z.ZodType<T>) => z.object({id: z.int(), request});

const define = <Params, Result>(params: z.ZodType<Params>, result: z.ZodType<Result>) => ({
	params,
	result: z.union([result, refusalSchema]),
});

/** Every request a client can make, with the shape of its arguments and of its answer. */
export const methods = {
	start: define(startSchema, startedSchema),
	write: define(onTarget(inputSchema), z.object({kind: z.literal('written')})),
	wait: define(onTarget(waitSchema), waitedSchema),
	read: define(onTarget(readSchema), readingSchema),
	log: define(onTarget(logSchema), logPageSchema),
	snapshot: define(target, snapshotSchema),
	/** From now on `screen.changed` events tell of this terminal's screen. */
	watch: define(target, z.object({kind: z.literal('watching')})),
	unwatch: define(target, z.object({kind: z.literal('unwatched')})),
	stop: define(
		z.object({id: z.int(), request: stopSchema.exactOptional()}),
		z.object({
			kind: z.literal('stopped'),
			terminal: terminalInfoSchema,
			survivors: z.array(processInfoSchema),
		}),
	),
	resize: define(onTarget(z.object({cols: z.int(), rows: z.int()})), z.object({kind: z.literal('resized')})),
	drive: define(onTarget(driveSchema), z.object({kind: z.literal('driven'), terminal: terminalInfoSchema})),
	rename: define(
		z.object({id: z.int(), name: z.string()}),
		z.object({kind: z.literal('renamed'), name: z.string()}),
	),
	forget: define(target, z.object({kind: z.literal('forgotten')})),
	list: define(nothing, z.object({kind: z.literal('list'), terminals: z.array(terminalInfoSchema)})),
	/** Whether the host still turns its event loop. */
	ping: define(nothing, z.object({kind: z.literal('pong')})),
	restart: define(
		onTarget(restartSchema),
		z.object({kind: z.literal('restarted'), terminal: terminalInfoSchema}),
	),
};

export type MethodName = keyof typeof methods;
export type Params<Name extends MethodName> = z.infer<(typeof methods)[Name]['params']>;
export type Result<Name extends MethodName> = z.infer<(typeof methods)[Name]['result']>;

export const isMethodName = (name: string): name is MethodName => Object.hasOwn(methods, name);

const versionSchema = z.object({major: z.int(), minor: z.int()});

/** The first frame of a client. Its shape outlives every major version: it is what versions are told by. */
export const helloSchema = z.object({
	type: z.literal('hello'),
	token: z.string(),
	protocol: versionSchema,
	/** Version of the program. */
	tandem: z.string(),
	/** What kind of client: `window`, `ps`, `mcp`. */
	client: z.string(),
	capabilities: z.array(z.string()),
});
export type Hello = z.infer<typeof helloSchema>;

export const requestSchema = z.object({
	type: z.literal('request'),
	/** Chosen by the client, unique among its open requests. */
	id: z.int(),
	method: z.string(),
	params: z.unknown(),
});
export type Request = z.infer<typeof requestSchema>;

export const cancelSchema = z.object({type: z.literal('cancel'), id: z.int()});
export type Cancel = z.infer<typeof cancelSchema>;

export type ClientMessage = Hello | Request | Cancel;

/** The answer to a hello: versions, and all terminals as they are. */
export const welcomeSchema = z.object({
	type: z.literal('welcome'),
	protocol: versionSchema,
	tandem: z.string(),
	pid: z.int(),
	capabilities: z.array(z.string()),
	terminals: z.array(terminalInfoSchema),
});
export type Welcome = z.infer<typeof welcomeSchema>;

/** The other answer to a hello: only the requests of `core.ts` are answered after it. */
export const refusedSchema = z.object({
	type: z.literal('refused'),
	protocol: versionSchema,
	tandem: z.string(),
	message: z.string(),
});
export type Refused = z.infer<typeof refusedSchema>;

export const responseSchema = z.object({
	type: z.literal('response'),
	id: z.int(),
	/** What the method answers, expected refusals included. */
	ok: z.unknown(),
	/** Instead of `ok`: the host failed, or does not know the method. */
	error: z.object({code: z.string(), message: z.string()}).exactOptional(),
});
export type Response = z.infer<typeof responseSchema>;

/** The envelope; `event` is one of `eventSchemas`, or of a newer host. */
export const eventMessageSchema = z.object({
	type: z.literal('event'),
	event: z.looseObject({type: z.string()}),
});

/** The host ends by intention: a client need not look for it until it wants something. */
export const goodbyeSchema = z.object({type: z.literal('goodbye'), reason: z.string()});
export type Goodbye = z.infer<typeof goodbyeSchema>;

export const wireEventSchema = z.discriminatedUnion('type', [
	z.object({type: z.literal('terminal.changed'), terminal: terminalInfoSchema}),
	z.object({type: z.literal('terminal.forgotten'), id: z.int()}),
	z.object({type: z.literal('screen.changed'), snapshot: snapshotSchema}),
]);

/** Loss and connection are the client's own findings and never sent. */
export type WireEvent =
	| Extract<HostEvent, {type: 'terminal.changed' | 'terminal.forgotten'}>
	| z.infer<typeof wireEventSchema>;

const wireEventTypes = new Set(['terminal.changed', 'terminal.forgotten', 'screen.changed']);
export const isKnownEventType = (type: string) => wireEventTypes.has(type);

export type HostMessage = Welcome | Refused | Response | {type: 'event'; event: WireEvent} | Goodbye;
