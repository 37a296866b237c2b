// Which key does what, where: the one table of bindings, and who comes first when several places could take
// a key. Help is made from it. Knows nothing of React, of actions or of how keys are read.

/** A key as it was parsed from the terminal's input. */
export type Key = {name: string; ctrl: boolean; alt: boolean; shift: boolean; text?: string | undefined};

/** Where the person is. */
export type KeyContext = {
	/** An approval waits for an answer, or for the word that goes with a no. */
	approval: 'asking' | 'word' | undefined;
	/** The model asks something: with choices, to be typed into a terminal, or in words. */
	inquiry: 'choices' | 'terminal' | 'words' | undefined;
	overlay: OverlayName | undefined;
	/** A question in the last row is being answered. */
	isAsked: boolean;
	isLooking: boolean;
	/** Something of the open terminal is being selected. */
	isSelecting: boolean;
	/** Inside of the open terminal; `displaced`: keys go nowhere. */
	inside: 'driving' | 'displaced' | undefined;
	/** Displaced, and what was on its way to the program has come. */
	isSettled: boolean;
	/** Ctrl+] came before. */
	isPrefixed: boolean;
	/** The open terminal hides the composer. */
	isFullScreen: boolean;
	isPanelFocused: boolean;
	isTurnRunning: boolean;
	/** The interrupted turn was waiting for a command that still runs. */
	hasWaitedFor: boolean;
	/** The popup of completions is open. */
	isCompleting: boolean;
	isComposerEmpty: boolean;
};

type OverlayName =
	| 'ps'
	| 'switch'
	| 'experimental'
	| 'model'
	| 'help'
	| 'quit'
	| 'keep'
	| 'trust'
	| 'status'
	| 'logs'
	| 'approvals'
	| 'resume';

export type Where =
	| 'approval'
	| 'approval word'
	| 'question'
	| 'asked'
	| 'asked to choose'
	| 'asked to type'
	| 'overlay'
	| OverlayName
	| 'filtered list'
	| 'completions'
	| 'inside'
	| 'displaced'
	| 'settled'
	| 'after prefix'
	| 'selecting'
	| 'terminal'
	| 'terminal with empty composer'
	| 'panel'
	| 'turn'
	| 'waited for'
	| 'composer with text'
	| 'composer empty'
	| 'idle'
	| 'composer'
	| 'everywhere';

export type CommandId =
	| (typeof bindings)[number]['command']
	| 'composer.insert'
	| 'approval.type'
	| 'question.type'
	| 'filter.type'
	| 'inside.type'
	| 'prefix.drop';

/** The first binding that applies; undefined when the key does nothing here. */
export const resolve = (context: KeyContext, key: Key): CommandId | undefined => {
	const chord = chordOf(key);
	for (const where of placesOf(context)) {
		const binding = bindings.find(each => each.where === where && keysOf(each).includes(chord));
		if (binding) return binding.command;
	}
	if (context.isPrefixed) return 'prefix.drop';
	if (takesSelecting(context)) return undefined;
	if (context.inside) return 'inside.type';
	if (!isText(key)) return undefined;
	if (context.approval === 'word') return 'approval.type';
	if (context.isAsked) return context.approval ? undefined : 'question.type';
	if (takesFilter(context)) return 'filter.type';
	return takesText(context) ? 'composer.insert' : undefined;
};

/** Whether typed and pasted text goes to the composer. */
export const takesText = (context: KeyContext): boolean =>
	!takesSelecting(context) &&
	context.approval === undefined &&
	context.overlay === undefined &&
	context.inside === undefined &&
	!context.isAsked &&
	!context.isPanelFocused &&
	!context.isFullScreen;

/** Whether keys move the selection in the open terminal: what asks for an answer outside goes first there. */
export const takesSelecting = (context: KeyContext): boolean =>
	context.isSelecting &&
	(context.inside !== undefined ||
		(context.approval === undefined &&
			context.overlay === undefined &&
			!context.isAsked &&
			!context.isPanelFocused));

/** Whether typed and pasted text filters the list that is open. */
export const takesFilter = ({approval, overlay}: KeyContext): boolean =>
	approval === undefined && (overlay === 'model' || overlay === 'resume' || overlay === 'switch');

/** "ctrl+c", "shift+tab", or the character itself. */
export const chordOf = (key: Key): string => {
	if (isText(key)) return key.text === ' ' ? 'space' : (key.text ?? key.name);
	return `${key.ctrl ? 'ctrl+' : ''}${key.alt ? 'alt+' : ''}${key.shift ? 'shift+' : ''}${key.name}`;
};

export type HelpSection = {title: string; rows: {keys: string; does: string}[]};

/** The bindings that have something to say, in the table's order. */
export const helpSections = (): HelpSection[] => {
	const sections: HelpSection[] = [];
	for (const binding of bindings) {
		if (!('does' in binding)) continue;
		const title = titles[binding.where];
		const last = sections.find(section => section.title === title);
		const row = {keys: keyLabel(binding), does: binding.does};
		if (last) last.rows.push(row);
		else sections.push({title, rows: [row]});
	}
	return sections;
};

/** The places that may take the key, first come first. A modal place is followed by nothing. */
const placesOf = (context: KeyContext): Where[] => {
	// What is inside stays there, whatever asks for an answer outside.
	if (context.isPrefixed) return ['after prefix'];
	if (takesSelecting(context)) return context.inside ? ['selecting'] : ['selecting', 'everywhere'];
	if (context.inside === 'driving') return ['inside'];
	if (context.inside) return context.isSettled ? ['settled', 'displaced'] : ['displaced'];
	if (context.approval === 'word') return ['approval word'];
	if (context.approval === 'asking') return ['approval'];
	if (context.isAsked) return ['question'];
	// Letters filter it.
	if (takesFilter(context)) return ['filtered list'];
	if (context.overlay) return [context.overlay, 'overlay'];
	const isAnswering = context.isComposerEmpty && !context.isPanelFocused && !context.isFullScreen;
	const places: [boolean, Where][] = [
		[context.isCompleting && !context.isPanelFocused, 'completions'],
		[context.inquiry === 'terminal' && isAnswering, 'asked to type'],
		[context.inquiry === 'choices' && isAnswering, 'asked to choose'],
		[context.isLooking, 'terminal'],
		[context.isLooking && context.isComposerEmpty && !context.isPanelFocused, 'terminal with empty composer'],
		[context.isPanelFocused, 'panel'],
		[context.inquiry !== undefined && !context.isFullScreen, 'asked'],
		[context.isTurnRunning, 'turn'],
		[context.hasWaitedFor && context.isComposerEmpty, 'waited for'],
		[!context.isComposerEmpty && !context.isFullScreen, 'composer with text'],
		[context.isComposerEmpty, 'composer empty'],
		[context.isComposerEmpty && !context.isTurnRunning, 'idle'],
		[!context.isPanelFocused && !context.isFullScreen, 'composer'],
		[true, 'everywhere'],
	];
	return places.filter(([isThere]) => isThere).map(([, where]) => where);
};

const isText = (key: Key): boolean => !key.ctrl && !key.alt && Boolean(key.text);

type Binding = {
	command: string;
	where: Where;
	keys: readonly string[];
	/** For help; absent: too plain to tell. */
	does?: string;
	/** In help in place of the keys. */
	label?: string;
};

const keysOf = (binding: Binding): readonly string[] => binding.keys;

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

const bindings = [
	{
		command: 'turn.cancel',
		where: 'turn',
		keys: ['escape', 'ctrl+c'],
		does: 'interrupt the turn; terminals run on',
	},
	{
		command: 'turn.stopWaitedFor',
		where: 'waited for',
		keys: ['ctrl+x'],
		does: 'stop the command that the interrupted turn was waiting for',
	},
	{
		command: 'panel.toggle',
		where: 'everywhere',
		keys: ['ctrl+t'],
		does: 'show the terminals and go there; again: hide',
	},
	{
		command: 'terminal.openRow',
		where: 'everywhere',
		keys: digits.map(digit => `alt+${digit}`),
		label: 'Alt+1 … Alt+9',
		does: 'open the terminal of that row',
	},
	{
		command: 'terminal.previous',
		where: 'everywhere',
		keys: ['alt+left'],
		label: 'Alt+← Alt+→',
		does: 'previous, next terminal (with text in the composer: by words)',
	},
	{command: 'terminal.next', where: 'everywhere', keys: ['alt+right']},
	{
		command: 'scroll.pageUp',
		where: 'everywhere',
		keys: ['pageup'],
		label: 'PgUp PgDn',
		does: 'scroll the transcript',
	},
	{command: 'scroll.pageDown', where: 'everywhere', keys: ['pagedown']},
	{
		command: 'switch.open',
		where: 'everywhere',
		keys: ['ctrl+o'],
		does: 'find a terminal by a few letters, and look at it before you go there',
	},
	{command: 'mode.cycle', where: 'everywhere', keys: ['shift+tab'], does: 'next approval mode'},
	{command: 'window.suspend', where: 'everywhere', keys: ['ctrl+z'], does: 'back to the shell; fg returns'},

	{
		command: 'completions.accept',
		where: 'completions',
		keys: ['tab'],
		does: 'complete a command, a file after @',
	},
	{
		command: 'composer.complete',
		where: 'composer with text',
		keys: ['tab'],
		does: 'in a ! line: complete a program or path',
	},
	{command: 'history.search', where: 'composer', keys: ['ctrl+r'], does: 'search what you sent before'},
	{command: 'composer.edit', where: 'composer', keys: ['ctrl+g'], does: 'write on in your editor'},
	{command: 'completions.run', where: 'completions', keys: ['enter']},
	{command: 'completions.up', where: 'completions', keys: ['up']},
	{command: 'completions.down', where: 'completions', keys: ['down']},
	{command: 'completions.close', where: 'completions', keys: ['escape']},

	{command: 'composer.submit', where: 'composer', keys: ['enter'], does: 'send; during a turn: queue'},
	{
		command: 'composer.newline',
		where: 'composer',
		keys: ['shift+enter', 'alt+enter', 'ctrl+enter', 'ctrl+j'],
		label: 'Shift+Enter Alt+Enter \\Enter',
		does: 'new line',
	},
	{
		command: 'composer.up',
		where: 'composer',
		keys: ['up', 'ctrl+p'],
		label: '↑ ↓',
		does: 'history; with messages queued: take the last one back',
	},
	{command: 'composer.down', where: 'composer', keys: ['down', 'ctrl+n']},
	{command: 'composer.clear', where: 'composer with text', keys: ['ctrl+c'], does: 'clear the composer'},
	{command: 'composer.wordLeft', where: 'composer with text', keys: ['alt+left', 'ctrl+left', 'alt+b']},
	{command: 'composer.wordRight', where: 'composer with text', keys: ['alt+right', 'ctrl+right', 'alt+f']},
	{command: 'composer.left', where: 'composer', keys: ['left', 'ctrl+b']},
	{command: 'composer.right', where: 'composer', keys: ['right', 'ctrl+f']},
	{command: 'composer.lineStart', where: 'composer', keys: ['home', 'ctrl+a']},
	{command: 'composer.lineEnd', where: 'composer', keys: ['end', 'ctrl+e']},
	{
		command: 'composer.deleteLeft',
		where: 'composer',
		keys: ['backspace', 'ctrl+h', 'ctrl+backspace', 'shift+backspace'],
	},
	{command: 'composer.deleteRight', where: 'composer', keys: ['delete']},
	{command: 'composer.deleteRight', where: 'composer with text', keys: ['ctrl+d']},
	{command: 'composer.deleteWordLeft', where: 'composer', keys: ['ctrl+w', 'alt+backspace']},
	{command: 'composer.deleteWordRight', where: 'composer', keys: ['alt+d', 'alt+delete', 'ctrl+delete']},
	{command: 'composer.deleteToStart', where: 'composer', keys: ['ctrl+u']},
	{command: 'composer.deleteToEnd', where: 'composer', keys: ['ctrl+k']},
	{command: 'composer.yank', where: 'composer', keys: ['ctrl+y']},
	{command: 'composer.undo', where: 'composer', keys: ['ctrl+_', 'ctrl+-', 'ctrl+/']},
	{command: 'help.open', where: 'composer empty', keys: ['?'], does: 'this help'},
	{command: 'quit.press', where: 'idle', keys: ['ctrl+c'], label: 'Ctrl+C Ctrl+C', does: 'quit'},
	{command: 'quit.now', where: 'composer empty', keys: ['ctrl+d'], does: 'quit; asks when terminals run'},

	{command: 'terminal.close', where: 'terminal', keys: ['escape'], does: 'back to the conversation'},
	{
		command: 'terminal.takeOver',
		where: 'terminal with empty composer',
		keys: ['enter'],
		does: 'take it over: you are inside, every key is the program’s',
	},
	{command: 'prefix.press', where: 'terminal', keys: ['ctrl+]'], does: 'then f: full screen'},
	{
		command: 'view.pageUp',
		where: 'terminal',
		keys: ['pageup'],
		label: 'PgUp PgDn',
		does: 'scroll what it printed',
	},
	{command: 'view.pageDown', where: 'terminal', keys: ['pagedown']},
	{
		command: 'view.search',
		where: 'terminal with empty composer',
		keys: ['ctrl+f'],
		does: 'search what it printed, from the end up',
	},
	{
		command: 'view.previous',
		where: 'terminal',
		keys: ['f3'],
		label: 'F3 Shift+F3',
		does: 'earlier match, later match',
	},
	{command: 'view.next', where: 'terminal', keys: ['shift+f3']},
	{
		command: 'view.follow',
		where: 'terminal with empty composer',
		keys: ['end'],
		does: 'back to the live screen',
	},

	{
		command: 'view.select',
		where: 'terminal with empty composer',
		keys: ['shift+up'],
		label: 'Shift+↑, Ctrl+] v, drag',
		does: 'select and copy what it printed; then:',
	},
	{
		command: 'select.up',
		where: 'selecting',
		keys: ['up', 'k', 'shift+up'],
		label: '↑ ↓ ← → PgUp PgDn',
		does: 'move',
	},
	{command: 'select.down', where: 'selecting', keys: ['down', 'j', 'shift+down']},
	{command: 'select.left', where: 'selecting', keys: ['left', 'h', 'shift+left']},
	{command: 'select.right', where: 'selecting', keys: ['right', 'l', 'shift+right']},
	{command: 'select.wordLeft', where: 'selecting', keys: ['b', 'ctrl+left'], label: 'b w', does: 'by words'},
	{command: 'select.wordRight', where: 'selecting', keys: ['w', 'ctrl+right']},
	{command: 'select.lineStart', where: 'selecting', keys: ['home', '0']},
	{command: 'select.lineEnd', where: 'selecting', keys: ['end', '$']},
	{command: 'select.pageUp', where: 'selecting', keys: ['pageup']},
	{command: 'select.pageDown', where: 'selecting', keys: ['pagedown']},
	{command: 'select.start', where: 'selecting', keys: ['g'], label: 'g G', does: 'to the start, to the end'},
	{command: 'select.end', where: 'selecting', keys: ['G']},
	{
		command: 'select.characters',
		where: 'selecting',
		keys: ['v', 'space'],
		label: 'v V',
		does: 'begin here: by characters, by whole lines',
	},
	{command: 'select.lines', where: 'selecting', keys: ['V']},
	{
		command: 'select.copy',
		where: 'selecting',
		keys: ['y', 'enter'],
		label: 'y Enter',
		does: 'copy it; without a beginning the cursor’s line',
	},
	{command: 'select.leave', where: 'selecting', keys: ['escape', 'q', 'ctrl+c']},
	{command: 'prefix.press', where: 'selecting', keys: ['ctrl+]']},

	{command: 'prefix.press', where: 'inside', keys: ['ctrl+]'], does: 'the only key that is tandem’s; then:'},
	{command: 'prefix.leave', where: 'after prefix', keys: ['escape'], does: 'give it back, to the composer'},
	{
		command: 'prefix.openRow',
		where: 'after prefix',
		keys: digits,
		label: '1 … 9',
		does: 'go inside of that row’s terminal',
	},
	{command: 'prefix.previous', where: 'after prefix', keys: ['left'], label: '← →', does: 'previous, next'},
	{command: 'prefix.next', where: 'after prefix', keys: ['right']},
	{command: 'prefix.fullScreen', where: 'after prefix', keys: ['f'], does: 'the whole window, and back'},
	{command: 'prefix.switch', where: 'after prefix', keys: ['o'], does: 'find another terminal'},
	{
		command: 'prefix.pageUp',
		where: 'after prefix',
		keys: ['pageup', 'up'],
		label: 'PgUp',
		does: 'scroll back; typing returns',
	},
	{command: 'prefix.pageDown', where: 'after prefix', keys: ['pagedown', 'down']},
	{
		command: 'prefix.search',
		where: 'after prefix',
		keys: ['/'],
		does: 'give it back, and search what it printed',
	},
	{command: 'prefix.select', where: 'after prefix', keys: ['v'], does: 'select and copy what it printed'},
	{command: 'prefix.copy', where: 'after prefix', keys: ['y'], does: 'copy the output of the last command'},
	{
		command: 'prefix.previousMatch',
		where: 'after prefix',
		keys: ['n'],
		label: 'n N',
		does: 'earlier match, later match',
	},
	{command: 'prefix.nextMatch', where: 'after prefix', keys: ['N']},
	{command: 'prefix.interrupt', where: 'after prefix', keys: ['ctrl+c'], does: 'interrupt the turn'},
	{command: 'prefix.send', where: 'after prefix', keys: ['ctrl+]'], does: 'send Ctrl+] itself'},
	{command: 'prefix.press', where: 'displaced', keys: ['ctrl+]']},
	// Meant for the program that has just gone; and whoever presses it again and again wants out.
	{command: 'prefix.drop', where: 'displaced', keys: ['escape']},
	{command: 'prefix.leave', where: 'settled', keys: ['escape']},
	{command: 'terminal.takeOver', where: 'settled', keys: ['enter']},
	{command: 'panel.openRow', where: 'panel', keys: digits, label: '1 … 9', does: 'open that row'},
	{command: 'panel.up', where: 'panel', keys: ['up', 'k', 'ctrl+p'], label: '↑ ↓', does: 'select'},
	{command: 'panel.down', where: 'panel', keys: ['down', 'j', 'ctrl+n']},
	{
		command: 'panel.open',
		where: 'panel',
		keys: ['enter'],
		does: 'open the selected terminal; the open one: take it over',
	},
	{command: 'panel.fullScreen', where: 'panel', keys: ['f'], does: 'look at it on the full screen'},
	{command: 'panel.stop', where: 'panel', keys: ['s'], does: 'stop the selected terminal'},
	{command: 'panel.restart', where: 'panel', keys: ['r'], does: 'restart it'},
	{command: 'panel.rename', where: 'panel', keys: ['n'], does: 'give it another name'},
	{command: 'panel.search', where: 'panel', keys: ['/'], does: 'search its log'},
	{command: 'panel.copy', where: 'panel', keys: ['y'], does: 'copy the output of its last command'},
	{command: 'panel.forget', where: 'panel', keys: ['d'], does: 'drop an ended one, and its log'},
	{command: 'panel.hide', where: 'panel', keys: ['h'], does: 'hide the panel until Ctrl+T'},
	{command: 'panel.leave', where: 'panel', keys: ['escape', 'tab'], does: 'back to the composer'},
	{command: 'terminal.previous', where: 'panel', keys: ['alt+left']},
	{command: 'terminal.next', where: 'panel', keys: ['alt+right']},
	{command: 'help.open', where: 'panel', keys: ['?']},

	{command: 'approval.allow', where: 'approval', keys: ['y', 'enter'], label: 'y Enter', does: 'run it'},
	{
		command: 'approval.allowSession',
		where: 'approval',
		// A letter that nobody types by the way: it answers for more than once.
		keys: ['Y'],
		does: 'run it, and do not ask about this very command again in this session',
	},
	{command: 'approval.refuse', where: 'approval', keys: ['n'], label: 'n Esc', does: 'do not run it'},
	{command: 'approval.deny', where: 'approval', keys: ['escape']},
	{command: 'approval.word', where: 'approval', keys: ['tab'], does: 'do not run it, and tell the model why'},
	{
		command: 'approval.cancel',
		where: 'approval',
		keys: ['ctrl+c'],
		does: 'do not run it, and cancel the turn',
	},
	{command: 'approval.up', where: 'approval', keys: ['up']},
	{command: 'approval.down', where: 'approval', keys: ['down']},
	{
		command: 'approval.pageUp',
		where: 'approval',
		keys: ['pageup'],
		label: 'PgUp PgDn',
		does: 'read on when it is long',
	},
	{command: 'approval.pageDown', where: 'approval', keys: ['pagedown']},
	{command: 'approval.erase', where: 'approval word', keys: ['backspace', 'ctrl+h', 'ctrl+backspace']},
	{command: 'approval.sendWord', where: 'approval word', keys: ['enter']},
	{command: 'approval.dropWord', where: 'approval word', keys: ['escape']},
	{command: 'approval.cancel', where: 'approval word', keys: ['ctrl+c']},

	{
		command: 'inquiry.choose',
		where: 'asked to choose',
		keys: ['enter'],
		does: 'answer with the selected choice; or type your own words',
	},
	{command: 'inquiry.up', where: 'asked to choose', keys: ['up'], label: '↑ ↓', does: 'select'},
	{command: 'inquiry.down', where: 'asked to choose', keys: ['down']},
	{
		command: 'inquiry.pick',
		where: 'asked to choose',
		keys: digits,
		label: '1 … 9',
		does: 'answer with that choice',
	},
	{
		command: 'inquiry.goInside',
		where: 'asked to type',
		keys: ['enter'],
		does: 'go inside of the terminal where you are asked to type; Ctrl+] Esc is the answer',
	},
	{command: 'inquiry.dismiss', where: 'asked', keys: ['escape'], does: 'give no answer'},

	{command: 'question.answer', where: 'question', keys: ['enter']},
	{command: 'question.drop', where: 'question', keys: ['escape', 'ctrl+c']},
	{command: 'question.erase', where: 'question', keys: ['backspace', 'ctrl+h', 'ctrl+backspace']},
	{command: 'question.up', where: 'question', keys: ['up', 'ctrl+s']},
	{command: 'question.down', where: 'question', keys: ['down', 'ctrl+r']},
	{command: 'question.clear', where: 'question', keys: ['ctrl+u', 'ctrl+w']},

	{command: 'overlay.close', where: 'overlay', keys: ['escape', 'ctrl+c'], does: 'close'},
	{
		command: 'overlay.up',
		where: 'overlay',
		keys: ['up', 'k', 'ctrl+p'],
		label: '↑ ↓ PgUp PgDn g G',
		does: 'select, scroll, to the start, to the end',
	},
	{command: 'overlay.down', where: 'overlay', keys: ['down', 'j', 'ctrl+n']},
	{command: 'overlay.pageUp', where: 'overlay', keys: ['pageup']},
	{command: 'overlay.pageDown', where: 'overlay', keys: ['pagedown']},
	{command: 'overlay.start', where: 'overlay', keys: ['home', 'g']},
	{command: 'overlay.end', where: 'overlay', keys: ['end', 'G']},
	{command: 'overlay.choose', where: 'overlay', keys: ['enter']},
	{command: 'overlay.close', where: 'help', keys: ['?', 'q']},
	{command: 'overlay.close', where: 'status', keys: ['enter', 'q']},
	{command: 'ps.open', where: 'ps', keys: ['enter'], does: 'open the selected terminal'},
	{command: 'ps.fullScreen', where: 'ps', keys: ['f'], does: 'look at it on the full screen'},
	{command: 'ps.stop', where: 'ps', keys: ['s'], does: 'stop it'},
	{command: 'ps.restart', where: 'ps', keys: ['r'], does: 'restart it'},
	{command: 'ps.rename', where: 'ps', keys: ['n'], does: 'give it another name'},
	{command: 'ps.search', where: 'ps', keys: ['/'], does: 'search its log'},
	{command: 'ps.copy', where: 'ps', keys: ['y'], does: 'copy the output of its last command'},
	{command: 'ps.forget', where: 'ps', keys: ['d'], does: 'drop an ended one, and its log'},
	{command: 'logs.search', where: 'logs', keys: ['/'], does: 'search, from the end up'},
	{command: 'logs.next', where: 'logs', keys: ['n'], label: 'n N', does: 'later match, earlier match'},
	{command: 'logs.previous', where: 'logs', keys: ['N']},
	{command: 'logs.start', where: 'logs', keys: ['g', 'home'], label: 'g G', does: 'to the start, to the end'},
	{command: 'logs.end', where: 'logs', keys: ['G', 'end']},
	{command: 'logs.copy', where: 'logs', keys: ['y'], does: 'copy the output of the last command'},
	{command: 'overlay.close', where: 'logs', keys: ['q']},
	{command: 'overlay.close', where: 'ps', keys: ['q']},
	{command: 'experimental.toggle', where: 'experimental', keys: ['space'], does: 'switch a feature'},
	{command: 'experimental.save', where: 'experimental', keys: ['enter'], does: 'save and close'},
	{command: 'overlay.close', where: 'filtered list', keys: ['escape', 'ctrl+c']},
	{command: 'overlay.up', where: 'filtered list', keys: ['up', 'ctrl+p']},
	{command: 'overlay.down', where: 'filtered list', keys: ['down', 'ctrl+n']},
	{command: 'overlay.pageUp', where: 'filtered list', keys: ['pageup']},
	{command: 'overlay.pageDown', where: 'filtered list', keys: ['pagedown']},
	{command: 'overlay.start', where: 'filtered list', keys: ['home']},
	{command: 'overlay.end', where: 'filtered list', keys: ['end']},
	{command: 'filter.choose', where: 'filtered list', keys: ['enter'], does: 'take the selected one'},
	{
		command: 'filter.erase',
		where: 'filtered list',
		keys: ['backspace', 'ctrl+h', 'ctrl+backspace'],
		label: 'letters',
		does: 'filter the list',
	},
	{command: 'filter.clear', where: 'filtered list', keys: ['ctrl+u']},
	{command: 'quit.stop', where: 'quit', keys: ['s']},
	{command: 'quit.keep', where: 'quit', keys: ['k']},
	{command: 'quit.choose', where: 'quit', keys: ['c']},
	{command: 'keep.toggle', where: 'keep', keys: ['space']},
	{command: 'keep.quit', where: 'keep', keys: ['enter']},
	{command: 'trust.always', where: 'trust', keys: ['a']},
	{command: 'trust.once', where: 'trust', keys: ['o']},
	{command: 'trust.no', where: 'trust', keys: ['n']},
] as const satisfies readonly Binding[];

const titles: Record<Where, string> = {
	turn: 'A turn',
	'waited for': 'A turn',
	everywhere: 'Everywhere',
	completions: 'Composer',
	composer: 'Composer',
	'composer with text': 'Composer',
	'composer empty': 'Composer',
	idle: 'Composer',
	selecting: 'Looking at a terminal',
	terminal: 'Looking at a terminal',
	'terminal with empty composer': 'Looking at a terminal',
	inside: 'Inside a terminal',
	displaced: 'Inside a terminal',
	settled: 'Inside a terminal',
	'after prefix': 'Inside a terminal',
	panel: 'Panel (Ctrl+T)',
	approval: 'Approval',
	'approval word': 'Approval',
	asked: 'When the model asks',
	'asked to choose': 'When the model asks',
	'asked to type': 'When the model asks',
	overlay: 'Lists and questions',
	ps: '/ps',
	logs: '/logs',
	approvals: 'Lists and questions',
	question: 'Lists and questions',
	experimental: '/experimental',
	model: '/switch, /model, /resume',
	switch: '/switch, /model, /resume',
	resume: '/model, /resume',
	'filtered list': '/model, /resume',
	help: 'Lists and questions',
	quit: 'Lists and questions',
	keep: 'Lists and questions',
	trust: 'Lists and questions',
	status: 'Lists and questions',
};

const keyLabel = (binding: Binding): string => binding.label ?? binding.keys.map(labelOf).join(' ');

/** How a person writes a chord: "Ctrl+T", "Esc", "↑". */
const labelOf = (chord: string): string =>
	chord
		.split('+')
		.map(part => names[part] ?? (chord.includes('+') && part.length === 1 ? part.toUpperCase() : part))
		.join('+');

const names: Record<string, string> = {
	ctrl: 'Ctrl',
	alt: 'Alt',
	shift: 'Shift',
	escape: 'Esc',
	enter: 'Enter',
	tab: 'Tab',
	space: 'Space',
	up: '↑',
	down: '↓',
	left: '←',
	right: '→',
	home: 'Home',
	end: 'End',
	pageup: 'PgUp',
	pagedown: 'PgDn',
};
