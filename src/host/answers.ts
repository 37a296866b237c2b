// The host's side of one connection: who is allowed in, and the answers to what it asks. A client that goes
// away takes its waits and watches with it and nothing else.
import {createHash, timingSafeEqual} from 'node:crypto';
import type {Duplex} from 'node:stream';
import {z} from 'zod';
import type {Diagnostics} from '../diagnostics.js';
import {createConnection, maxFrameBytesAfter, maxFrameBytesBefore} from './connection.js';
import {answerCore, isCoreMethod} from './core.js';
import type {DriveRequest, Host, HostEvent, Refusal} from './host.js';
import {
	cancelSchema,
	capabilities,
	type HostMessage,
	helloSchema,
	isMethodName,
	type MethodName,
	methods,
	type Params,
	protocolVersion,
	type Result,
	requestSchema,
	type WireEvent,
} from './messages.js';

export type AnswerOptions = {
	stream: Duplex;
	host: Host;
	/** What the first frame must hold. */
	token: string;
	/** Version of the program. */
	tandem: string;
	diagnostics: Diagnostics;
	/** Milliseconds for the first frame. */
	helloDeadlineMs: number;
	/** The client is let in; `onClosed` follows in any case, also for one that was not. */
	onWelcomed(): void;
	onClosed(): void;
};

export type Answers = {
	/** Tells the client that the host ends, and closes. */
	goodbye(reason: string): void;
};

// A client has a handful of open requests; a thousand is a fault, and memory is bounded.
const maxOpenRequests = 1_000;

export const answerClient = (options: AnswerOptions): Answers => {
	const {host, diagnostics} = options;
	const open = new Map<number, AbortController>();
	const watches = new Map<number, () => void>();
	const driven = new Map<number, DriveRequest>();
	let isWelcome = false;
	/** It speaks another major version: what all have in common is served. */
	let isLimited = false;
	let unsubscribe = () => {};

	const connection = createConnection({
		stream: options.stream,
		maxFrameBytes: maxFrameBytesBefore,
		isPatient: true,
		onMessage: message => (isWelcome ? receive(message) : authenticate(message)),
		onClosed(reason) {
			clearTimeout(deadline);
			unsubscribe();
			for (const unwatch of watches.values()) unwatch();
			for (const [id, {driver, client}] of driven) {
				if (driver === 'user') void giveBack(id, client);
			}
			for (const controller of open.values()) controller.abort();
			if (!isWelcome) diagnostics.info('A client was not let in', {reason});
			options.onClosed();
		},
	});
	const deadline = setTimeout(
		() => connection.destroy('It did not show the token in time.'),
		options.helloDeadlineMs,
	);

	/** Whoever is gone drives no longer; one that has ended meanwhile needs no driver. */
	const giveBack = (id: number, client: string) =>
		host
			.drive(id, {driver: 'model', client})
			.catch(error => diagnostics.error('A terminal could not be given back', error));

	const send = (message: HostMessage) => connection.send(message);
	const sendEvent = (event: WireEvent) => {
		const id = event.type === 'screen.changed' ? event.snapshot.id : terminalId(event);
		const key = `${event.type === 'screen.changed' ? 'screen' : 'terminal'} ${id}`;
		connection.sendLatest(key, {type: 'event', event} satisfies HostMessage);
	};

	const authenticate = (message: unknown) => {
		const hello = helloSchema.safeParse(message);
		if (!hello.success) return connection.destroy('Its first frame was no hello.');
		if (!isSameToken(hello.data.token, options.token)) return connection.destroy('Its token is wrong.');
		clearTimeout(deadline);
		isWelcome = true;
		const {protocol, tandem} = hello.data;
		if (protocol.major !== protocolVersion.major) {
			isLimited = true;
			send({
				type: 'refused',
				protocol: protocolVersion,
				tandem: options.tandem,
				message: versionMessage({protocol, tandem}, {protocol: protocolVersion, tandem: options.tandem}),
			});
			return;
		}
		connection.allow(maxFrameBytesAfter);
		options.onWelcomed();
		welcome().catch(error => {
			diagnostics.error('A client could not be welcomed', error);
			connection.destroy('The host failed.');
		});
	};

	const welcome = async () => {
		// Subscribed before the list is made, told after it is sent: no change falls between.
		let early: HostEvent[] | undefined = [];
		const tell = (event: HostEvent) => {
			if (event.type === 'terminal.changed' || event.type === 'terminal.forgotten') sendEvent(event);
		};
		unsubscribe = host.subscribe(event => (early ? early.push(event) : tell(event)));
		const terminals = await host.list();
		send({
			type: 'welcome',
			protocol: protocolVersion,
			tandem: options.tandem,
			pid: process.pid,
			capabilities: [...capabilities],
			terminals,
		});
		const held = early;
		early = undefined;
		for (const event of held) tell(event);
	};

	const receive = (message: unknown) => {
		const type = z.looseObject({type: z.string()}).safeParse(message);
		if (!type.success) return connection.destroy('It sent a message without a type.');
		if (type.data.type === 'request') {
			const request = requestSchema.safeParse(message);
			if (!request.success) return connection.destroy('It sent a malformed request.');
			return answer(request.data.id, request.data.method, request.data.params);
		}
		if (type.data.type === 'cancel') {
			const cancel = cancelSchema.safeParse(message);
			if (!cancel.success) return connection.destroy('It sent a malformed cancel.');
			open.get(cancel.data.id)?.abort();
		}
	};

	const answer = (id: number, method: string, params: unknown) => {
		if (open.has(id)) return connection.destroy('It used the id of an open request again.');
		if (open.size >= maxOpenRequests) return respond(id, tooMany);
		const controller = new AbortController();
		const running = begin(method, params, controller.signal);
		if (!running) {
			return fail(id, 'unknown-method', `This host (tandem ${options.tandem}) does not know "${method}".`);
		}
		open.set(id, controller);
		running
			.then(result => respond(id, result))
			.catch(error => {
				diagnostics.error(`The request "${method}" failed`, error);
				fail(id, 'failed', error instanceof Error ? error.message : String(error));
			})
			.finally(() => open.delete(id));
	};

	/** Called before the next message is looked at: writes to a terminal keep their order. */
	const begin = (method: string, params: unknown, signal: AbortSignal): Promise<unknown> | undefined => {
		if (isLimited) return isCoreMethod(method) ? answerCore(host, method, params) : undefined;
		return isMethodName(method) ? run(method, params, signal) : undefined;
	};

	const respond = (id: number, ok: unknown) => {
		const outcome = send({type: 'response', id, ok});
		if (outcome === 'full') connection.destroy('It does not read its answers.');
		if (outcome === 'too-long') fail(id, 'too-large', 'The answer is over 32 MB.');
	};
	const fail = (id: number, code: string, message: string) => {
		send({type: 'response', id, ok: null, error: {code, message}});
	};

	const run = async <Name extends MethodName>(
		name: Name,
		raw: unknown,
		signal: AbortSignal,
	): Promise<Result<Name> | Refusal> => {
		// The table's entry of this very name: the compiler loses the link between the two.
		const schema = methods[name].params as unknown as z.ZodType<Params<Name>>;
		const params = schema.safeParse(raw);
		if (!params.success) return badArgument(name, params.error);
		return answers[name](params.data, signal);
	};

	const answers: {
		[Name in MethodName]: (params: Params<Name>, signal: AbortSignal) => Promise<Result<Name>>;
	} = {
		start: params => host.start(params),
		write: ({id, request}) => host.write(id, request),
		wait: ({id, request}, signal) => host.wait(id, request, signal),
		read: ({id, request}) => host.read(id, request),
		log: ({id, request}) => host.log(id, request),
		snapshot: ({id}) => host.snapshot(id),
		async watch({id}) {
			watches.get(id)?.();
			watches.set(
				id,
				host.watch(id, snapshot => sendEvent({type: 'screen.changed', snapshot})),
			);
			return {kind: 'watching'};
		},
		async unwatch({id}) {
			watches.get(id)?.();
			watches.delete(id);
			return {kind: 'unwatched'};
		},
		stop: ({id, request}) => host.stop(id, request),
		restart: ({id, request}) => host.restart(id, request),
		resize: ({id, request}) => host.resize(id, request),
		drive({id, request}) {
			driven.set(id, request);
			return host.drive(id, request);
		},
		rename: ({id, name}) => host.rename(id, name),
		forget: ({id}) => host.forget(id),
		list: async () => ({kind: 'list', terminals: await host.list()}),
		ping: async () => ({kind: 'pong'}),
	};

	return {
		goodbye(reason) {
			if (isWelcome) send({type: 'goodbye', reason});
			connection.close(reason);
		},
	};
};

type Side = {protocol: {major: number; minor: number}; tandem: string};

const versionMessage = (client: Side, host: Side) =>
	`The terminals of this folder belong to tandem ${describe(host)}; this is tandem ${describe(client)}. ` +
	'They go on and can be listed and stopped; new ones start when the last has ended.';

const describe = ({tandem, protocol}: Side) => `${tandem} (protocol ${protocol.major}.${protocol.minor})`;

const tooMany: Refusal = {
	kind: 'refused',
	code: 'too-many',
	message: 'Too many requests are open on this connection. Wait for their answers.',
};

const badArgument = (method: string, error: z.ZodError): Refusal => {
	const issue = error.issues[0];
	return {
		kind: 'refused',
		code: 'bad-argument',
		message: `${method}: ${issue ? `${issue.path.join('.')}: ${issue.message}` : 'wrong arguments'}`,
	};
};

const terminalId = (event: Exclude<WireEvent, {type: 'screen.changed'}>) =>
	event.type === 'terminal.changed' ? event.terminal.id : event.id;

// Hashed first: texts of different length compare in the same time too.
const isSameToken = (given: string, token: string) => timingSafeEqual(digest(given), digest(token));
const digest = (text: string) => createHash('sha256').update(text).digest();
