// Turns a mouse event of a person into the bytes that a program expects in its current modes.
import type {MouseInput} from './host.js';
import {encodeKey, type KeyModes} from './keys.js';

/** Rows that terminals scroll at one notch in programs of the alternate screen that know no mouse. */
const wheelRows = 3;

/** Nothing for an event that the program has not asked for. */
export const encodeMouse = (event: MouseInput, modes: KeyModes, isAlternateScreen: boolean): string => {
	if (modes.mouse === 'none') return isAlternateScreen ? encodeWheelAsArrows(event, modes) : '';
	if (!isWanted(event, modes.mouse)) return '';
	const code = codeOf(event, modes.mouse === 'x10');
	if (modes.isSgrMouse) {
		const final = event.action === 'release' ? 'm' : 'M';
		return `\x1b[<${code};${event.column + 1};${event.row + 1}${final}`;
	}
	// One byte a number: beyond these a click cannot be told.
	if (event.column > largestPlain || event.row > largestPlain) return '';
	const plainCode = event.action === 'release' ? (code & ~3) | 3 : code;
	return `\x1b[M${[plainCode, event.column + 1, event.row + 1].map(number => String.fromCharCode(32 + number)).join('')}`;
};

const largestPlain = 94; // above it, a coordinate is no ASCII character and UTF-8 would make two bytes of it

const encodeWheelAsArrows = ({action}: MouseInput, modes: KeyModes): string => {
	const key = action === 'wheel-up' ? 'Up' : action === 'wheel-down' ? 'Down' : undefined;
	return key ? (encodeKey(key, modes) ?? '').repeat(wheelRows) : '';
};

const isWanted = ({action, button}: MouseInput, mode: KeyModes['mouse']): boolean => {
	if (mode === 'x10') return action === 'press';
	if (action !== 'move') return true;
	return mode === 'any' || (mode === 'drag' && button !== 'none');
};

const buttons = {left: 0, middle: 1, right: 2, none: 3} as const;
const wheels = {'wheel-up': 64, 'wheel-down': 65, 'wheel-left': 66, 'wheel-right': 67} as const;

const codeOf = ({action, button, shift, alt, ctrl}: MouseInput, isX10: boolean): number => {
	const modifiers = isX10 ? 0 : (shift ? 4 : 0) + (alt ? 8 : 0) + (ctrl ? 16 : 0);
	if (action in wheels) return wheels[action as keyof typeof wheels] + modifiers; // Just looked up.
	return buttons[button] + (action === 'move' ? 32 : 0) + modifiers;
};
