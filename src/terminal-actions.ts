// What a person does with terminals: opens one, goes inside, stops it, starts it again, names it, drops it. Each says
// what came of it, unless that is seen.
import type {Actions} from './actions.js';
import type {Driving} from './driving.js';
import type {Event} from './events.js';
import type {Host} from './host/host.js';
import type {ProcessInfo} from './host/protocol.js';
import {neighbourTerminal, runningTerminals, terminalInRow} from './state.js';
import type {Store} from './store.js';

export type TerminalActions = Pick<
	Actions,
	| 'openTerminal'
	| 'openRow'
	| 'openNeighbour'
	| 'closeTerminal'
	| 'takeOver'
	| 'giveBack'
	| 'leaveTerminal'
	| 'typeInside'
	| 'clickInside'
	| 'placeView'
	| 'forgetTerminal'
	| 'restartTerminal'
	| 'renameTerminal'
> & {
	/** Resolves with what could not be done, in words, which is told too. */
	stopTerminals(ids: readonly number[]): Promise<string[]>;
};

export const createTerminalActions = (parts: {
	store: Store;
	host: Host;
	driving: Driving;
	show(event: Event, isTyped?: boolean): void;
	notice: Actions['notice'];
}): TerminalActions => {
	const {store, host, driving, show, notice} = parts;
	const {giveBack, typeInside, clickInside, placeView} = driving;

	/** Said, too. Of a host of another major version no screen can be asked for: an empty one would be a lie. */
	const hasNoScreens = (): boolean => {
		const {host: link} = store.get();
		if (link.kind !== 'connected' || link.limits === undefined) return false;
		notice(link.limits, 'warning');
		return true;
	};

	const openTerminal = (id: number) => {
		if (!store.get().terminals.some(terminal => terminal.id === id))
			return notice(`There is no terminal ${id}.`, 'warning');
		if (hasNoScreens()) return;
		const {inside, isFullScreen} = store.get().ui;
		const isSwitchingInside = inside !== undefined;
		if (isSwitchingInside) giveBack();
		show({type: 'terminal.opened', terminalId: id}, true);
		show({type: 'view.changed', isFullScreen}, true);
		if (isSwitchingInside && runningTerminals(store.get()).some(terminal => terminal.id === id)) {
			driving.takeOver(id);
		}
	};

	const closeTerminal = () => {
		if (store.get().ui.inside) giveBack();
		show({type: 'terminal.closed'}, true);
	};

	const stopTerminal = async (id: number): Promise<string | undefined> => {
		const outcome = await host.stop(id, {by: 'user'});
		const trouble = outcome.kind === 'refused' ? outcome.message : survivorsLeft(outcome.survivors);
		if (trouble) notice(trouble, 'warning');
		else if (outcome.kind === 'stopped' && outcome.terminal.state.kind === 'lost')
			notice(`What was left of ${outcome.terminal.name} (${id}) has ended.`);
		return trouble;
	};

	return {
		openTerminal,
		openRow(row) {
			const terminal = terminalInRow(store.get(), row);
			if (terminal) openTerminal(terminal.id);
		},
		openNeighbour(step) {
			const terminal = neighbourTerminal(store.get(), step);
			if (terminal) openTerminal(terminal.id);
		},
		closeTerminal,
		takeOver(id) {
			if (!hasNoScreens()) driving.takeOver(id);
		},
		giveBack,
		leaveTerminal: () => (store.get().ui.inside ? giveBack() : closeTerminal()),
		typeInside,
		clickInside,
		placeView,
		async stopTerminals(ids) {
			const troubles = await Promise.all(ids.map(stopTerminal));
			return troubles.filter(trouble => trouble !== undefined);
		},
		async forgetTerminal(id) {
			const outcome = await host.forget(id);
			if (outcome.kind === 'refused') notice(outcome.message, 'warning');
		},
		async restartTerminal(id) {
			const outcome = await host.restart(id, {by: 'user'});
			if (outcome.kind === 'refused') return notice(outcome.message, 'warning');
			const {terminal} = outcome;
			notice(`Restarted: ${terminal.cmd} is terminal ${terminal.id} (${terminal.name}).`);
			// Who looked at it looks at it still.
			if (store.get().ui.openTerminal === id) openTerminal(terminal.id);
		},
		async renameTerminal(id, name) {
			const outcome = await host.rename(id, name);
			if (outcome.kind === 'refused') notice(outcome.message, 'warning');
			else notice(`Terminal ${id} is now called ${outcome.name}.`);
		},
	};
};

/** Undefined when there are none. */
const survivorsLeft = (survivors: readonly ProcessInfo[]): string | undefined => {
	if (survivors.length === 0) return undefined;
	const names = survivors.map(({pid, command}) => `${pid} ${command}`).join(', ');
	return `Could not end: ${names}. End them by hand, perhaps as another user.`;
};
