// The person inside a terminal: takes it over at the size of the view, types into it, gives it back. What is
// typed goes to the host and nowhere else: no event, no log, no history ever holds it.
import type {Actions, View} from './actions.js';
import type {Event} from './events.js';
import type {Host, HostEvent, MouseInput, Refusal, TerminalInput} from './host/host.js';
import type {TerminalInfo} from './host/protocol.js';
import type {Store} from './store.js';

export type Driving = Pick<Actions, 'takeOver' | 'giveBack' | 'typeInside' | 'clickInside' | 'placeView'> & {
	/** Looks whether the terminal still is the person's. */
	follow(event: HostEvent): void;
};

/** Who types on blindly at the end of a program is through with a word by then. */
export const settleMs = 500;

export const createDriving = (options: {
	store: Store;
	host: Host;
	/** Tells this window from others. */
	client: string;
	show(event: Event, isTyped?: boolean): void;
	notice: Actions['notice'];
}): Driving => {
	const {store, host, client, show, notice} = options;
	let view: View = {cols: 80, rows: 24, left: 0, top: 0};
	let driven: number | undefined;
	// The host has answered: from now on, what it says of the driver is about this claim.
	let isConfirmed = false;
	let claims = 0;
	let settling: NodeJS.Timeout | undefined;

	/** Keys that were on their way to the program reach nobody, and answer for nothing. */
	const letKeysArrive = () => {
		show({type: 'terminal.displaced'}, true);
		clearTimeout(settling);
		settling = setTimeout(() => show({type: 'terminal.settled'}, true), settleMs).unref();
	};

	const displace = (reason: string | undefined) => {
		if (driven === undefined) return;
		driven = undefined;
		letKeysArrive();
		if (reason !== undefined) notice(reason, 'warning');
	};

	const claim = async (id: number) => {
		const serial = ++claims;
		const {cols, rows} = view;
		const outcome = await host.drive(id, {driver: 'user', client, cols, rows});
		// Whoever switches to and fro has claimed it anew meanwhile.
		if (driven !== id || serial !== claims) return;
		if (outcome.kind === 'refused') return displace(outcome.message);
		isConfirmed = true;
		look(outcome.terminal);
	};

	const release = () => {
		if (driven === undefined) return;
		const id = driven;
		driven = undefined;
		isConfirmed = false;
		// One that has ended meanwhile is nobody's: there is nothing to say.
		void host.drive(id, {driver: 'model', client});
	};

	const look = (terminal: TerminalInfo) => {
		if (terminal.id !== driven) return;
		if (terminal.state.kind !== 'running') return displace(undefined);
		if (isConfirmed && terminal.driverClient !== client) displace(undefined);
	};

	const send = async (input: Omit<TerminalInput, 'by'>) => {
		const id = driven;
		if (id === undefined) return store.get().ui.inside && letKeysArrive();
		const outcome = await host.write(id, {by: 'user', ...input});
		if (outcome.kind === 'refused' && driven === id && isWorthTelling(outcome)) {
			notice(outcome.message, 'warning');
		}
	};

	/** The connection took the claim along: a terminal that still runs is claimed anew. */
	const reconnect = (terminals: readonly TerminalInfo[]) => {
		if (driven === undefined) return;
		const terminal = terminals.find(({id}) => id === driven);
		if (terminal?.state.kind !== 'running') return displace(undefined);
		if (!isConfirmed) void claim(driven);
	};

	return {
		takeOver(id) {
			const terminal = store.get().terminals.find(each => each.id === id);
			if (!terminal) return notice(`There is no terminal ${id}.`, 'warning');
			if (terminal.state.kind !== 'running' || !terminal.tty) {
				const why = terminal.tty ? 'does not run' : 'is a pipe: nobody can type into it';
				return notice(`Terminal ${id} (${terminal.name}) ${why}.`, 'warning');
			}
			if (driven === id) return;
			release();
			driven = id;
			isConfirmed = false;
			clearTimeout(settling);
			show({type: 'terminal.entered', terminalId: id}, true);
			void claim(id);
		},
		giveBack() {
			release();
			show({type: 'terminal.left'}, true);
		},
		typeInside: input => void send(input),
		clickInside({column, row, ...event}: MouseInput) {
			const [x, y] = [column - view.left, row - view.top];
			if (x < 0 || y < 0 || x >= view.cols || y >= view.rows) return;
			void send({mouse: {...event, column: x, row: y}});
		},
		placeView(next) {
			const isSame = next.cols === view.cols && next.rows === view.rows;
			view = next;
			if (driven !== undefined && !isSame) void claim(driven);
		},
		follow(event) {
			if (event.type === 'terminal.changed') look(event.terminal);
			if (event.type === 'host.lost') isConfirmed = false;
			if (event.type === 'host.connected') reconnect(event.terminals);
		},
	};
};

/** A key that no terminal has, or one typed in the moment of the end, is nothing to stop for. */
const isWorthTelling = ({code}: Refusal): boolean => code !== 'bad-argument' && code !== 'ended';
