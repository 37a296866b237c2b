// Tells of terminals that ended while the person looked elsewhere, once each.
import type {State} from './state.js';
import type {Store} from './store.js';

/** Returns the undoing. */
export const watchUnseenEnds = (store: Store, tell: (text: string) => void): (() => void) => {
	let known = store.get().ui.unseen;
	return store.subscribe(() => {
		const {terminals, ui} = store.get();
		if (ui.unseen === known) return;
		const news = ui.unseen.filter(id => !known.includes(id));
		known = ui.unseen;
		const ended = terminals.filter(({id}) => news.includes(id));
		if (ended.length > 0) tell(ended.map(describe).join(', '));
	});
};

const describe = ({name, state}: State['terminals'][number]): string => {
	if (state.kind !== 'ended') return `${name} is ${state.kind}`;
	return 'code' in state.exit
		? `${name} ended with code ${state.exit.code}`
		: `${name} was ended by ${state.exit.signal}`;
};
