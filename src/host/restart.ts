// Starts a terminal's command again as it was asked for. A request holds a whole environment: it is kept in
// memory alone, so what an earlier host started cannot be restarted, and only for as long as lists show it.
import type {Host, Refusal, RestartRequest, StartRequest} from './host.js';
import type {TerminalInfo} from './protocol.js';

export type RestartContext = {
	info(id: number): TerminalInfo | undefined;
	/** Of a running terminal. */
	request(id: number): StartRequest | undefined;
	unknown(id: number): Refusal;
	stop: Host['stop'];
	start(request: StartRequest, restartOf: RestartOf): ReturnType<Host['start']>;
	/** How many ended terminals can be restarted. */
	maxEnded: number;
};

type RestartOf = NonNullable<TerminalInfo['restartOf']>;

export const createRestarts = (context: RestartContext) => {
	/** Of ended terminals, oldest first. */
	const requests = new Map<number, StartRequest>();
	const underWay = new Map<number, ReturnType<Host['restart']>>();

	const restart = async (id: number, {by}: RestartRequest): ReturnType<Host['restart']> => {
		const info = context.info(id);
		if (!info) return context.unknown(id);
		const request = context.request(id) ?? requests.get(id);
		if (!request) return refuseForgotten(info);
		if (info.state.kind === 'running') {
			const stopped = await context.stop(id, {by});
			// It may have ended by itself in the meantime.
			if (stopped.kind === 'refused' && stopped.code !== 'ended') return stopped;
			if (stopped.kind === 'stopped' && stopped.survivors.length > 0) return refuseSurvived(stopped);
		}
		// It may have been renamed; the newest name goes over.
		const name = context.info(id)?.name ?? info.name;
		const started = await context.start({...request, name}, {id, by});
		return started.kind === 'started' ? {...started, kind: 'restarted'} : started;
	};

	return {
		/** Two at once are one: a key pressed twice must not start two servers. */
		restart(id: number, request: RestartRequest): ReturnType<Host['restart']> {
			const open = underWay.get(id) ?? restart(id, request).finally(() => underWay.delete(id));
			underWay.set(id, open);
			return open;
		},
		keep(id: number, request: StartRequest) {
			requests.set(id, request);
			const [oldest] = requests.keys();
			if (oldest !== undefined && requests.size > context.maxEnded) requests.delete(oldest);
		},
		forget(id: number) {
			requests.delete(id);
		},
	};
};

const refuseForgotten = ({id, name, cmd, cwd, state}: TerminalInfo): Refusal => {
	const why =
		state.kind === 'lost'
			? 'was lost with its host, which alone knew its environment'
			: 'was started by an earlier host, or too long ago, and its environment is no longer known';
	return {
		kind: 'refused',
		code: 'not-restartable',
		message: `Terminal ${id} (${name}) ${why}. Start its command anew: ${cmd} (in ${cwd}).`,
	};
};

const refuseSurvived = ({
	terminal: {id, name},
	survivors,
}: {
	terminal: TerminalInfo;
	survivors: {pid: number; command: string}[];
}): Refusal => ({
	kind: 'refused',
	code: 'still-running',
	message: `Terminal ${id} (${name}) could not be ended, so it was not started again. Still alive: ${survivors.map(({pid, command}) => `${pid} ${command}`).join(', ')}.`,
});
