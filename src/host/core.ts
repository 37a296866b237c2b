// What a host and a client of different major versions still say to each other: which terminals there are, and to
// stop one. Pinned by golden messages for ever: no version may change it, for hosts of the past are asked this.
import {z} from 'zod';
import type {Host, Refusal} from './host.js';
import {refusalSchema} from './messages.js';
import {processInfoSchema, type TerminalInfo, terminalStateSchema} from './protocol.js';

const coreTerminalSchema = z.object({
	id: z.int(),
	name: z.string(),
	cmd: z.string(),
	cwd: z.string(),
	startedAt: z.number(),
	/** A state that this side has never heard of is not known. */
	state: terminalStateSchema.catch({kind: 'unknown'}),
});
type CoreTerminal = z.infer<typeof coreTerminalSchema>;

/** The requests, with the shape of their answers. `list` takes nothing, `stop` an id and how to stop it. */
export const coreResults = {
	list: z.object({kind: z.literal('list'), terminals: z.array(coreTerminalSchema)}),
	stop: z.union([
		z.object({
			kind: z.literal('stopped'),
			terminal: coreTerminalSchema,
			survivors: z.array(processInfoSchema),
		}),
		refusalSchema,
	]),
};
export type CoreMethod = keyof typeof coreResults;

export const isCoreMethod = (name: string): name is CoreMethod => Object.hasOwn(coreResults, name);

const stopSchema = z.object({
	id: z.int(),
	request: z
		.object({
			by: z.enum(['model', 'user']),
			signal: z.enum(['TERM', 'INT', 'HUP', 'QUIT', 'KILL', 'USR1', 'USR2']).exactOptional(),
			graceMs: z.number().exactOptional(),
		})
		.default({by: 'user'}),
});

/** The host's answer. */
export const answerCore = async (host: Host, method: CoreMethod, params: unknown): Promise<unknown> => {
	if (method === 'list') return {kind: 'list', terminals: (await host.list()).map(toCore)};
	const asked = stopSchema.safeParse(params);
	if (!asked.success) {
		const message = 'stop: takes the number of a terminal, and how: by, signal, graceMs';
		return {kind: 'refused', code: 'bad-argument', message} satisfies Refusal;
	}
	const outcome = await host.stop(asked.data.id, asked.data.request);
	return outcome.kind === 'stopped' ? {...outcome, terminal: toCore(outcome.terminal)} : outcome;
};

/** The client's reading of it, as if it had come from its own version; undefined: it cannot be read. */
export const readCore = (method: CoreMethod, answer: unknown): unknown => {
	const parsed = coreResults[method].safeParse(answer);
	if (!parsed.success) return undefined;
	const {data} = parsed;
	switch (data.kind) {
		case 'list':
			return {...data, terminals: data.terminals.map(fromCore)};
		case 'stopped':
			return {...data, terminal: fromCore(data.terminal)};
		case 'refused':
			return data;
	}
};

const toCore = ({id, name, cmd, cwd, startedAt, state}: TerminalInfo): CoreTerminal => ({
	id,
	name,
	cmd,
	cwd,
	startedAt,
	state,
});

/** What the other version does not tell is as in a terminal that has said nothing yet. */
const fromCore = (terminal: CoreTerminal): TerminalInfo => ({
	...terminal,
	tty: true,
	cols: 80,
	rows: 24,
	leftovers: [],
	ports: [],
	isWaitingForInput: false,
	isAlternateScreen: false,
	title: '',
	startedBy: 'user',
	driver: 'model',
	lastLines: [],
	lineCount: 0,
	undeliveredBytes: 0,
	revision: 0,
});
