// Takes parsed keys, pastes and the wheel, asks the keymap what they mean here, and does it: the one place
// where a key becomes an action. Panes that keep a selection of their own get their commands handed on.
import type {Actions} from '../src/actions.js';
import type {Approval} from '../src/events.js';
import type {TerminalInfo} from '../src/host/protocol.js';
import {type CommandId, type Key, type KeyContext, resolve, takesText} from '../src/keymap.js';
import {currentApproval, type State} from '../src/state.js';
import type {Store} from '../src/store.js';
import {graphemes} from '../src/text/width.js';
import type {ApprovalDraft} from './approval-draft.js';
import type {Composing} from './composing.js';

export type InputEvent =
	| ({kind: 'key'} & Key)
	| {kind: 'paste'; text: string}
	| {kind: 'mouse'; action: string}
	| {kind: 'focus'};

/** Panes that do something of their own with keys. */
export type Area = 'approval' | 'overlay' | 'ps' | 'experimental' | 'quit' | 'trust' | 'scroll' | 'view';

export type PaneCommand = Extract<CommandId, `${Area}.${string}`> | {wheel: number};

export type KeyRouter = ReturnType<typeof createKeyRouter>;

type Parts = {
	store: Store;
	actions: Actions;
	composing: Composing;
	approvalDraft: ApprovalDraft;
	now(): number;
};

/** Rows that one notch of the wheel scrolls. */
const wheelRows = 3;

/** A pane that has not come by then is not coming: there is no room for it. */
const paneDeadlineMs = 250;

export const createKeyRouter = (parts: Parts) => {
	const {store, composing} = parts;
	const panes = new Map<Area, (command: PaneCommand) => void>();
	const run = createCommandTable(parts);
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

	const press = (key: Key): boolean => {
		const context = keyContext(parts);
		const command = resolve(context, key);
		if (command === undefined) {
			if (context.approval) parts.approvalDraft.rearm(parts.now());
			return true;
		}
		const direct = run[command];
		if (direct) {
			direct(key);
			return true;
		}
		const area = areaOf(command);
		// An area's name is the beginning of its commands' names.
		return area === undefined || handOn(area, command as PaneCommand);
	};

	const act = (event: InputEvent): boolean => {
		if (event.kind === 'key') return press(event);
		if (event.kind === 'focus') return true;
		if (event.kind === 'paste') {
			if (takesText(keyContext(parts))) composing.paste(event.text);
			return true;
		}
		const area = wheelArea(store.get());
		if (event.action === 'wheel-up') handOn(area, {wheel: -wheelRows});
		if (event.action === 'wheel-down') handOn(area, {wheel: wheelRows});
		return true;
	};

	const release = () => {
		clearTimeout(deadline);
		const events = held;
		held = [];
		for (const event of events) act(event);
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
			// Its other areas are announced in the same commit.
			if (held.length > 0) queueMicrotask(release);
			return () => {
				if (panes.get(area) === handler) panes.delete(area);
			};
		},
	};
};

const areas: readonly Area[] = [
	'approval',
	'overlay',
	'ps',
	'experimental',
	'quit',
	'trust',
	'scroll',
	'view',
];

const areaOf = (command: CommandId): Area | undefined => areas.find(area => command.startsWith(`${area}.`));

const wheelArea = ({approvals, ui}: State): Area => {
	if (approvals.length > 0) return 'approval';
	if (ui.overlay) return 'overlay';
	return ui.openTerminal === undefined ? 'scroll' : 'view';
};

/** Where the person is, from the state and from what is being typed. */
const keyContext = ({store, composing, approvalDraft}: Parts): KeyContext => {
	const state = store.get();
	const approval = state.approvals[0];
	const word = approval && approvalDraft.wordFor(approval.callId);
	return {
		approval: approval && (word === undefined ? 'asking' : 'word'),
		overlay: state.ui.overlay,
		isLooking: state.ui.openTerminal !== undefined,
		isPanelFocused: state.ui.isPanelFocused,
		isTurnRunning: state.turn !== undefined,
		hasWaitedFor: waitedFor(state) !== undefined,
		isCompleting: composing.completions().length > 0,
		isComposerEmpty: composing.isEmpty(),
	};
};

/** The terminal that the last, interrupted turn was waiting for, while it runs. */
export const waitedFor = ({entries, terminals, turn}: State): {id: number; name: string} | undefined => {
	if (turn) return undefined;
	const last = entries.findLast(({kind}) => kind !== 'notice');
	if (last?.kind !== 'turn-end' || last.end.kind !== 'interrupted') return undefined;
	return terminals.find(({id, state}) => id === last.waitedFor && state.kind === 'running');
};

type CommandTable = {[Id in CommandId]?: (key: Key) => void};

/** What needs nothing but the actions and the composer. */
const createCommandTable = (parts: Parts): CommandTable => {
	const {store, actions, composing} = parts;
	return {
		'turn.cancel': () => actions.interrupt(),
		'turn.stopWaitedFor': () => actions.stopWaitedFor(),
		'panel.toggle': () => actions.togglePanel(),
		'panel.openRow': ({text}) => actions.openRow(Number(text)),
		'panel.leave': () => actions.focusComposer(),
		'panel.up': () => select({store, actions}, -1),
		'panel.down': () => select({store, actions}, 1),
		'panel.open': () => onSelected(store, ({id}) => actions.openTerminal(id)),
		'panel.stop': () => onSelected(store, ({id}) => actions.stopTerminals([id])),
		'terminal.openRow': ({name}) => actions.openRow(Number(name)),
		'terminal.previous': () => actions.openNeighbour(-1),
		'terminal.next': () => actions.openNeighbour(1),
		'terminal.close': () => actions.closeTerminal(),
		'mode.cycle': () => actions.cycleMode(),
		'help.open': () => actions.openOverlay('help'),
		'quit.press': () => actions.pressQuit(),
		'quit.now': () => actions.quit(),

		...createApprovalTable(parts),

		'completions.accept': () => composing.complete(),
		'completions.run': () => {
			composing.completeIfMeant();
			send({store, actions, composing});
		},
		'completions.up': () => composing.selectCompletion(-1),
		'completions.down': () => composing.selectCompletion(1),
		'completions.close': () => composing.closeCompletions(),

		'composer.submit': () => send({store, actions, composing}),
		'composer.insert': ({text = ''}) => composing.insert(text),
		'composer.newline': () => composing.insert('\n'),
		'composer.clear': () => composing.clear(),
		'composer.up': () => {
			const queued = composing.isEmpty() && store.get().queue.length > 0 ? actions.takeQueued() : undefined;
			if (queued === undefined) composing.up();
			else composing.replace(queued);
		},
		'composer.down': () => composing.down(),
		'composer.left': () => composing.move('left'),
		'composer.right': () => composing.move('right'),
		'composer.wordLeft': () => composing.move('word-left'),
		'composer.wordRight': () => composing.move('word-right'),
		'composer.lineStart': () => composing.move('line-start'),
		'composer.lineEnd': () => composing.move('line-end'),
		'composer.deleteLeft': () => composing.erase('left'),
		'composer.deleteRight': () => composing.erase('right'),
		'composer.deleteWordLeft': () => composing.erase('word-left'),
		'composer.deleteWordRight': () => composing.erase('word-right'),
		'composer.deleteToStart': () => composing.erase('line-start'),
		'composer.deleteToEnd': () => composing.erase('line-end'),
		'composer.yank': () => composing.yank(),
		'composer.undo': () => composing.undo(),
	};
};

/** Answers to the question in front. No and cancel act even before it is painted. */
const createApprovalTable = ({store, actions, approvalDraft, now}: Parts): CommandTable => {
	const withApproval = (act: (approval: Approval, word: string) => void) => () => {
		const approval = currentApproval(store.get());
		if (approval) act(approval, approvalDraft.wordFor(approval.callId) ?? '');
	};
	const answer = (kind: 'allowed' | 'denied') =>
		withApproval(approval => {
			if (approvalDraft.isArmed(approval, now())) actions.answerApproval(approval.callId, {kind});
		});
	return {
		'approval.allow': answer('allowed'),
		'approval.refuse': answer('denied'),
		'approval.deny': withApproval(({callId}) => actions.answerApproval(callId, {kind: 'denied'})),
		'approval.cancel': withApproval(({callId}) => {
			actions.answerApproval(callId, {kind: 'cancelled'});
			actions.interrupt();
		}),
		'approval.word': withApproval(({callId}) => approvalDraft.setWord(callId, '')),
		'approval.type': ({text = ''}) =>
			withApproval(({callId}, word) => approvalDraft.setWord(callId, word + text))(),
		'approval.erase': withApproval(({callId}, word) =>
			approvalDraft.setWord(callId, graphemes(word).slice(0, -1).join('')),
		),
		'approval.dropWord': withApproval(({callId}) => approvalDraft.setWord(callId, undefined)),
		'approval.sendWord': withApproval(({callId}, word) =>
			actions.answerApproval(callId, word === '' ? {kind: 'denied'} : {kind: 'denied', word}),
		),
	};
};

/** Selects the next row of the panel. */
const select = ({store, actions}: Pick<Parts, 'store' | 'actions'>, step: 1 | -1) => {
	const {terminals, ui} = store.get();
	// Without a selection the first row is the selected one.
	const row = Math.max(
		0,
		terminals.findIndex(({id}) => id === ui.selectedTerminal),
	);
	const next = terminals[row + step];
	if (next) actions.selectTerminal(next.id);
};

const onSelected = (store: Store, act: (terminal: TerminalInfo) => void) => {
	const {terminals, ui} = store.get();
	const selected = terminals.find(({id}) => id === ui.selectedTerminal) ?? terminals[0];
	if (selected) act(selected);
};

/** Hands the text over; the transcript follows its end again. */
const send = ({store, actions, composing}: Pick<Parts, 'store' | 'actions' | 'composing'>) => {
	const text = composing.take();
	if (text === undefined) return;
	if (store.get().ui.scroll > 0) actions.scrollTranscript(0);
	actions.submit(text);
};
