// A key that a person pressed inside a terminal, in the words of the host, which encodes it for the program. Pure.
import type {Key} from '../src/keymap.js';

/** Undefined for a key that no terminal has. */
export const toTerminalInput = (key: Key): {chars: string} | {keys: string[]} | undefined => {
	const {name, ctrl, alt, shift, text} = key;
	if (text && !ctrl && !alt) return {chars: text};
	// A line feed is not what Enter sends: nano and readline tell them apart.
	if (name === 'enter' && ctrl) return {chars: alt ? '\x1b\n' : '\n'};
	const base = names[name] ?? (/^f\d+$/.test(name) ? name.toUpperCase() : name);
	if (base === '' || ([...base].length > 1 && base === name)) return undefined;
	const modifiers = `${ctrl ? 'C-' : ''}${alt ? 'M-' : ''}${shift ? 'S-' : ''}`;
	return {keys: [modifiers + base]};
};

const names: Record<string, string> = {
	enter: 'Enter',
	escape: 'Esc',
	tab: 'Tab',
	backspace: 'BSpace',
	delete: 'Delete',
	insert: 'Insert',
	up: 'Up',
	down: 'Down',
	left: 'Left',
	right: 'Right',
	home: 'Home',
	end: 'End',
	pageup: 'PageUp',
	pagedown: 'PageDown',
	space: 'Space',
};
