// Takes parsed keys, pastes and the wheel, asks the keymap what they mean here, and does it: the one place
// where a key becomes an action. Panes that keep a selection of their own get their commands handed on.
import type {MouseInput} from '../src/host/host.js';
import {
	type CommandId,
	type Key,
	type KeyContext,
	resolve,
	takesFilter,
	takesSelecting,
	takesText,
} from '../src/keymap.js';
import {currentApproval, currentInquiry, type State} from '../src/state.js';
import {createCommandTable, type Parts} from './key-actions.js';
import {waitedFor} from './waited-for.js';

export type InputEvent =
	| ({kind: 'key'} & Key)
	/** `isCut`: more came than is kept. */
	| {kind: 'paste'; text: string; isCut?: boolean}
	| ({kind: 'mouse'} & MouseInput)
	| {kind: 'focus'};

/** Panes that do something of their own with keys. */
export type Area =
	| 'approval'
	| 'overlay'
	| 'ps'
	| 'logs'
	| 'experimental'
	| 'filter'
	| 'quit'
	| 'keep'
	| 'trust'
	| 'scroll'
	| 'view';

export type PaneCommand =
	| Extract<CommandId, `${Area}.${string}`>
	/** Rows, and what the mouse said. */
	| {wheel: number; event: MouseInput};

export type KeyRouter = ReturnType<typeof createKeyRouter>;

/** Rows that one notch of the wheel scrolls. */
const wheelRows = 3;

/** A pane that has not come by then is not coming: there is no room for it. */
const paneDeadlineMs = 250;

export const createKeyRouter = (parts: Parts) => {
	const {store, composing} = parts;
	const panes = new Map<Area, (command: PaneCommand) => void>();
	const run = createCommandTable(parts);
	let typing: ((text: string) => void) | undefined;
	/** What came after a key for a pane that is open but not painted yet, that key included. */
	let held: InputEvent[] = [];
	let deadline: NodeJS.Timeout | undefined;

	/** False: the pane is still to come. */
	const handOn = (area: Area, command: PaneCommand): boolean => {
		const pane = panes.get(area);
		if (pane) pane(command);
		// What is not painted yet can be left all the same.
		else if (command === 'overlay.close') parts.actions.closeOverlay();
		else return false;
		return true;
	};

	/** Into the overlay that takes text; false: it is still to come. */
	const type = (text: string): boolean => {
		typing?.(text);
		return typing !== undefined;
	};

	const press = (key: Key): boolean => {
		const context = keyContext(parts);
		const command = resolve(context, key);
		if (context.isPrefixed) parts.actions.setPrefix(false);
		if (command === undefined) {
			if (context.approval) parts.approvalDraft.rearm(parts.now());
			return true;
		}
		const scrolls = scrollsInside[command];
		if (scrolls) return handOn('view', scrolls);
		const direct = run[command];
		if (direct) {
			// What is typed is seen: the view comes back from the log.
			if (command === 'inside.type') handOn('view', 'view.follow');
			direct(key);
			return true;
		}
		if (command === 'filter.type') return type(key.text ?? '');
		const area = areaOf(command);
		// An area's name is the beginning of its commands' names.
		return area === undefined || handOn(area, command as PaneCommand);
	};

	const act = (event: InputEvent): boolean => {
		if (event.kind === 'key') return press(event);
		if (event.kind === 'focus') return true;
		if (event.kind === 'paste') {
			const context = keyContext(parts);
			if (takesSelecting(context)) return true;
			if (store.get().ui.inside) return pasteInside(event);
			if (parts.question.get()) parts.question.type(event.text);
			else if (takesFilter(context)) return type(event.text);
			if (!takesText(context)) return true;
			composing.paste(event.text);
			if (event.isCut) parts.actions.notice('The paste was too long: its end is missing.', 'warning');
			return true;
		}
		const area = wheelArea(store.get());
		if (event.action === 'wheel-up') handOn(area, {wheel: -wheelRows, event});
		else if (event.action === 'wheel-down') handOn(area, {wheel: wheelRows, event});
		else if (takesPointer(store.get(), parts.selecting.get() !== undefined)) parts.selecting.point(event);
		else if (store.get().ui.inside) parts.actions.clickInside(event);
		return true;
	};

	const pasteInside = ({text, isCut}: {text: string; isCut?: boolean}): boolean => {
		handOn('view', 'view.follow');
		parts.actions.typeInside({chars: text, paste: true});
		if (isCut) parts.actions.notice('The paste was too long: its end is missing.', 'warning');
		return true;
	};

	const release = () => {
		clearTimeout(deadline);
		const events = held;
		held = [];
		for (const event of events) act(event);
	};

	const released = () => {
		// Its other areas are announced in the same commit.
		if (held.length > 0) queueMicrotask(release);
	};

	return {
		handle(event: InputEvent) {
			if (held.length > 0) held.push(event);
			else if (!act(event)) {
				held = [event];
				deadline = setTimeout(release, paneDeadlineMs);
			}
		},
		/** Commands of an area go to this pane until the returned function is called. */
		on(area: Area, handler: (command: PaneCommand) => void) {
			panes.set(area, handler);
			released();
			return () => {
				if (panes.get(area) === handler) panes.delete(area);
			};
		},
		/** What is typed and pasted while an overlay takes text. */
		onText(handler: (text: string) => void) {
			typing = handler;
			released();
			return () => {
				if (typing === handler) typing = undefined;
			};
		},
	};
};

const areas: readonly Area[] = [
	'approval',
	'overlay',
	'ps',
	'logs',
	'experimental',
	'filter',
	'quit',
	'keep',
	'trust',
	'scroll',
	'view',
];

const areaOf = (command: CommandId): Area | undefined => areas.find(area => command.startsWith(`${area}.`));

const scrollsInside: {[Id in CommandId]?: PaneCommand} = {
	'prefix.pageUp': 'view.pageUp',
	'prefix.pageDown': 'view.pageDown',
	'prefix.search': 'view.search',
	'prefix.select': 'view.select',
	'prefix.previousMatch': 'view.previous',
	'prefix.nextMatch': 'view.next',
};

const wheelArea = ({approvals, ui}: State): Area => {
	if (ui.inside) return 'view';
	if (approvals.length > 0) return 'approval';
	if (ui.overlay) return 'overlay';
	return ui.openTerminal === undefined ? 'scroll' : 'view';
};

/** Whether the mouse selects in the open terminal; inside of it is the program's until something is selected. */
const takesPointer = ({approvals, ui}: State, isSelecting: boolean): boolean => {
	if (ui.openTerminal === undefined || ui.overlay) return false;
	return ui.inside ? isSelecting : approvals.length === 0;
};

/** Where the person is, from the state and from what is being typed. */
const keyContext = ({store, composing, approvalDraft, question, selecting}: Parts): KeyContext => {
	const state = store.get();
	const approval = currentApproval(state);
	const word = approval && approvalDraft.wordFor(approval.callId);
	return {
		approval: approval && (word === undefined ? 'asking' : 'word'),
		inquiry: inquiryKind(state),
		overlay: state.ui.overlay,
		isAsked: question.get() !== undefined,
		isLooking: state.ui.openTerminal !== undefined,
		isSelecting: state.ui.openTerminal !== undefined && selecting.get()?.id === state.ui.openTerminal,
		inside: state.ui.inside,
		isSettled: state.ui.isSettled,
		isPrefixed: state.ui.isPrefixed,
		isFullScreen: state.ui.isFullScreen,
		isPanelFocused: state.ui.isPanelFocused,
		isTurnRunning: state.turn !== undefined,
		hasWaitedFor: waitedFor(state) !== undefined,
		isCompleting: composing.completions().length > 0,
		isComposerEmpty: composing.isEmpty(),
	};
};

const inquiryKind = (state: State): KeyContext['inquiry'] => {
	const inquiry = currentInquiry(state);
	if (!inquiry) return undefined;
	if (inquiry.terminal) return 'terminal';
	return inquiry.choices.length > 0 ? 'choices' : 'words';
};
