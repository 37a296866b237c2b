// What every component may reach: the store, the actions, the commands, what is being typed, and the clock.
import {createContext, useContext, useLayoutEffect, useRef, useState, useSyncExternalStore} from 'react';
import type {Actions} from '../../src/actions.js';
import type {Command} from '../../src/command.js';
import type {State} from '../../src/state.js';
import type {Store} from '../../src/store.js';
import type {ApprovalDraft} from '../approval-draft.js';
import type {Composing} from '../composing.js';
import type {InquiryDraft} from '../inquiry-draft.js';
import type {Area, KeyRouter, PaneCommand} from '../key-router.js';
import type {Question} from '../question.js';
import type {Screens} from '../screens.js';
import type {Selecting} from '../selecting.js';

export type Tandem = {
	store: Store;
	actions: Actions;
	commands: readonly Command[];
	composing: Composing;
	approvalDraft: ApprovalDraft;
	inquiryDraft: InquiryDraft;
	question: Question;
	selecting: Selecting;
	keys: KeyRouter;
	screens: Screens;
	/** Makes a character the place of the hardware cursor. */
	caret(character: string): string;
	/** Milliseconds since 1970. */
	now(): number;
};

export const TandemContext = createContext<Tandem | undefined>(undefined);

export const useTandem = (): Tandem => {
	const tandem = useContext(TandemContext);
	if (!tandem) throw new Error('A component stands outside <App>.');
	return tandem;
};

/** A part of the state; `select` must return what the state holds, or something that compares by value. */
export const useSlice = <Slice>(select: (state: State) => Slice): Slice => {
	const {store} = useTandem();
	return useSyncExternalStore(store.subscribe, () => select(store.get()));
};

/** The commands of an area of the keymap, while the component is on the screen. */
export const useCommands = (area: Area, handler: (command: PaneCommand) => void): void => {
	const {keys} = useTandem();
	const latest = useRef(handler);
	useLayoutEffect(() => {
		latest.current = handler;
	});
	useLayoutEffect(() => keys.on(area, command => latest.current(command)), [keys, area]);
};

/** What is typed into an overlay, while the component is on the screen. */
export const useTyping = (handler: (text: string) => void): void => {
	const {keys} = useTandem();
	const latest = useRef(handler);
	useLayoutEffect(() => {
		latest.current = handler;
	});
	useLayoutEffect(() => keys.onText(text => latest.current(text)), [keys]);
};

/** The time, anew every so many milliseconds; with undefined the clock stands and paints nothing. */
export const useNow = (every: number | undefined): number => {
	const {now} = useTandem();
	const [, tick] = useState(0);
	useLayoutEffect(() => {
		if (every === undefined) return;
		const timer = setInterval(() => tick(count => count + 1), every);
		timer.unref();
		return () => clearInterval(timer);
	}, [every]);
	return now();
};
