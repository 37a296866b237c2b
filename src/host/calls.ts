// A client's side of one connection: the hello, requests with their answers, and events. It ends with the
// connection; finding another is somebody else's business.
import type {Duplex} from 'node:stream';
import {z} from 'zod';
import {createConnection, maxFrameBytesAfter} from './connection.js';
import {isCoreMethod, readCore} from './core.js';
import type {Refusal} from './host.js';
import {
	cancelSchema,
	capabilities,
	eventMessageSchema,
	goodbyeSchema,
	type Hello,
	isKnownEventType,
	type MethodName,
	methods,
	type Params,
	protocolVersion,
	type Refused,
	type Request,
	type Result,
	refusedSchema,
	responseSchema,
	type Welcome,
	type WireEvent,
	welcomeSchema,
	wireEventSchema,
} from './messages.js';

export type CallOptions = {
	stream: Duplex;
	token: string;
	/** Version of the program. */
	tandem: string;
	/** What kind of client: `window`, `ps`. */
	client: string;
	/** Milliseconds for the answer to the hello. */
	welcomeDeadlineMs: number;
	onEvent(event: WireEvent): void;
	/** Any frame at all came: the host lives. */
	onSign?(): void;
	/** Once, after a welcome. `isIntended`: the host has said goodbye. */
	onClosed(reason: string, isIntended: boolean): void;
};

export type Calls = {
	/** Rejects only if the host failed at it. An abort cancels the request; its answer still comes. */
	call<Name extends MethodName>(
		name: Name,
		params: Params<Name>,
		signal?: AbortSignal,
	): Promise<Result<Name> | Refusal>;
	close(): void;
};

export type CallsOutcome =
	/** `limits`: the host is of another major version, which can be asked for little; in words. */
	| {kind: 'open'; calls: Calls; welcome: Pick<Welcome, 'terminals'>; limits?: string}
	/** It is of another major version and does not even tell its terminals: it will say the same again. */
	| {kind: 'refused'; message: string}
	| {kind: 'closed'; reason: string};

export const openCalls = (options: CallOptions): Promise<CallsOutcome> =>
	new Promise(resolve => {
		const pending = new Map<number, (response: z.infer<typeof responseSchema>) => void>();
		const lost = new Set<(reason: string) => void>();
		let nextId = 1;
		let isOpen = false;
		/** Whoever opened this knows of it. */
		let isReached = false;
		let limits: string | undefined;
		let goodbye: string | undefined;

		const connection = createConnection({
			stream: options.stream,
			maxFrameBytes: maxFrameBytesAfter,
			isPatient: false,
			onMessage: message => {
				options.onSign?.();
				receive(message);
			},
			onClosed(reason) {
				clearTimeout(deadline);
				for (const lose of lost) lose(goodbye ?? reason);
				pending.clear();
				isOpen = false;
				if (isReached) options.onClosed(goodbye ?? reason, goodbye !== undefined);
				resolve({kind: 'closed', reason});
			},
		});
		const deadline = setTimeout(
			() => giveUp('The host did not answer the hello in time.'),
			options.welcomeDeadlineMs,
		);

		/** A connection that the host ends is another matter: it may be coming or going. */
		const giveUp = (reason: string) => {
			if (limits !== undefined) resolve({kind: 'refused', message: limits});
			connection.destroy(reason);
		};

		const receive = (message: unknown) => {
			const typed = z.looseObject({type: z.string()}).safeParse(message);
			if (!typed.success) return giveUp('The host sent a message without a type.');
			const {type} = typed.data;
			const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
			if (!schema) return;
			const parsed = schema.safeParse(message);
			if (!parsed.success) return giveUp(`The host sent a malformed "${type}".`);
			act(parsed.data);
		};

		const act = (message: Known) => {
			switch (message.type) {
				case 'welcome':
					isOpen = true;
					return reached({kind: 'open', calls, welcome: message});
				case 'refused':
					return void receiveRefused(message);
				case 'response':
					pending.get(message.id)?.(message);
					return;
				case 'event':
					return receiveEvent(message.event);
				case 'goodbye':
					goodbye = message.reason;
			}
		};

		const receiveRefused = async ({message}: Refused) => {
			isOpen = true;
			limits = message;
			// A host that fails even at that is of no use, and its refusal already says why.
			const welcome = await calls.call('list', {}).catch(() => undefined);
			if (welcome?.kind !== 'list') return giveUp(message);
			reached({kind: 'open', calls, welcome, limits: message});
		};

		const reached = (outcome: CallsOutcome) => {
			clearTimeout(deadline);
			isReached = true;
			resolve(outcome);
		};

		const receiveEvent = (raw: {type: string}) => {
			if (!isKnownEventType(raw.type)) return;
			const event = wireEventSchema.safeParse(raw);
			if (!event.success) return giveUp(`The host sent a malformed "${raw.type}".`);
			options.onEvent(event.data);
		};

		const calls: Calls = {
			call: (name, params, signal) =>
				new Promise((answer, fail) => {
					const id = nextId++;
					const cancel = () => connection.send(cancelSchema.parse({type: 'cancel', id}));
					const lose = (reason: string) => {
						settle();
						answer(hostLost(reason, true));
					};
					const settle = () => {
						pending.delete(id);
						lost.delete(lose);
						signal?.removeEventListener('abort', cancel);
					};
					const request: Request = {type: 'request', id, method: name, params};
					if (limits !== undefined && !isCoreMethod(name)) {
						return answer({kind: 'refused', code: 'host-version', message: limits});
					}
					const outcome = isOpen ? connection.send(request) : 'full';
					if (!isOpen) return answer(hostLost(goodbye ?? 'The connection is closed.', false));
					if (outcome !== 'sent') return answer(unsent[outcome]);
					lost.add(lose);
					signal?.addEventListener('abort', cancel, {once: true});
					pending.set(id, ({ok, error}) => {
						settle();
						if (error) return refuseOrFail(error, answer, fail);
						const result = limits === undefined ? read(name, ok) : isCoreMethod(name) && readCore(name, ok);
						// Checked by the schema of this very method.
						if (result) return answer(result as Result<typeof name>);
						answer(hostLost('It sent an answer that cannot be read.', true));
						giveUp(`The host sent a malformed answer to "${name}".`);
					});
				}),
			close: () => connection.close('The connection is closed.'),
		};

		const hello: Hello = {
			type: 'hello',
			token: options.token,
			protocol: protocolVersion,
			tandem: options.tandem,
			client: options.client,
			capabilities: [...capabilities],
		};
		connection.send(hello);
	});

/** Undefined: it cannot be read. */
const read = (name: MethodName, ok: unknown): unknown => {
	const schema: z.ZodType = methods[name].result;
	return schema.safeParse(ok).data;
};

/** The refusal of what is asked of a host that is gone. */
export const hostLost = (reason: string, wasSent: boolean): Refusal => ({
	kind: 'refused',
	code: 'host-lost',
	message: wasSent
		? `The terminal host was lost: ${reason} Whether this request took effect is not known: look before you repeat it.`
		: `The terminal host is not reachable: ${reason} Nothing was sent.`,
});

const schemas: Record<string, z.ZodType<Known>> = {
	welcome: welcomeSchema,
	refused: refusedSchema,
	response: responseSchema,
	event: eventMessageSchema,
	goodbye: goodbyeSchema,
};

type Known =
	| z.infer<typeof welcomeSchema>
	| z.infer<typeof refusedSchema>
	| z.infer<typeof responseSchema>
	| z.infer<typeof eventMessageSchema>
	| z.infer<typeof goodbyeSchema>;

const unsent: Record<'too-long' | 'full', Refusal> = {
	'too-long': {
		kind: 'refused',
		code: 'bad-argument',
		message: 'The request is over 32 MB. Send it in parts, or by a file.',
	},
	full: {
		kind: 'refused',
		code: 'input-full',
		message: 'The host does not take more at the moment. Nothing was sent; try again later.',
	},
};

const refuseOrFail = (
	error: {code: string; message: string},
	answer: (refusal: Refusal) => void,
	fail: (error: Error) => void,
) => {
	const code = errorCodes[error.code];
	if (code) return answer({kind: 'refused', code: code.code, message: `${error.message} ${code.next}`});
	fail(new Error(`The host failed: ${error.message}`));
};

const errorCodes: Record<string, {code: Refusal['code']; next: string} | undefined> = {
	'unknown-method': {code: 'host-version', next: 'End that host (stop its terminals) and start again.'},
	'too-large': {code: 'bad-argument', next: 'Ask for fewer lines at a time.'},
};
