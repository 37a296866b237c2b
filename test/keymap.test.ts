import {expect, test} from 'vitest';
import {chordOf, helpSections, type Key, type KeyContext, resolve, takesText} from '../src/keymap.js';

const nowhere: KeyContext = {
	approval: undefined,
	inquiry: undefined,
	overlay: undefined,
	isAsked: false,
	isLooking: false,
	isSelecting: false,
	inside: undefined,
	isSettled: false,
	isPrefixed: false,
	isFullScreen: false,
	isPanelFocused: false,
	isTurnRunning: false,
	hasWaitedFor: false,
	isCompleting: false,
	isComposerEmpty: true,
};

const key = (name: string, modifiers: Partial<Key> = {}): Key => ({
	name,
	ctrl: false,
	alt: false,
	shift: false,
	...modifiers,
});
const character = (text: string): Key => key(text === ' ' ? 'space' : text.toLowerCase(), {text});
const esc = key('escape');
const ctrlC = key('c', {ctrl: true});

test('Esc does the first that applies: no, close, back, interrupt', () => {
	const everything: KeyContext = {
		...nowhere,
		approval: 'asking',
		overlay: 'ps',
		isLooking: true,
		isTurnRunning: true,
	};
	expect(resolve(everything, esc)).toBe('approval.deny');
	expect(resolve({...everything, approval: undefined}, esc)).toBe('overlay.close');
	expect(resolve({...everything, approval: undefined, overlay: undefined}, esc)).toBe('terminal.close');
	const asked: KeyContext = {...nowhere, inquiry: 'choices', isTurnRunning: true};
	expect(resolve({...asked, isLooking: true}, esc)).toBe('terminal.close');
	expect(resolve(asked, esc)).toBe('inquiry.dismiss');
	expect(resolve(asked, ctrlC)).toBe('turn.cancel');
	const enter = key('enter');
	expect(resolve({...asked, isLooking: true}, enter)).toBe('inquiry.choose');
	expect(resolve({...nowhere, isLooking: true}, enter)).toBe('terminal.takeOver');
	expect(resolve({...nowhere, isTurnRunning: true}, esc)).toBe('turn.cancel');
	expect(resolve(nowhere, esc)).toBeUndefined();
});

test('Ctrl+C does the first that applies: no and cancel, close, cancel the turn, clear, quit', () => {
	const everything: KeyContext = {
		...nowhere,
		approval: 'asking',
		overlay: 'help',
		isTurnRunning: true,
		isComposerEmpty: false,
	};
	expect(resolve(everything, ctrlC)).toBe('approval.cancel');
	expect(resolve({...everything, approval: 'word'}, ctrlC)).toBe('approval.cancel');
	expect(resolve({...everything, approval: undefined}, ctrlC)).toBe('overlay.close');
	expect(resolve({...everything, approval: undefined, overlay: undefined}, ctrlC)).toBe('turn.cancel');
	expect(resolve({...nowhere, isComposerEmpty: false}, ctrlC)).toBe('composer.clear');
	expect(resolve(nowhere, ctrlC)).toBe('quit.press');
});

test('a focused panel gives Ctrl+C to the turn, and Esc goes back to the composer first', () => {
	const context: KeyContext = {...nowhere, isPanelFocused: true, isTurnRunning: true};
	expect(resolve(context, ctrlC)).toBe('turn.cancel');
	expect(resolve(context, esc)).toBe('panel.leave');
});

test('Esc closes the popup of completions before it interrupts the turn; Ctrl+C does not care', () => {
	const context: KeyContext = {...nowhere, isCompleting: true, isTurnRunning: true, isComposerEmpty: false};
	expect(resolve(context, esc)).toBe('completions.close');
	expect(resolve(context, ctrlC)).toBe('turn.cancel');
	expect(resolve(context, key('tab'))).toBe('completions.accept');
	expect(resolve(context, key('up'))).toBe('completions.up');
});

test('while an approval asks, no text goes anywhere and only its own keys act', () => {
	const context: KeyContext = {...nowhere, approval: 'asking', isPanelFocused: true, isLooking: true};
	expect(resolve(context, character('y'))).toBe('approval.allow');
	expect(resolve(context, key('enter'))).toBe('approval.allow');
	expect(resolve(context, character('n'))).toBe('approval.refuse');
	expect(resolve(context, character('1'))).toBeUndefined();
	expect(resolve(context, key('t', {ctrl: true}))).toBeUndefined();
	expect(takesText(context)).toBe(false);
});

test('the word that goes with a no takes letters, y and n included', () => {
	const context: KeyContext = {...nowhere, approval: 'word'};
	expect(resolve(context, character('y'))).toBe('approval.type');
	expect(resolve(context, key('enter'))).toBe('approval.sendWord');
	expect(resolve(context, esc)).toBe('approval.dropWord');
});

test('digits open rows only where the panel has the keys', () => {
	expect(resolve({...nowhere, isPanelFocused: true}, character('3'))).toBe('panel.openRow');
	expect(resolve(nowhere, character('3'))).toBe('composer.insert');
	expect(resolve(nowhere, key('3', {alt: true}))).toBe('terminal.openRow');
	expect(resolve({...nowhere, isPanelFocused: true}, character('x'))).toBeUndefined();
});

test('Alt+arrows go by words in a text, else from terminal to terminal', () => {
	const left = key('left', {alt: true});
	expect(resolve({...nowhere, isComposerEmpty: false}, left)).toBe('composer.wordLeft');
	expect(resolve(nowhere, left)).toBe('terminal.previous');
	expect(resolve({...nowhere, isComposerEmpty: false, isPanelFocused: true}, left)).toBe('terminal.previous');
});

test('a question mark is help only in an empty composer, and Ctrl+D quits only there', () => {
	const ctrlD = key('d', {ctrl: true});
	expect(resolve(nowhere, key('?', {text: '?', shift: true}))).toBe('help.open');
	expect(resolve({...nowhere, isComposerEmpty: false}, character('?'))).toBe('composer.insert');
	expect(resolve(nowhere, ctrlD)).toBe('quit.now');
	expect(resolve({...nowhere, isComposerEmpty: false}, ctrlD)).toBe('composer.deleteRight');
});

test('Ctrl+X stops what an interrupted turn was waiting for, and nothing otherwise', () => {
	const ctrlX = key('x', {ctrl: true});
	expect(resolve({...nowhere, hasWaitedFor: true}, ctrlX)).toBe('turn.stopWaitedFor');
	expect(resolve(nowhere, ctrlX)).toBeUndefined();
});

test('PgUp scrolls what is in front: the open terminal, else the transcript', () => {
	expect(resolve(nowhere, key('pageup'))).toBe('scroll.pageUp');
	expect(resolve({...nowhere, isLooking: true}, key('pageup'))).toBe('view.pageUp');
});

test('inside a terminal one key is tandem’s, whatever else asks', () => {
	const context: KeyContext = {
		...nowhere,
		inside: 'driving',
		isLooking: true,
		approval: 'asking',
		isTurnRunning: true,
	};
	for (const pressed of [esc, ctrlC, key('enter'), character('y'), key('t', {ctrl: true}), key('pageup')]) {
		expect(resolve(context, pressed)).toBe('inside.type');
	}
	expect(resolve(context, key(']', {ctrl: true}))).toBe('prefix.press');
	expect(takesText(context)).toBe(false);
});

test('after Ctrl+] the next key is tandem’s, and an unknown one is nobody’s', () => {
	const context: KeyContext = {...nowhere, inside: 'driving', isLooking: true, isPrefixed: true};
	expect(resolve(context, esc)).toBe('prefix.leave');
	expect(resolve(context, character('3'))).toBe('prefix.openRow');
	expect(resolve(context, key('right'))).toBe('prefix.next');
	expect(resolve(context, character('f'))).toBe('prefix.fullScreen');
	expect(resolve(context, ctrlC)).toBe('prefix.interrupt');
	expect(resolve(context, key(']', {ctrl: true}))).toBe('prefix.send');
	expect(resolve(context, character('x'))).toBe('prefix.drop');
});

test('inside a terminal that has ended, keys go nowhere', () => {
	const context: KeyContext = {...nowhere, inside: 'displaced', isLooking: true};
	for (const pressed of [character('x'), ctrlC, key('enter')])
		expect(resolve(context, pressed)).toBe('inside.type');
});

test('Esc and Enter that were on their way to a program that has ended leave nothing', () => {
	const context: KeyContext = {...nowhere, inside: 'displaced', isLooking: true};
	expect(resolve(context, esc)).toBe('prefix.drop');
	expect(resolve(context, key('enter'))).toBe('inside.type');
	const settled = {...context, isSettled: true};
	expect(resolve(settled, character('x'))).toBe('inside.type');
	expect(resolve(settled, esc)).toBe('prefix.leave');
	expect(resolve(settled, key('enter'))).toBe('terminal.takeOver');
	expect(resolve({...context, isPrefixed: true}, esc)).toBe('prefix.leave');
});

test('Enter takes an open terminal over only where it sends nothing', () => {
	expect(resolve({...nowhere, isLooking: true}, key('enter'))).toBe('terminal.takeOver');
	expect(resolve({...nowhere, isLooking: true, isComposerEmpty: false}, key('enter'))).toBe(
		'composer.submit',
	);
	expect(resolve({...nowhere, isLooking: true, isPanelFocused: true}, key('enter'))).toBe('panel.open');
});

test('on the full screen no text goes into a composer that nobody sees', () => {
	const context: KeyContext = {...nowhere, isLooking: true, isFullScreen: true, isComposerEmpty: false};
	expect(resolve(context, character('x'))).toBeUndefined();
	expect(resolve(context, esc)).toBe('terminal.close');
});

test('a new line works in terminals that tell Shift+Enter and in those that do not', () => {
	for (const chord of [key('enter', {shift: true}), key('enter', {alt: true}), key('j', {ctrl: true})]) {
		expect(resolve(nowhere, chord)).toBe('composer.newline');
	}
	expect(resolve(nowhere, key('enter'))).toBe('composer.submit');
});

test('chords are written modifiers first, characters as they are', () => {
	expect(chordOf(key('tab', {shift: true}))).toBe('shift+tab');
	expect(chordOf(key('x', {ctrl: true, alt: true}))).toBe('ctrl+alt+x');
	expect(chordOf(character(' '))).toBe('space');
	expect(chordOf(character('Y'))).toBe('Y');
});

test('help names every action that has words for itself, grouped by place', () => {
	const sections = helpSections();
	const titles = sections.map(({title}) => title);
	expect(new Set(titles).size).toBe(titles.length);
	expect(titles).toEqual(
		expect.arrayContaining(['Everywhere', 'Composer', 'Approval', '/ps', '/experimental']),
	);
	const everywhere = sections.find(({title}) => title === 'Everywhere')?.rows ?? [];
	expect(everywhere.map(({keys}) => keys)).toEqual(
		expect.arrayContaining(['Ctrl+T', 'Alt+1 … Alt+9', 'Shift+Tab']),
	);
});

test('what the model asks is answered in the empty composer only: a message being typed goes on', () => {
	const choices: KeyContext = {...nowhere, inquiry: 'choices', isTurnRunning: true};
	expect(resolve(choices, key('enter'))).toBe('inquiry.choose');
	expect(resolve(choices, character('2'))).toBe('inquiry.pick');
	expect(resolve(choices, key('up'))).toBe('inquiry.up');
	expect(resolve(choices, character('a'))).toBe('composer.insert');
	const typing = {...choices, isComposerEmpty: false};
	expect(resolve(typing, key('enter'))).toBe('composer.submit');
	expect(resolve(typing, character('2'))).toBe('composer.insert');
	expect(resolve({...choices, isPanelFocused: true}, character('2'))).toBe('panel.openRow');
	const terminal: KeyContext = {...choices, inquiry: 'terminal', isLooking: true};
	expect(resolve(terminal, key('enter'))).toBe('inquiry.goInside');
	expect(resolve({...terminal, inside: 'driving'}, key('enter'))).toBe('inside.type');
});
