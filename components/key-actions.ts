// What a command of the keymap does when it needs nothing but the actions, the composer and the question in
// front. Each acts on the state as it is now: several keys may come before anything is painted.

import type {Actions} from '../src/actions.js';
import type {Approval, Inquiry} from '../src/events.js';
import type {TerminalInfo} from '../src/host/protocol.js';
import type {CommandId, Key} from '../src/keymap.js';
import {currentApproval, currentInquiry, type State} from '../src/state.js';
import type {Store} from '../src/store.js';
import {graphemes} from '../src/text/width.js';
import {tourOffer} from '../src/tour.js';
import type {ApprovalDraft} from './approval-draft.js';
import type {Composing} from './composing.js';
import type {InquiryDraft} from './inquiry-draft.js';
import {toTerminalInput} from './inside-keys.js';
import type {Question} from './question.js';
import type {Screens} from './screens.js';
import type {Selecting} from './selecting.js';
import {type TerminalAct, terminalActs} from './terminal-acts.js';

export type Parts = {
	store: Store;
	actions: Actions;
	composing: Composing;
	approvalDraft: ApprovalDraft;
	inquiryDraft: InquiryDraft;
	question: Question;
	selecting: Selecting;
	screens: Screens;
	/** Milliseconds since 1970. */
	now(): number;
};

export type CommandTable = {[Id in CommandId]?: (key: Key) => void};

export const createCommandTable = (parts: Parts): CommandTable => {
	const {store, actions, composing, question} = parts;
	const onRow = (act: TerminalAct) => () => onSelected(store, terminal => terminalActs[act](terminal, parts));
	return {
		'turn.cancel': () => actions.interrupt(),
		'turn.stopWaitedFor': () => actions.stopWaitedFor(),
		'panel.toggle': () => actions.togglePanel(),
		'panel.openRow': ({text}) => actions.openRow(Number(text)),
		'panel.leave': () => actions.focusComposer(),
		'panel.up': () => select({store, actions}, -1),
		'panel.down': () => select({store, actions}, 1),
		'panel.open': () =>
			onSelected(store, ({id}) =>
				id === store.get().ui.openTerminal ? actions.takeOver(id) : actions.openTerminal(id),
			),
		'panel.fullScreen': () =>
			onSelected(store, ({id}) => {
				actions.openTerminal(id);
				actions.focusComposer();
				actions.toggleFullScreen();
			}),
		'panel.stop': onRow('stop'),
		'panel.restart': onRow('restart'),
		'panel.rename': onRow('rename'),
		'panel.search': onRow('search'),
		'panel.copy': onRow('copy'),
		'panel.forget': onRow('forget'),
		'panel.hide': () => actions.hidePanel(),

		'history.search': () => {
			composing.seek('');
			question.ask({
				label: 'search what you sent',
				text: '',
				onChange: composing.seek,
				onStep: composing.selectCompletion,
				onAnswer: () => composing.endSeeking(true),
				onDrop: () => composing.endSeeking(false),
			});
		},
		'question.up': () => question.step(-1),
		'question.down': () => question.step(1),
		'composer.complete': () => void composing.offerWords(),
		'question.type': ({text = ''}) => question.type(text),
		'question.erase': () => question.erase(),
		'question.clear': () => question.clear(),
		'question.answer': () => question.answer(),
		'question.drop': () => question.drop(),

		'terminal.openRow': ({name}) => actions.openRow(Number(name)),
		'terminal.previous': () => actions.openNeighbour(-1),
		'terminal.next': () => actions.openNeighbour(1),
		'terminal.close': () => actions.closeTerminal(),
		'terminal.takeOver': () => onOpen(store, actions.takeOver),

		'inside.type': key => {
			const input = toTerminalInput(key);
			if (!input) return;
			parts.screens.typed();
			actions.typeInside(input);
		},
		'prefix.press': () => actions.setPrefix(true),
		'prefix.drop': () => {},
		'prefix.leave': () => actions.leaveTerminal(),
		'prefix.openRow': ({text}) => actions.openRow(Number(text)),
		'prefix.previous': () => actions.openNeighbour(-1),
		'prefix.next': () => actions.openNeighbour(1),
		'prefix.fullScreen': () => actions.toggleFullScreen(),
		'prefix.switch': () => {
			if (store.get().ui.inside) actions.giveBack();
			actions.openOverlay('switch');
		},
		'prefix.interrupt': () => actions.interrupt(),
		'prefix.send': () => actions.typeInside({keys: ['C-]']}),
		'switch.open': () => actions.openOverlay('switch'),
		'mode.cycle': () => actions.cycleMode(),
		'window.suspend': () => actions.suspend(),
		'help.open': () => actions.openOverlay('help'),
		'quit.press': () => actions.pressQuit(),
		'quit.now': () => actions.quit(),

		...createApprovalTable(parts),
		...createInquiryTable(parts),
		...createSelectTable(parts),
		'prefix.copy': () => onOpen(store, actions.copyOutput),

		'completions.accept': () => composing.complete(),
		'completions.run': () => {
			if (composing.completesWord()) return composing.complete();
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
		'composer.edit': () => actions.editText(composing.whole()),
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
		'approval.allowSession': withApproval(approval => {
			if (approval.subject.kind !== 'command' || !approvalDraft.isArmed(approval, now())) return;
			actions.answerApproval(approval.callId, {kind: 'allowed', isForSession: true});
		}),
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

/** Answers to what the model asks; the person's own words are sent as any message. */
const createInquiryTable = ({store, actions, composing, inquiryDraft, now}: Parts): CommandTable => {
	const withInquiry = (act: (inquiry: Inquiry) => void) => () => {
		const inquiry = currentInquiry(store.get());
		if (inquiry) act(inquiry);
	};
	const ifArmed = (act: (inquiry: Inquiry) => void, otherwise: () => void = () => {}) =>
		withInquiry(inquiry => (inquiryDraft.isArmed(inquiry.callId, now()) ? act(inquiry) : otherwise()));
	const choose = ({callId, choices}: Inquiry, index: number) => {
		const text = choices[index];
		if (text !== undefined) actions.answerInquiry(callId, {kind: 'answered', text});
	};
	const step = (by: 1 | -1) =>
		withInquiry(({callId, choices}) => {
			const {length} = choices;
			inquiryDraft.select((inquiryDraft.choice(callId) + by + length) % length);
		});
	return {
		'inquiry.choose': ifArmed(inquiry => choose(inquiry, inquiryDraft.choice(inquiry.callId))),
		// A message may begin with it: one begun before the question came, or an answer in own words.
		'inquiry.pick': ({text = ''}) =>
			ifArmed(
				inquiry =>
					inquiry.choices[Number(text) - 1] === undefined
						? composing.insert(text)
						: choose(inquiry, Number(text) - 1),
				() => composing.insert(text),
			)(),
		'inquiry.up': step(-1),
		'inquiry.down': step(1),
		'inquiry.goInside': ifArmed(({terminal}) => terminal && actions.takeOver(terminal.id)),
		'inquiry.dismiss': withInquiry(({callId}) => actions.answerInquiry(callId, {kind: 'dismissed'})),
	};
};

const createSelectTable = ({selecting}: Parts): CommandTable => ({
	'select.left': () => selecting.move('left'),
	'select.right': () => selecting.move('right'),
	'select.up': () => selecting.move(-1),
	'select.down': () => selecting.move(1),
	'select.wordLeft': () => selecting.move('wordLeft'),
	'select.wordRight': () => selecting.move('wordRight'),
	'select.lineStart': () => selecting.move('lineStart'),
	'select.lineEnd': () => selecting.move('lineEnd'),
	'select.pageUp': () => selecting.move('pageUp'),
	'select.pageDown': () => selecting.move('pageDown'),
	'select.start': () => selecting.move('start'),
	'select.end': () => selecting.move('end'),
	'select.characters': () => selecting.toggle('characters'),
	'select.lines': () => selecting.toggle('lines'),
	'select.copy': () => selecting.copy(),
	'select.leave': () => selecting.leave(),
});

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

const onOpen = (store: Store, act: (id: number) => void) => {
	const {openTerminal} = store.get().ui;
	if (openTerminal !== undefined) act(openTerminal);
};

const onSelected = (store: Store, act: (terminal: TerminalInfo) => void) => {
	const {terminals, ui} = store.get();
	const selected = terminals.find(({id}) => id === ui.selectedTerminal) ?? terminals[0];
	if (selected) act(selected);
};

/** With nothing typed, Enter plays the tour's next step. */
const offered = (state: State): string | undefined => (state.turn ? undefined : tourOffer(state)?.text);

/** Hands the text over; the transcript follows its end again. */
const send = ({store, actions, composing}: Pick<Parts, 'store' | 'actions' | 'composing'>) => {
	const text = composing.take() ?? (composing.isEmpty() ? offered(store.get()) : undefined);
	if (text === undefined) return;
	if (store.get().ui.scroll > 0) actions.scrollTranscript(0);
	actions.submit(text);
};
