// The way out of a window: asks what becomes of terminals that run, ends the turn, stops what is to be stopped and
// closes what is open. A host that hangs holds nobody up.
import type {Actions, Leaving} from './actions.js';
import type {Event} from './events.js';
import {isRunning, runningTerminals, terminalNames} from './state.js';
import type {Store} from './store.js';

// Two presses of Ctrl+C within this time quit.
const quitArmMs = 2_000;

export const createLeaving = (parts: {
	store: Store;
	show(event: Event, isTyped?: boolean): void;
	notice: Actions['notice'];
	/** Cuts the turn off; resolves when it has ended. */
	endTurn(): Promise<void> | undefined;
	/** Resolves with what could not be ended. */
	stopTerminals(ids: readonly number[]): Promise<readonly string[]>;
	/** Of the shell lines. */
	settled(): Promise<unknown>;
	/** Last: everything is as it is to be left. */
	close(troubles: readonly string[]): Promise<void>;
}) => {
	const {store, show, notice} = parts;
	let isLeaving = false;

	/** A host that hangs must not keep the window from closing. */
	const whileHostAnswers = <Value>(work: Promise<Value> | undefined): Promise<Value | undefined> => {
		const {promise, resolve} = Promise.withResolvers<undefined>();
		const look = () => {
			if (store.get().host.kind === 'lost') resolve(undefined);
		};
		const stopLooking = store.subscribe(look);
		look();
		return Promise.race([work, promise]).finally(stopLooking);
	};

	const stopBeforeLeaving = async (terminals: Exclude<Leaving, 'keep'>): Promise<readonly string[]> => {
		const running = runningTerminals(store.get());
		const stopped = terminals === 'stop' ? running : running.filter(({id}) => terminals.stop.includes(id));
		if (stopped.length === 0) return [];
		notice(`Stopping ${terminalNames(stopped)} …`);
		return parts.stopTerminals(stopped.map(({id}) => id));
	};

	const leave = async (terminals: Leaving) => {
		if (isLeaving) return;
		isLeaving = true;
		show({type: 'overlay.closed'}, true);
		await whileHostAnswers(parts.endTurn());
		const troubles = terminals === 'keep' ? [] : await whileHostAnswers(stopBeforeLeaving(terminals));
		await whileHostAnswers(parts.settled());
		await parts.close(troubles ?? []);
	};

	const quit = () => {
		const {features, terminals} = store.get();
		if (features.keep_terminals || !terminals.some(isRunning)) void leave('keep');
		else show({type: 'overlay.opened', overlay: 'quit'}, true);
	};

	return {
		isLeaving: () => isLeaving,
		leave: (terminals: Leaving) => void leave(terminals),
		quit,
		pressQuit() {
			const {quitArmedUntil} = store.get().ui;
			if (quitArmedUntil !== undefined && Date.now() < quitArmedUntil) return quit();
			const until = Date.now() + quitArmMs;
			show({type: 'quit.armed', until}, true);
			setTimeout(() => {
				if (store.get().ui.quitArmedUntil === until) show({type: 'quit.disarmed'});
			}, quitArmMs).unref();
		},
		/** The last terminal ended while it was asked about: whoever asked to quit does. Not knowing is no end: they stay. */
		endQuestion() {
			const {terminals, ui} = store.get();
			if ((ui.overlay !== 'quit' && ui.overlay !== 'keep') || terminals.some(isRunning)) return;
			if (terminals.some(({state}) => state.kind === 'unknown')) show({type: 'overlay.closed'}, true);
			else void leave('keep');
		},
	};
};
