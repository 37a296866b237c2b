// What a window says of its host: which terminals were kept for it, that the host is gone, and what its death cost.
// Told in the transcript, once each; what is so now is the panel's and the status line's.
import type {HostEvent} from './host/host.js';
import type {TerminalInfo} from './host/protocol.js';
import {isRunning, type State, terminalNames} from './state.js';

type Tone = 'info' | 'warning';

export const createHostNews = (parts: {get(): State; notice(text: string, tone?: Tone): void}) => {
	const {get, notice} = parts;
	/** The terminals whose loss is told, or was when this window came. */
	let lost: Set<number> | undefined;
	let isGone = false;
	let isLimited = false;

	const greet = (terminals: readonly TerminalInfo[]) => {
		const running = terminals.filter(isRunning);
		if (running.length === 0) return;
		notice(`Still running here: ${terminalNames(running)}. Ctrl+T goes there.`);
	};

	return {
		/** `event` is in the state already. */
		follow(event: HostEvent) {
			if (event.type === 'host.lost') {
				if (!isGone) notice(`${event.reason} Whether terminals still run is not known.`, 'warning');
				isGone = true;
			}
			if (event.type !== 'host.connected') return;
			const isBack = isGone;
			isGone = false;
			const wasLimited = isLimited;
			isLimited = event.limits !== undefined;
			if (event.limits !== undefined && !wasLimited) notice(event.limits, 'warning');
			if (wasLimited && !isLimited)
				notice('The host of the other version has ended: new terminals can be started.');
			const {terminals} = get();
			const all = terminals.filter(({state}) => state.kind === 'lost');
			const fresh = lost === undefined ? all.filter(hasSurvivors) : all.filter(({id}) => !lost?.has(id));
			if (lost === undefined) greet(terminals);
			lost = new Set(all.map(({id}) => id));
			if (fresh.length > 0) notice(tellLost(fresh), 'warning');
			else if (isBack && !wasLimited) notice('The terminal host answers again.');
		},
	};
};

const tellLost = (terminals: readonly TerminalInfo[]): string => {
	const head = `The terminal host died, and with it: ${terminalNames(terminals)}. Their logs can still be read.`;
	const survivors = terminals.filter(hasSurvivors).map(terminal => {
		const processes = terminal.leftovers.map(({pid, command}) => `${pid} ${command}`).join(', ');
		return `Of ${terminal.name} there still runs: ${processes}. /stop ${terminal.id} ends that.`;
	});
	return [head, ...survivors].join('\n');
};

const hasSurvivors = ({leftovers}: TerminalInfo): boolean => leftovers.length > 0;
